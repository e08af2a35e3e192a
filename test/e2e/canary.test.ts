import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../bin/config.ts';
import { castOf } from '../../bin/demo/cast.ts';
import { drive } from '../../bin/demo/drive.ts';
import { openKeys } from '../../bin/keys.ts';
import { type Keys, readKeys } from '../../bin/keys-file.ts';
import { runningPostgres } from '../../bin/platform/postgres.ts';
import { runningTemporal } from '../../bin/platform/temporal.ts';
import { connect, type Sql } from '../../db/client.ts';
import { wholeStory } from '../../plugins/fule/scenarios.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { allowed, notTaken } from '../canary/known.ts';
import { canariesIn } from '../canary/needles.ts';
import { type Findings, inFolder, inRelationFiles, inRows } from '../canary/places.ts';
import { Planter } from '../canary/planting.ts';
import { tellAll } from '../canary/story.ts';
import { makeTestFolder, sweepTestFolders } from '../support/folders.ts';
import { inClear } from '../support/histories.ts';
import { cleanEnvironment, endLinli, type LinliProcess, startLinli } from '../support/linli.ts';

// A canary in every field that takes words, written through the API of a whole Linli; then all that lies anywhere is searched.
const root = join(import.meta.dirname, '../..');
const planter = new Planter(globalThis.fetch);
let folder: string;
let dataDir: string;
let linli: LinliProcess;
let sql: Sql;
let told: { readonly caseId: string; readonly refused: readonly string[] };

const environment = () => ({
  ...{ LINLI_DATA: dataDir, LINLI_PORT: '8591' },
  // a mail server that does not answer: what is to be sent waits, and is told of in the logs
  ...{
    LINLI_SMTP_HOST: '127.0.0.1',
    LINLI_SMTP_PORT: '9',
    LINLI_SMTP_TLS: 'none',
    LINLI_SMTP_FROM: 'linli@example.cn',
  },
  LINLI_PLUGINS: pathToFileURL(join(root, 'test/support/programs/vouchers/program.ts')).href,
});

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  folder = makeTestFolder('canary');
  dataDir = join(folder, 'data');
  linli = await startLinli(environment());
  const keys: Keys = { ...readKeys(dataDir)!, url: linli.url };
  sql = connect((await runningPostgres(dataDir))!.url, { max: 2, statementTimeoutMs: 60_000 });
  vi.stubGlobal('fetch', planter.fetch);
  const cast = castOf(keys, wholeStory.assignments);
  const story = await drive({ url: linli.url, cast, scenario: wholeStory, lang: 'zh' });
  const keyOf = (person: string) => keys.keys.find((each) => each.person === person)!.key;
  told = { caseId: story.case.id, refused: await tellAll({ url: linli.url, planter, keyOf }) };
  await witnessed();
}, 280_000);

afterAll(async () => {
  vi.unstubAllGlobals();
  await sql?.end();
  await endLinli(linli, folder);
}, 120_000);

test('every field of the schemas that takes words was written in a request that was taken', () => {
  expect.soft(told.refused).toEqual([]);
  expect.soft(planter.failed).toEqual([]);
  expect(planter.neverTaken()).toEqual([...notTaken].sort());
});

test('rows of people lie in the schema `person`, and what lies in clear elsewhere is listed, neither more nor less', async () => {
  const found = await inRows(sql);
  const outside = [...found].filter(([place]) => !place.startsWith('person.'));
  expect([...found].length - outside.length).toBeGreaterThan(15);
  const strange = outside.flatMap(([place, canaries]) =>
    said(canaries).flatMap((where) => (allowed[place]?.where.test(where) ? [] : [`${place}: ${where}`])),
  );
  expect(strange).toEqual([]);
  expect(outside.map(([place]) => place).sort()).toEqual(Object.keys(allowed).sort());
  // what would be there in clear is there: states, a referral that waits, a refusal that repeats
  const [there] = await sql`
    SELECT (SELECT count(*)::int FROM cases WHERE json_typeof(state) <> 'string') AS states,
      (SELECT count(*)::int FROM effects WHERE json_typeof(payload -> 'child') = 'string') AS referrals,
      (SELECT count(*)::int FROM acts WHERE json_typeof(refusal) = 'string') > 0 AS refusals`;
  expect(there).toEqual({ states: 0, referrals: 1, refusals: true });
  // so that an empty answer is one: the same search finds what lies in clear
  await sql`CREATE TABLE canary_control AS SELECT ${planter.canary('control')} AS text, convert_to(${planter.canary('control')}, 'UTF8') AS bytes`;
  const control = await inRows(sql);
  expect(control.get('public.canary_control.text')?.size).toBe(1);
  expect(control.get('public.canary_control.bytes')?.size).toBe(1);
}, 120_000);

