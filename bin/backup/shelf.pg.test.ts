import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connect, type Sql } from '../../db/client.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { cleanEnvironment } from '../../test/support/linli.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { readConfig } from '../config.ts';
import { yearlyKeysIn } from '../yearly-keys.ts';
import { takeBackup } from './backup.ts';
import { SUMS } from './files.ts';
import { restoreKeys } from './keys.ts';
import { MANIFEST } from './manifest.ts';
import { restoreBackup } from './restore.ts';
import { prune, shelfOf } from './shelf.ts';
import { logKeysHere } from './signature.ts';
import { verifyBackup } from './verify.ts';

vi.setConfig({ testTimeout: 120_000 });

let database: TestDatabase;
let sql: Sql;
let folder: string;
let shelf: string;
let safe: string;
const root = join(import.meta.dirname, '../..');
const config = () => readConfig({ LINLI_DATA: join(folder, 'data') });
const logKeys = (of: string) => logKeysHere(config(), undefined, of);

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 2 });
  folder = makeTestFolder('shelf');
  mkdirSync(join(folder, 'data'));
  yearlyKeysIn(join(folder, 'data/yearly-keys.json')).begin();
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, 'data/log-key.pem'), key);
  // three nights a day apart, kept for ten days; Shanghai is eight hours ahead
  for (const day of ['01', '02', '03']) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(`2026-01-${day}T17:00:00.000Z`) });
    const [to, keysTo] = [join(folder, 'all', day), join(folder, 'all-keys', day)];
    const { manifest, noted } = await take({ to, keysTo, keepDays: 10 });
    vi.useRealTimers();
    expect({ noted, until: manifest.keepUntil }).toEqual({ noted: true, until: `2026-01-${12 + Number(day) - 1}` });
  }
});
afterAll(async () => {
  await sql.end();
  await database.close();
  removeTestFolder(folder);
});
beforeEach(() => {
  shelf = join(folder, `shelf ${randomUUID()}`);
  safe = `${shelf} keys`;
  cpSync(join(folder, 'all'), shelf, { recursive: true });
  cpSync(join(folder, 'all-keys'), safe, { recursive: true });
});
afterEach(() => vi.useRealTimers());

const take = (more: { to: string; keysTo?: string; keepDays?: number; databaseUrl?: string }) =>
  takeBackup({ databaseUrl: database.url, client: undefined, config: config(), say: () => {}, ...more });
const pruned = async (at: string, now: string, dryRun = false) => {
  const { removed, left } = await prune(at, { now, logKeys, dryRun });
  return { removed: removed.map(({ name }) => name), left: left.map(({ name, why }) => `${name}: ${why}`) };
};
const names = (at: string) => readdirSync(at).filter((name) => !name.endsWith('.jsonl'));
/** In Shanghai it is the thirteenth: the day after the last of the first night. */
const THIRTEENTH = '2026-01-12T16:00:00.000Z';
const LATER = '2027-01-01T00:00:00.000Z';

test('a backup says until when it is kept, its last day belongs to it, and the database knows the day', async () => {
  const { manifest } = await verifyBackup(join(shelf, '01'));
  expect(manifest.keepUntil).toBe('2026-01-12');
  const days = await sql`SELECT keep_until AS day FROM backups ORDER BY 1`;
  expect(days.map(({ day }) => day)).toEqual(['2026-01-12', '2026-01-13', '2026-01-14']);
  const past = async (now: string) => (await shelfOf(shelf, now)).filter((each) => each.past).map(({ name }) => name);
  expect(await past('2026-01-12T15:59:59.999Z')).toEqual([]);
  expect(await past(THIRTEENTH)).toEqual(['01']);
  expect(await shelfOf(safe, THIRTEENTH)).toMatchObject([{ name: '01', kind: 'keys', past: true }, {}, {}]);
  await expect(shelfOf(join(shelf, '01'), LATER)).rejects.toThrow('is a backup itself');
});

