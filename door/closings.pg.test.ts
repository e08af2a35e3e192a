import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../db/client.ts';
import { closingRules } from '../db/closing-rules.ts';
import { bookCounts, bookDays, bookDraws, closedMonths } from '../db/queries/book-closings.ts';
import { entryFacts } from '../db/queries/books.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { people, Scene } from '../engine/books/scene.fixture.ts';
import { freshDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { Ledgered, writeScene } from './books.fixture.ts';
import { countLot } from './count-lot.ts';

let database: TestDatabase;
let sql: Sql;
let transactions: Transactions;

beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url, { max: 24 });
  transactions = createTransactions(sql, { lanes: 4 });
  await writeScene(sql);
});

afterAll(async () => {
  await transactions.end();
  await sql.end();
  await database.close();
});

/** The rules of closings that do not hold in a case. */
async function broken(caseId: string): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, query] of Object.entries(closingRules)) if ((await query(sql, caseId)).length > 0) found.push(rule);
  return found;
}

const counted = (books: Ledgered, role: string, denominations: Record<string, number>) =>
  books.scene.does(role, 'cash.count', {
    data: { book: 'earnings', denominations, ...(role === 'cashHolder' ? {} : { witness: people.cashHolder }) },
  });
const closeDay = (books: Ledgered, day: string) =>
  books.scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day } });

/** A September with two sales, counted, closed, and an October that is open. */
async function closed(): Promise<Ledgered> {
  const books = await september();
  expect(closeSeptember(books)).toBeUndefined();
  await books.follow();
  return books;
}

const closeSeptember = ({ scene }: Ledgered) =>
  scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month: '2026-09' } });

/** The same, with nothing left to do but to close it. */
async function september(): Promise<Ledgered> {
  const books = await new Ledgered(sql, transactions).open();
  const { scene } = books;
  const step = async (refused: string | undefined) => {
    expect(refused).toBeUndefined();
    await books.follow();
  };
  await step(scene.cash('S-1', 10_000));
  await step(scene.ledger('S-1', 10_000));
  await step(counted(books, 'cashHolder', { '5000': 2 }));
  await step(closeDay(books, '2026-09-07'));
  scene.until('2026-09-15T02:00:00.000Z');
  await step(scene.cash('S-2', 5000));
  await step(scene.ledger('S-2', 5000));
  await step(counted(books, 'cashHolder', { '5000': 3 }));
  await step(closeDay(books, '2026-09-15'));
  await step(scene.cash('S-3', 100));
  await step(scene.ledger('S-3', 100));
  scene.until('2026-10-02T02:00:00.000Z');
  await step(counted(books, 'secretary', { '5000': 3, '100': 1 }));
  await step(closeDay(books, '2026-09-16'));
  await step(closeDay(books, '2026-09-30'));
  return books;
}

test('counts, days and the month stand in their tables, and the rules hold', async () => {
  const books = await closed();
  const { caseId, scene } = books;
  expect(await bookCounts(sql, caseId, 10)).toMatchObject([
    {
      kind: 'scheduled',
      by: people.secretary,
      present: people.cashHolder,
      channels: [{ bookedFen: 15_100, countedFen: 15_100 }],
    },
    { kind: 'day', denominations: { '5000': 3 } },
    { kind: 'day' },
  ]);
  expect((await bookDays(sql, caseId, 10)).map(({ day, after }) => [day, after])).toEqual([
    ['2026-09-30', '2026-09-16'],
    ['2026-09-16', '2026-09-15'],
    ['2026-09-15', '2026-09-07'],
    ['2026-09-07', null],
  ]);
  expect(await closedMonths(sql, caseId, 10)).toMatchObject([
    {
      period: '2026-09',
      channels: [{ side: 'cash', closingFen: 15_100 }, { side: 'ledger', closingFen: 15_100 }, {}, {}],
      accounts: [
        { account: '1001', closingFen: 15_100 },
        { account: '2601', closingFen: -15_100 },
      ],
    },
  ]);
  const [fact] = await entryFacts(sql, caseId, { document: { book: 'earnings', sourceDoc: 'S-3' } });
  expect(fact).toMatchObject({ bookedDate: '2026-09-16' });
  expect(fact).toEqual(scene.facts.find((each) => each.sourceDoc === 'S-3'));
  const [late] = await sql`SELECT late FROM cash_entries WHERE case_id = ${caseId} AND no = 3`;
  expect(late).toEqual({ late: true });
  expect(await broken(caseId)).toEqual([]);
});

