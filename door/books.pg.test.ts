import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import {
  bookBalances,
  bookMonths,
  cashEntries,
  compareBooks,
  discrepancies,
  entryFacts,
  payouts,
  vouchers,
} from '../db/queries/books.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { chart } from '../engine/books/accounts.ts';
import { people, program } from '../engine/books/scene.fixture.ts';
import type { CaseEvent } from '../engine/event.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';
import { writeBooks } from './books.ts';

let database: TestDatabase;
let sql: Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  transactions = createTransactions(sql, { lanes: 4 });
  await writeScene(sql);
});

afterAll(async () => {
  await transactions.end();
  await sql.end();
  await database.close();
});

/** The story's twelve sales on six days: 2,590.00 yuan; one entered wrongly by the accountant, found and corrected. */
async function story(): Promise<Ledgered> {
  const books = await new Ledgered(sql, transactions).open();
  const { scene } = books;
  const sales = [15_000, 28_000, 9_000, 36_000, 12_000, 30_000, 21_000, 18_000, 24_000, 27_000, 25_000, 14_000];
  for (const [i, amountFen] of sales.entries()) {
    scene.until(`2026-09-${String(7 + (i >> 1)).padStart(2, '0')}T02:00:00.000Z`);
    expect(scene.cash(`S-${i}`, amountFen)).toBeUndefined();
    await books.follow();
    const wrongFen = i === 4 ? amountFen + 100 : amountFen;
    const lines = [
      { text: '笔筒', item: '笔筒', quantity: 2, priceFen: 500, amountFen: 1000 },
      { text: '钥匙链', amountFen: wrongFen - 1000 },
    ];
    expect(scene.ledger(`S-${i}`, 0, { lines })).toBeUndefined();
    await books.follow();
  }
  return books;
}

test('the chart in SQL is the chart of the engine', async () => {
  const rows = await sql<{ code: string; nameZh: string; nameEn: string }[]>`
    SELECT code, name_zh AS "nameZh", name_en AS "nameEn" FROM accounts ORDER BY code`;
  expect(rows.map(({ code, nameZh, nameEn }) => ({ code, name: [nameZh, nameEn] }))).toEqual(chart);
});

test('the story: one wrong entry is found, reversed, recorded anew; both books come to 259000 fen and the proof holds', async () => {
  const books = await story();
  const { scene, caseId } = books;
  const [comparison] = await compareBooks(sql, caseId);
  expect(comparison).toMatchObject({
    matched: 11,
    differences: [
      { sourceDoc: 'S-4', why: 'amount', cashFen: 12_000, ledgerFen: 12_100, discrepancy: expect.any(String) },
    ],
  });
  const [fact] = await entryFacts(sql, caseId, { document: { book: 'earnings', sourceDoc: 'S-4' } });
  expect(fact).toMatchObject({ side: 'cash', amountFen: 12_000, occurredDate: '2026-09-09' });

  const facts = await entryFacts(sql, caseId, { entry: 'earnings.v.2026-09.5' });
  expect(facts).toEqual(scene.facts.filter((each) => each.sourceDoc === 'S-4'));
  scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.5', reason: '记错' });
  await books.follow();
  expect(scene.ledger('S-4', 12_000)).toBeUndefined();
  await books.follow();

  expect(await bookBalances(sql, caseId)).toMatchObject([
    { channel: 'cash', cashFen: 259_000, cashEntries: 12, ledgerFen: 259_000, vouchers: 14 },
    { channel: 'wechat', cashFen: 0, ledgerFen: 0 },
  ]);
  expect(await compareBooks(sql, caseId)).toMatchObject([{ matched: 12, matchedFen: 259_000, differences: [] }]);
  expect(await discrepancies(sql, caseId, 10)).toMatchObject([{ sourceDoc: 'S-4', why: 'amount', how: 'corrected' }]);
  const journal = await cashEntries(sql, caseId, { month: '2026-09', limit: 200 });
  expect(journal.map(({ balanceFen }) => balanceFen).at(-1)).toBe(259_000);
  const ledger = await vouchers(sql, caseId, { limit: 200 });
  expect(ledger[4]).toMatchObject({
    reversedBy: 'earnings.v.2026-09.13',
    lines: [{ account: '1001', side: 'debit', amountFen: 12_100 }, {}, {}],
  });
  expect(await bookMonths(sql, caseId)).toMatchObject([
    { side: 'cash', month: '2026-09', openingFen: 0, inFen: 259_000, outFen: 0, closingFen: 259_000, entries: 12 },
    { side: 'ledger', closingFen: 259_000, entries: 14 },
  ]);
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [], openDiscrepancies: 0 });
});

