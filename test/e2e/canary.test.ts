import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { withOpened } from '../../bin/move/sealed-file.ts';
import { runningPostgres, startPostgres } from '../../bin/platform/postgres.ts';
import { runningTemporal } from '../../bin/platform/temporal.ts';
import { connect, type Sql } from '../../db/client.ts';
import { wholeStory } from '../../plugins/fule/scenarios.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { allowed, notTaken } from '../canary/known.ts';
import { canariesIn } from '../canary/needles.ts';
import {
  type Findings,
  inFolder,
  inRows,
  inServerFiles,
  inStatistics,
  inWal,
  openToSearch,
  walFrom,
} from '../canary/places.ts';
import { Planter } from '../canary/planting.ts';
import { type Told, tellAll } from '../canary/story.ts';
import { recordsIn, segmentOf } from '../canary/wal.ts';
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
let keys: Keys;
/** Where the write-ahead log stood before anything was said. */
let walStart: number;
let told: Told & { readonly caseId: string };

const environment = () => ({
  ...{ LINLI_DATA: dataDir, LINLI_PORT: '8591' },
  // a mail server that does not answer: what is to be sent waits, and is told of in the logs
  ...{
    LINLI_SMTP_HOST: '127.0.0.1',
    LINLI_SMTP_PORT: '9',
    LINLI_SMTP_TLS: 'none',
    LINLI_SMTP_FROM: 'linli@example.cn',
  },
  LINLI_PLUGINS: ['vouchers', 'words']
    .map((program) => pathToFileURL(join(root, `test/support/programs/${program}/program.ts`)).href)
    .join(','),
});

beforeAll(async () => {
  await sweepTestFolders(pino({ level: 'silent' }));
  folder = makeTestFolder('canary');
  dataDir = join(folder, 'data');
  // Linli takes over the server it finds running on its folder
  const server = await startPostgres({ dataDir, log: pino({ level: 'silent' }) });
  sql = connect(server.url, { max: 2, statementTimeoutMs: 60_000 });
  walStart = await openToSearch(sql);
  linli = await startLinli(environment());
  keys = { ...readKeys(dataDir)!, url: linli.url };
  vi.stubGlobal('fetch', planter.fetch);
  const cast = castOf(keys, wholeStory.assignments);
  const story = await drive({ url: linli.url, cast, scenario: wholeStory, lang: 'zh' });
  told = { caseId: story.case.id, ...(await tellAll({ url: linli.url, planter, keyOf })) };
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
  // what would be there in clear is there: states, what a referral and a deliberation are given, a refusal that repeats
  const [there] = await sql`
    SELECT (SELECT count(*)::int FROM cases WHERE json_typeof(state) <> 'string') AS states,
      (SELECT count(*)::int FROM effects WHERE json_typeof(payload -> 'child') = 'string') AS given,
      (SELECT count(*)::int FROM acts WHERE json_typeof(refusal) = 'string') > 0 AS refusals`;
  expect(there).toEqual({ states: 0, given: 2, refusals: true });
  // so that an empty answer is one: the same search finds what lies in clear
  // also in what is long and repeats itself, which PostgreSQL packs by itself
  await sql`CREATE TABLE canary_control AS SELECT ${planter.canary('control')} AS text, convert_to(${planter.canary('control')}, 'UTF8') AS bytes,
    repeat('x', 9000) || ${planter.canary('control')}::text || repeat('x', 9000) AS long, repeat('x', 900) || ${planter.canary('control')}::text || repeat('x', 900) AS line`;
  const control = await inRows(sql);
  for (const column of ['text', 'bytes', 'long', 'line'])
    expect(control.get(`public.canary_control.${column}`)?.size).toBe(1);
}, 120_000);

/** The tables in which words that are public by purpose lie in clear. */
const clearTables = new Set(Object.keys(allowed).map((place) => place.split('.').slice(0, 2).join('.')));

test('PostgreSQL’s files of other tables, and all its other files, hold nothing either, but of those that are listed', async () => {
  // a log beside the tables, and what sorting has left in a file
  const [server] = await sql<{ at: string }[]>`SELECT current_setting('data_directory') AS at`;
  const spilled = join(server!.at, 'base/pgsql_tmp');
  mkdirSync(spilled, { recursive: true });
  writeFileSync(join(spilled, 'control'), planter.canary('control'));
  const found = await inServerFiles(sql);
  expect(found.get('public.canary_control')?.size).toBe(4);
  const others = [...found.keys()].filter((name) => !clearTables.has(name));
  expect(others.sort()).toEqual(['base/pgsql_tmp/control', 'public.canary_control']);
}, 120_000);

