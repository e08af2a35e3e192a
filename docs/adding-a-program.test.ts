import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPrograms } from '../bin/program/check.ts';
import { mappingIn } from '../bin/program/migrate.ts';
import { newProgram } from '../bin/program/new.ts';
import { agendaOf } from '../bin/program/simulate.ts';
import { loadPrograms } from '../plugins/index.ts';

const guide = await readFile(new URL('adding-a-program.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/```(\w+)\n([\s\S]+?)```/g)].map(([, kind, text]) => ({ kind, text: text! }));
const of = (kind: string): string[] => blocks.flatMap((block) => (block.kind === kind ? [block.text] : []));
const [whole = '', duties = ''] = of('ts');
const sdk = new URL('../sdk/index.ts', import.meta.url).href;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'linli-guide-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder of programs with the one of the guide in it. */
async function load(name: string, source: string) {
  await mkdir(join(folder, name, 'tap-repair'), { recursive: true });
  await writeFile(join(folder, name, 'tap-repair', 'program.ts'), source.replace('../../sdk/index.ts', sdk));
  return (await loadPrograms({ folder: join(folder, name) })).byId('tap-repair');
}

test('the program in the guide is found and sound as it stands there', async () => {
  expect((await load('whole', whole))?.stages).toHaveLength(1);
});

test('so is every form of duty the guide shows', async () => {
  expect((await load('duties', whole.replace('  duties: [],\n', duties)))?.duties).toHaveLength(7);
});

test('its commands do what it says, in an empty folder', { timeout: 60_000 }, async () => {
  const [begun = '', migration = ''] = of('sh');
  expect(begun.match(/linli program (\w+)/g)).toEqual(
    ['new', 'check', 'simulate'].map((verb) => `linli program ${verb}`),
  );
  const made = newProgram('tap-repair', { folder: join(folder, 'begun'), on: '2026-11-23' });
  expect((await checkPrograms(made.folder, [])).problems).toEqual([]);
  // with the words of the guide in it, what is still to be written is told, all at once
  const { folder: own } = newProgram('tap-repair', { folder: join(folder, 'own'), on: '2026-11-23' });
  await load('own', whole);
  expect((await checkPrograms(own, [])).problems.length).toBeGreaterThan(1);
  const { agenda, dates } = await agendaOf(
    'tap-repair',
    { from: '2026-03-02T01:00:00.000Z', years: 20 },
    [],
    join(folder, 'own'),
  );
  expect(agenda.map(({ kind }) => kind)).toContain('rung.fired');
  expect(dates.length).toBeGreaterThan(0);
  expect(migration).toContain('linli program migrate tap-repair --to 2.0.0 --mapping mapping.json');
});

test('its mapping can be read', () => {
  const [text = ''] = of('json');
  expect(Object.keys(mappingIn(text))).toEqual(['stages', 'items', 'fields', 'roles']);
});

test('no block goes untried', () => {
  expect(blocks.map(({ kind }) => kind)).toEqual(['ts', 'ts', 'sh', 'sh', 'json']);
});
