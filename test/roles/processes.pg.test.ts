import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectPart } from '../../bin/database-logins.ts';
import { connect, type Sql } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../support/door.ts';
import { roles } from './rights.ts';

let bench: DoorBench;
let caseId: string;
const logins = ['linli_api', 'linli_worker', 'linli_sealer'] as const;
/** The login of a role of its own on this server, as `npm start` and operators give it one. */
const signedInAs = (role: string): Sql =>
  connect(bench.url.replace(/\/\/[^@]*@/, `//${role}:of-tests@`), { max: 1, statementTimeoutMs: 5_000 });
const sessions = new Map<string, Sql>();

beforeAll(async () => {
  bench = await doorBench();
  caseId = recorded(await bench.door.open(fuleOpening())).case.caseId;
  for (const role of logins) {
    await bench.sql.unsafe(`ALTER ROLE ${role} LOGIN PASSWORD 'of-tests'`);
    sessions.set(role, signedInAs(role));
  }
});

afterAll(async () => {
  await Promise.all([...sessions.values()].map((sql) => sql.end()));
  await bench.close();
});

/** The code a statement is refused with, undone if it was not. */
async function tried(role: string, statement: string): Promise<string> {
  const sql = sessions.get(role)!;
  try {
    await sql.unsafe(`BEGIN; ${statement}`).simple();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await sql.unsafe('ROLLBACK').simple();
  }
}

test('no role owns anything, bypasses row security, is a superuser, makes roles or inherits from another', async () => {
  const found = await bench.sql`
    SELECT rolname FROM pg_roles r WHERE rolname = ANY (ARRAY(SELECT json_array_elements_text(${JSON.stringify(roles)}::text::json)))
      AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
        OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
        OR EXISTS (SELECT FROM pg_namespace n WHERE n.nspowner = r.oid) OR EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid))`;
  expect(found).toEqual([]);
  const takes = await bench.sql<{ member: string; role: string }[]>`
    SELECT m.member::regrole::text AS member, m.roleid::regrole::text AS role FROM pg_auth_members m
    WHERE m.member::regrole::text LIKE 'linli\\_%' ORDER BY 1, 2`;
  expect(takes.map(({ member, role }) => `${member} ${role}`)).toEqual([
    'linli_api linli_cash',
    'linli_api linli_door',
    'linli_api linli_ledger',
    'linli_api linli_organisation',
    'linli_api linli_read',
    'linli_sealer linli_log',
    'linli_worker linli_cash',
    'linli_worker linli_door',
    'linli_worker linli_ledger',
    'linli_worker linli_organisation',
  ]);
});

test.each([
  ['linli_api', `UPDATE events SET type = 'x'`],
  ['linli_api', 'DELETE FROM events'],
  ['linli_api', `UPDATE cases SET unit = 'x'`],
  ['linli_api', 'INSERT INTO acts SELECT * FROM acts'],
  ['linli_api', `UPDATE units SET name_zh = 'x'`],
  ['linli_api', 'UPDATE api_keys SET revoked_at = NULL'],
  ['linli_api', 'UPDATE accesses SET content = content'],
  ['linli_api', 'DELETE FROM accesses'],
  ['linli_api', 'UPDATE data_keys SET wrapped = NULL'],
  ['linli_api', 'SELECT FROM wakes'],
  ['linli_worker', 'SELECT FROM person.sign_in_accounts'],
  ['linli_worker', 'SELECT FROM person.sign_in_two_factors'],
  ['linli_worker', 'SELECT FROM sessions'],
  ['linli_worker', 'SELECT content FROM accesses'],
  ['linli_worker', 'SELECT hash FROM api_keys'],
  ['linli_worker', 'SET LOCAL ROLE linli_door; SELECT hash FROM api_keys'],
  ['linli_worker', 'SET LOCAL ROLE linli_organisation; SELECT hash FROM api_keys'],
  ['linli_worker', 'SET LOCAL ROLE linli_door; SELECT hash FROM person.identities'],
  ['linli_worker', 'SET LOCAL ROLE linli_organisation; SELECT hash FROM person.identities'],
  ['linli_worker', 'INSERT INTO api_keys (id) VALUES (1)'],
  ['linli_worker', 'DELETE FROM events'],
  ['linli_worker', `UPDATE cases SET state = '{}'`],
  ['linli_worker', 'UPDATE data_keys SET wrapped = NULL'],
  ['linli_sealer', 'SELECT FROM cases'],
  ['linli_sealer', 'SELECT FROM person.parties'],
  ['linli_sealer', 'SELECT FROM data_keys'],
  ['linli_sealer', 'SET LOCAL ROLE linli_log; SELECT payload FROM events'],
  ['linli_sealer', 'SET LOCAL ROLE linli_log; SELECT state FROM cases'],
  ['linli_sealer', 'SET LOCAL ROLE linli_log; DELETE FROM log_leaves'],
  ['linli_api', 'SET LOCAL ROLE linli_door; DELETE FROM events'],
  ['linli_api', `SET LOCAL ROLE linli_door; UPDATE units SET name_zh = 'x'`],
  ['linli_api', 'SET LOCAL ROLE linli_organisation; INSERT INTO acts SELECT * FROM acts'],
])('%s may not: %s', async (role, statement) => {
  expect(await tried(role, statement)).toBe('42501');
});