test('surprise counts: drawn with the secret of the installation, missed, made good', async () => {
  const books = await new Ledgered(sql, transactions).open();
  const { scene, caseId } = books;
  scene.state = {
    ...scene.state,
    caseId,
    books: { earnings: { ...scene.book, closings: { counts: 4 } } },
  };
  scene.lot = await countLot(sql);
  scene.cash('S-1', 10_000);
  await books.follow();
  scene.ledger('S-1', 10_000);
  await books.follow();
  scene.until('2027-06-30T16:00:00.000Z');
  await books.follow();
  expect(counted(books, 'secretary', { '10000': 1 })).toBeUndefined();
  await books.follow();
  const draws = await bookDraws(sql, caseId, 10);
  expect(draws[0]).toMatchObject({ span: '2027-2of4', count: expect.stringContaining('earnings.k.') });
  expect(draws.find(({ span }) => span === '2026-4of4')).toMatchObject({ missedAt: expect.any(String), count: null });
  expect(await broken(caseId)).toEqual([]);
  // nobody draws otherwise, and what was drawn stays
  const draw = (day: string, seed: string) =>
    sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL ROLE linli_door');
      await tx`INSERT INTO book_draws (case_id, book, span, day, seed, clock, drawn_at, seq)
        VALUES (${caseId}, 'earnings', '2027-3of4', ${day}, ${seed}, 'x', now(), 999)`;
    });
  await expect(draw('2027-08-01', draws[0]!.seed)).rejects.toThrow('not the one that was drawn');
  const right = scene.lot!(`${caseId}\nearnings\n2027-3of4`);
  await expect(draw('2027-08-01', right)).rejects.toThrow(/not the one that was drawn/);
  for (const role of ['linli_read', 'linli_cash', 'linli_ledger']) {
    const read = sql.begin(async (tx) => {
      await tx.unsafe(`SET LOCAL ROLE ${role}`);
      await tx`SELECT secret FROM count_lots`;
    });
    await expect(read).rejects.toThrow('permission denied');
  }
});

test.each(['project funds', 'held for beneficiary'] as const)('the end of a year: %s', async (keeps) => {
  const books = await new Ledgered(sql, transactions, new Scene({ keeps })).open();
  const { scene, caseId } = books;
  const step = async (refused: string | undefined) => {
    expect(refused).toBeUndefined();
    await books.follow();
  };
  const account = keeps === 'project funds' ? { account: '4101' } : {};
  await step(scene.cash('S-1', 10_000));
  await step(scene.ledger('S-1', 0, { lines: [{ text: '捐款', amountFen: 10_000, ...account }] }));
  scene.until('2027-01-04T02:00:00.000Z');
  await step(counted(books, 'secretary', { '10000': 1 }));
  await step(closeDay(books, '2026-12-31'));
  for (const month of ['2026-09', '2026-12'])
    await step(scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month } }));
  const own = keeps === 'project funds';
  expect((await closedMonths(sql, caseId, 10)).filter(({ period }) => period === '2026-12')).toMatchObject([
    {
      resultFen: own ? 10_000 : 0,
      accounts: own
        ? [
            { account: '1001', closingFen: 10_000, carriedFen: 0 },
            { account: '3102', closingFen: 0, carriedFen: -10_000 },
            { account: '4101', closingFen: -10_000, carriedFen: 10_000 },
          ]
        : [
            { account: '1001', carriedFen: 0 },
            { account: '2601', carriedFen: 0 },
          ],
    },
  ]);
  // red ink of the closed year, past the engine
  const red = {
    ...{ case_id: caseId, id: 'red', book: 'earnings', channel: 'cash', no: 2, direction: 'in', amount_fen: -10_000 },
    ...{
      balance_fen: 0,
      source_doc: 'S-1',
      occurred_date: '2027-01-04',
      recorded_by: people.cashHolder,
      actor_kind: 'person',
    },
    ...{ recorded_at: '2027-01-04T03:00:00.000Z', seq: 9999, reverses: 'earnings.c.cash.1' },
  };
  const reversed = sql.begin(async (tx) => {
    await tx.unsafe('SET LOCAL ROLE linli_cash');
    await tx`INSERT INTO cash_entries SELECT * FROM json_populate_record(NULL::cash_entries, ${JSON.stringify(red)}::text::json)`;
  });
  await expect(reversed).rejects.toThrow('red ink does not cross it');
  // January opens with what the year left, and closes again
  await step(scene.cash('S-2', 100));
  await step(scene.ledger('S-2', 100));
  scene.until('2027-02-02T02:00:00.000Z');
  await step(counted(books, 'secretary', { '10000': 1, '100': 1 }));
  await step(closeDay(books, '2027-01-04'));
  await step(closeDay(books, '2027-01-31'));
  await step(scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month: '2027-01' } }));
  expect(await broken(caseId)).toEqual([]);
});

