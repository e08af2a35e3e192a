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
