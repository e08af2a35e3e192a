import { expect, it } from 'vitest';
import { goesOn } from './goes-on.ts';

it('says that a list goes on, and how to get the rest', () => {
  expect(goesOn({ items: [1], nextCursor: 'WzFd' }, 'zh').join()).toMatch(/未完.*cursor=WzFd/);
  expect(goesOn({ items: [1], nextCursor: 'WzFd' }, 'en').join()).toContain('cursor=WzFd');
  expect(goesOn({ items: [1], nextCursor: null }, 'zh')).toEqual([]);
});