describe('what the database refuses, whoever asks', () => {
  let caseId: string;
  beforeAll(async () => {
    ({ caseId } = await closed());
  });

  const under = (role: string, ...statements: string[]) =>
    sql.begin(async (tx) => {
      await tx.unsafe(`SET LOCAL ROLE ${role}`);
      for (const statement of statements) await tx.unsafe(statement);
    });
  const into = (table: string, row: object) =>
    `INSERT INTO ${table} SELECT * FROM json_populate_record(NULL::${table}, '${JSON.stringify({ case_id: caseId, book: 'earnings', ...row })}')`;
  const cash = (change: object) =>
    into('cash_entries', {
      ...{ id: 'x', channel: 'cash', no: 4, direction: 'in', amount_fen: 100, balance_fen: 15_200, source_doc: 'X' },
      ...{ occurred_date: '2026-09-20', recorded_by: people.cashHolder, actor_kind: 'person', seq: 9999 },
      ...{ recorded_at: '2026-10-02T03:00:00.000Z', ...change },
    });
  const at = { by: people.cashHolder, at: '2026-10-03T02:00:00.000Z', seq: 9000 };
  const sums = { opening_fen: 15_100, in_fen: 0, out_fen: 0, closing_fen: 15_100 };
  const dayRows = (day: object, channel: object = {}) => [
    into('book_days', { ...at, day: '2026-10-02', after: '2026-09-30', ...day }),
    into('book_day_channels', { day: '2026-10-02', channel: 'cash', ...sums, ...day, ...channel }),
    into('book_day_channels', {
      day: '2026-10-02',
      channel: 'wechat',
      opening_fen: 0,
      in_fen: 0,
      out_fen: 0,
      closing_fen: 0,
      ...day,
    }),
  ];

  test.each([
    ['an entry of a closed day, on that day', () => cash({ booked_date: '2026-09-20', late: false }), 'is booked on'],
    ['an entry of a closed day that hides it', () => cash({ late: false, booked_date: '2026-10-02' }), 'is booked on'],
  ])('%s', async (_, statement, error) => {
    await expect(under('linli_cash', statement())).rejects.toThrow(error);
  });

  test('a voucher as of a closed month', async () => {
    const voucher = into('vouchers', {
      ...{
        id: 'x',
        channel: 'cash',
        no: 4,
        direction: 'in',
        amount_fen: 100,
        balance_fen: 15_200,
        source_doc: 'X',
        seq: 9999,
      },
      ...{
        occurred_date: '2026-09-20',
        recorded_by: people.accountant,
        actor_kind: 'person',
        line_count: 2,
        total_fen: 100,
      },
      ...{ recorded_at: '2026-09-20T03:00:00.000Z', period: '2026-09' },
    });
    await expect(under('linli_ledger', voucher)).rejects.toThrow('and booked on 2026-10-01');
  });

  test('an entry of a closed day in the open one is late', async () => {
    const entry = sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL ROLE linli_cash');
      await tx.unsafe(cash({}));
      const rows = await tx`SELECT booked_date, late FROM cash_entries WHERE case_id = ${caseId} AND id = 'x'`;
      throw new Error(JSON.stringify(rows));
    });
    await expect(entry).rejects.toThrow('[{"booked_date":"2026-10-02","late":true}]');
  });

  test.each([
    ['a day that does not follow', () => dayRows({ after: '2026-09-29' }), /does not follow|unique/],
    ['a day by the accountant', () => dayRows({ by: people.accountant }), 'has no cash duty'],
    [
      'a day that says another sum',
      () => dayRows({}, { opening_fen: 15_000, closing_fen: 15_000 }),
      'not what the journal says',
    ],
    ['a day without one of its channels', () => dayRows({}).slice(0, 2), 'not what the journal says'],
    ['a day to come', () => dayRows({ day: '2026-10-05' }), 'book_days_over'],
    [
      'a count that flatters the journal',
      () => [
        into('book_counts', { ...at, id: 'k', kind: 'day', day: '2026-10-02', denominations: { '100': 1 } }),
        into('book_count_channels', { count: 'k', channel: 'cash', booked_fen: 100, counted_fen: 100 }),
      ],
      'does not say what stands in the journal',
    ],
    [
      'a count that is not its notes',
      () => [
        into('book_counts', { ...at, id: 'k', kind: 'day', day: '2026-10-02', denominations: { '100': 1 } }),
        into('book_count_channels', { count: 'k', channel: 'cash', booked_fen: 15_100, counted_fen: 15_100 }),
      ],
      'not what its notes',
    ],
    [
      'the cash holder counting for another',
      () => [
        into('book_counts', {
          ...at,
          id: 'k',
          kind: 'surprise',
          day: '2026-10-02',
          denominations: { '5000': 3, '100': 1 },
        }),
        into('person.book_names', { id: 'k', what: 'witness', name: 'x' }),
        into('book_count_channels', { count: 'k', channel: 'cash', booked_fen: 15_100, counted_fen: 15_100 }),
      ],
      'not for who made it',
    ],
    [
      "another's count that nobody saw",
      () => [
        into('book_counts', {
          ...{ ...at, by: people.secretary, id: 'k', kind: 'surprise', day: '2026-10-02' },
          denominations: { '5000': 3, '100': 1 },
        }),
        into('book_count_channels', { count: 'k', channel: 'cash', booked_fen: 15_100, counted_fen: 15_100 }),
      ],
      'has no witness',
    ],
    [
      'a witness who comes to mind later',
      () => [into('person.book_names', { id: 'earnings.k.99', what: 'witness', name: 'x' })],
      'no name is added',
    ],
    [
      'a month of which days are open',
      () => [into('book_months', { ...at, by: people.accountant, at: '2026-11-03T02:00:00.000Z', period: '2026-10' })],
      'not all days',
    ],
    [
      'a month that does not follow',
      () => [into('book_months', { ...at, by: people.accountant, at: '2026-12-03T02:00:00.000Z', period: '2026-11' })],
      'does not follow',
    ],
    [
      'a month by the cash holder',
      () => [into('book_months', { ...at, at: '2026-11-03T02:00:00.000Z', period: '2026-10' })],
      'has no ledger duty',
    ],
  ])('%s', async (_, statements, error) => {
    await expect(under('linli_door', ...statements())).rejects.toThrow(error);
  });

  const tables = [
    'book_counts',
    'book_count_channels',
    'book_days',
    'book_day_channels',
    'book_months',
    'book_month_channels',
    'book_month_accounts',
  ];
  test.each(tables)('%s never changes', async (table) => {
    for (const role of ['linli_door', 'linli_cash', 'linli_ledger', 'linli_read'])
      await expect(under(role, `DELETE FROM ${table}`)).rejects.toThrow('permission denied');
    await expect(sql.unsafe(`DELETE FROM ${table}`)).rejects.toThrow(/never change|refused/);
    await expect(sql.unsafe(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/never change|refused/);
  });
});

