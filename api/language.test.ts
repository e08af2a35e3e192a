import { describe, expect, it } from 'vitest';
import { negotiate } from './language.ts';

describe('negotiate', () => {
  it.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['de,en;q=0.5', 'en'],
    ['zh;q=0.2, en;q=0.7', 'en'],
    ['en;q=0', 'zh'],
    [';;;q=,,,en;q=abc', 'en'],
    ['fr', 'zh'],
  ])('%s → %s', (header, language) => {
    expect(negotiate(header)).toBe(language);
  });
});
