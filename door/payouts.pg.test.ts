import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { people } from '../engine/books/scene.fixture.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';

// What Postgres holds to about payouts and differences, whoever writes: who is apart from whom, and one way only.

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

/** Money in the book, and a payout asked for by the secretary for the beneficiary, taken as far as `until`. */
async function payout(until: 'requested' | 'approved' | 'paid' | 'confirmed'): Promise<Ledgered> {
  const books = await new Ledgered(sql, transactions).open();
  const { scene } = books;
  scene.cash('S-1', 1000);
  const data = { book: 'earnings', channel: 'cash', amountFen: 600, text: '生活费', witness: '邱某' };
  expect(scene.does('secretary', 'payout.request', { data, onBehalfOf: 'beneficiary' })).toBeUndefined();
  if (until !== 'requested') expect(scene.does('head:unit', 'payout.approve')).toBeUndefined();
  if (until === 'paid' || until === 'confirmed') expect(scene.cash('P-1', 600, { direction: 'out' })).toBeUndefined();
  if (until === 'confirmed') expect(scene.does('beneficiary', 'payout.confirm')).toBeUndefined();
  await books.follow();
  return books;
}

const undone = new Error('undone');

/** Tries statements as the door and keeps nothing of them; `$1` is the case. */
const tried = ({ caseId }: Ledgered, statement: string, role = 'linli_door') =>
  sql.begin(async (tx) => {
    await tx.unsafe(`SET LOCAL ROLE ${role}`);
    await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
    await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
    throw undone;
  });