describe('what a count finds over or short', () => {
  /** Short by 1000 fen, found again, signed as carried, found a third time; then over. */
  async function short(): Promise<Ledgered> {
    const books = await new Ledgered(sql, transactions).open();
    const { scene } = books;
    const step = async (refused: string | undefined) => {
      expect(refused).toBeUndefined();
      await books.follow();
    };
    await step(scene.cash('S-1', 10_000));
    await step(scene.ledger('S-1', 10_000));
    for (const _ of [1, 2]) await step(counted(books, 'cashHolder', { '5000': 1, '2000': 2 }));
    await step(scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: '自然损耗' } }));
    await step(counted(books, 'secretary', { '5000': 1, '2000': 2 }));
    await step(counted(books, 'secretary', { '10000': 1, '100': 1 }));
    return books;
  }

  test('is a difference that names its count; what stands already is none again', async () => {
    const { caseId } = await short();
    const rows =
      await sql`SELECT count, channel, off_fen, how FROM book_discrepancies WHERE case_id = ${caseId} ORDER BY found_at, id`;
    const counts = await sql<{ id: string }[]>`SELECT id FROM book_counts WHERE case_id = ${caseId} ORDER BY seq`;
    expect(rows).toEqual([
      { count: counts[0]!.id, channel: 'cash', off_fen: -1000, how: 'carried' },
      { count: counts[3]!.id, channel: 'cash', off_fen: 100, how: null },
    ]);
    expect(await broken(caseId)).toEqual([]);
  });

  test('mended by entries or by hand, it is found anew', async () => {
    const books = await new Ledgered(sql, transactions).open();
    const { scene, caseId } = books;
    const step = async (refused: string | undefined) => {
      expect(refused).toBeUndefined();
      await books.follow();
    };
    await step(scene.cash('S-1', 10_000));
    await step(scene.ledger('S-1', 10_000));
    await step(counted(books, 'cashHolder', { '10000': 1, '1000': 1 }));
    const [id] = Object.keys(scene.book.discrepancies);
    await step(scene.cash(`盘点 ${id}`, 1000));
    await step(scene.ledger('R-1', 1000));
    const entries = { cash: ['earnings.c.cash.2'], ledger: ['earnings.v.2026-09.2'] };
    await step(scene.does('secretary', 'books.match', { data: { book: 'earnings', ...entries } }));
    await step(counted(books, 'cashHolder', { '10000': 1, '1000': 2 }));
    expect(Object.keys(scene.book.discrepancies)).toHaveLength(1);
    expect(await broken(caseId)).toEqual([]);
  });

  test('a hand-over finds differences without a count', async () => {
    const books = await new Ledgered(sql, transactions).open();
    const { scene, caseId } = books;
    scene.cash('S-1', 10_000);
    await books.follow();
    const data = { book: 'earnings', side: 'cash', channels: { cash: 9000, wechat: 0 }, witness: '罗某' };
    expect(scene.does('cashHolder', 'book.handOver', { data }, people.head)).toBeUndefined();
    await books.follow();
    expect(await sql`SELECT count, channel, off_fen FROM book_discrepancies WHERE case_id = ${caseId}`).toEqual([
      { count: null, channel: 'cash', off_fen: -1000 },
    ]);
    expect(await broken(caseId)).toEqual([]);
    await sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`UPDATE book_discrepancies SET off_fen = -900 WHERE case_id = ${caseId}`;
    });
    expect(await broken(caseId)).toContain('what a hand-over found became a difference');
  });

  const k = (fen: number) => {
    const at = { book: 'earnings', by: people.cashHolder, at: '2026-09-07T05:00:00.000Z', seq: 900 };
    const rows = [
      ['book_counts', { ...at, id: 'k', kind: 'day', day: '2026-09-07', denominations: { '1': fen } }],
      ['book_count_channels', { book: 'earnings', count: 'k', channel: 'cash', booked_fen: 10_000, counted_fen: fen }],
    ] as const;
    return rows.map(insert);
  };
  const difference = (change: object) => {
    const row = {
      id: 'd',
      book: 'earnings',
      source_doc: '盘点 d',
      why: 'count',
      found: 'at count',
      count: 'k',
      channel: 'cash',
    };
    const given = { ...row, off_fen: -500, found_at: '2026-09-07T05:00:00.000Z', ...change };
    const names = Object.keys(given).join();
    return `INSERT INTO book_discrepancies (case_id, ${names}) SELECT $1, ${names}
      FROM json_populate_record(NULL::book_discrepancies, '${JSON.stringify(given)}')`;
  };
  const insert = ([table, row]: readonly [string, object]) =>
    `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, jsonb_build_object('case_id', $1::text) || '${JSON.stringify(row)}')`;
  const write = ({ caseId }: Ledgered, statements: readonly string[]) =>
    sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL ROLE linli_door');
      for (const statement of statements) await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
      await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
      throw new Error('was taken');
    });

  test.each([
    ['one that became no difference', k(9500), 'became no difference'],
    ['one that was mended, or is of another sum', k(9000), 'became no difference'],
    [
      'one whose difference is of another sum',
      [...k(9500), difference({ off_fen: -400 })],
      'became no difference|has found',
    ],
    [
      'one whose difference is of another channel',
      [...k(9500), difference({ channel: 'wechat' })],
      'became no difference|has found',
    ],
    ['a difference of no count', [difference({})], 'book_discrepancies_count|has found'],
    ['a difference of a count that says it has none', [difference({ count: null })], 'book_discrepancies_counted'],
    ['a difference without its sum', [...k(9500), difference({ off_fen: null })], 'book_discrepancies_counted'],
    ['a count with its difference', [...k(9500), difference({})], 'was taken'],
    ['what stands already', k(10_100), 'was taken'],
  ])('%s', async (_, statements, error) => {
    await expect(write(await short(), statements)).rejects.toThrow(new RegExp(error));
  });

  test.each([
    [
      'the difference gone',
      'DELETE FROM book_discrepancies WHERE case_id = $1 AND off_fen < 0',
      'what is over or short became a difference',
    ],
    [
      'another sum',
      'UPDATE book_discrepancies SET off_fen = -900 WHERE case_id = $1 AND off_fen < 0',
      'a difference of a count has its count',
    ],
    [
      'another channel',
      `UPDATE book_discrepancies SET channel = 'wechat' WHERE case_id = $1 AND off_fen < 0`,
      'what is over or short became a difference',
    ],
    [
      'another count',
      `UPDATE book_discrepancies SET count = (SELECT max(id) FROM book_counts WHERE case_id = $1) WHERE case_id = $1 AND off_fen < 0`,
      'a difference of a count has its count',
    ],
    [
      'called mended where it was found again',
      `UPDATE book_discrepancies SET how = 'corrected', settled_at = found_at - interval '1 second' WHERE case_id = $1 AND off_fen < 0`,
      'what is over or short became a difference',
    ],
    ['the count gone', 'DELETE FROM book_count_channels WHERE case_id = $1', 'a difference of a count has its count'],
  ])('altered behind its back is found: %s', async (_, statement, rule) => {
    const { caseId } = await short();
    await sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
    });
    expect(await broken(caseId)).toContain(rule);
  });
});

