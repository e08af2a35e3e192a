import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { bookPersons, compareBooks, entryFacts, voucherDrafts, vouchers } from '../db/queries/books.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { people, Scene } from '../engine/books/scene.fixture.ts';
import type { Party } from '../engine/state.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';

// What Postgres holds to about vouchers under review, matches by hand and sub-ledgers per person, whoever writes.

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

const open = (scene?: Scene) => new Ledgered(sql, transactions, scene).open();
const openReviewed = () => open(new Scene({ profile: 'vouchers', reviews: 'reviewer' }));
const review = ({ scene }: Ledgered, approve = true) =>
  scene.does('reviewer', 'voucher.review', {
    target: Object.keys(scene.book.drafts ?? {})[0],
    data: { approve, ...(approve ? {} : { text: '摘要不清' }) },
  });

/** One voucher posted, one sent back, one that waits, red ink for the first that waits too. */
async function reviewed(): Promise<Ledgered> {
  const books = await openReviewed();
  const { scene } = books;
  scene.cash('S-1', 500);
  await books.follow();
  for (const approve of [false, true]) {
    expect(scene.ledger('S-1', 500)).toBeUndefined();
    await books.follow();
    expect(review(books, approve)).toBeUndefined();
    await books.follow();
  }
  expect(scene.ledger('S-2', 700)).toBeUndefined();
  expect(scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.1', reason: 'x' })).toBeUndefined();
  await books.follow();
  return books;
}

/** One line of the bank matched by hand with two receipts. */
async function matched(): Promise<Ledgered> {
  const books = await open();
  const { scene } = books;
  scene.cash('BANK-7', 1000);
  await books.follow();
  scene.ledger('R-1', 600);
  scene.ledger('R-2', 400);
  await books.follow();
  const entries = { cash: ['earnings.c.cash.1'], ledger: ['earnings.v.2026-09.1', 'earnings.v.2026-09.2'] };
  expect(scene.does('secretary', 'books.match', { data: { book: 'earnings', ...entries } })).toBeUndefined();
  await books.follow();
  return books;
}

/** A book of two households: a sale for both, a payout of one that is approved, and paid where asked. */
async function many(isPaid = false): Promise<Ledgered> {
  const scene = new Scene({}, { beneficiary: { name: ['住户', 'households'], party: 'many', answers: 'secretary' } });
  const since = '2026-01-01T00:00:00.000Z';
  const second: Party = { id: 'party-2', role: 'beneficiary', name: '邱某', since };
  scene.state = { ...scene.state, parties: { ...scene.state.parties, 'party-2': second } };
  const books = await open(scene);
  const share = (party: string, amountFen: number) => ({ text: '笔筒', amountFen, party });
  scene.cash('S-1', 1000);
  await books.follow();
  expect(scene.ledger('S-1', 0, { lines: [share('party-1', 600), share('party-2', 400)] })).toBeUndefined();
  const data = { book: 'earnings', channel: 'cash', amountFen: 600, text: '生活费' };
  expect(scene.does('beneficiary', 'payout.request', { data })).toBeUndefined();
  expect(scene.does('secretary', 'payout.approve')).toBeUndefined();
  await books.follow();
  if (isPaid) expect(scene.cash('P-1', 600, { direction: 'out' })).toBeUndefined();
  await books.follow();
  return books;
}

const undone = new Error('undone');
const tried = ({ caseId }: Ledgered, statement: string, role = 'linli_door') =>
  sql.begin(async (tx) => {
    await tx.unsafe(`SET LOCAL ROLE ${role}`);
    for (const each of statement.split(';')) await tx.unsafe(each.replaceAll('$1', `'${caseId}'`));
    await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
    throw undone;
  });
const alter = async ({ caseId }: Ledgered, statement: string) => {
  await sql.begin(async (tx) => {
    await tx.unsafe('SET LOCAL session_replication_role = replica');
    for (const each of statement.split(';')) await tx.unsafe(each.replaceAll('$1', `'${caseId}'`));
  });
  const { findings } = await verifyBooks(sql, { caseId });
  return findings.map(({ rule }) => rule);
};

/** What a voucher and its lines say beside amounts and accounts, and another value of it. */
const said = [
  ['text', `'x'`],
  ['occurred_date', `'2026-09-01'::date`],
  ['advance', `'earnings.a.1'`],
  ['receipts', `'x'`],
] as const;
const linesSaid = [
  ...['text', 'item', 'buyer', 'kind', 'payer', 'receipt', 'purpose'].map((column) => [column, `'x'`] as const),
  ['quantity', '7'],
  ['price_fen', '100'],
] as const;

describe('a voucher under review', () => {
  test('leaves its way in the tables, from the maker to the reviewer, and the proof holds', async () => {
    const books = await reviewed();
    const { caseId, scene } = books;
    expect(await voucherDrafts(sql, caseId, { waiting: false, limit: 9 })).toMatchObject([
      { state: 'waiting', reverses: 'earnings.v.2026-09.1', amountFen: -500 },
      { state: 'waiting', sourceDoc: 'S-2', lines: [{ account: '1001' }, { account: '2601' }] },
      { state: 'posted', voucher: 'earnings.v.2026-09.1', madeBy: people.accountant, reviewedBy: people.reviewer },
      { state: 'returned', voucher: null, reviewedBy: people.reviewer },
    ]);
    expect(await vouchers(sql, caseId, { limit: 9 })).toMatchObject([
      { no: 1, recordedBy: people.accountant, reviewedBy: people.reviewer },
    ]);
    const [cash, ledger] = await entryFacts(sql, caseId, { draft: Object.keys(scene.book.drafts ?? {})[1]! });
    expect([cash?.id, ledger?.id]).toEqual(['earnings.c.cash.1', 'earnings.v.2026-09.1']);
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
    expect(review(books)).toBeUndefined();
    expect(review(books)).toBeUndefined();
    await books.follow();
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
  });

  const set = (what: string) => `UPDATE voucher_drafts SET ${what} WHERE case_id = $1 AND source_doc = 'S-2'`;
  const posted = (by: string) =>
    set(`state = 'posted', voucher = 'x', reviewed_by = '${by}', reviewed_at = '2026-09-07T03:00:00Z'`);
  /** Posts the voucher that waits as its review would, but for what is changed of a table's rows. */
  const posting = (change: (table: string) => string = () => '') => `
    ${set(`state = 'posted', voucher = 'earnings.v.2026-09.2', reviewed_by = '${people.reviewer}', reviewed_at = '2026-09-07T02:00:00Z'`)};
    WITH posted AS (INSERT INTO vouchers SELECT r.* FROM voucher_drafts d, jsonb_populate_record(NULL::vouchers, to_jsonb(d)
        || jsonb_build_object('id', 'earnings.v.2026-09.2', 'no', 2, 'balance_fen', 1200, 'period', '2026-09', 'seq', 99, 'line_count', 2,
          'total_fen', 700, 'draft', d.id, 'recorded_by', d.made_by, 'actor_kind', 'person', 'recorded_at', d.reviewed_at${change('vouchers')})) r
        WHERE d.case_id = $1 AND d.source_doc = 'S-2')
      INSERT INTO voucher_lines SELECT r.* FROM voucher_drafts d, json_array_elements(d.lines) WITH ORDINALITY l (line, n),
        jsonb_populate_record(NULL::voucher_lines, l.line::jsonb || jsonb_build_object('case_id', d.case_id, 'voucher', 'earnings.v.2026-09.2',
          'line', l.n, 'amount_fen', l.line -> 'amountFen') || CASE l.n WHEN 2 THEN jsonb_build_object('line', 2${change('voucher_lines')}) ELSE '{}' END) r
        WHERE d.case_id = $1 AND d.source_doc = 'S-2'`;
  const voucher = (more: string) => `INSERT INTO vouchers SELECT * FROM jsonb_populate_record(NULL::vouchers,
    (SELECT to_jsonb(v) FROM vouchers v WHERE case_id = $1 LIMIT 1) || '{"id": "earnings.v.2026-09.2", "no": 2, "source_doc": "Y",
      "balance_fen": 1000, "seq": 99${more}}'::jsonb);
    INSERT INTO voucher_lines SELECT case_id, 'earnings.v.2026-09.2', line, text, account, side, amount_fen FROM voucher_lines WHERE case_id = $1`;

  test.each([
    ['written by the door itself', 'linli_door', posted(people.reviewer), 'permission denied'],
    ['written under the role of the cash side', 'linli_cash', posted(people.reviewer), 'permission denied'],
    ['reviewed by who made it', 'linli_ledger', posted(people.accountant), 'no reviewer duty'],
    ['reviewed by the approver', 'linli_ledger', posted(people.secretary), 'no reviewer duty'],
    ['reviewed by the cash holder', 'linli_ledger', posted(people.cashHolder), 'no reviewer duty'],
    ['changed while it waits', 'linli_ledger', set('amount_fen = 1'), 'permission denied'],
    ['deleted', 'linli_ledger', `DELETE FROM voucher_drafts WHERE case_id = $1`, 'permission denied'],
    [
      'reviewed again',
      'linli_ledger',
      `UPDATE voucher_drafts SET state = 'waiting', voucher = NULL, reviewed_by = NULL, reviewed_at = NULL WHERE case_id = $1 AND state = 'posted'`,
      'reviewed already',
    ],
    [
      'posted without a review',
      'linli_ledger',
      voucher(', "draft": null, "reviewed_by": null'),
      'not the one that was reviewed',
    ],
    ['posted as another one', 'linli_ledger', voucher(''), 'not the one that was reviewed'],
    ['posted as one that waits', 'linli_ledger', voucher(', "draft": "earnings.w.4"'), 'not the one that was reviewed'],
  ])('is refused: %s', async (_, role, statement, message) => {
    await expect(tried(await reviewed(), statement, role)).rejects.toThrow(message);
  });

  test.each([
    ...said.map((each) => ['vouchers', ...each] as const),
    ...linesSaid.map((each) => ['voucher_lines', ...each] as const),
  ])('is not posted otherwise than it was reviewed: %s.%s', async (table, column, value) => {
    const books = await reviewed();
    await expect(tried(books, posting(), 'linli_ledger')).rejects.toThrow(undone);
    const change = (of: string) => (of === table ? `, '${column}', ${value}` : '');
    await expect(tried(books, posting(change), 'linli_ledger')).rejects.toThrow(
      /that was reviewed|those that were reviewed|vouchers_advance/,
    );
  });

  const draft = (
    change: object,
  ) => `INSERT INTO voucher_drafts SELECT * FROM jsonb_populate_record(NULL::voucher_drafts,
    (SELECT to_jsonb(d) FROM voucher_drafts d WHERE case_id = $1 AND source_doc = 'S-2') || '${JSON.stringify({ id: 'earnings.w.9', source_doc: 'Y', ...change })}'::jsonb)`;
  const line = (side: string, amountFen: number) => ({ text: 'x', account: '1001', side, amountFen });

  test.each([
    ['one that is unbalanced', draft({ lines: [line('debit', 5), line('credit', 4)] }), 'does not balance'],
    ['one of a single line', draft({ lines: [line('debit', 0)] }), 'does not balance'],
    ['one made by the reviewer', draft({ made_by: people.reviewer }), 'no ledger duty'],
    [
      'one that is posted from the start',
      draft({ state: 'posted', voucher: 'x', reviewed_by: 'x', reviewed_at: '2026-09-07T03:00:00Z' }),
      'reviewed first',
    ],
    ['a second one for a document', draft({ source_doc: 'S-2' }), 'already has a voucher that waits'],
    ['red ink in black', draft({ reverses: 'x' }), 'does not balance|voucher_drafts_red'],
  ])('is not made: %s', async (_, statement, message) => {
    await expect(tried(await reviewed(), statement, 'linli_ledger')).rejects.toThrow(new RegExp(message));
  });

  test('a book without reviews takes none', async () => {
    const books = await open();
    books.scene.ledger('S-2', 500);
    await books.follow();
    const made = `INSERT INTO voucher_drafts SELECT * FROM jsonb_populate_record(NULL::voucher_drafts, '${JSON.stringify(
      {
        ...{ id: 'earnings.w.1', book: 'earnings', channel: 'cash', direction: 'in', amount_fen: 5, source_doc: 'Y' },
        ...{ occurred_date: '2026-09-07', made_by: people.accountant, made_at: '2026-09-07T02:00:00Z', seq: 9 },
        ...{ state: 'waiting', lines: [line('debit', 5), line('credit', 5)] },
      },
    )}'::jsonb || jsonb_build_object('case_id', $1::text))`;
    await expect(tried(books, made, 'linli_ledger')).rejects.toThrow('without review');
  });

  test.each([
    [
      'another reviewer',
      `UPDATE vouchers SET reviewed_by = '${people.secretary}' WHERE case_id = $1`,
      'a voucher was reviewed by another',
    ],
    [
      'no review at all',
      `UPDATE vouchers SET reviewed_by = NULL, draft = NULL WHERE case_id = $1`,
      'a voucher was reviewed by another',
    ],
    [
      'the cash holder as reviewer',
      `UPDATE vouchers SET reviewed_by = '${people.cashHolder}' WHERE case_id = $1`,
      'did not record its money',
    ],
    ...said.map(([column, value]): [string, string, string] => [
      `another ${column} than was reviewed`,
      `UPDATE vouchers SET ${column} = ${value} WHERE case_id = $1`,
      'a posted voucher says what was reviewed, line by line',
    ]),
    ...linesSaid.map(([column, value]): [string, string, string] => [
      `a line with another ${column} than was reviewed`,
      `UPDATE voucher_lines SET ${column} = ${value} WHERE case_id = $1 AND account = '2601'`,
      'a posted voucher says what was reviewed, line by line',
    ]),
    [
      'a line less than was reviewed',
      `DELETE FROM voucher_lines WHERE case_id = $1 AND line = 2`,
      'a posted voucher says what was reviewed, line by line',
    ],
    [
      'what was reviewed, with the advance it said nothing of',
      `UPDATE voucher_drafts SET advance = 'x', receipts = 'x' WHERE case_id = $1 AND state = 'waiting'`,
      'every voucher under review is what',
    ],
    [
      'a voucher that waited, gone',
      `DELETE FROM voucher_drafts WHERE case_id = $1 AND state = 'waiting'`,
      'every voucher under review is what',
    ],
    [
      'a refusal made an approval',
      `UPDATE voucher_drafts SET state = 'posted', voucher = 'x' WHERE case_id = $1 AND state = 'returned'`,
      'every voucher under review is what',
    ],
    [
      'another maker',
      `UPDATE voucher_drafts SET made_by = 'x' WHERE case_id = $1 AND state = 'waiting'`,
      'every voucher under review is what',
    ],
  ])('altered behind its back is found: %s', async (_, statement, rule) => {
    expect((await alter(await reviewed(), statement)).join('\n')).toContain(rule);
  });
});

describe('a match by hand', () => {
  test('is written and proven; compared, nothing differs; reversed, the rest waits again', async () => {
    const books = await matched();
    const { caseId, scene } = books;
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
    expect(await compareBooks(sql, caseId)).toMatchObject([{ matched: 3, matchedFen: 1000, differences: [] }]);
    const facts = await entryFacts(sql, caseId, { entry: 'earnings.v.2026-09.2' });
    expect(facts.map(({ id, match }) => [id, match])).toEqual([
      ['earnings.c.cash.1', 'earnings.m.4'],
      ['earnings.v.2026-09.1', 'earnings.m.4'],
      ['earnings.v.2026-09.2', 'earnings.m.4'],
    ]);
    scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.2', reason: 'x' });
    await books.follow();
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
    expect((await compareBooks(sql, caseId))[0]?.differences.map(({ sourceDoc }) => sourceDoc)).toEqual([
      'BANK-7',
      'R-1',
    ]);
  });

  const match = (by: string, fen: number, entries: [side: string, entry: string][], n = entries.length) =>
    `INSERT INTO book_matches (case_id, id, book, channel, direction, amount_fen, entries, matched_by, matched_at, seq)
      VALUES ($1, 'earnings.m.9', 'earnings', 'cash', 'in', ${fen}, ${n}, '${by}', '2026-09-07T02:00:00Z', 99);
    INSERT INTO book_match_entries VALUES ${entries.map(([side, entry]) => `($1, 'earnings.m.9', '${side}', '${entry}')`).join()}`;
  const bank: [string, string] = ['cash', 'earnings.c.cash.1'];
  const receipts: [string, string][] = [
    ['ledger', 'earnings.v.2026-09.1'],
    ['ledger', 'earnings.v.2026-09.2'],
  ];

  test.each([
    ['a second one of the same entries', match(people.secretary, 1000, [bank, ...receipts]), 'another match'],
    ['one that does not come to zero', match(people.secretary, 1000, [bank, receipts[0]!]), 'does not hold'],
    ['one of a keeper', match(people.cashHolder, 1000, [bank, ...receipts]), 'who keeps a side'],
    ['an entry that is not there', match(people.secretary, 1000, [bank, ['ledger', 'x']]), 'does not hold'],
    ['a later entry', `INSERT INTO book_match_entries VALUES ($1, 'earnings.m.4', 'cash', 'x')`, 'all its entries'],
    [
      'an end without a reversal',
      `UPDATE book_matches SET ended_at = now(), ended_entry = 'earnings.c.cash.1' WHERE case_id = $1`,
      'by the reversal',
    ],
    ['another sum', `UPDATE book_matches SET amount_fen = 1 WHERE case_id = $1`, 'permission denied'],
    ['gone', `DELETE FROM book_matches WHERE case_id = $1`, 'permission denied'],
  ])('is refused: %s', async (_, statement, message) => {
    await expect(tried(await matched(), statement)).rejects.toThrow(message);
  });

  test('holds the reversal of an entry until it ends', async () => {
    const red = `INSERT INTO cash_entries SELECT * FROM jsonb_populate_record(NULL::cash_entries,
      (SELECT to_jsonb(e) FROM cash_entries e WHERE case_id = $1) || '{"id": "earnings.c.cash.2", "no": 2, "amount_fen": -1000,
        "balance_fen": 0, "reverses": "earnings.c.cash.1", "seq": 99}'::jsonb)`;
    await expect(tried(await matched(), red, 'linli_cash')).rejects.toThrow('reversed and still matched');
  });

  test.each([
    ['another amount', `UPDATE cash_entries SET amount_fen = 900 WHERE case_id = $1`, 'comes to zero'],
    ['an entry taken out', `DELETE FROM book_match_entries WHERE case_id = $1 AND side = 'cash'`, 'comes to zero'],
    ['another person', `UPDATE book_matches SET matched_by = 'x' WHERE case_id = $1`, 'every match by hand is what'],
    [
      'ended in silence',
      `UPDATE book_matches SET ended_at = now(), ended_entry = 'x' WHERE case_id = $1`,
      'every match by hand is what',
    ],
    [
      'the other side recorded as well',
      `INSERT INTO book_documents VALUES ($1, 'earnings', 'ledger', 'BANK-7', 'x')`,
      'not beside its own document',
    ],
  ])('altered behind its back is found: %s', async (_, statement, rule) => {
    expect((await alter(await matched(), statement)).join('\n')).toContain(rule);
  });
});

describe('a sub-ledger', () => {
  test('follows lines and payouts, and the proof holds', async () => {
    const { caseId, scene } = await many(true);
    expect(await bookPersons(sql, caseId)).toEqual([
      { book: 'earnings', party: 'party-1', recordedFen: 600, paidFen: 600 },
      { book: 'earnings', party: 'party-2', recordedFen: 400, paidFen: 0 },
    ]);
    expect(scene.book.persons).toMatchObject({ 'party-1': { recordedFen: 600, paidFen: 600 } });
    expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
  });

  const paid = `UPDATE book_payouts SET state = 'approved', paid_by = NULL WHERE case_id = $1`;

  test('is not written by hand, and no payout is another person’s', async () => {
    const books = await many(true);
    await expect(tried(books, 'UPDATE book_persons SET paid_fen = 0 WHERE case_id = $1')).rejects.toThrow(
      'permission denied',
    );
    await expect(tried(books, `UPDATE book_payouts SET party = 'party-2' WHERE case_id = $1`)).rejects.toThrow(
      'permission denied',
    );
    await expect(tried(books, paid)).rejects.toThrow('is not reversed');
    const asked = `INSERT INTO book_payouts (case_id, id, book, channel, amount_fen, text, requested_at, state, requested_by)
      VALUES ($1, 'earnings.p.9', 'earnings', 'cash', 1, 'x', now(), 'requested', '${people.secretary}')`;
    await expect(tried(books, asked)).rejects.toThrow('whose money it is');
  });

  test('never pays one from the money of another: Postgres counts again', async () => {
    const books = await many();
    const { scene, caseId } = books;
    await alter(books, `UPDATE book_persons SET recorded_fen = 599 WHERE case_id = $1 AND party = 'party-1'`);
    scene.cash('P-1', 600, { direction: 'out' });
    await expect(books.follow()).rejects.toThrow('takes 1 fen more than is kept for the person');
    expect((await bookPersons(sql, caseId))[0]).toMatchObject({ paidFen: 0 });
  });

  const lines = (change: string) => `UPDATE voucher_lines SET ${change} WHERE case_id = $1 AND party = 'party-1'`;
  test.each([
    ['money moved to another', lines(`party = 'party-2'`), 'sub-ledgers say what lines'],
    ['a line without a person', lines(`party = NULL`), 'says whose it is'],
    ['paid from another’s money', lines(`party = 'party-2'`), 'nobody was paid more'],
    ['set off', lines(`side = 'debit'`), 'nobody is set off'],
    ['a payout of another', `UPDATE book_payouts SET party = 'party-2' WHERE case_id = $1`, 'nobody was paid more'],
  ])('altered behind its back is found: %s', async (_, statement, rule) => {
    expect((await alter(await many(true), statement)).join('\n')).toContain(rule);
  });
});