test('what is past its day goes, and nothing else; who asks for it afterwards is told why it is not there', async () => {
  mkdirSync(join(shelf, 'of somebody else'));
  writeFileSync(join(shelf, 'pruned.jsonl'), '{"name": "01", "ke\n');
  expect(await pruned(shelf, THIRTEENTH, true)).toEqual({ removed: ['01'], left: [] });
  expect(names(shelf)).toEqual(['01', '02', '03', 'of somebody else']);
  for (const at of [shelf, safe]) expect(await pruned(at, THIRTEENTH)).toEqual({ removed: ['01'], left: [] });
  expect(names(shelf)).toEqual(['02', '03', 'of somebody else']);
  expect(await pruned(shelf, THIRTEENTH)).toEqual({ removed: [], left: [] });
  const why = /kept until 2026-01-12 and pruned at 2026-01-12T16:00/;
  await expect(verifyBackup(join(shelf, '01'))).rejects.toThrow(why);
  const given = { databaseUrl: database.url, config: config(), say: () => {} };
  await expect(restoreBackup({ ...given, from: join(shelf, '01') })).rejects.toThrow(why);
  await expect(restoreKeys(config(), join(safe, '01'))).rejects.toThrow(why);
});

test('the last whole one stays, whatever its day, and of none that is whole nothing goes', async () => {
  expect(await pruned(shelf, LATER, true)).toEqual({ removed: ['01', '02'], left: ['03: it is the last whole one'] });
  expect(await pruned(safe, LATER, true)).toMatchObject({ left: ['03: it is the last whole one'] });
  // later keys without those that open
  const list = readFileSync(join(safe, '03', SUMS), 'utf8');
  writeFileSync(join(safe, '03', SUMS), list.replace(/^.* yearly-keys\n/m, ''));
  rmSync(join(safe, '03/yearly-keys'));
  expect(await pruned(safe, LATER, true)).toEqual({ removed: ['01', '03'], left: ['02: it is the last whole one'] });
  const [table] = readdirSync(join(shelf, '03/database'));
  appendFileSync(join(shelf, '03/database', table!), 'x');
  expect(await pruned(shelf, LATER, true)).toEqual({ removed: ['01', '03'], left: ['02: it is the last whole one'] });
  // where this house has not signed the last whole one, the last that it has signed stays too
  rmSync(join(shelf, '02', `${SUMS}.note`));
  expect(await pruned(shelf, LATER, true)).toEqual({
    removed: ['03'],
    left: ['01: it is the last that is signed', '02: it is the last whole one'],
  });
  for (const name of ['01', '02']) rmSync(join(shelf, name, SUMS));
  expect((await pruned(shelf, LATER)).left).toEqual(
    ['01', '02', '03'].map((each) => `${each}: no whole one would be left`),
  );
  expect(names(shelf)).toEqual(['01', '02', '03']);
});

test('keys that do not open what older ones open take the place of none, whatever their files are called', async () => {
  const written = (name: string, file: string, bytes: Uint8Array) => {
    writeFileSync(join(safe, name, file), bytes);
    const sum = createHash('sha256').update(bytes).digest('hex');
    const list = readFileSync(join(safe, name, SUMS), 'utf8');
    writeFileSync(join(safe, name, SUMS), list.replace(new RegExp(`^.*  ${file}$`, 'm'), `${sum}  ${file}`));
  };
  const left = async () => (await pruned(safe, LATER, true)).left;
  expect(await left()).toEqual(['03: it is the last whole one']);
  // another house's yearly keys, under the same name
  const other = join(folder, `other ${randomUUID()}.json`);
  yearlyKeysIn(other).begin();
  written('03', 'yearly-keys', readFileSync(other));
  expect(await left()).toEqual(['02: it is the last whole one']);
  written('02', 'yearly-keys', Buffer.from('{}'));
  expect(await left()).toEqual(['01: it is the last whole one']);
});