describe('what keeps a month open', () => {
  const draft = {
    ...{ id: 'earnings.w.99', book: 'earnings', channel: 'cash', direction: 'in', amount_fen: 5, source_doc: 'Y' },
    ...{ occurred_date: '2026-09-07', made_by: people.accountant, made_at: '2026-09-07T02:00:00Z', seq: 9 },
    ...{ state: 'waiting', lines: [] },
  };
  const all = [
    [
      'a count made before the channel last moved',
      `UPDATE book_counts SET at = '2026-09-10T02:00:00Z' WHERE case_id = $1 AND kind <> 'day'`,
      'not counted since it last moved: cash',
    ],
    ['a document of one side', `UPDATE vouchers SET source_doc = 'Z' WHERE case_id = $1 AND no = 1`, 'document'],
    [
      'a document of another amount',
      `UPDATE vouchers SET channel = 'wechat' WHERE case_id = $1 AND no = 1`,
      'document S-1',
    ],
    [
      'a voucher under review',
      `INSERT INTO voucher_drafts SELECT * FROM jsonb_populate_record(NULL::voucher_drafts, '${JSON.stringify(draft)}'::jsonb || jsonb_build_object('case_id', $1::text))`,
      'voucher under review earnings.w.99',
    ],
    [
      'movement of an earlier month that nobody closed',
      `UPDATE cash_entries SET booked_date = '2026-08-07' WHERE case_id = $1 AND no = 1`,
      'money moved before it, in 2026-08',
    ],
  ] as const;

  const alter = ({ caseId }: Ledgered, change: string) =>
    sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx.unsafe(change.replaceAll('$1', `'${caseId}'`));
    });
  const why = ({ caseId }: Ledgered) =>
    sql<
      { o: string }[]
    >`SELECT o FROM book_month_open(${caseId}, 'earnings', '2026-09', 9999, '2026-10-02T02:00:00Z') o`;

  test.each(all)('is refused: %s', async (_, change, reason) => {
    const books = await september();
    expect(await why(books)).toEqual([]);
    expect(closeSeptember(books)).toBeUndefined();
    await alter(books, change);
    expect((await why(books)).map(({ o }) => o).join()).toContain(reason);
    await expect(books.follow()).rejects.toThrow(/is not to be closed|is not what the entries say|has counted/);
  });

  test.each(all)('is found behind a closed month: %s', async (_, change) => {
    const books = await closed();
    await alter(books, change);
    expect(await broken(books.caseId)).toContain('nothing kept a closed month open');
  });

  test('does not: what came to wait later, and what is signed as carried', async () => {
    const books = await new Ledgered(sql, transactions).open();
    const { scene, caseId } = books;
    const step = async (refused: string | undefined) => {
      expect(refused).toBeUndefined();
      await books.follow();
    };
    await step(scene.cash('S-1', 10_000));
    await step(scene.ledger('S-1', 10_000));
    await step(scene.cash('S-2', 5000));
    scene.until('2026-10-02T02:00:00.000Z');
    await books.follow();
    const carry = { decision: 'carry', text: '凭证在途' };
    await step(scene.does('secretary', 'discrepancy.decide', { data: carry }));
    await step(counted(books, 'secretary', { '10000': 1, '5000': 1 }));
    await step(closeDay(books, '2026-09-07'));
    await step(closeDay(books, '2026-09-30'));
    // reversed in October, the document of September waits again, but since October only
    await step(scene.does('accountant', 'entry.reverse', { target: 'earnings.v.2026-09.1', reason: '更正' }));
    await step(scene.does('accountant', 'books.reconcile', { data: { book: 'earnings', month: '2026-09' } }));
    await step(scene.does('secretary', 'discrepancy.decide', { target: '月结 2026-09 cash', data: carry }));
    const data = { book: 'earnings', month: '2026-09', carry: { cash: 5000 } };
    await step(scene.does('accountant', 'books.closeMonth', { data }));
    expect(await broken(caseId)).toEqual([]);
  });
});

