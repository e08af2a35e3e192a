import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { connect, type Sql } from '../../db/client.ts';
import { migrateTo, migrationHashes } from '../../db/migrate.ts';
import { migrationsApplied } from '../../db/queries/readiness.ts';
import { keysOf } from '../../db/sealed.ts';
import { createDoor } from '../../door/door.ts';
import { installPrograms } from '../../door/programs.ts';
import { verify } from '../../door/verify.ts';
import { loadPrograms } from '../../plugins/index.ts';
import { canariesIn, newCanary } from '../../test/canary/needles.ts';
import { roles } from '../../test/roles/rights.ts';
import { keeperPost, openBookCase, saleOf, sendAct, settleBookPosts } from '../../test/support/book-cases.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { silentLog } from '../../test/support/quiet.ts';
import { logAll, recordLogOver } from '../../test/support/record-log.ts';
import { type Config, readConfig } from '../config.ts';
import { copiesHere } from '../key-copies.ts';
import { openKeys } from '../keys.ts';
import { takeBackup } from './backup.ts';
import { quoted, tablesOf } from './catalogue.ts';
import { keyTable } from './database.ts';
import { SIGNED_SUMS, SUMS } from './files.ts';
import { dataKeysAtHand, restoreKeys, yearlyKeysAtHand } from './keys.ts';
import { checkEmpty, checkRelease } from './load.ts';
import { MANIFEST } from './manifest.ts';
import { restoreBackup } from './restore.ts';
import { logKeysHere, sumsSigner } from './signature.ts';
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
const machine = (name: string) => readConfig({ LINLI_DATA: join(folder, name) });
const config = () => machine('data');
/** A machine that has the yearly keys, and no data key nor copy of one. */
function withYearlyKeys(name: string): Config {
  mkdirSync(join(folder, name));
  cpSync(join(folder, 'data/yearly-keys.json'), join(folder, name, 'yearly-keys.json'));
  return machine(name);
}
const logKey = () => String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const word = newCanary();

beforeAll(async () => {
  folder = makeTestFolder('backup');
  database = await freshDatabase();
  sql = connect(database.url, { max: 4 });
  mkdirSync(join(folder, 'data'));
  await openKeys(config(), sql);
  await settleBookPosts(sql);
  const programs = await installPrograms(sql, (await loadPrograms()).all());
  const door = await createDoor({ sql, programs, log: silentLog });
  caseId = await openBookCase(door);
  for (const side of ['cash', 'ledger'] as const) {
    const outcome = await sendAct(door, caseId, keeperPost[side], saleOf(side, 'S-1', 1_250));
    expect(outcome.status).toBe('recorded');
  }
  // what stands for itself in the format of the files
  const data = { text: `一\t二\\n三\n"四" \\. 五${word}` };
  expect((await sendAct(door, caseId, 'secretary', { type: 'note.add', data })).status).toBe('recorded');
  await door.end();
  await logAll(recordLogOver(sql));
  await sql`UPDATE person.people SET name = name || ${word}`;
  writeFileSync(join(folder, 'data/log-key.pem'), logKey());
  writeFileSync(join(folder, 'data/keys.json'), '{}');
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  await sql.end();
  await database.close();
  removeTestFolder(folder);
});

const backUp = (name: string, keysTo?: string, inClear = false) =>
  takeBackup({
    databaseUrl: database.url,
    client: undefined,
    config: config(),
    to: join(folder, name),
    keysTo,
    inClear,
    say,
  });

/** The verdict of a machine on a backup. */
const verdictOf = (name: string, on: Config = config(), keysFrom?: string) =>
  verifyBackup(join(folder, name), {
    yearly: yearlyKeysAtHand(on, keysFrom),
    logKeys: (of) => logKeysHere(on, keysFrom, of),
  });

/** The canaries in the files of a folder, unpacked where they are packed. */
const wordsIn = (name: string): string[] =>
  readdirSync(join(folder, name), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [...canariesIn(readFileSync(join(entry.parentPath, entry.name)))] : [],
  );

