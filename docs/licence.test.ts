import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string) => readFile(new URL(path, import.meta.url));

test('the licence is the text the package and the README name, to the byte as its authors publish it', async () => {
  const { license } = JSON.parse((await read('../package.json')).toString('utf8')) as { license: string };
  expect(license).toBe('Apache-2.0');
  expect((await read('../README.md')).toString('utf8')).toContain('Apache-2.0, see [LICENSE](LICENSE)');
  // https://www.apache.org/licenses/LICENSE-2.0.txt
  expect(
    createHash('sha256')
      .update(await read('../LICENSE'))
      .digest('hex'),
  ).toBe('cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30');
});

test('the list of passwords says where it is from, and NOTICE names those, under licences that may go along', async () => {
  const list = (await read('../api/auth/common-passwords.txt')).toString('utf8');
  const head = list.split('\n').filter((line) => line.startsWith('#'));
  const sources = [
    'cry/nbp',
    'SecLists',
    'zxcvbn 4.4.2',
    '@zxcvbn-ts/language-common 4.1.3',
    'popular-passwords 1.0.3',
  ];
  const notice = (await read('../NOTICE')).toString('utf8');
  for (const source of sources)
    expect([source, head.join().includes(source), notice.includes(source)]).toEqual([source, true, true]);
  expect([head.join().includes('all MIT, see NOTICE'), /CC.BY|ShareAlike/.test(head.join() + notice)]).toEqual([
    true,
    false,
  ]);
  expect(notice).toContain('Permission is hereby granted, free of charge');
});