describe('what the two sides end a month differently by', () => {
  /** The same September with a document the accountant does not have: all but the close of the month. */
  async function differing(): Promise<Ledgered> {
    const books = await new Ledgered(sql, transactions).open();
    const { scene } = books;
    const step = async (refused: string | undefined) => {
      expect(refused).toBeUndefined();
      await books.follow();
    };
    const carry = { decision: 'carry', text: '凭证在途' };
    await step(scene.cash('S-1', 10_000));
    await step(scene.ledger('S-1', 10_000));
    await step(scene.cash('S-2', 5000));
    scene.until('2026-10-02T02:00:00.000Z');
    await books.follow();
    await step(scene.does('secretary', 'discrepancy.decide', { data: carry }));
    await step(counted(books, 'secretary', { '10000': 1, '5000': 1 }));
    await step(closeDay(books, '2026-09-30'));
    await step(scene.does('accountant', 'books.reconcile', { data: { book: 'earnings', month: '2026-09' } }));
    await step(scene.does('secretary', 'discrepancy.decide', { data: carry }));
    return books;
  }
  const close = ({ scene }: Ledgered) =>
    scene.does('accountant', 'books.closeMonth', {
      data: { book: 'earnings', month: '2026-09', carry: { cash: 5000 } },
    });
  const alter = ({ caseId }: Ledgered, statement: string) =>
    sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
    });

  test('is signed by the approver, and the closing names it', async () => {
    const books = await differing();
    expect(close(books)).toBeUndefined();
    await books.follow();
    const [month] = await sql`SELECT carry, signed FROM book_months WHERE case_id = ${books.caseId}`;
    const [balance] =
      await sql`SELECT id, period, channel, off_fen, how, decided_by FROM book_discrepancies WHERE case_id = ${books.caseId} AND why = 'balance'`;
    expect(balance).toMatchObject({
      period: '2026-09',
      channel: 'cash',
      off_fen: 5000,
      how: 'carried',
      decided_by: people.secretary,
    });
    expect(month).toEqual({ carry: { cash: 5000 }, signed: { cash: balance!['id'] } });
    expect(await broken(books.caseId)).toEqual([]);
  });

  const own = `WHERE case_id = $1 AND why = 'balance'`;
  const all = [
    ['nobody', `UPDATE book_discrepancies SET how = NULL, settled_at = NULL ${own}`],
    ['who closes', `UPDATE book_discrepancies SET decided_by = '${people.accountant}' ${own}`],
    ['the approver, of another sum', `UPDATE book_discrepancies SET off_fen = 4999 ${own}`],
    ['the approver, of another month', `UPDATE book_discrepancies SET period = '2026-08' ${own}`],
    ['the approver, of another channel', `UPDATE book_discrepancies SET channel = 'wechat' ${own}`],
    ['the approver, of a document instead', `UPDATE book_discrepancies SET why = 'missing', period = NULL ${own}`],
    ['the approver, afterwards', `UPDATE book_discrepancies SET settled_at = settled_at + interval '1 day' ${own}`],
    ['a correction', `UPDATE book_discrepancies SET decision = 'correct' ${own}`],
  ] as const;
  test.each(all)('is refused where it is signed by %s', async (_, statement) => {
    const books = await differing();
    expect(close(books)).toBeUndefined();
    await alter(books, statement);
    await expect(books.follow()).rejects.toThrow(/signed by nobody else|neither mended nor signed/);
  });
  test.each(all)('is found where it is signed by %s', async (_, statement) => {
    const books = await differing();
    expect(close(books)).toBeUndefined();
    await books.follow();
    await alter(books, statement);
    expect(await broken(books.caseId)).toContain('what the sides of a closed month differ by is signed by another');
  });
  test('is found where the closing names no difference', async () => {
    const books = await differing();
    expect(close(books)).toBeUndefined();
    await books.follow();
    await alter(books, `UPDATE book_months SET signed = NULL WHERE case_id = $1`);
    expect(await broken(books.caseId)).toContain('what the sides of a closed month differ by is signed by another');
  });
});

