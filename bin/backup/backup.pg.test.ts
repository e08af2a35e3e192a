import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { connect, type Sql } from '../../db/client.ts';
import { migrateTo, migrationHashes } from '../../db/migrate.ts';
import { migrationsApplied } from '../../db/queries/readiness.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import { verify } from '../../door/verify.ts';
import { loadPrograms } from '../../plugins/index.ts';
import { keeperPost, openBookCase, saleOf, sendAct, settleBookPosts } from '../../test/support/book-cases.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { silentLog } from '../../test/support/quiet.ts';
import { logAll, recordLogOver } from '../../test/support/record-log.ts';
import { readConfig } from '../config.ts';
import { yearlyKeysIn } from '../yearly-keys.ts';
import { takeBackup } from './backup.ts';
import { quoted, tablesOf } from './catalogue.ts';
import { SUMS } from './files.ts';
import { checkEmpty, checkRelease } from './load.ts';
import { restoreBackup } from './restore.ts';
import { verifyBackup } from './verify.ts';

// each restore makes all tables anew
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

// A database with money, people, a signed log: backed up, damaged in every way, restored, compared row by row.
let database: TestDatabase;
let sql: Sql;
let folder: string;
let caseId: string;
const closers: (() => Promise<unknown>)[] = [];
const say = () => {};
const config = () => readConfig({ LINLI_DATA: join(folder, 'data') });

beforeAll(async () => {
  folder = makeTestFolder('backup');
  database = await freshDatabase();
  sql = connect(database.url, { max: 4 });
  await settleBookPosts(sql);
  const programs = await installPrograms(sql, (await loadPrograms()).all());
  const door = await createDoor({ sql, programs, log: silentLog });
  caseId = await openBookCase(door);
  for (const side of ['cash', 'ledger'] as const) {
    const outcome = await sendAct(door, caseId, keeperPost[side], saleOf(side, 'S-1', 1_250));
    expect(outcome.status).toBe('recorded');
  }
  // what stands for itself in the format of the files
  const data = { text: '一\t二\\n三\n"四" \\. 五' };
  expect((await sendAct(door, caseId, 'secretary', { type: 'note.add', data })).status).toBe('recorded');
  await door.end();
  await logAll(recordLogOver(sql));
  await sql`INSERT INTO data_keys (id, owner, yearly_key, wrapped) VALUES (${`${caseId}.x`}, ${caseId}, 'k', ${Buffer.alloc(60)})`;
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/log-key.pem'), 'a key');
  writeFileSync(join(folder, 'data/keys.json'), '{}');
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await sql.end();
  await database.close();
  removeTestFolder(folder);
});

const backUp = (name: string, keysTo?: string) =>
  takeBackup({ databaseUrl: database.url, client: undefined, config: config(), to: join(folder, name), keysTo, say });