test('many acts of one side in one transaction: sixty sales, a reversal among them', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { scene, caseId } = books;
  for (let i = 1; i <= 60; i++) scene.cash(`S-${i}`, i);
  scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.7', reason: '退货' });
  scene.cash('S-7', 8);
  await books.follow();
  for (let i = 1; i <= 60; i++) scene.ledger(`S-${i}`, i === 7 ? 8 : i);
  await books.follow();
  expect(await compareBooks(sql, caseId)).toMatchObject([{ matched: 60, matchedFen: 1831, differences: [] }]);
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
});

test('a payout leaves its way in the tables', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { scene, caseId } = books;
  scene.cash('S-1', 1000);
  scene.does('beneficiary', 'payout.request', {
    data: { book: 'earnings', channel: 'cash', amountFen: 600, text: '生活费' },
  });
  scene.does('secretary', 'payout.approve');
  scene.cash('P-1', 600, { direction: 'out' });
  await books.follow();
  scene.does('cashHolder', 'entry.reverse', { target: 'earnings.c.cash.2', reason: '找零' });
  await books.follow();
  expect(await payouts(sql, caseId, 10)).toMatchObject([{ state: 'approved', entry: null }]);
  scene.cash('P-1', 600, { direction: 'out' });
  await books.follow();
  scene.ledger('P-1', 600, { direction: 'out', payout: 'earnings.p.2' });
  scene.does('beneficiary', 'payout.confirm');
  scene.does('accountant', 'books.reconcile', { data: { book: 'earnings' } });
  await books.follow();
  expect(await payouts(sql, caseId, 10)).toMatchObject([
    { state: 'confirmed', entry: 'earnings.c.cash.4', confirmedBy: people.beneficiary },
  ]);
  expect(await verifyBooks(sql, { caseId })).toMatchObject({ holds: true, findings: [] });
});