describe('a book that closes each day', () => {
  const daily = () => new Ledgered(sql, transactions, new Scene({ closeDayWithin: '1 working day' })).open();
  /** Two days with movement, each counted; the first is closed. */
  async function twoDays(): Promise<Ledgered> {
    const books = await daily();
    const { scene } = books;
    const step = async (refused: string | undefined) => {
      expect(refused).toBeUndefined();
      await books.follow();
    };
    await step(scene.cash('S-1', 10_000));
    await step(scene.ledger('S-1', 10_000));
    await step(counted(books, 'cashHolder', { '10000': 1 }));
    scene.until('2026-09-08T02:00:00.000Z');
    await books.follow();
    await step(counted(books, 'cashHolder', { '10000': 1 }));
    await step(scene.cash('S-2', 10_000));
    await step(scene.ledger('S-2', 10_000));
    await step(counted(books, 'cashHolder', { '10000': 2 }));
    await step(closeDay(books, '2026-09-07'));
    return books;
  }

  test('counts and closes each for itself, and the rules hold', async () => {
    const books = await twoDays();
    expect(closeDay(books, '2026-09-08')).toBeUndefined();
    await books.follow();
    expect(await broken(books.caseId)).toEqual([]);
    expect(await sql`SELECT daily FROM books WHERE case_id = ${books.caseId}`).toEqual([{ daily: true }]);
  });

  const alter = ({ caseId }: Ledgered, statement: string) =>
    sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      for (const each of statement.split(';')) await tx.unsafe(each.replaceAll('$1', `'${caseId}'`));
    });

  test('Postgres takes no entry before the day before it was counted, and no day closed by the count of another', async () => {
    const books = await daily();
    const { scene } = books;
    scene.cash('S-1', 10_000);
    await books.follow();
    expect(counted(books, 'cashHolder', { '10000': 1 })).toBeUndefined();
    await books.follow();
    scene.until('2026-09-08T02:00:00.000Z');
    await books.follow();
    expect(scene.cash('S-2', 10_000)).toBeUndefined();
    await alter(
      books,
      'DELETE FROM book_count_channels WHERE case_id = $1; DELETE FROM book_counts WHERE case_id = $1',
    );
    await expect(books.follow()).rejects.toThrow('that was not counted');
    const other = await twoDays();
    expect(closeDay(other, '2026-09-08')).toBeUndefined();
    await alter(other, `UPDATE book_counts SET seq = seq + 900 WHERE case_id = $1 AND day = '2026-09-08'`);
    await expect(other.follow()).rejects.toThrow(/not counted after its last entry|has no count of its own/);
  });

  const last = `(SELECT id FROM book_counts WHERE case_id = $1 ORDER BY seq DESC LIMIT 1)`;
  test.each([
    ['the count of another day', `UPDATE book_days SET count = ${last} WHERE case_id = $1`],
    ['no count before the next day', `UPDATE book_counts SET seq = seq + 900 WHERE case_id = $1`],
    ['two days closed as one', `UPDATE book_days SET day = '2026-09-08', count = ${last} WHERE case_id = $1`],
  ])('the proof finds %s', async (_, statement) => {
    const books = await twoDays();
    expect(await broken(books.caseId)).toEqual([]);
    await alter(books, statement);
    expect(await broken(books.caseId)).toContain('each day has a count of its own, in a book that closes each');
  });
});

describe('the proof finds what was altered behind its back', () => {
  test.each([
    [
      'the day of an entry',
      `UPDATE cash_entries SET booked_date = '2026-09-14' WHERE case_id = $1 AND no = 2`,
      'entries are booked in the open day',
    ],
    [
      'lateness',
      `UPDATE cash_entries SET late = false WHERE case_id = $1 AND no = 3`,
      'entries are booked in the open day',
    ],
    [
      'what a count found',
      `UPDATE book_count_channels SET counted_fen = 9000 WHERE case_id = $1 AND booked_fen = 10000`,
      'counts stand beside what the journal said',
    ],
    [
      'what a count was compared with',
      `UPDATE book_count_channels SET booked_fen = 9000 WHERE case_id = $1 AND booked_fen = 10000`,
      'what is over or short became a difference',
    ],
    [
      'who counted',
      `UPDATE book_counts SET by = 'ledger-person' WHERE case_id = $1 AND kind <> 'day'`,
      'the cash holder counts for the day, others for themselves',
    ],
    [
      'the sums of a day',
      `UPDATE book_day_channels SET opening_fen = opening_fen + 1, closing_fen = closing_fen + 1 WHERE case_id = $1 AND day = '2026-09-15' AND channel = 'cash'`,
      'days are closed one after the other, counted, as the journal says',
    ],
    [
      'the count of a day',
      `UPDATE book_days SET count = (SELECT id FROM book_counts WHERE case_id = $1 ORDER BY seq LIMIT 1) WHERE case_id = $1 AND day = '2026-09-15'`,
      'days are closed one after the other, counted, as the journal says',
    ],
    [
      'the sums of a month',
      `UPDATE book_month_channels SET in_fen = in_fen + 1, closing_fen = closing_fen + 1 WHERE case_id = $1 AND side = 'ledger' AND channel = 'cash'`,
      'months are closed one after the other, as both sides say',
    ],
    [
      'the trial balance',
      `UPDATE book_month_accounts SET debit_fen = debit_fen + 1, closing_fen = closing_fen + 1 WHERE case_id = $1 AND account = '1001'`,
      'the trial balance of every closed month holds',
    ],
    [
      'the count of a month',
      `UPDATE book_counts SET at = '2026-08-20T02:00:00Z' WHERE case_id = $1 AND kind <> 'day'`,
      'a month is closed with its days, its count and its differences',
    ],
    [
      'who closed',
      `UPDATE book_months SET by = 'head-person' WHERE case_id = $1`,
      'every count and closing is what its event tells',
    ],
    [
      'a month gone',
      `DELETE FROM book_month_accounts WHERE case_id = $1; DELETE FROM book_month_channels WHERE case_id = $1; DELETE FROM book_months WHERE case_id = $1`,
      'every count and closing is what its event tells',
    ],
  ])('%s', async (_, change, rule) => {
    const { caseId } = await closed();
    expect(await broken(caseId)).toEqual([]);
    await sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      for (const statement of change.split(';')) await tx.unsafe(statement.replaceAll('$1', `'${caseId}'`));
    });
    expect(await broken(caseId)).toContain(rule);
  });
});