/** An empty database, owned by whoever is given. */
async function emptyDatabase(owner?: { readonly name: string }): Promise<string> {
  const name = `empty_${randomUUID().slice(0, 8)}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`CREATE DATABASE ${name} ${owner ? `OWNER ${owner.name}` : ''} TEMPLATE template0`);
  await admin.end();
  closers.push(async () => {
    const again = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
    await again.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await again.end();
  });
  return database.url.replace(/[^/]*$/, name);
}

/** Every table by number of rows and a hash over all of them. */
async function sumsOf(of: Sql): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const { schema, name } of await tablesOf(of)) {
    const [row] = await of.unsafe<{ sum: string }[]>(
      `SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) AS sum FROM ${quoted(schema, name)} t`,
    );
    sums[`${schema}.${name}`] = row!.sum;
  }
  return sums;
}

/** Constraints, triggers and sequences, as the catalogue tells them. */
async function rulesOf(of: Sql): Promise<string[]> {
  const rows = await of<{ rule: string }[]>`
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated AS rule FROM pg_constraint
      WHERE connamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'person'))
    UNION ALL SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT schemaname || '.' || sequencename || ' ' || coalesce(last_value, 0) FROM pg_sequences WHERE schemaname <> 'drizzle' ORDER BY 1`;
  return rows.map(({ rule }) => rule);
}

test('a backup is whole, says what it holds, and comes back row by row', async () => {
  const { manifest } = await backUp('one');
  expect(manifest.record).toMatchObject({ cases: 1, openCases: 1 });
  expect(manifest.record.events).toBeGreaterThan(5);
  expect(manifest.record.checkpoint?.size).toBe(manifest.record.logSize);
  expect(await verifyBackup(join(folder, 'one'))).toMatchObject({ holds: true, findings: [] });
  expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);

  const url = await emptyDatabase();
  await checkEmpty(url);
  const given = { databaseUrl: url, config: config(), from: join(folder, 'one'), say };
  await expect(restoreBackup(given)).rejects.toThrow('--keys-from');
  await restoreBackup({ ...given, withoutKeys: true });
  const back = connect(url, { max: 4 });
  closers.push(() => back.end());
  const marked = (sums: Record<string, string>) => ({ ...sums, 'public.store_marks': '', 'public.data_keys': '' });
  expect(marked(await sumsOf(back))).toEqual(marked(await sumsOf(sql)));
  expect(await rulesOf(back)).toEqual(await rulesOf(sql));
  expect(await back`SELECT restored FROM store_marks`).toEqual([{ restored: true }]);
  expect((await verify(back)).findings.filter(({ rule }) => rule !== 'organisation')).toEqual([]);
  await expect(back`DELETE FROM events`).rejects.toThrow('never change');

  await expect(restoreBackup({ ...given, withoutKeys: true })).rejects.toThrow('not empty');
});

test('an ordinary owner of a database can restore into it', async () => {
  const name = `owner_${randomUUID().slice(0, 8)}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`CREATE ROLE ${name} LOGIN CREATEROLE PASSWORD 'x'`);
  for (const role of ['linli_door', 'linli_cash', 'linli_ledger', 'linli_log', 'linli_read']) {
    await admin.unsafe(`GRANT ${role} TO ${name} WITH ADMIN OPTION`);
    await admin.unsafe(`GRANT ${role} TO ${name} WITH SET FALSE`);
  }
  closers.push(async () => {
    await admin.unsafe(`DROP OWNED BY ${name}`).catch(() => {});
    await admin.unsafe(`DROP ROLE ${name}`);
    await admin.end();
  });
  const url = (await emptyDatabase({ name })).replace(/\/\/[^@]*@/, `//${name}:x@`);
  const from = join(folder, 'one');
  await restoreBackup({ databaseUrl: url, config: config(), from, withoutKeys: true, say });
  const back = connect(url, { max: 2 });
  expect((await back`SELECT case_id AS id FROM cases`).map(({ id }) => id)).toEqual([caseId]);
  await back.end();
});

test('a database in which only migrations have run is empty', async () => {
  const made = await freshDatabase();
  closers.push(() => made.close());
  await checkEmpty(made.url);
  await expect(checkEmpty(database.url)).rejects.toThrow('not empty');
});

test('what lies there is never overwritten, and a folder that was broken off is no backup', async () => {
  await expect(backUp('one')).rejects.toThrow('not empty');
  const half = join(folder, 'half');
  mkdirSync(half);
  writeFileSync(join(half, 'manifest.json'), readFileSync(join(folder, 'one/manifest.json')));
  expect(await verifyBackup(half)).toMatchObject({ holds: false });
  await expect(verifyBackup(join(folder, 'nowhere'))).rejects.toThrow('no backup');
});

test('a database that cannot be read leaves nothing behind', async () => {
  const url = await emptyDatabase();
  const to = join(folder, 'never');
  await expect(takeBackup({ databaseUrl: url, client: undefined, config: config(), to, say })).rejects.toThrow();
  expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
});

