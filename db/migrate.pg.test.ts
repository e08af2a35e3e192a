import { createHash, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles } from '../test/roles/rights.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { connect, type Sql } from './client.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.url);
  sql = connect(database.url);
  await sql`INSERT INTO units (id, level, name_zh, name_en) VALUES ('u', 'community', '社区', 'community')`;
  await sql`INSERT INTO posts (id, kind, unit, name_zh, name_en) VALUES ('p', 'secretary', 'u', '书记', 'secretary')`;
  await sql`INSERT INTO person.people (id, name) VALUES ('a', '张某'), ('b', '罗某')`;
  await sql`INSERT INTO programs (hash, id, version, content) VALUES (encode(sha256('{}'), 'hex'), 'x', '1', '{}')`;
  await sql`INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, status, imported, seq, head,
      state, state_version, calendar_version, opened_at, last_at)
    SELECT 'c', '1', 'u', 'x', '1', hash, 'open', false, 0, '', '{}', 1, 'w', now(), now() FROM programs`;
});

afterAll(async () => {
  await sql.end();
  await database.close();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const insertEvent = (seq: number, header: string, prev: string, hash = sha256(header)) => sql`
  INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id, program_hash)
  VALUES ('c', ${seq}, 't', convert_to(${header}, 'UTF8'), ${hash}, ${prev}, '{}', now(), now(), 'system', 'clock', 'x')`;

test('migrating again, by four processes at once, changes nothing', async () => {
  await Promise.all([1, 2, 3, 4].map(() => migrate(database.url)));
  expect((await sql`SELECT id FROM installation`).length).toBe(1);
});

test('a chain has no gap and no foreign link, and every hash is that of its header', async () => {
  const start = '0'.repeat(64);
  await expect(insertEvent(2, 'two', start)).rejects.toThrow('does not follow');
  await expect(insertEvent(1, 'one', sha256('x'))).rejects.toThrow('does not follow');
  await expect(insertEvent(1, 'one', start, sha256('other'))).rejects.toThrow('events_hash');
  await insertEvent(1, 'one', start);
  await expect(insertEvent(2, 'two', start)).rejects.toThrow('does not follow');
  await insertEvent(2, 'two', sha256('one'));
  await expect(insertEvent(2, 'again', sha256('one'))).rejects.toThrow('duplicate key');
});

test.each(['events', 'acts', 'programs', 'documents', 'org_events', 'installation'])(
  'rows of %s never change',
  async (table) => {
    await expect(sql.unsafe(`DELETE FROM ${table}`)).rejects.toThrow('never change');
    await expect(sql.unsafe(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('never change');
    for (const role of ['linli_door', 'linli_cash', 'linli_ledger', 'linli_log', 'linli_read']) {
      const change = sql.begin(async (tx) => {
        await tx.unsafe(`SET LOCAL ROLE ${role}`);
        await tx.unsafe(`DELETE FROM ${table}`);
      });
      await expect(change).rejects.toThrow('permission denied');
    }
  },
);

test('an update of the record is refused', async () => {
  await expect(sql`UPDATE events SET type = 'other'`).rejects.toThrow('never change');
});

test('a post has one holder at an instant; the next may begin when the last ends', async () => {
  await sql`INSERT INTO appointments VALUES ('1', 'p', 'a', '2026-01-01Z', '2026-06-01Z')`;
  await expect(sql`INSERT INTO appointments VALUES ('2', 'p', 'b', '2026-05-31Z')`).rejects.toThrow(
    'appointments_one_holder',
  );
  await sql`INSERT INTO appointments VALUES ('2', 'p', 'b', '2026-06-01Z')`;
});

test('a case only moves forward', async () => {
  await sql`UPDATE cases SET seq = 2, head = 'h', witnessed_seq = 2`;
  await expect(sql`UPDATE cases SET seq = 1`).rejects.toThrow('forward');
  await expect(sql`UPDATE cases SET head = 'other'`).rejects.toThrow('forward');
  await expect(sql`UPDATE cases SET witnessed_seq = 1`).rejects.toThrow('forward');
});

test('an ordinary owner with CREATEROLE can migrate a database of its own, and take on the roles', async () => {
  const name = `owner_${randomUUID().slice(0, 8)}`;
  await sql.unsafe(`CREATE ROLE ${name} LOGIN CREATEROLE CREATEDB PASSWORD 'x'`);
  // on this server somebody else has made the roles already; elsewhere the owner makes them
  for (const role of roles) {
    await sql.unsafe(`GRANT ${role} TO ${name} WITH ADMIN OPTION`);
    await sql.unsafe(`GRANT ${role} TO ${name} WITH SET FALSE`);
  }
  await sql.unsafe(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`);
  const url = database.url.replace(/\/\/[^@]*@/, `//${name}:x@`).replace(/[^/]*$/, name);
  const own = connect(url, { max: 1 });
  try {
    await migrate(url);
    const role = await own.unsafe('BEGIN; SET LOCAL ROLE linli_door; SELECT current_user AS role; COMMIT').simple();
    expect(JSON.stringify(role)).toContain('linli_door');
  } finally {
    await own.end();
    await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await sql.unsafe(`DROP OWNED BY ${name}`);
    await sql.unsafe(`DROP ROLE ${name}`);
  }
});

test('every function that looks into tables looks them up in our own schemas', async () => {
  const loose = await sql<{ name: string }[]>`
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE p.pronamespace IN ('public'::regnamespace, 'person'::regnamespace) AND p.prokind = 'f'
      AND (p.provolatile <> 'i' OR p.prosecdef OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid))
      AND p.prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql'))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
      AND NOT coalesce(p.proconfig, '{}') && ARRAY['search_path=public, person, pg_temp', 'search_path=pg_catalog']`;
  expect(loose.map(({ name }) => name)).toEqual([]);
});

test('the door makes data keys and says of none that it is destroyed', async () => {
  const columns = await sql<{ name: string }[]>`
    SELECT attname AS name FROM pg_attribute WHERE attrelid = 'data_keys'::regclass AND attnum > 0
      AND has_column_privilege('linli_door', attrelid, attnum, 'INSERT') ORDER BY attnum`;
  expect(columns.map(({ name }) => name)).toEqual(['id', 'owner', 'yearly_key', 'wrapped', 'made_at']);
  for (const role of ['linli_door', 'linli_read', 'linli_log', 'linli_cash', 'linli_ledger'])
    expect(await sql`SELECT has_any_column_privilege(${role}, 'data_keys', 'UPDATE') AS yes`).toEqual([{ yes: false }]);
});

test('a migration gives way to who uses a table, lets others read meanwhile, and is done when he has ended', async () => {
  const other = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'linli-migrations-'));
  const [holder, reader] = [connect(other.url, { max: 1, statementTimeoutMs: 60_000 }), connect(other.url, { max: 1 })];
  try {
    cpSync(fileURLToPath(new URL('migrations', import.meta.url)), folder, { recursive: true });
    writeFileSync(join(folder, '9999_more.sql'), 'ALTER TABLE units ADD COLUMN more integer;');
    const journal = join(folder, 'meta/_journal.json');
    const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { when: number }[] };
    const more = {
      idx: entries.length,
      version: '7',
      when: entries.at(-1)!.when + 1,
      tag: '9999_more',
      breakpoints: true,
    };
    writeFileSync(journal, JSON.stringify({ ...rest, entries: [...entries, more] }));
    await holder`SET idle_in_transaction_session_timeout = 0`;
    await holder`BEGIN`.simple();
    await holder`LOCK TABLE units IN ACCESS SHARE MODE`;
    const done = migrate(other.url, folder);
    const waits = () =>
      reader`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect.poll(async () => (await waits()).length, { timeout: 20_000 }).toBe(1);
    // behind a migration that does not give way this is given up by the server
    await reader`SET lock_timeout = 0`;
    expect(await reader`SELECT count(*)::int AS n FROM units`).toHaveLength(1);
    await holder`COMMIT`.simple();
    await done;
    expect(await reader`SELECT more FROM units`).toEqual([]);
  } finally {
    await Promise.all([holder.end(), reader.end()]);
    rmSync(folder, { recursive: true, force: true });
    await other.close();
  }
}, 120_000);