describe('a payout', () => {
  const set = (what: string) => `UPDATE book_payouts SET ${what} WHERE case_id = $1`;
  const decided = (by: string) => set(`state = 'approved', decided_by = '${by}', decided_at = now()`);
  const paid = (by: string) => set(`state = 'paid', paid_by = '${by}', paid_at = now(), entry = 'earnings.c.cash.1'`);
  const confirmed = (by: string) => set(`state = 'confirmed', confirmed_by = '${by}', confirmed_at = now()`);

  test('keeps who recorded it, for which role, and whose word that was', async () => {
    const { caseId } = await payout('confirmed');
    expect(
      await sql`SELECT state, requested_by, on_behalf_of, asked_by FROM book_payouts WHERE case_id = ${caseId}`,
    ).toEqual([
      {
        state: 'confirmed',
        requested_by: people.secretary,
        on_behalf_of: 'beneficiary',
        asked_by: people.beneficiary,
      },
    ]);
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
  });

  test('that has a code given out is still what its events tell', async () => {
    const books = await payout('approved');
    expect(books.scene.does('secretary', 'payout.issueCode', { data: { way: 'slip' } })).toBeUndefined();
    await books.follow();
    expect(await verifyBooks(sql, { caseId: books.caseId })).toMatchObject({ holds: true, findings: [] });
  });

  test.each([
    ['who recorded it approves it', 'requested', decided(people.secretary), 'book_payouts_apart'],
    ['who asked for it approves it', 'requested', decided(people.beneficiary), 'book_payouts_apart'],
    ['paid before it is approved', 'requested', paid(people.cashHolder), 'does not go from requested to paid'],
    ['approved by nobody', 'requested', set(`state = 'approved'`), 'decided by nobody'],
    ['another amount', 'requested', set('amount_fen = 1000'), 'permission denied'],
    ['another asker', 'requested', set(`requested_by = 'x'`), 'permission denied'],
    ['paid by no entry', 'approved', paid(people.cashHolder), 'no entry of the journal'],
    ['another decider later', 'approved', set(`decided_by = 'head-person'`), 'does not go from approved to approved'],
    ['back to the request', 'approved', set(`state = 'requested'`), 'does not go from approved to requested'],
    [
      'unpaid without red ink',
      'paid',
      set(`state = 'approved', paid_by = NULL, paid_at = NULL, entry = NULL`),
      'not reversed',
    ],
    ['confirmed by the payer', 'paid', confirmed(people.cashHolder), 'book_payouts_payer'],
    ['confirmed by nobody', 'paid', set(`state = 'confirmed'`), 'confirmed by nobody'],
    ['back from the end', 'confirmed', set(`state = 'requested'`), 'does not go from confirmed to requested'],
    ['confirmed again', 'confirmed', confirmed(people.head), 'does not go from confirmed to confirmed'],
    ['gone', 'confirmed', 'DELETE FROM book_payouts WHERE case_id = $1', 'permission denied'],
  ] as const)('is refused: %s', async (_, until, statement, message) => {
    await expect(tried(await payout(until), statement)).rejects.toThrow(message);
  });

  const insert = (columns: string, values: string) =>
    `INSERT INTO book_payouts (case_id, id, book, channel, amount_fen, text, requested_at, ${columns})
      VALUES ($1, 'earnings.p.9', 'earnings', 'cash', 1, 'x', now(), ${values})`;

  test.each([
    ['approved from the start', insert('state, requested_by', `'approved', '${people.secretary}'`), 'asked for first'],
    [
      'decided from the start',
      insert('state, requested_by, decided_by', `'requested', '${people.secretary}', 'x'`),
      'permission denied',
    ],
    ['asked for by nobody', insert('state, requested_by', `'requested', 'nonsense'`), 'book_payouts_requested_by'],
  ])('is refused: %s', async (_, statement, message) => {
    await expect(tried(await payout('requested'), statement)).rejects.toThrow(message);
  });

  const out = (change: object = {}) => {
    const row = {
      id: 'earnings.c.cash.2',
      book: 'earnings',
      channel: 'cash',
      no: 2,
      direction: 'out',
      amount_fen: 600,
      balance_fen: 400,
      source_doc: 'X',
      occurred_date: '2026-09-20',
      recorded_by: people.cashHolder,
      actor_kind: 'person',
      recorded_at: '2026-09-20T02:00:00.000Z',
      seq: 9999,
      ...change,
    };
    return `INSERT INTO cash_entries SELECT * FROM jsonb_populate_record(NULL::cash_entries,
      '${JSON.stringify(row)}'::jsonb || jsonb_build_object('case_id', $1::text))`;
  };

  test('is the only way by which money held for a person leaves', async () => {
    const approved = await payout('approved');
    const id = { payout: 'earnings.p.2' };
    const says = `UPDATE book_payouts SET state = 'paid', paid_by = '${people.cashHolder}', paid_at = '2026-09-20T02:00:00.000Z',
      entry = 'earnings.c.cash.2' WHERE case_id = $1`;
    const pays = `${out(id)}; SET LOCAL ROLE linli_door; ${says}`;
    await expect(tried(approved, pays, 'linli_cash')).rejects.toBe(undone);
    await expect(tried(approved, out(id), 'linli_cash')).rejects.toThrow('which does not say so');
    await expect(tried(approved, out(), 'linli_cash')).rejects.toThrow('by an approved payout only');
    const less = out({ ...id, amount_fen: 500, balance_fen: 500 });
    await expect(tried(approved, less, 'linli_cash')).rejects.toThrow('not approved like that');
    await expect(tried(await payout('requested'), out(id), 'linli_cash')).rejects.toThrow('not approved like that');
  });

  test.each([
    [
      'the approver put in for another',
      `UPDATE book_payouts SET decided_by = 'x' WHERE case_id = $1`,
      'every payout is what its events tell',
    ],
    [
      'the recorder hidden',
      `UPDATE book_payouts SET requested_by = '${people.beneficiary}' WHERE case_id = $1`,
      'every payout is what its events tell',
    ],
    [
      'a step back',
      `UPDATE book_payouts SET state = 'requested' WHERE case_id = $1`,
      'money held for a person leaves by an approved payout',
    ],
    [
      'an entry without it',
      `UPDATE cash_entries SET payout = NULL WHERE case_id = $1`,
      'money held for a person leaves by an approved payout',
    ],
  ])('altered behind its back is found: %s', async (_, statement, rule) => {
    const { caseId } = await payout('confirmed');
    await sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL session_replication_role = replica');
      await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
    });
    const { findings } = await verifyBooks(sql, { caseId });
    expect(findings.map((each) => each.rule)).toContain(rule);
  });
});

describe('a difference', () => {
  /** Both sides differ on one document; settled where asked. */
  async function difference(settled = false): Promise<Ledgered> {
    const books = await new Ledgered(sql, transactions).open();
    const { scene } = books;
    scene.cash('S-1', 100);
    await books.follow();
    scene.ledger('S-1', 90);
    if (settled) scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: '结转' } });
    await books.follow();
    return books;
  }
  const set = (what: string) => `UPDATE book_discrepancies SET ${what} WHERE case_id = $1`;
  const decided = (by: string) => set(`decision = 'carry', decided_by = '${by}', decided_at = now()`);

  test.each([
    ['other figures', false, set('cash_fen = 90'), 'does not say what stands'],
    ['another cause', false, set(`why = 'missing'`), 'permission denied'],
    ['decided by who recorded a side', false, decided(people.cashHolder), 'does not decide'],
    ['settled without saying how', false, set('settled_at = now()'), 'by halves'],
    ['opened again', true, set('settled_at = NULL, how = NULL'), 'is settled'],
    ['decided anew after its end', true, decided(people.head), 'is settled'],
  ])('is refused: %s', async (_, settled, statement, message) => {
    await expect(tried(await difference(settled), statement)).rejects.toThrow(message);
  });

  test('is decided by somebody else', async () => {
    await expect(tried(await difference(), decided(people.secretary))).rejects.toBe(undone);
  });
});