test.each(logins)('nothing leads %s out of its rights', async (role) => {
  const [owner] = await bench.sql<{ name: string }[]>`SELECT current_user AS name`;
  // a role or table one may not even look up does not exist for him
  for (const statement of [
    `SET ROLE ${owner!.name}`,
    'SET ROLE postgres',
    `SET SESSION AUTHORIZATION ${owner!.name}`,
    `SET session_replication_role = 'replica'`,
    'CREATE TABLE mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE FUNCTION person.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'ALTER TABLE events DISABLE TRIGGER ALL',
    'ALTER TABLE events DISABLE ROW LEVEL SECURITY',
    'DROP TABLE events',
    'TRUNCATE events CASCADE',
    `ALTER ROLE ${role} BYPASSRLS`,
    'GRANT linli_door TO linli_sealer',
    'CREATE ROLE mine',
    `COPY events TO PROGRAM 'true'`,
  ])
    expect(`${statement}: ${await tried(role, statement)}`).toMatch(/: (42501|22023)$/);
  for (const statement of ['RESET ROLE', 'SET ROLE NONE', 'RESET ALL', 'SET LOCAL ROLE NONE']) {
    const sql = sessions.get(role)!;
    await sql.unsafe(statement);
    expect(await sql`SELECT current_user AS me, session_user AS session`).toEqual([{ me: role, session: role }]);
  }
});

test('the sealer takes on the role of the log alone, the worker does not', async () => {
  expect(await tried('linli_sealer', 'SET LOCAL ROLE linli_log; SELECT hash FROM events')).toBe('done');
  expect(await tried('linli_sealer', 'SET LOCAL ROLE linli_door')).toBe('42501');
  expect(await tried('linli_worker', 'SET LOCAL ROLE linli_log')).toBe('42501');
  expect(await tried('linli_api', 'SET LOCAL ROLE linli_log')).toBe('42501');
  expect(await tried('linli_worker', 'SET LOCAL ROLE linli_api')).toBe('42501');
});

test('one address: a session begins with the role of its part', async () => {
  const sql = connect(bench.url, { max: 1, role: 'linli_worker' });
  expect(await sql`SELECT current_user AS me`).toEqual([{ me: 'linli_worker' }]);
  await sql.unsafe('RESET ROLE');
  expect(await sql`SELECT current_user AS me`).toEqual([{ me: 'linli_worker' }]);
  await expect(sql`SELECT FROM sessions`).rejects.toThrow('permission denied');
  await sql.end();
});

test('a login that cannot take on the role of its part is told what to do', async () => {
  const url = bench.url.replace(/\/\/[^@]*@/, '//linli_sealer:of-tests@');
  await expect(connectPart({ url, role: 'linli_worker' }, { max: 1 })).rejects.toThrow('linli migrate');
  await expect(connectPart({ url: bench.url, role: 'linli_nobody' }, { max: 1 })).rejects.toThrow('linli migrate');
});

test('an owner who may not grant the roles is told what somebody else has to run, and nothing is changed', async () => {
  const name = `owner_${randomUUID().slice(0, 8)}`;
  const { sql } = bench;
  await sql.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`);
  for (const role of ['linli_door', 'linli_cash', 'linli_ledger', 'linli_read', 'linli_log'])
    await sql.unsafe(`GRANT ${role} TO ${name}`);
  await sql.unsafe(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`);
  const url = bench.url.replace(/\/\/[^@]*@/, `//${name}:x@`).replace(/[^/]*$/, name);
  try {
    await expect(migrate(url)).rejects.toThrow(`GRANT linli_api TO ${name};`);
    for (const role of ['linli_api', 'linli_worker', 'linli_sealer', 'linli_organisation'])
      await sql.unsafe(`GRANT ${role} TO ${name}`);
    await migrate(url);
    const own = connect(url, { max: 1, role: 'linli_api' });
    expect(await own`SELECT FROM cases`).toEqual([]);
    await own.end();
  } finally {
    await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await sql.unsafe(`DROP OWNED BY ${name}`);
    await sql.unsafe(`DROP ROLE ${name}`);
  }
});

test('what the parts work with is there for them', async () => {
  expect(await bench.worker`SELECT case_id AS id FROM cases WHERE case_id = ${caseId}`).toEqual([{ id: caseId }]);
});