/** Writes the list of sums anew, as somebody would who has changed a file. */
function sumAnew(at: string): void {
  const list = readFileSync(join(at, SUMS), 'utf8').split('\n').filter(Boolean);
  const lines = list.map((line) => {
    const file = line.slice(66);
    return `${createHash('sha256')
      .update(readFileSync(join(at, file)))
      .digest('hex')}  ${file}\n`;
  });
  writeFileSync(join(at, SUMS), lines.join(''));
}

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
  const verdict = await verdictOf('one');
  expect(verdict).toMatchObject({ holds: true, findings: [], signature: { known: true } });
  expect([...verdict.sealedWith.keys()]).toEqual([caseId]);
  expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);

  const url = await emptyDatabase();
  await checkEmpty(url);
  const given = { databaseUrl: url, config: withYearlyKeys('apart'), from: join(folder, 'one'), say };
  await expect(restoreBackup(given)).rejects.toThrow('What 1 of 1 cases and the histories say');
  // a folder of copies without the copy is none
  mkdirSync(join(folder, 'apart/data-keys'));
  await expect(restoreBackup(given)).rejects.toThrow('--keys-from');
  const restored = await restoreBackup({ ...given, withoutKeys: true });
  expect(restored).toMatchObject({ keyless: [caseId], signature: { known: false } });
  const back = connect(url, { max: 4 });
  closers.push(() => back.end());
  const marked = (sums: Record<string, string>) => ({ ...sums, 'public.store_marks': '', 'public.data_keys': '' });
  expect(marked(await sumsOf(back))).toEqual(marked(await sumsOf(sql)));
  expect(await rulesOf(back)).toEqual(await rulesOf(sql));
  expect(await back`SELECT restored FROM store_marks`).toEqual([{ restored: true }]);
  const proof = await verify(back);
  expect(proof.findings.filter(({ rule }) => rule !== 'organisation')).toEqual([]);
  expect(proof.unread).toEqual([{ caseId, events: manifest.record.events }]);
  // no other key takes the place of the one that is lost
  await openKeys(given.config, back);
  await expect(keysOf(back)!.ofCase(caseId)).rejects.toThrow(`Nobody knows the key ${caseId}.`);
  expect(await back`SELECT FROM data_keys WHERE owner = ${caseId}`).toEqual([]);
  await expect(back`DELETE FROM events`).rejects.toThrow('never change');

  await expect(restoreBackup({ ...given, withoutKeys: true })).rejects.toThrow('not empty');
});

