import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/client.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { createLogins } from './logins.ts';
import { hashOf } from './tokens.ts';

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  await sql`INSERT INTO units (id, level, name_zh, name_en) VALUES ('u', 'community', '社区', 'community')`;
  for (const id of ['one', 'two']) {
    await sql`INSERT INTO person.people (id, name) VALUES (${id}, '周某')`;
    await sql`INSERT INTO api_keys (id, hash, role, person, unit) VALUES (${id}, ${hashOf(id)}, 'caseworker', ${id}, 'u')`;
  }
});
afterAll(async () => {
  await sql.end();
  await database.close();
});

test('many callers at once each get their own login, and strangers none', async () => {
  const loginOf = createLogins(sql);
  const asked = Array.from({ length: 30 }, (_, n) => ['one', 'two', 'nobody'][n % 3]!);
  const logins = await Promise.all(asked.map((key) => loginOf(hashOf(key))));
  expect(logins.map((login) => login?.person)).toEqual(asked.map((key) => (key === 'nobody' ? undefined : key)));
});

test('a key is refused from the moment its revocation is committed', async () => {
  const loginOf = createLogins(sql);
  const before = Array.from({ length: 10 }, () => loginOf(hashOf('one')));
  await sql`UPDATE api_keys SET revoked_at = now() WHERE id = 'one'`;
  expect(await loginOf(hashOf('one'))).toBeUndefined();
  await Promise.all(before);
});
