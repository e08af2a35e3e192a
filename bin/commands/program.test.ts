import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { icalendar } from '../../api/feeds/ical.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { checkPrograms } from '../program/check.ts';
import { keepVersion } from '../program/keep.ts';
import { newProgram } from '../program/new.ts';
import { agendaOf } from '../program/simulate.ts';

let folder: string;
beforeAll(() => {
  folder = makeTestFolder('programs');
  for (const name of ['empty', 'broken']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'broken', 'program.ts'), 'export default { id: "broken" };\n');
});
afterAll(() => removeTestFolder(folder));

describe('linli program check', () => {
  test('names the installed programs with their hashes', { timeout: 120_000 }, async () => {
    const { programs, problems } = await checkPrograms(undefined, []);
    expect(problems).toEqual([]);
    expect(programs.map(({ id }) => id)).toContain('fule');
    expect(programs[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('takes the folder of one program', { timeout: 120_000 }, async () => {
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

describe('linli program new', () => {
  test('makes a folder that passes every check as it stands', { timeout: 60_000 }, async () => {
    const made = newProgram('lamp-repair', { folder: join(folder, 'fresh'), on: '2026-11-23' });
    expect(made.files).toEqual(['README.md', 'changes.ts', 'contract.test.ts', 'program.ts', 'scenarios.ts']);
    const { programs, problems } = await checkPrograms(made.folder, []);
    expect(problems).toEqual([]);
    expect(programs.map(({ id, version }) => `${id} ${version}`)).toEqual(['lamp-repair 1.0.0']);
  });

  test('makes a copy of an installed one, as its first version', { timeout: 60_000 }, async () => {
    const made = newProgram('fule-two', { folder: join(folder, 'fresh'), from: 'fule', on: '2026-11-23' });
    expect(made.files).not.toContain('program.test.ts');
    const { programs, problems } = await checkPrograms(made.folder, []);
    expect(problems).toEqual([]);
    expect(programs.map(({ id, version }) => `${id} ${version}`)).toEqual(['fule-two 1.0.0']);
  });

  test('keeps a released version, and finds that its meaning was changed', { timeout: 60_000 }, async () => {
    const { folder: made } = newProgram('kept-one', { folder: join(folder, 'fresh'), on: '2026-11-23' });
    const { programs } = await checkPrograms(made, []);
    const file = await keepVersion(made);
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(programs[0]?.hash);
    expect(await keepVersion(made)).toBe(file);
    const released = readFileSync(file, 'utf8');
    writeFileSync(file, released.replace('10 working days', '12 working days'));
    await expect(keepVersion(made)).rejects.toThrow(/Give the program a new version/);
    expect((await checkPrograms(made, [])).problems).toEqual([expect.stringMatching(/released with another content/)]);
  });

  test('overwrites nothing, and writes nothing where it cannot go on', () => {
    mkdirSync(join(folder, 'fresh', 'taken'), { recursive: true });
    const wish = { folder: join(folder, 'fresh'), on: '2026-11-23' };
    expect(() => newProgram('taken', wish)).toThrow(/is there already/);
    expect(() => newProgram('Two Words', wish)).toThrow(/no id of a program/);
    expect(() => newProgram('../up', wish)).toThrow(/no id of a program/);
    expect(() => newProgram('other', { ...wish, from: 'nothing' })).toThrow(/Installed: .*fule/);
    expect(() => readFileSync(join(folder, 'fresh', 'other', 'program.ts'))).toThrow();
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

  test('writes the dates of a year as a calendar', async () => {
    const { dates } = await agendaOf('fule', { from: '2026-03-02T01:00:00.000Z', years: 1 }, []);
    const visits = dates.filter(({ id, what }) => what === 'duty' && id.startsWith('fule/visit-'));
    expect(visits).toHaveLength(122);
    const file = icalendar(dates, 'zh');
    expect(file.match(/BEGIN:VEVENT/g)).toHaveLength(dates.length);
    expect(file).toContain('DTSTART;VALUE=DATE:20260305');
  });

  test('names the installed programs when the one asked for is not there', async () => {
    await expect(agendaOf('none', {}, [])).rejects.toThrow(/fule/);
  });
});
