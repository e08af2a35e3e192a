import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyBooks } from '../../db/books-verify.ts';
import type { Sql } from '../../db/client.ts';
import { type Ground, makeGround } from './attempts/ground.ts';

// Whoever owns the database switches the triggers off and changes the books: the proof finds every column of every table of
// theirs that holds something, and every row that is gone.

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground?.close());

/** What no event of a case tells and no rule of the proof is about. */
const apart: Readonly<Record<string, string>> = {
  accounts: 'the chart belongs to no case; a test holds it against the chart in the code',
};

/** Another value of a column, of its own kind. */
function other(column: string, type: string): string {
  if (/^(int|numeric)/.test(type)) return `${column} + 1`;
  if (type === 'bool') return `NOT ${column}`;
  if (type === 'date') return `${column} - 1`;
  if (type === 'timestamptz') return `${column} + interval '1 second'`;
  if (type === 'json') return `'[]'`;
  if (type === 'tstzrange') return `tstzrange(lower(${column}) + interval '100 days', NULL)`;
  return `${column} || 'x'`;
}

const undone = new Error('undone');

/** What the proof says of a change behind the triggers, which is then undone; a check of the table may still refuse it. */
async function altered(statement: string): Promise<'found' | 'missed' | 'refused' | 'nothing to change'> {
  let said: 'found' | 'missed' | 'refused' | 'nothing to change' = 'refused';
  await ground.sql
    .begin(async (tx) => {
      await tx.unsafe('SET LOCAL session_replication_role = replica');
      const changed = await tx.unsafe(statement);
      if (changed.count === 0) said = 'nothing to change';
      else {
        // what the proof cannot even read does not hold either
        said = 'found';
        if ((await verifyBooks(tx as unknown as Sql)).holds) said = 'missed';
      }
      throw undone;
    })
    .catch((error: { code?: string }) => {
      if (error !== undone && !error.code?.startsWith('23') && said !== 'found') throw error;
    });
  return said;
}

test('a change of any column, and the loss of any row, is found', async () => {
  const columns = await ground.sql<{ table: string; name: string; type: string }[]>`
    SELECT table_name AS table, quote_ident(column_name) AS name, udt_name AS type FROM information_schema.columns
    WHERE table_schema IN ('public', 'person') AND table_name ~ '^(book|voucher|cash_)' AND table_name NOT IN ('book_keepers', 'book_draws', 'book_names')
    ORDER BY table_name, ordinal_position`;
  const said: Record<string, string[]> = { found: [], missed: [], refused: [], 'nothing to change': [] };
  for (const { table, name, type } of columns) {
    if (Object.hasOwn(apart, table)) continue;
    const one = `SELECT ctid FROM ${table} WHERE ${name} IS NOT NULL ORDER BY case_id LIMIT 1`;
    const answer = await altered(`UPDATE ${table} SET ${name} = ${other(name, type)} WHERE ctid = (${one})`);
    said[answer]!.push(`${table}.${name}`);
  }
  for (const table of new Set(columns.map((column) => column.table))) {
    const answer = await altered(
      `DELETE FROM ${table} WHERE ctid = (SELECT ctid FROM ${table} ORDER BY case_id LIMIT 1)`,
    );
    said[answer]!.push(`a row of ${table}`);
  }
  // what the book is called and which kind it is stands in the program its case was opened with, which these books have not
  expect(said['missed']).toEqual(['books.name_zh', 'books.name_en', 'books.keeps', 'books.profile', 'books.daily']);
  expect(said['found']!.length).toBeGreaterThan(150);
}, 240_000);
