import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { verifyCalendar } from './verify-calendar.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 1 });
});
afterAll(async () => {
  await sql.end();
  await database.close();
});

/** Edits past the triggers, as an administrator of the database can, and takes it back. */
async function findingsAfter(edit: string) {
  await sql.unsafe('BEGIN');
  try {
    await sql.unsafe('SET LOCAL session_replication_role = replica');
    await sql.unsafe(edit);
    return await verifyCalendar(sql);
  } finally {
    await sql.unsafe('ROLLBACK');
  }
}

test('the records that come with Linli hold', async () => {
  expect(await verifyCalendar(sql)).toEqual([]);
});

test.each([
  [
    'a day turned',
    `UPDATE calendar_records SET content = convert_to(replace(convert_from(content, 'UTF8'), '2021-09-18', '2021-09-25'), 'UTF8'),
    hash = encode(sha256(convert_to(replace(convert_from(content, 'UTF8'), '2021-09-18', '2021-09-25'), 'UTF8')), 'hex') WHERE seq = 3`,
    4,
  ],
  ['a record removed', 'DELETE FROM calendar_records WHERE seq = 4', 5],
  [
    'bytes that are no JSON',
    `UPDATE calendar_records SET content = '\\xff00', hash = encode(sha256('\\xff00'::bytea), 'hex') WHERE seq = 6`,
    6,
  ],
  ['a column changed', 'UPDATE calendar_records SET year = 2040 WHERE seq = 2', 2],
  ['a time changed', "UPDATE calendar_records SET loaded_at = loaded_at + interval '1 day' WHERE seq = 8", 8],
])('%s is found', async (_, edit, seq) => {
  const found = await findingsAfter(edit);
  expect(found.map((each) => each.seq)).toContain(seq);
});
