import { people } from '../../../engine/books/scene.fixture.ts';

/** A statement that inserts one row, given as an object; what is left out stays empty. */
export const into = (table: string, row: Record<string, unknown>): string => {
  const columns = Object.keys(row)
    .map((name) => `"${name}"`)
    .join(', ');
  const values = JSON.stringify(row).replaceAll("'", "''");
  return `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_record(NULL::${table}, '${values}')`;
};

const at = '2027-01-05T03:00:00.000Z';

/** The next entry of the journal of money held for one person, right in every column but for what is given. */
export const cash = (change: Record<string, unknown> = {}): string =>
  into('cash_entries', {
    ...{ case_id: '$held', id: 'earnings.c.cash.7', book: 'earnings', channel: 'cash', no: 7, direction: 'in' },
    ...{
      amount_fen: 100,
      balance_fen: 12_000,
      source_doc: 'X-1',
      occurred_date: '2027-01-05',
      booked_date: '2027-01-05',
    },
    ...{ late: false, recorded_by: people.cashHolder, actor_kind: 'person', recorded_at: at, seq: 999 },
    ...change,
  });

/** A payment out of that journal, for a payout. */
export const paying = (payout: string, amount_fen: number, change: Record<string, unknown> = {}): string =>
  cash({ direction: 'out', amount_fen, balance_fen: 11_900 - amount_fen, payout, ...change });

/** A line of the voucher that follows. */
export const line = (n: number, account: string, side: string, amount_fen: number, more: object = {}) => ({
  ...{ line: n, account, side, amount_fen, text: '笔筒' },
  ...more,
});

/** The next voucher of the same book, with its lines. */
export const voucher = (
  change: Record<string, unknown> = {},
  lines: readonly object[] = [line(1, '1001', 'debit', 100), line(2, '2601', 'credit', 100)],
): string => {
  const row: Record<string, unknown> = {
    ...{ case_id: '$held', id: 'earnings.v.2027-01.4', book: 'earnings', channel: 'cash', no: 4, direction: 'in' },
    ...{
      amount_fen: 100,
      balance_fen: 11_700,
      source_doc: 'X-1',
      occurred_date: '2027-01-05',
      booked_date: '2027-01-05',
    },
    ...{ late: false, recorded_by: people.accountant, actor_kind: 'person', recorded_at: at, seq: 999 },
    ...{ period: '2027-01', line_count: lines.length, total_fen: 100 },
    ...change,
  };
  const { case_id, id } = row;
  return [into('vouchers', row), ...lines.map((each) => into('voucher_lines', { case_id, voucher: id, ...each }))].join(
    ';',
  );
};

/** The same in the book of two persons. */
export const voucherOfMany = (change: Record<string, unknown>, lines: readonly object[]): string =>
  voucher(
    {
      ...{ case_id: '$many', id: 'earnings.v.2026-09.2', no: 2, period: '2026-09', balance_fen: 1100 },
      ...{ recorded_at: '2026-09-07T03:00:00.000Z', occurred_date: '2026-09-07', booked_date: '2026-09-07', ...change },
    },
    lines,
  );

/** The first entry of December, of a year that is closed, in red. */
export const redOfLastYear = {
  ...{ reverses: 'earnings.c.cash.1', source_doc: 'S-1', amount_fen: -10_000, balance_fen: 1900 },
};

/** A payout somebody asks for. */
export const asking = (change: Record<string, unknown> = {}): string =>
  into('book_payouts', {
    ...{ case_id: '$held', id: 'earnings.p.99', book: 'earnings', channel: 'cash', amount_fen: 50, text: '生活费' },
    ...{ state: 'requested', requested_by: people.head, requested_at: at, ...change },
  });

/** A change of a payout of the held book. */
export const payoutSet = (id: string, what: string): string =>
  `UPDATE book_payouts SET ${what} WHERE case_id = '$held' AND id = '${id}'`;

/** A duty on the held book. */
export const duty = (person: string, name: string, from = '2027-01-06'): string =>
  into('book_duties', { case_id: '$held', book: 'earnings', person, duty: name, during: `[${from},)` });