test('its write-ahead log says words in records about the schema `person` alone, and about tables that are listed', async () => {
  const { found, ofPerson } = await inWal(sql, walStart);
  // what lies in `person` was written through that log: the search reads it, and tells whose record it is
  expect(ofPerson.size).toBeGreaterThan(100);
  expect(found.get('public.canary_control')?.size).toBe(4);
  expect([...found.keys()].filter((name) => !clearTables.has(name))).toEqual(['public.canary_control']);
}, 120_000);

test('a write-ahead log of which a part cannot be read is not taken for one that was searched', async () => {
  const { segment, from, to } = await walFrom(sql, walStart);
  const places: number[] = [];
  for (const { at } of recordsIn(segment, from, to)) places.push(at);
  const [middle, last] = [places[places.length >> 1]!, places.at(-1)!];
  const read = (changed: (name: string) => Buffer, end = to) => {
    for (const _ of recordsIn(changed, from, end));
  };
  const changed = (at: number, change: (bytes: Buffer, offset: number) => Buffer) => (name: string) => {
    const { name: of, offset } = segmentOf(at);
    return name === of ? change(Buffer.from(segment(name)), offset) : segment(name);
  };
  const flipped = (bytes: Buffer, offset: number) => {
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 8, offset);
    return bytes;
  };
  expect(() => read(changed(middle, flipped))).toThrow('cannot be read');
  expect(() => read(changed(middle, (bytes, offset) => bytes.subarray(0, offset)))).toThrow('cannot be read');
  expect(() => read(segment, last + 8)).toThrow(`cannot be read at ${last} `);
  expect(() => read(segment, to + 8)).toThrow(`cannot be read at ${to} `);
}, 120_000);

test('what PostgreSQL notes of values, to plan with, is of the same tables', async () => {
  const found = [...(await inStatistics(sql)).keys()];
  expect(found.some((place) => place.startsWith('person.'))).toBe(true);
  const others = found.filter((table) => !table.startsWith('person.') && !clearTables.has(table));
  expect(others.filter((table) => table !== 'public.canary_control')).toEqual([]);
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
  command('backup', '--to', backup, '--keys-elsewhere');
  expect(placesOf(inFolder(backup))).toEqual({});
  // in clear the same search finds them, and in files of tables that are listed alone
  const clear = join(folder, 'clear');
  command('backup', '--to', clear, '--in-clear');
  const found = Object.keys(placesOf(inFolder(clear)));
  const ofPerson = found.filter((file) => file.startsWith('database/person.'));
  expect(ofPerson.length).toBeGreaterThan(15);
  const listed = new Set([...clearTables].map((table) => `database/${table}.copy.gz`));
  expect(found.filter((file) => !ofPerson.includes(file) && !listed.has(file))).toEqual([
    'database/public.canary_control.copy.gz',
  ]);
}, 120_000);

test('a witness keeps none, a case leaves sealed, and a redacted dossier tells of offices alone', async () => {
  const kept = join(folder, 'witness');
  const keyFile = join(folder, 'auditor-key');
  writeFileSync(keyFile, keyOf('p-auditor'));
  command('witness', '--url', linli.url, '--folder', kept, '--key-file', keyFile, '--once');
  expect(readdirSync(kept).length).toBeGreaterThan(0);
  expect(placesOf(inFolder(kept))).toEqual({});

  const [passphrase, words] = [join(folder, 'passphrase'), '桂花开了三次以后再说一次'];
  writeFileSync(passphrase, `${words}\n`);
  const leaving = join(folder, 'leaving');
  mkdirSync(leaving);
  const file = join(leaving, 'case.linli');
  const handed = ['--receiver', 'another-house', '--by', 'p-director', '--reason', planter.canary('why it leaves')];
  command('case', 'export', told.toHandAway, '--to', file, ...handed, '--passphrase-file', passphrase, '--wait', '0');
  expect(placesOf(inFolder(leaving))).toEqual({});
  const opened = await withOpened(file, words, async (path) => said(canariesIn(readFileSync(path))));
  expect(opened).toEqual(expect.arrayContaining(['note.add data.text', 'why it leaves']));

  const dossier = async (query: string) => {
    const response = await fetch(`${linli.url}/api/v1/audit/cases/${told.caseId}/dossier${query}`, {
      headers: { authorization: `Bearer ${keyOf('p-auditor')}` },
    });
    expect(response.status).toBe(200);
    return said(canariesIn(new Uint8Array(await response.arrayBuffer())));
  };
  expect((await dossier('')).length).toBeGreaterThan(10);
  const offices = allowed['public.org_events.payload']!.where;
  expect((await dossier('?redacted=true')).filter((where) => !offices.test(where))).toEqual([]);
}, 120_000);

const keyOf = (person: string): string => keys.keys.find((each) => each.person === person)!.key;

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
