import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { people, Scene } from '../engine/books/scene.fixture.ts';
import type { Party } from '../engine/state.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';

// Money held for a person, whoever writes: it is on no other account than his, no red ink takes what he was paid, no helper's
// money lies among it; and who reviewed a voucher does not match it by hand.

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

const undone = new Error('undone');
/** Tries statements (`$1` the case) under a role and keeps nothing of it. */
const tried = ({ caseId }: Ledgered, role: string, statement: string) =>
  sql.begin(async (tx) => {
    await tx.unsafe(`SET LOCAL ROLE ${role}`);
    for (const each of statement.split(';')) await tx.unsafe(each.replaceAll('$1', `'${caseId}'`));
    await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
    throw undone;
  });
/** Alters rows behind the triggers; answers the rules that are found broken. */
const alter = async ({ caseId }: Ledgered, statement: string) => {
  await sql.begin(async (tx) => {
    await tx.unsafe('SET LOCAL session_replication_role = replica');
    await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
  });
  return (await verifyBooks(sql, { caseId })).findings.map(({ rule }) => rule);
};
const proven = async ({ caseId }: Ledgered) =>
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });

async function opened(scene = new Scene()) {
  const books = await new Ledgered(sql, transactions, scene).open();
  const step = async (refused: string | undefined) => {
    expect(refused).toBeUndefined();
    await books.follow();
  };
  return { books, scene, step };
}

/** A book of two households: 600 and 400 fen, of which 500 of the first were paid to him. */
async function many() {
  const roles = { beneficiary: { name: ['住户', 'households'], party: 'many', answers: 'secretary' } } as const;
  const { books, scene, step } = await opened(new Scene({}, roles));
  const second: Party = { id: 'party-2', role: 'beneficiary', name: '邱某', since: '2026-01-01T00:00:00.000Z' };
  scene.state = { ...scene.state, parties: { ...scene.state.parties, 'party-2': second } };
  const sale = (doc: string, shares: Record<string, number>) => {
    const lines = Object.entries(shares).map(([party, amountFen]) => ({ text: '笔筒', amountFen, party }));
    return scene.ledger(doc, 0, { lines });
  };
  await step(scene.cash('S-1', 1000));
  await step(sale('S-1', { 'party-1': 600, 'party-2': 400 }));
  const data = { book: 'earnings', channel: 'cash', amountFen: 500, text: '生活费' };
  await step(scene.does('beneficiary', 'payout.request', { data }));
  await step(scene.does('secretary', 'payout.approve'));
  await step(scene.cash('P-1', 500, { direction: 'out' }));
  return { books, scene, step, sale };
}

/** The first voucher again, with what is changed and other lines. */
const voucher = (
  change: object,
  lines: string,
) => `INSERT INTO vouchers SELECT * FROM jsonb_populate_record(NULL::vouchers,
    (SELECT to_jsonb(v) FROM vouchers v WHERE case_id = $1 AND no = 1) || '${JSON.stringify({ id: 'earnings.v.2026-09.2', no: 2, seq: 999, ...change })}'::jsonb);
  INSERT INTO voucher_lines (case_id, voucher, line, text, account, side, amount_fen, party)
    SELECT case_id, 'earnings.v.2026-09.2', line, text, ${lines}, party FROM voucher_lines WHERE case_id = $1 AND voucher = 'earnings.v.2026-09.1'`;

describe('the account of what is owed to a person', () => {
  const on = (account: string) =>
    voucher(
      { source_doc: 'X', balance_fen: 2000 },
      `CASE account WHEN '2601' THEN '${account}' ELSE account END, side, amount_fen`,
    );

  test.each(['4501', '2209', '1009'])('no voucher puts his money on %s', async (account) => {
    const { books, step, scene } = await opened();
    await step(scene.ledger('S-1', 1000));
    await expect(tried(books, 'linli_ledger', on('2601'))).rejects.toBe(undone);
    await expect(tried(books, 'linli_ledger', on(account))).rejects.toThrow(`on account ${account}`);
    await proven(books);
    const found = await alter(
      books,
      `UPDATE voucher_lines SET account = '${account}' WHERE case_id = $1 AND account = '2601'`,
    );
    expect(found).toContain('money held for a person lies on no other account than his');
  });
});

test('no red ink takes from a person what he was paid', async () => {
  const { books, scene, step, sale } = await many();
  const red = { reverses: 'earnings.v.2026-09.1', amount_fen: -1000, total_fen: -1000, balance_fen: 0 };
  await expect(tried(books, 'linli_ledger', voucher(red, 'account, side, -amount_fen'))).rejects.toThrow(
    'was paid more',
  );
  await step(sale('S-2', { 'party-1': 500 }));
  await step(scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.1', reason: '记错' }));
  await proven(books);
  const less = `UPDATE voucher_lines SET amount_fen = 499 WHERE case_id = $1 AND voucher = 'earnings.v.2026-09.2'`;
  expect(await alter(books, less)).toContain('red ink takes from nobody what he was paid');
});

test('no helper pays into a book of several persons', async () => {
  const { books, scene, step } = await many();
  const claim = {
    book: 'earnings',
    amountFen: 100,
    paid: 'to others',
    helper: { name: '罗某' },
    for: '材料',
    sourceDoc: 'D-1',
  };
  await step(scene.does('secretary', 'advance.record', { data: claim, evidence: ['document-1'] }));
  await proven(books);
  const again = (paid: string) => `INSERT INTO book_advances SELECT * FROM jsonb_populate_record(NULL::book_advances,
    (SELECT to_jsonb(a) FROM book_advances a WHERE case_id = $1) || '{"id": "earnings.a.99", "no": 2, "seq": 999, "paid": "${paid}"}'::jsonb)`;
  await expect(tried(books, 'none', again('into the book'))).rejects.toThrow('several persons');
  const found = await alter(books, `UPDATE book_advances SET paid = 'into the book' WHERE case_id = $1`);
  expect(found).toContain('no helper paid into a book of several persons');
});

test('who reviewed a voucher does not match it by hand', async () => {
  const { books, scene, step } = await opened(new Scene({ profile: 'vouchers', reviews: 'reviewer' }));
  await step(scene.cash('BANK-7', 1000));
  await step(scene.ledger('R-1', 1000));
  const target = Object.keys(scene.book.drafts ?? {})[0];
  await step(scene.does('reviewer', 'voucher.review', { target, data: { approve: true } }));
  const match = (
    by: string,
  ) => `INSERT INTO book_matches (case_id, id, book, channel, direction, amount_fen, entries, matched_by, matched_at, seq)
      VALUES ($1, 'earnings.m.99', 'earnings', 'cash', 'in', 1000, 2, '${by}', '2026-09-07T02:00:00Z', 999);
    INSERT INTO book_match_entries VALUES ($1, 'earnings.m.99', 'cash', 'earnings.c.cash.1'), ($1, 'earnings.m.99', 'ledger', 'earnings.v.2026-09.1')`;
  await expect(tried(books, 'linli_door', match(people.secretary))).rejects.toBe(undone);
  await expect(tried(books, 'linli_door', match(people.reviewer))).rejects.toThrow('who reviewed');
  const data = { book: 'earnings', cash: ['earnings.c.cash.1'], ledger: ['earnings.v.2026-09.1'] };
  await step(scene.does('secretary', 'books.match', { data }));
  await proven(books);
  const found = await alter(books, `UPDATE book_matches SET matched_by = '${people.reviewer}' WHERE case_id = $1`);
  expect(found).toContain('every match by hand comes to zero');
});