describe('what the database refuses, whoever asks', () => {
  let caseId: string;
  beforeAll(async () => {
    ({ caseId } = await story());
  });

  const roles = ['linli_door', 'linli_cash', 'linli_ledger', 'linli_read'];
  const tables = ['cash_entries', 'vouchers', 'voucher_lines', 'book_counters', 'book_documents', 'books', 'accounts'];
  const under = (role: string | undefined, ...statements: string[]) =>
    sql.begin(async (tx) => {
      if (role) await tx.unsafe(`SET LOCAL ROLE ${role}`);
      for (const statement of statements) await tx.unsafe(statement);
    });

  test.each(tables.flatMap((table) => roles.map((role) => [table, role] as const)))(
    '%s is not changed by %s',
    async (table, role) => {
      await expect(under(role, `DELETE FROM ${table}`)).rejects.toThrow('permission denied');
      await expect(under(role, `TRUNCATE ${table}`)).rejects.toThrow('permission denied');
      await expect(
        under(
          role,
          `UPDATE ${table} SET book = 'x'`.replace(
            /book = 'x'/,
            table === 'accounts' ? "name_zh = 'x'" : "case_id = 'x'",
          ),
        ),
      ).rejects.toThrow('permission denied');
    },
  );

  test.each(tables)('%s is not changed by the owner either', async (table) => {
    for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
      await expect(under(undefined, statement)).rejects.toThrow(/never change|follows the entries/);
    }
  });

  /** The next cash entry, in every column right, but for what is given. */
  const cashSql = (change: Record<string, unknown> = {}) => {
    const row = {
      case_id: caseId,
      id: 'earnings.c.cash.13',
      book: 'earnings',
      channel: 'cash',
      no: 13,
      direction: 'in',
      amount_fen: 100,
      balance_fen: 259_100,
      source_doc: 'X',
      occurred_date: '2026-09-20',
      recorded_by: people.cashHolder,
      actor_kind: 'person',
      recorded_at: '2026-09-20T02:00:00.000Z',
      seq: 9999,
      ...change,
    };
    return `INSERT INTO cash_entries SELECT * FROM json_populate_record(NULL::cash_entries, '${JSON.stringify(row)}')`;
  };
  const line = (n: number, account: string, side: string, fen: number) => ({
    case_id: caseId,
    voucher: 'earnings.v.2026-09.13',
    line: n,
    text: 'x',
    account,
    side,
    amount_fen: fen,
  });
  const good = [line(1, '1001', 'debit', 100), line(2, '2601', 'credit', 100)];
  const voucherSql = (change: Record<string, unknown> = {}, lines: readonly unknown[] = good) => {
    const row = {
      case_id: caseId,
      id: 'earnings.v.2026-09.13',
      book: 'earnings',
      channel: 'cash',
      no: 13,
      direction: 'in',
      amount_fen: 100,
      balance_fen: 259_200,
      source_doc: 'X',
      occurred_date: '2026-09-20',
      recorded_by: people.accountant,
      actor_kind: 'person',
      recorded_at: '2026-09-20T02:00:00.000Z',
      seq: 9999,
      period: '2026-09',
      line_count: 2,
      total_fen: 100,
      ...change,
    };
    return `INSERT INTO vouchers SELECT * FROM json_populate_record(NULL::vouchers, '${JSON.stringify(row)}');
      INSERT INTO voucher_lines SELECT * FROM json_populate_recordset(NULL::voucher_lines, '${JSON.stringify(lines.map((each) => ({ ...Object(each), case_id: caseId })))}')`;
  };
  const undone = new Error('undone');
  /** Tries a statement and keeps nothing of it. */
  const tried = (role: string, ...statements: string[]) =>
    sql.begin(async (tx) => {
      await tx.unsafe(`SET LOCAL ROLE ${role}`);
      for (const statement of statements) await tx.unsafe(statement);
      await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
      throw undone;
    });

  test('the rows these tests start from are right', async () => {
    await expect(tried('linli_cash', cashSql())).rejects.toBe(undone);
    await expect(tried('linli_ledger', voucherSql())).rejects.toBe(undone);
  });

  test.each([
    ['a gap in numbers', { no: 14 }, 'the next number is 13'],
    ['a number again', { no: 12 }, 'the next number is 13'],
    ['a wrong balance', { balance_fen: 259_101 }, 'the balance after'],
    ['a balance below zero', { direction: 'out', amount_fen: 259_001, balance_fen: -1 }, 'cash_entries_balance'],
    ['nothing', { amount_fen: 0, balance_fen: 259_000 }, 'cash_entries_amount'],
    ['beyond the bounds', { amount_fen: 10_000_000_000_001, balance_fen: 10_000_000_259_001 }, 'cash_entries_amount'],
    ['an amount beyond any', { amount_fen: '9223372036854775807' }, 'out of range'],
    ['half a fen', { amount_fen: 0.5 }, 'invalid input syntax'],
    ['red ink without an original', { amount_fen: -100, balance_fen: 258_900 }, 'cash_entries_red'],
    ['the same document', { source_doc: 'S-3' }, 'book_documents'],
    ['no duty', { recorded_by: people.secretary }, 'has no cash duty'],
    ['the accountant', { recorded_by: people.accountant }, 'has no cash duty'],
    ['before the duty began', { recorded_at: '2026-09-01T00:00:00.000Z' }, 'has no cash duty'],
    ['recorded before the last', { recorded_at: '2026-09-08T00:00:00.000Z' }, 'recorded later'],
    ['by the system', { actor_kind: 'system' }, 'cash_entries_actor'],
    ['a day to come', { occurred_date: '2026-09-21' }, 'cash_entries_day'],
    ['another book', { book: 'other' }, 'no cash duty'],
    ['another channel', { channel: 'bank' }, 'has no channel'],
    [
      'a mirror of nothing',
      { reverses: 'earnings.c.cash.99', amount_fen: -100, balance_fen: 258_900 },
      'not the mirror',
    ],
    [
      'a mirror of another amount',
      { reverses: 'earnings.c.cash.1', source_doc: 'S-0', amount_fen: -100, balance_fen: 258_900 },
      'not the mirror',
    ],
    ['a payout for money that comes in', { payout: 'earnings.p.9' }, 'cash_entries_payout'],
    [
      'a payout nobody asked for',
      { payout: 'earnings.p.9', direction: 'out', balance_fen: 258_900 },
      'violates foreign key',
    ],
  ])('cash: %s', async (_, change, message) => {
    await expect(tried('linli_cash', cashSql(change))).rejects.toThrow(message);
  });

  test('two reversals of one entry, and red ink of red ink', async () => {
    const red = { reverses: 'earnings.c.cash.1', source_doc: 'S-0', amount_fen: -15_000, balance_fen: 244_000 };
    const next = { ...red, id: 'earnings.c.cash.14', no: 14, balance_fen: 229_000 };
    await expect(tried('linli_cash', cashSql(red))).rejects.toBe(undone);
    await expect(tried('linli_cash', cashSql(red), cashSql(next))).rejects.toThrow('already reversed');
    await expect(
      tried('linli_cash', cashSql(red), cashSql({ ...next, reverses: 'earnings.c.cash.13' })),
    ).rejects.toThrow('not the mirror');
  });

  test.each([
    ['one line', {}, [good[0]], 'does not have its 2 lines'],
    ['three lines where two are said', {}, [...good, line(3, '2601', 'credit', 1)], 'already has all its lines'],
    ['lines that do not balance', {}, [good[0], line(2, '2601', 'credit', 99)], 'does not balance'],
    ['no money moved', {}, [line(1, '2601', 'debit', 100), good[1]], 'does not move 100 fen'],
    ['money of another channel moved', {}, [line(1, '1002', 'debit', 100), good[1]], 'puts money held for a person'],
    [
      'red lines in a black voucher',
      {},
      [line(1, '1001', 'debit', 200), line(2, '1001', 'debit', -100)],
      'does not have its',
    ],
    ['an account the chart has not', {}, [good[0], line(2, '9999', 'credit', 100)], 'violates foreign key'],
    ['a gap in numbers', { no: 14 }, good, 'the next number is 13'],
    ['another month', { period: '2026-10', no: 1 }, good, 'and booked on'],
    ['a wrong balance', { balance_fen: 1 }, good, 'the balance after'],
    ['the cash holder', { recorded_by: people.cashHolder }, good, 'has no ledger duty'],
    ['the same document', { source_doc: 'S-3' }, good, 'book_documents'],
  ])('ledger: %s', async (_, change, lines, message) => {
    await expect(tried('linli_ledger', voucherSql(change, lines))).rejects.toThrow(message);
  });

  test('red ink that is not the exact mirror of the lines', async () => {
    const red = {
      reverses: 'earnings.v.2026-09.1',
      source_doc: 'S-0',
      amount_fen: -15_000,
      total_fen: -15_000,
      balance_fen: 244_100,
      line_count: 3,
    };
    const lines = [
      line(1, '1001', 'debit', -15_000),
      line(2, '2601', 'credit', -1_000),
      line(3, '2601', 'credit', -14_000),
    ];
    await expect(tried('linli_ledger', voucherSql(red, lines))).rejects.toBe(undone);
    const other = [lines[0], line(2, '4501', 'credit', -1_000), lines[2]];
    await expect(tried('linli_ledger', voucherSql(red, other))).rejects.toThrow('not the exact mirror');
  });

  test('a finished voucher takes no further lines', async () => {
    const more = JSON.stringify([
      { ...line(4, '1001', 'debit', 5), voucher: 'earnings.v.2026-09.1' },
      { ...line(5, '2601', 'credit', 5), voucher: 'earnings.v.2026-09.1' },
    ]);
    await expect(
      tried(
        'linli_ledger',
        `INSERT INTO voucher_lines SELECT * FROM json_populate_recordset(NULL::voucher_lines, '${more}')`,
      ),
    ).rejects.toThrow('already has all its lines');
  });

  test('neither role writes or reads the other side, and the door writes neither', async () => {
    await expect(tried('linli_ledger', cashSql())).rejects.toThrow('permission denied');
    await expect(tried('linli_cash', voucherSql())).rejects.toThrow('permission denied');
    await expect(tried('linli_door', cashSql())).rejects.toThrow('permission denied');
    await expect(tried('linli_read', voucherSql())).rejects.toThrow('permission denied');
    await expect(tried('linli_cash', 'SELECT * FROM vouchers')).rejects.toThrow('permission denied');
    await expect(tried('linli_ledger', 'SELECT * FROM cash_entries')).rejects.toThrow('permission denied');
    // the owner forgot to take the role
    await expect(under(undefined, cashSql())).rejects.toThrow('under the role linli_cash only');
  });

  test('one transaction writes one side', async () => {
    await expect(tried('linli_cash', cashSql(), 'SET LOCAL ROLE linli_ledger', voucherSql())).rejects.toThrow(
      'writes one side',
    );
  });

  test('one person has one duty on a book', async () => {
    const duty = (name: string) =>
      `INSERT INTO book_duties VALUES ('${caseId}', 'earnings', '${people.cashHolder}', '${name}', '[2026-10-01,)')`;
    for (const name of ['ledger', 'reviewer', 'approver', 'archive', 'cash']) {
      await expect(tried('linli_door', duty(name))).rejects.toThrow('book_duties_one_a_person');
    }
    await expect(tried('linli_cash', duty('ledger'))).rejects.toThrow('permission denied');
    const open = `UPDATE book_duties SET during = '[2000-01-01,)' WHERE case_id = '${caseId}'`;
    await expect(tried('linli_door', open)).rejects.toThrow('may only be ended');
  });
});

