import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { checkPrograms } from '../program/check.ts';
import { agendaOf } from '../program/simulate.ts';

let folder: string;
beforeAll(() => {
  folder = makeTestFolder('programs');
  for (const name of ['empty', 'broken']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'broken', 'program.ts'), 'export default { id: "broken" };\n');
});
afterAll(() => removeTestFolder(folder));

describe('linli program check', () => {
  test('names the installed programs with their hashes', async () => {
    const { programs, problems } = await checkPrograms(undefined, []);
    expect(problems).toEqual([]);
    expect(programs.map(({ id }) => id)).toContain('fule');
    expect(programs[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('takes the folder of one program', async () => {
    const one = await checkPrograms(new URL('../../plugins/fule', import.meta.url).pathname, []);
    expect(one.programs.map(({ id }) => id)).toEqual(['fule']);
  });

  test('tells every problem of a broken one, and that a folder is not there', async () => {
    expect((await checkPrograms(join(folder, 'broken'), [])).problems.length).toBeGreaterThan(1);
    expect((await checkPrograms(folder, [])).problems.length).toBeGreaterThan(1);
    expect((await checkPrograms(join(folder, 'empty'), [])).programs).toEqual([]);
    expect((await checkPrograms(join(folder, 'nowhere'), [])).problems).toHaveLength(1);
  });
});

describe('linli program simulate', () => {
  test('tells in both languages what happens when nobody does anything', async () => {
    const span = { from: '2026-03-02T01:00:00.000Z', until: '2026-04-01T00:00:00.000Z' };
    const { agenda, truncated } = await agendaOf('fule', span, []);
    expect(truncated).toBe(false);
    expect(agenda[0]).toMatchObject({ at: span.from, kind: 'case.opened' });
    expect(agenda.map(({ kind }) => kind)).toContain('duty.missed');
    expect(agenda.every(({ at }, n) => n === 0 || agenda[n - 1]!.at <= at)).toBe(true);
  });

  test('names the installed programs when the one asked for is not there', async () => {
    await expect(agendaOf('none', {}, [])).rejects.toThrow(/fule/);
  });
});