test('PostgreSQL’s files of other tables hold nothing either, but of those that are listed', async () => {
  const found = await inRelationFiles(sql);
  expect(found.get('public.canary_control')?.size).toBe(2);
  const tables = new Set(Object.keys(allowed).map((place) => place.split('.').slice(0, 2).join('.')));
  expect([...found.keys()].filter((name) => !tables.has(name))).toEqual(['public.canary_control']);
}, 120_000);

test('Temporal’s files, logs, archive and all else in the data folder hold none; decoded, what was said is there', async () => {
  const connection = await Connection.connect({ address: runningTemporal(dataDir)!.address });
  try {
    const keyring = await openKeys(
      readConfig({ ...environment(), DATABASE_URL: (await runningPostgres(dataDir))!.url }),
      sql,
    );
    const bare = new Client({ connection });
    const history = await bare.workflow.getHandle(caseWorkflowId(told.caseId)).fetchHistory();
    expect([...canariesIn(payloadsOf(history))]).toEqual([]);
    expect(said(canariesIn(payloadsOf(await inClear(keyring, history)))).length).toBeGreaterThan(10);
    expect(placesOf(inFolder(dataDir, ofPostgres))).toEqual({});
    expect([...canariesIn(Buffer.from(linli.output.stdout + linli.output.stderr))]).toEqual([]);
    // the same search finds what is written there in clear
    await bare.workflow.start('canary', {
      workflowId: 'canary',
      taskQueue: 'canary',
      args: [planter.canary('control')],
      memo: { x: planter.canary('control') },
    });
    for (const place of ['logs', 'archive']) {
      mkdirSync(join(dataDir, place), { recursive: true });
      writeFileSync(join(dataDir, place, 'control'), planter.canary('control'));
    }
    const control = Object.keys(placesOf(inFolder(dataDir, ofPostgres)));
    expect(control).toEqual(
      expect.arrayContaining(['archive/control', 'logs/control', expect.stringMatching(/temporal/)]),
    );
  } finally {
    await connection.close();
  }
}, 120_000);

/** Runs a command on the same data folder; fails the test where it fails. */
function command(...args: string[]): string {
  const ran = spawnSync(process.execPath, ['bin/run.mjs', ...args], {
    ...{ cwd: root, encoding: 'utf8', env: { ...cleanEnvironment(), ...environment() } },
  });
  expect(ran.status, ran.stderr).toBe(0);
  return ran.stdout;
}

test('a backup holds none at all', () => {
  const backup = join(folder, 'backup');
  command('backup', '--to', backup);
  expect(placesOf(inFolder(backup))).toEqual({});
  // in clear the same search finds them, and in files of tables that are listed alone
  const clear = join(folder, 'clear');
  command('backup', '--to', clear, '--in-clear');
  const found = Object.keys(placesOf(inFolder(clear)));
  const ofPerson = found.filter((file) => file.startsWith('database/person.'));
  expect(ofPerson.length).toBeGreaterThan(15);
  const listed = new Set(
    Object.keys(allowed).map((place) => `database/${place.split('.').slice(0, 2).join('.')}.copy.gz`),
  );
  expect(found.filter((file) => !ofPerson.includes(file) && !listed.has(file))).toEqual([
    'database/public.canary_control.copy.gz',
  ]);
}, 120_000);

const ofPostgres = (name: string): boolean => /^postgres(\/|$)/.test(name);

/** Where the canaries of a place were planted. */
const said = (canaries: Iterable<string>): string[] => [
  ...new Set([...canaries].map((each) => planter.planted.get(each)?.where ?? `cut off: ${each}`)),
];

const placesOf = (found: Findings): Record<string, string[]> =>
  Object.fromEntries([...found].map(([place, canaries]) => [place, said(canaries)]));

/** All payloads' bytes of a history, one after the other. */
function payloadsOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.concat([value, Buffer.from('\n')]);
  if (typeof value !== 'object' || value === null) return Buffer.alloc(0);
  return Buffer.concat(Object.values(value).map(payloadsOf));
}

/** Waits until Temporal was told all that happened. */
async function witnessed(): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const [row] = await sql`SELECT FROM cases WHERE witnessed_seq < seq LIMIT 1`;
    if (!row) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('Temporal was not told everything within a minute');
}