test('duties follow the posts: who takes over may write, who left may not, and nobody holds two', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { scene, caseId } = books;
  scene.cash('S-1', 100);
  await books.follow();
  const org = scene.world().org;
  const swapped = {
    ...org,
    appointments: org.appointments.map((each) =>
      each.post === 'cashHolder' ? { ...each, person: people.head } : each,
    ),
  };
  scene.until('2026-09-07T09:00:00.000Z');
  const count = { book: 'earnings', side: 'cash', channels: { cash: 100, wechat: 0 }, witness: '邱某' };
  expect(scene.does('cashHolder', 'book.handOver', { data: count }, people.head)).toBeUndefined();
  scene.does(
    'cashHolder',
    'cash.record',
    { data: { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'S-2', amountFen: 5 } },
    people.head,
  );
  const taken = scene.events.slice(3).map((event) => ({ ...event, seq: event.seq + 1 }));
  await expect(books.write(taken)).rejects.toThrow('has no cash duty');
  await books.write(taken, swapped);
  const duties =
    await sql`SELECT person, duty, upper_inf(during) AS open FROM book_duties WHERE case_id = ${caseId} AND duty = 'cash' ORDER BY during`;
  expect(duties).toMatchObject([
    { person: people.cashHolder, open: false },
    { person: people.head, open: true },
  ]);
  const both = {
    ...org,
    appointments: org.appointments.map((each) =>
      each.post === 'cashHolder' ? { ...each, person: people.accountant } : each,
    ),
  };
  const opened = {
    type: 'role.assigned',
    seq: 99,
    recordedAt: scene.now,
    data: {},
    actor: { kind: 'person', id: 'x' },
  };
  await expect(
    transactions.run((tx) =>
      writeBooks(tx, [opened as unknown as CaseEvent], { caseId, state: scene.state, org: both, program }),
    ),
  ).rejects.toThrow('book_duties_one_a_person');
});