test('a day is closed under steady load: it does not starve, and nothing slips into it', async () => {
  const { caseId } = await new Ledgered(sql, transactions).open();
  let running = true;
  let written = 0;
  let lastError: Error | undefined;
  const write = () =>
    sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL ROLE linli_cash');
      await tx`SELECT pg_advisory_xact_lock_shared(book_lock(${caseId}, 'earnings'))`;
      const [next] = await tx<[{ no: number; fen: number; seq: number }]>`
        SELECT coalesce(max(no), 0) + 1 AS no, coalesce(sum(amount_fen), 0)::bigint AS fen, coalesce(max(seq), 0) + 2 AS seq
        FROM cash_entries WHERE case_id = ${caseId}`;
      const row = {
        ...{
          case_id: caseId,
          id: `e.${next.no}`,
          book: 'earnings',
          channel: 'cash',
          no: next.no,
          direction: 'in',
          amount_fen: 1,
        },
        ...{
          balance_fen: next.fen + 1,
          source_doc: `D-${next.no}`,
          occurred_date: '2026-09-07',
          recorded_by: people.cashHolder,
        },
        ...{ actor_kind: 'person', recorded_at: '2026-09-07T02:00:00.000Z', seq: next.seq },
      };
      await tx`INSERT INTO cash_entries SELECT * FROM json_populate_record(NULL::cash_entries, ${JSON.stringify(row)}::text::json)`;
      // keeps the lock for a while: with so many writers it is held at every moment
      await tx`SELECT pg_sleep(0.01)`;
      written += 1;
    });
  const writers = Array.from({ length: 12 }, async () => {
    while (running) {
      await write().catch((error: Error) => {
        lastError = error;
      });
    }
  });
  const until = (n: number) => expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThanOrEqual(n);
  await until(5);
  const before = written;
  const begun = performance.now();
  const sums = await sql.begin(async (tx) => {
    await tx.unsafe('SET LOCAL ROLE linli_door');
    await tx`SELECT pg_advisory_xact_lock(book_lock(${caseId}, 'earnings'))`;
    const [now] = await tx<[{ fen: number; seq: number }]>`
      SELECT coalesce(sum(amount_fen), 0)::bigint AS fen, max(seq) AS seq FROM cash_entries WHERE case_id = ${caseId}`;
    await tx`INSERT INTO book_counts (case_id, book, by, at, seq, id, kind, day, denominations)
      VALUES (${caseId}, 'earnings', ${people.cashHolder}, '2026-09-07T03:00:00Z', ${now.seq + 1}, 'k', 'day', '2026-09-07',
        ${JSON.stringify({ '1': now.fen })}::text::json)`;
    await tx`INSERT INTO book_count_channels (case_id, count, book, channel, booked_fen, counted_fen)
      VALUES (${caseId}, 'k', 'earnings', 'cash', ${now.fen}, ${now.fen})`;
    await tx`INSERT INTO book_days (case_id, book, by, at, seq, day, count)
      VALUES (${caseId}, 'earnings', ${people.cashHolder}, '2026-09-07T03:00:00Z', ${now.seq + 2}, '2026-09-07', 'k')`;
    await tx`INSERT INTO book_day_channels (case_id, book, day, channel, opening_fen, in_fen, out_fen, closing_fen)
      VALUES (${caseId}, 'earnings', '2026-09-07', 'cash', 0, ${now.fen}, 0, ${now.fen}),
        (${caseId}, 'earnings', '2026-09-07', 'wechat', 0, 0, 0, 0)`;
    return now;
  });
  const tookMs = performance.now() - begun;
  await until(before + 20);
  running = false;
  await Promise.all(writers);
  expect(lastError?.message ?? '').toMatch(/^$|the next number|the balance after/);
  const rows = await sql<{ day: string; fen: number; first: number }[]>`
    SELECT booked_date AS day, sum(amount_fen)::bigint AS fen, min(seq) AS first FROM cash_entries WHERE case_id = ${caseId} GROUP BY 1 ORDER BY 1`;
  expect(rows).toMatchObject([{ day: '2026-09-07', fen: sums.fen }, { day: '2026-09-08' }]);
  // its turn comes after those that write already: many of their transactions in a row would take longer than this
  expect(tookMs).toBeLessThan(5000);
});
