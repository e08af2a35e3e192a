import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { partsOfFolder } from '../bin/program/parts.ts';
import { contract } from '../sdk/testing/index.ts';

const folder = import.meta.dirname;
const programs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const all = await Promise.all(
  programs.map(async ({ name }) => ({ name, ...(await partsOfFolder(join(folder, name))) })),
);

describe.each(all)('the program $name', ({ parts, problems: unread }) => {
  test('can be read', () => {
    expect(unread).toEqual([]);
  });

  test.each(contract(parts))(
    '$name',
    ({ problems }) => {
      expect(problems()).toEqual([]);
    },
    120_000,
  );
});