test('concurrent writers on one book: no gap, no wrong balance', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { caseId } = books;
  const record = (n: number) =>
    sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL ROLE linli_cash');
      const [last] = await tx<[{ no: number; balance: number }]>`
        SELECT coalesce(max(no), 0) AS no, coalesce((array_agg(balance_fen ORDER BY no DESC))[1], 0) AS balance FROM cash_entries WHERE case_id = ${caseId}`;
      const row = {
        case_id: caseId,
        id: `e.${last.no + 1}`,
        book: 'earnings',
        channel: 'cash',
        no: last.no + 1,
        direction: 'in',
        amount_fen: n,
        balance_fen: last.balance + n,
        source_doc: `D-${n}`,
        occurred_date: '2026-09-07',
        recorded_by: people.cashHolder,
        actor_kind: 'person',
        recorded_at: '2026-09-20T02:00:00.000Z',
        seq: n,
      };
      await tx`INSERT INTO cash_entries SELECT * FROM json_populate_record(NULL::cash_entries, ${JSON.stringify(row)}::text::json)`;
      if (n % 5 === 0) throw new Error('rolled back');
    });
  const kept: number[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 1; i <= 15; i++) {
        const n = writer * 15 + i;
        for (let tries = 0; tries < 200 && n % 5 !== 0; tries++) {
          if (
            await record(n).then(
              () => true,
              () => false,
            )
          ) {
            kept.push(n);
            break;
          }
        }
        if (n % 5 === 0) await record(n).catch(() => {});
      }
    }),
  );
  const entries = await cashEntries(sql, caseId, { limit: 200 });
  const sorted = entries.map(({ no }) => no).sort((a, b) => a - b);
  expect(sorted).toEqual(sorted.map((_, i) => i + 1));
  expect(entries.length).toBe(kept.length);
  expect(entries.length).toBe(96);
  const [balance] = await bookBalances(sql, caseId);
  expect(balance).toMatchObject({ cashFen: kept.reduce((a, b) => a + b, 0), cashEntries: 96 });
});

