import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, 'campaigns');

test('each campaign that was kept is a row of a table, with a link to what it found', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const rows = readFileSync(join(folder, 'README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((name) => !rows.some((row) => row.includes(`](${name})`)))).toEqual([]);
});
