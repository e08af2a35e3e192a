import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { takeable } from './lease.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
});
afterAll(async () => {
  await sql.end();
  await database.close();
});

test('what is due at once can be taken at once, though columns keep whole milliseconds', async () => {
  const [row] = await sql`
    SELECT count(*)::int AS n FROM generate_series(1, 1000) AS i CROSS JOIN LATERAL (
      SELECT (clock_timestamp() + 0 * i * interval '1 s')::timestamptz(3) AS next_try, NULL::timestamptz AS lease_until) AS due
    WHERE ${takeable(sql, 'due')}`;
  expect(row).toEqual({ n: 1000 });
});

test.each([
  ['is due in a second', '1 s', null, false],
  ['was due a second ago', '-1 s', null, true],
  ['belongs to somebody', '-1 s', '1 s', false],
  ['belonged to somebody who died', '-1 s', '-1 s', true],
] as const)('a row that %s', async (_, due, leased, free) => {
  const rows = await sql`
    SELECT FROM (SELECT clock_timestamp() + ${due}::interval AS next_try, clock_timestamp() + ${leased}::interval AS lease_until) AS due
    WHERE ${takeable(sql, 'due')}`;
  expect(rows.length === 1).toBe(free);
});