test('the keys lie apart, are put back, and never into the place of others', async () => {
  await expect(backUp('two', join(folder, 'two/keys'))).rejects.toThrow('--keys-to');
  const { keys } = await backUp('two', join(folder, 'two-keys'));
  expect(keys).toEqual(['log-key.pem', 'keys.json']);
  expect(readdirSync(join(folder, 'two-keys'))).toContain('data_keys.copy.gz');
  const inside = readdirSync(join(folder, 'two'), { recursive: true }).map(String);
  expect(inside.filter((name) => /key\.pem|keys\.json|data_keys/.test(name))).toEqual([]);
  const from = join(folder, 'two');
  const elsewhere = readConfig({ LINLI_DATA: join(folder, 'elsewhere') });
  const given = { config: elsewhere, from, keysFrom: join(folder, 'two-keys'), say };
  const into = await emptyDatabase();
  // data keys without the yearly ones that wrap them open nothing
  await expect(restoreBackup({ databaseUrl: into, ...given })).rejects.toThrow('the keys are not here');
  yearlyKeysIn(join(folder, 'elsewhere/yearly-keys.json')).begin();
  const { keys: back } = await restoreBackup({ databaseUrl: into, ...given });
  const there = connect(into, { max: 1 });
  expect(await there`SELECT owner FROM data_keys`).toEqual([{ owner: caseId }]);
  await there.end();
  expect(back).toEqual(['log-key.pem', 'keys.json']);
  expect(readFileSync(join(folder, 'elsewhere/log-key.pem'), 'utf8')).toBe('a key');
  writeFileSync(join(folder, 'elsewhere/log-key.pem'), 'another key');
  await expect(restoreBackup({ databaseUrl: await emptyDatabase(), ...given })).rejects.toThrow('is another one');
  // keys of an earlier backup lack those made since
  await sql`INSERT INTO data_keys (id, owner, yearly_key, wrapped) VALUES ('later.x', 'later', 'k', ${Buffer.alloc(60)})`;
  await backUp('later');
  const third = readConfig({ LINLI_DATA: join(folder, 'third') });
  yearlyKeysIn(join(folder, 'third/yearly-keys.json')).begin();
  const mixed = { config: third, from: join(folder, 'later'), keysFrom: join(folder, 'two-keys'), say };
  await expect(restoreBackup({ databaseUrl: await emptyDatabase(), ...mixed })).rejects.toThrow(
    'hold 1 data keys, and 2 were counted',
  );
});

test('a backup of an earlier release comes back into this one, one of a later release is refused', async () => {
  const url = await emptyDatabase();
  const all = migrationHashes().length;
  await migrateTo(url, all - 1);
  const old = connect(url, { max: 2 });
  await old`INSERT INTO units (id, level, name_zh, name_en) VALUES ('u', 'community', '社区', 'community')`;
  const from = join(folder, 'old');
  const { manifest } = await takeBackup({ databaseUrl: url, client: undefined, config: config(), to: from, say });
  expect(manifest.migrations).toHaveLength(all - 1);
  await old.end();
  const into = await emptyDatabase();
  await restoreBackup({ databaseUrl: into, config: config(), from, say });
  const back = connect(into, { max: 2 });
  expect(await back`SELECT id FROM units`).toEqual([{ id: 'u' }]);
  expect(await migrationsApplied(back)).toBe(all);
  await back.end();
  const later = {
    ...manifest,
    migrations: [...manifest.migrations, { hash: 'x', createdAt: 1 }, { hash: 'y', createdAt: 2 }],
  };
  expect(() => checkRelease(later)).toThrow('does not know');
});

test.each<[how: string, damage: (backup: string) => void, says: RegExp]>([
  [
    'a byte more',
    (at) => appendFileSync(join(at, 'database/public.events.copy.gz'), 'x'),
    /events.*not what was written/,
  ],
  [
    'a file cut short',
    (at) => truncateSync(join(at, 'database/public.events.copy.gz'), 40),
    /events.*not what was written/,
  ],
  ['a file gone', (at) => rmSync(join(at, 'database/public.acts.copy.gz')), /acts.*missing/],
  ['a file more', (at) => writeFileSync(join(at, 'database/notes.txt'), 'x'), /notes.txt does not belong/],
  ['the manifest changed', (at) => appendFileSync(join(at, 'manifest.json'), ' '), /manifest.json is not/],
  ['no sums', (at) => rmSync(join(at, SUMS)), /no SHA256SUMS/],
  ['sums cut short', (at) => truncateSync(join(at, SUMS), 500), /cut off|does not belong/],
])('damage is found: %s', async (how, damage, says) => {
  const from = join(folder, `damaged ${how}`);
  cpSync(join(folder, 'one'), from, { recursive: true });
  damage(from);
  const { holds, findings } = await verifyBackup(from);
  expect(holds).toBe(false);
  expect(findings.join('\n')).toMatch(says);
  // that the database is full already is not even looked at
  await expect(restoreBackup({ databaseUrl: database.url, config: config(), from, say })).rejects.toThrow(
    'does not hold',
  );
});
