import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { incomeFacts } from '../db/queries/book-registers.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';

// What counts as earned before a payout: in the month of its paper, and also what was matched by hand.

let database: TestDatabase;
let sql: Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  transactions = createTransactions(sql, { lanes: 2 });
  await writeScene(sql);
});

afterAll(async () => {
  await transactions.end();
  await sql.end();
  await database.close();
});

const earned = async ({ caseId }: Ledgered) =>
  (await incomeFacts(sql, caseId))
    .filter(({ what }) => what === 'earnings')
    .map(({ month, amountFen }) => `${month}: ${amountFen}`)
    .sort();

test('a sale counts in the month of its paper, whenever it was recorded', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { scene } = books;
  for (const [doc, fen, day] of [
    ['S-1', 700, '2026-08-30'],
    ['S-2', 500, '2026-09-06'],
    ['S-3', 40, '2026-06-01'],
  ] as const) {
    scene.at = `${day}T02:00:00.000Z`;
    expect(scene.cash(doc, fen)).toBeUndefined();
    await books.follow();
    expect(scene.ledger(doc, fen)).toBeUndefined();
    await books.follow();
  }
  scene.at = undefined;
  scene.cash('S-4', 9);
  await books.follow();
  // what only one side has recorded, and what is long past, is no matter
  expect(await earned(books)).toEqual(['2026-08: 700', '2026-09: 500']);
});

test('a sale matched by hand counts like any other, until the match is taken apart', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { scene } = books;
  scene.cash('BANK-7', 1000);
  await books.follow();
  scene.ledger('R-1', 600);
  scene.ledger('R-2', 400);
  await books.follow();
  expect(await earned(books)).toEqual([]);
  const entries = { cash: ['earnings.c.cash.1'], ledger: ['earnings.v.2026-09.1', 'earnings.v.2026-09.2'] };
  expect(scene.does('secretary', 'books.match', { data: { book: 'earnings', ...entries } })).toBeUndefined();
  await books.follow();
  expect(await earned(books)).toEqual(['2026-09: 1000']);
  scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.2', reason: '更正' });
  await books.follow();
  expect(await earned(books)).toEqual([]);
});