test('a backup that fails leaves nothing behind, also where its keys were written', async () => {
  const [to, keysTo] = [join(shelf, 'fails'), join(safe, 'fails')];
  const taken = take({ to, keysTo });
  // somebody puts something into its place at last, so that it cannot have its name
  let over = false;
  taken.catch(() => {
    over = true;
  });
  while (!over && !existsSync(keysTo)) {
    mkdirSync(join(to, 'of somebody else'), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await expect(taken).rejects.toThrow();
  rmSync(to, { recursive: true });
  writeFileSync(join(shelf, 'a file'), '');
  await expect(take({ to, keysTo: join(shelf, 'a file/keys') })).rejects.toThrow();
  expect(names(shelf)).toEqual(['01', '02', '03', 'a file']);
  expect(names(safe)).toEqual(['01', '02', '03']);
});

test('a day that was changed afterwards removes nothing, and one without a day stays', async () => {
  const changed = (name: string, to: string) => {
    const at = join(shelf, name, MANIFEST);
    writeFileSync(at, readFileSync(at, 'utf8').replace(/\s*"keepUntil": "[^"]*",/, to));
  };
  changed('01', '"keepUntil": "2026-01-02",');
  changed('02', '');
  expect(await pruned(shelf, '2026-01-05T00:00:00.000Z')).toEqual({
    removed: [],
    left: [expect.stringContaining('01: its day is not what was written')],
  });
  expect(await pruned(shelf, LATER)).toMatchObject({ removed: [] });
  expect(names(shelf)).toEqual(['01', '02', '03']);
});

test('killed on the way it leaves nothing that looks like a whole backup and is none; the next call ends what it began', async () => {
  for (let n = 10; n < 30; n++) cpSync(join(shelf, '01'), join(shelf, String(n)), { recursive: true });
  const child = spawn(process.execPath, ['bin/run.mjs', 'backup', 'prune', shelf], {
    ...{ cwd: root, stdio: 'ignore', env: { ...cleanEnvironment(), LINLI_DATA: join(folder, 'data') } },
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  while (!existsSync(join(shelf, 'pruned.jsonl')) || names(shelf).length > 20)
    await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const left = names(shelf);
  expect(left.length).toBeGreaterThan(3);
  for (const name of left.filter((each) => !each.includes('.unfinished-')))
    expect(await verifyBackup(join(shelf, name), { logKeys }), name).toMatchObject({ holds: true });
  // what lay there untouched for a day, as all of a backup that is taken away has
  for (const name of left.filter((each) => each.includes('.unfinished-')))
    for (const each of ['', ...readdirSync(join(shelf, name), { recursive: true }).map(String)])
      utimesSync(join(shelf, name, each), 0, 0);
  await pruned(shelf, new Date().toISOString());
  expect(names(shelf)).toEqual(['03']);
});

test('what is broken off while it is made goes when nobody has touched it for a day', async () => {
  const at = join(shelf, 'tonight.unfinished-4711');
  mkdirSync(join(at, 'database'), { recursive: true });
  writeFileSync(join(at, 'database/x'), 'x');
  utimesSync(at, 0, 0);
  expect(await pruned(shelf, new Date().toISOString(), true)).toMatchObject({ removed: ['01', '02'] });
  expect(await pruned(shelf, new Date(Date.now() + 90_000_000).toISOString())).toMatchObject({
    removed: ['01', '02', 'tonight.unfinished-4711'],
  });
});

test('who may only read takes one too and is told that the database knows nothing of it; one that fails is forgotten', async () => {
  const count = async () => (await sql`SELECT count(*)::int AS n FROM backups`)[0]!['n'];
  const before = await count();
  const name = `reader_${randomUUID().slice(0, 8)}`;
  await sql.unsafe(`CREATE ROLE ${name} LOGIN BYPASSRLS PASSWORD 'x'; GRANT pg_read_all_data TO ${name}`);
  try {
    const databaseUrl = database.url.replace(/\/\/[^@]*@/, `//${name}:x@`);
    expect(await take({ databaseUrl, to: join(shelf, 'read') })).toMatchObject({ noted: false, signed: true });
  } finally {
    await sql.unsafe(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
  }
  expect(await count()).toBe(before);
  await sql`ALTER TABLE log_checkpoints RENAME TO away`;
  await expect(take({ to: join(shelf, 'fails') })).rejects.toThrow('log_checkpoints');
  await sql`ALTER TABLE away RENAME TO log_checkpoints`;
  expect(await count()).toBe(before);
});