test('an ordinary owner of a database can restore into it', async () => {
  const name = `owner_${randomUUID().slice(0, 8)}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`CREATE ROLE ${name} LOGIN CREATEROLE PASSWORD 'x'`);
  for (const role of roles) {
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
  await restoreBackup({ databaseUrl: url, config: config(), from, say });
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
  expect(keys).toEqual(['log-key.pem', 'yearly-keys', 'keys.json']);
  expect(readdirSync(join(folder, 'two-keys'))).toContain('data_keys.copy.gz');
  const inside = readdirSync(join(folder, 'two'), { recursive: true }).map(String);
  expect(inside.filter((name) => /key\.pem|keys\.json|data_keys/.test(name))).toEqual([]);
  const from = join(folder, 'two');
  const elsewhere = machine('elsewhere');
  const given = { config: elsewhere, from, say };
  const into = await emptyDatabase();
  // data keys without the yearly ones that wrap them open nothing, and a sealed backup does not either
  cpSync(join(folder, 'two-keys'), join(folder, 'no-yearly'), { recursive: true });
  rmSync(join(folder, 'no-yearly/yearly-keys'));
  await expect(restoreBackup({ databaseUrl: into, ...given, keysFrom: join(folder, 'no-yearly') })).rejects.toThrow(
    'the yearly key',
  );
  const keysFrom = join(folder, 'two-keys');
  const { keys: back, keyless, signature } = await restoreBackup({ databaseUrl: into, ...given, keysFrom });
  expect({ keyless, signature }).toMatchObject({ keyless: [], signature: { known: true } });
  const there = connect(into, { max: 1 });
  await openKeys(elsewhere, there);
  const proof = await verify(there);
  expect(proof.findings.filter(({ rule }) => rule !== 'organisation')).toEqual([]);
  expect(proof.unread).toEqual([]);
  await there.end();
  expect(back).toEqual(['log-key.pem', 'yearly-keys.json', 'keys.json']);
  expect(existsSync(join(folder, 'elsewhere/log-key.pem'))).toBe(true);
  writeFileSync(join(folder, 'elsewhere/log-key.pem'), logKey());
  await expect(restoreBackup({ databaseUrl: await emptyDatabase(), ...given, keysFrom })).rejects.toThrow(
    'is another one',
  );
  // keys of an earlier backup lack those made since
  await sql`INSERT INTO data_keys (id, owner, yearly_key, wrapped) VALUES ('later.x', 'later', 'k', ${Buffer.alloc(60)})`;
  await backUp('later');
  const mixed = { config: machine('third'), from: join(folder, 'later'), keysFrom, say };
  await expect(restoreBackup({ databaseUrl: await emptyDatabase(), ...mixed })).rejects.toThrow(
    'hold 2 data keys, and 3 were counted',
  );
});

test('the data key of a case that was destroyed since the backup is not missed', async () => {
  const on = withYearlyKeys('buried');
  const ids = [...(await verdictOf('one')).sealedWith.get(caseId)!];
  const lacked = async () => {
    const { lacks } = await dataKeysAtHand(on, undefined, yearlyKeysAtHand(on, undefined));
    return ids.filter(lacks);
  };
  expect(ids).toHaveLength(1);
  expect(await lacked()).toEqual(ids);
  copiesHere(on)!.bury!({ caseId, headers: [], certificate: '{}' });
  expect(await lacked()).toEqual([]);
});

test('keys that were backed up after a case was destroyed say so on another machine', async () => {
  const keysFrom = join(folder, 'keys-after');
  const given = { databaseUrl: database.url, client: undefined, config: machine('buried'), say };
  await takeBackup({ ...given, to: join(folder, 'after'), keysTo: keysFrom });
  const on = machine('without-graves');
  await restoreKeys(on, keysFrom);
  expect(copiesHere(on)!.isBuried!(caseId)).toBe(true);
  // and where no file says so, the row does: of a destroyed key it holds the name alone
  const others = join(folder, 'keys-without-graves');
  cpSync(join(folder, 'two-keys'), others, { recursive: true });
  const rows = gunzipSync(readFileSync(join(others, keyTable.file))).toString();
  const ids = [...(await verdictOf('one')).sealedWith.get(caseId)!];
  const gone = rows.replace(new RegExp(`^(${ids[0]}\\t.*?\\t.*?\\t)[^\\t\\n]*`, 'm'), '$1\\N');
  expect(gone).not.toBe(rows);
  writeFileSync(join(others, keyTable.file), gzipSync(gone));
  sumAnew(others);
  const bare = machine('bare');
  const { lacks } = await dataKeysAtHand(bare, others, yearlyKeysAtHand(bare, others));
  expect(ids.filter(lacks)).toEqual([]);
});

test('no word lies in a sealed backup, and without the yearly keys its sums and its signature are proven alone', async () => {
  expect(wordsIn('one')).toEqual([]);
  const stranger = machine('stranger');
  const verdict = await verdictOf('one', stranger);
  expect(verdict).toMatchObject({ holds: true, content: undefined, signature: { known: false } });
  expect(await verdictOf('one', stranger, join(folder, 'two-keys'))).toMatchObject({
    holds: true,
    content: {},
    signature: { known: true },
  });
  const given = { config: stranger, from: join(folder, 'one'), withoutKeys: true, say };
  await expect(restoreBackup({ databaseUrl: await emptyDatabase(), ...given })).rejects.toThrow(
    '--without-keys is of no help',
  );
  await expect(
    takeBackup({ databaseUrl: database.url, client: undefined, config: stranger, to: join(folder, 'none'), say }),
  ).rejects.toThrow('--in-clear');
});

test('a backup in clear, as earlier releases took them, is verified and restored as before', async () => {
  const { signed, manifest } = await backUp('clear', undefined, true);
  expect({ signed, v: manifest.v }).toEqual({ signed: true, v: 1 });
  // so that the search above can find something
  expect(wordsIn('clear').length).toBeGreaterThan(0);
  rmSync(join(folder, 'clear', SIGNED_SUMS));
  const on = machine('of-clear');
  expect(await verdictOf('clear', on)).toMatchObject({ holds: true, content: {}, signature: { key: undefined } });
  const url = await emptyDatabase();
  const { keyless } = await restoreBackup({
    databaseUrl: url,
    config: on,
    from: join(folder, 'clear'),
    withoutKeys: true,
    say,
  });
  expect(keyless).toEqual([caseId]);
});

test('what a hand changed is found though the sums were made anew: by the seal, and by the signature', async () => {
  const at = join(folder, 'forged');
  cpSync(join(folder, 'one'), at, { recursive: true });
  const [one, other] = ['acts', 'cases'].map((name) => join(at, `database/public.${name}.copy.gz.sealed`));
  const kept = readFileSync(one!);
  writeFileSync(one!, readFileSync(other!));
  sumAnew(at);
  expect((await verdictOf('forged')).findings.join()).toContain('signs other sums');
  rmSync(join(at, SIGNED_SUMS));
  // without the keys nothing is wrong but that nobody has signed it
  expect(await verdictOf('forged', machine('stranger'))).toMatchObject({ holds: true, signature: { key: undefined } });
  expect((await verdictOf('forged')).findings.join()).toMatch(/acts.*cannot be opened: It is not what was sealed/);
  writeFileSync(one!, kept);
  // nor does one in clear come into the place of a sealed one, whatever the manifest calls it
  const clear = join(folder, 'in clear among sealed');
  cpSync(at, clear, { recursive: true });
  const name = 'database/public.acts.copy.gz';
  for (const list of [MANIFEST, SUMS])
    writeFileSync(join(clear, list), readFileSync(join(clear, list), 'utf8').replace(`${name}.sealed`, name));
  rmSync(join(clear, `${name}.sealed`));
  cpSync(join(folder, 'clear', name), join(clear, name));
  sumAnew(clear);
  expect((await verdictOf('in clear among sealed')).findings).toEqual([
    expect.stringContaining('is not sealed with a key of Linli'),
  ]);
  // nor is one read in clear that calls itself sealed, nor taken without its signature where the log's key lies
  const stripped = join(folder, 'stripped');
  cpSync(join(folder, 'clear'), stripped, { recursive: true });
  const restoredFrom = async (more: object) =>
    restoreBackup({ databaseUrl: database.url, config: config(), from: stripped, say, ...more });
  await expect(restoredFrom({})).rejects.toThrow('is not signed, and the key of the log that is here');
  await expect(restoredFrom({ unsigned: true })).rejects.toThrow('lies in clear');
  await expect(restoredFrom({ unsigned: true, inClear: true })).rejects.toThrow('not empty');
  const manifest = readFileSync(join(stripped, MANIFEST), 'utf8');
  writeFileSync(join(stripped, MANIFEST), manifest.replace('"v": 1', '"v": 2'));
  await expect(verdictOf('stripped')).rejects.toThrow('do not belong together');
  // another house signs it
  const own = readFileSync(join(folder, 'one', SIGNED_SUMS), 'utf8');
  const { sign, installation } = await forger();
  writeFileSync(join(at, SIGNED_SUMS), sign(readFileSync(join(folder, 'one', SUMS), 'utf8')));
  writeFileSync(join(at, SUMS), readFileSync(join(folder, 'one', SUMS)));
  expect(await verdictOf('forged')).toMatchObject({ holds: true, signature: { known: false } });
  await expect(restoreBackup({ databaseUrl: database.url, config: config(), from: at, say })).rejects.toThrow(
    'somebody else may have written it',
  );
  const logKeys = logKeysHere(config(), undefined, installation);
  await expect(
    restoreBackup({ databaseUrl: database.url, config: config(), from: at, logKey: logKeys[0], say }),
  ).rejects.toThrow('is not signed with the key');
  writeFileSync(join(at, SIGNED_SUMS), own.replace(/^sha256 ./m, 'sha256 x'));
  expect((await verdictOf('forged')).findings.join()).toContain('is not what was signed');
});

/** Somebody with a key of his own that bears the name of this house. */
async function forger() {
  const { installation } = JSON.parse(readFileSync(join(folder, 'one', MANIFEST), 'utf8')) as { installation: string };
  mkdirSync(join(folder, 'forger'));
  writeFileSync(join(folder, 'forger/log-key.pem'), logKey());
  return { installation, sign: sumsSigner(machine('forger'), installation)! };
}

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
    (at) => appendFileSync(join(at, 'database/public.events.copy.gz.sealed'), 'x'),
    /events.*not what was written/,
  ],
  [
    'a file cut short',
    (at) => truncateSync(join(at, 'database/public.events.copy.gz.sealed'), 40),
    /events.*not what was written/,
  ],
  ['a file gone', (at) => rmSync(join(at, 'database/public.acts.copy.gz.sealed')), /acts.*missing/],
  ['a file more', (at) => writeFileSync(join(at, 'database/notes.txt'), 'x'), /notes.txt does not belong/],
  ['the manifest changed', (at) => appendFileSync(join(at, 'manifest.json'), ' '), /manifest.json is not/],
  ['no sums', (at) => rmSync(join(at, SUMS)), /no SHA256SUMS/],
  ['sums cut short', (at) => truncateSync(join(at, SUMS), 500), /cut off|does not belong/],
])('damage is found: %s', async (how, damage, says) => {
  const from = join(folder, `damaged ${how}`);
  cpSync(join(folder, 'one'), from, { recursive: true });
  damage(from);
  const { holds, findings } = await verdictOf(`damaged ${how}`);
  expect(holds).toBe(false);
  expect(findings.join('\n')).toMatch(says);
  // that the database is full already is not even looked at
  await expect(restoreBackup({ databaseUrl: database.url, config: config(), from, say })).rejects.toThrow(
    'does not hold',
  );
});