describe('the proof finds what was altered behind its back', () => {
  test.each([
    [
      'an amount',
      `UPDATE cash_entries SET amount_fen = amount_fen + 1 WHERE case_id = $1 AND no = 3`,
      ['cash balances follow', 'counters say what the entries say', 'every entry is what its event tells'],
    ],
    [
      'an amount with all that follows',
      `UPDATE cash_entries SET amount_fen = amount_fen + (no = 3)::int, balance_fen = balance_fen + (no >= 3)::int WHERE case_id = $1;
      UPDATE book_counters SET balance_fen = balance_fen + 1 WHERE case_id = $1 AND side = 'cash' AND channel = 'cash'`,
      ['every entry is what its event tells'],
    ],
    [
      'a row gone',
      `DELETE FROM cash_entries WHERE case_id = $1 AND no = 3`,
      ['cash numbers have no gap', 'a document stands once a side'],
    ],
    [
      'the last row gone',
      `DELETE FROM cash_entries WHERE case_id = $1 AND no = 12; DELETE FROM book_documents WHERE case_id = $1 AND source_doc = 'S-11' AND side = 'cash';
      UPDATE book_counters SET no = 11, balance_fen = balance_fen - 14000 WHERE case_id = $1 AND side = 'cash' AND channel = 'cash'`,
      ['every entry is what its event tells'],
    ],
    [
      'a line',
      `UPDATE voucher_lines SET amount_fen = amount_fen + 1 WHERE case_id = $1 AND voucher = 'earnings.v.2026-09.2' AND line = 3`,
      ['vouchers balance', 'every line is what its event tells'],
    ],
    [
      'a line, in balance',
      `UPDATE voucher_lines SET amount_fen = amount_fen + CASE line WHEN 2 THEN 1 ELSE -1 END, quantity = NULL WHERE case_id = $1 AND voucher = 'earnings.v.2026-09.2' AND line > 1`,
      ['every line is what its event tells'],
    ],
    [
      'who recorded it',
      `UPDATE cash_entries SET recorded_by = 'secretary-person' WHERE case_id = $1 AND no = 3`,
      ['who recorded it had the duty', 'every entry is what its event tells'],
    ],
    [
      'a duty',
      `UPDATE book_duties SET during = tstzrange('2026-09-10', NULL) WHERE case_id = $1 AND duty = 'cash'`,
      ['who recorded it had the duty'],
    ],
  ])('%s', async (_, statements, rules) => {
    const { caseId } = await story();
    await sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL session_replication_role = replica');
      await tx.unsafe(statements.replaceAll('$1', `'${caseId}'`));
    });
    const proof = await verifyBooks(sql, { caseId });
    expect(proof.holds).toBe(false);
    const found = new Set(proof.findings.map(({ rule }) => rule));
    for (const rule of rules) expect(found).toContain(rule);
  });
});
