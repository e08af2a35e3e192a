import { people } from '../../../engine/books/scene.fixture.ts';
import type { Role } from './ground.ts';
import { asking, cash, duty, into, line, paying, payoutSet, redOfLastYear, voucher, voucherOfMany } from './rows.ts';

/** Something somebody with a database role tries, and why it is refused: words of the error, its SQLSTATE or its constraint. */
export interface SqlAttempt {
  /** The point of the design of the books it is about, 1 to 16. */
  readonly point: number;
  readonly role: Role;
  readonly tries: string;
  readonly does: readonly string[];
  readonly refused: string;
}

const at = "'2027-01-05T03:00:00.000Z'";
const denied = 'permission denied';
const decided = (who: string) =>
  payoutSet('earnings.p.9', `state = 'approved', decided_by = '${who}', decided_at = ${at}`);
const judged = (id: string, who: string) =>
  `UPDATE book_discrepancies SET decision = 'carry', decided_by = '${who}', decided_at = ${at} WHERE case_id = '$held' AND id = '${id}'`;
const settled = (how: string) =>
  `UPDATE book_discrepancies SET how = '${how}', settled_at = ${at} WHERE case_id = '$held' AND id = 'earnings.d.18'`;
const ended = (name: string, until: string) =>
  `UPDATE book_duties SET during = tstzrange(lower(during), ${until}) WHERE case_id = '$held' AND duty = '${name}'`;
const as = (role: Role) => `SET LOCAL ROLE ${role}`;
const person = (n: number) => ({ party: `party-${n}` });
const tomorrow = { recorded_at: '2027-01-06T03:00:00.000Z', booked_date: '2027-01-06' };
const outOf = (payout: string, fen: number, change: object = {}) =>
  voucherOfMany({ payout, direction: 'out', amount_fen: fen, total_fen: fen, balance_fen: 1000 - fen, ...change }, [
    line(1, '2601', 'debit', fen, person(1)),
    line(2, '1001', 'credit', fen),
  ]);
const count = { case_id: '$held', book: 'earnings' };
const match = (matched_by: string, entries: readonly [string, string][], fen: number) => [
  into('book_matches', {
    ...{ case_id: '$held', id: 'earnings.m.99', book: 'earnings', channel: 'cash', direction: 'in', amount_fen: fen },
    ...{ entries: entries.length, matched_by, matched_at: '2027-01-05T03:00:00.000Z', seq: 999 },
  }),
  ...entries.map(([side, entry]) =>
    into('book_match_entries', { case_id: '$held', match: 'earnings.m.99', side, entry }),
  ),
];
const advance = (change: object = {}) =>
  into('book_advances', {
    ...{
      case_id: '$held',
      id: 'earnings.a.99',
      book: 'earnings',
      no: 2,
      paid: 'to others',
      amount_fen: 5,
      text: '材料',
    },
    ...{ source_doc: 'A-2', occurred_date: '2027-01-05', recorded_by: people.secretary, actor_kind: 'person' },
    ...{ recorded_at: '2027-01-05T03:00:00.000Z', seq: 999, ...change },
  });
const gift = (change: object) =>
  into('book_gifts', {
    ...{
      case_id: '$held',
      id: 'earnings.g.99',
      book: 'earnings',
      no: 3,
      kind: 'inKind',
      giver_kind: 'unit',
      item: '米',
    },
    ...{ quantity: 1, unit: '袋', value_fen: 5, occurred_date: '2027-01-05', recorded_by: people.secretary },
    ...{ actor_kind: 'person', recorded_at: '2027-01-05T03:00:00.000Z', seq: 999, ...change },
  });
const draft = "WHERE case_id = '$reviewed' AND state = 'waiting'";
const reviewed = (who: string, more = '') =>
  `UPDATE voucher_drafts SET state = 'posted', reviewed_by = '${who}', reviewed_at = '2026-09-07T03:00Z', voucher = 'earnings.v.2026-09.2'${more} ${draft}`;

/** The attempts by statements, in the order of the points. */
export const sqlAttempts: readonly SqlAttempt[] = (
  [
    // 1 Duty
    [
      1,
      'linli_door',
      'The cash holder is given the ledger as well',
      [duty(people.cashHolder, 'ledger')],
      'book_duties_one_a_person',
    ],
    [
      1,
      'linli_door',
      'The cash holder is made approver as well',
      [duty(people.cashHolder, 'approver')],
      'book_duties_one_a_person',
    ],
    [
      1,
      'linli_door',
      'The accountant is made archive keeper as well',
      [duty(people.accountant, 'archive')],
      'book_duties_one_a_person',
    ],
    [
      1,
      'linli_door',
      "The cash holder's duty is ended before what he recorded, to give him the ledger",
      [ended('cash', "lower(during) + interval '1 second'"), duty(people.cashHolder, 'ledger', '2027-01-01')],
      'does not end before',
    ],
    [
      1,
      'linli_door',
      'A duty is emptied, as if it had never been',
      ["UPDATE book_duties SET during = 'empty' WHERE case_id = '$held' AND duty = 'cash'"],
      'does not end before',
    ],
    [
      1,
      'linli_door',
      'A duty is put in for a time that is past',
      [duty(people.head, 'cash', '2026-01-01')],
      'begins before what is recorded',
    ],
    [
      1,
      'linli_door',
      'An ended duty is opened again, or one is handed to another person',
      [`UPDATE book_duties SET during = '[2000-01-01,)' WHERE case_id = '$held'`],
      'may only be ended',
    ],
    [1, 'linli_door', 'A duty is given to an account nobody has', [duty('second-account', 'reviewer')], '23503'],
    [1, 'linli_door', 'A duty is deleted', ["DELETE FROM book_duties WHERE case_id = '$held'"], denied],
    [1, 'linli_cash', 'The role of the journal gives itself a duty', [duty(people.head, 'ledger')], denied],
    [1, 'linli_ledger', 'The role of the ledger ends a duty', [ended('cash', "'2027-02-01'")], denied],
    // 2 Write rights
    [2, 'linli_cash', 'The role of the journal writes a voucher', [voucher()], denied],
    [2, 'linli_ledger', 'The role of the ledger writes the journal', [cash()], denied],
    [2, 'linli_door', 'The role of the door writes the journal', [cash()], denied],
    [2, 'linli_door', 'The role of the door writes a voucher', [voucher()], denied],
    [2, 'linli_read', 'The role that reads writes the journal', [cash()], denied],
    [2, 'linli_cash', 'One transaction writes both sides', [cash(), as('linli_ledger'), voucher()], 'writes one side'],
    [
      2,
      'linli_cash',
      'It writes both sides and sets back the setting that says so',
      [cash(), "SET LOCAL linli.book_side = ''", as('linli_ledger'), voucher()],
      'writes one side',
    ],
    [
      2,
      'linli_ledger',
      'It writes both sides behind a savepoint',
      [
        'SAVEPOINT s',
        voucher(),
        'RELEASE s',
        "SELECT set_config('linli.book_side', '', true)",
        as('linli_cash'),
        cash(),
      ],
      'writes one side',
    ],
    [
      2,
      'linli_cash',
      'The journal is copied in under the role of the ledger',
      [as('linli_ledger'), "COPY cash_entries FROM PROGRAM 'true'"],
      denied,
    ],
    [
      2,
      'linli_ledger',
      'The ledger is updated through INSERT … ON CONFLICT',
      [`${voucher().split(';')[0]} ON CONFLICT (case_id, id) DO UPDATE SET amount_fen = 1`],
      denied,
    ],
    // 3 Independence
    [
      3,
      'linli_cash',
      "The role of the journal reads the accountant's figures",
      ['SELECT amount_fen FROM vouchers'],
      denied,
    ],
    [
      3,
      'linli_cash',
      'It reads them through a view of its own',
      ['CREATE TEMP VIEW peep AS SELECT * FROM vouchers', 'SELECT * FROM peep'],
      denied,
    ],
    [
      3,
      'linli_cash',
      'It reads the counters, which would tell them',
      ['SELECT balance_fen FROM book_counters'],
      denied,
    ],
    [
      3,
      'linli_ledger',
      "The role of the ledger reads the cash holder's figures",
      ['SELECT balance_fen FROM cash_entries'],
      denied,
    ],
    [3, 'linli_ledger', 'It copies them out', ['COPY cash_entries TO STDOUT'], denied],
    [
      3,
      'linli_ledger',
      'It reads what was found between both sides',
      ['SELECT cash_fen FROM book_discrepancies'],
      denied,
    ],
    // 4 Integer fen
    [4, 'linli_cash', 'An entry of nothing', [cash({ amount_fen: 0, balance_fen: 11_900 })], 'cash_entries_amount'],
    [
      4,
      'linli_cash',
      'An entry below nothing that reverses nothing',
      [cash({ amount_fen: -5, balance_fen: 11_895 })],
      'cash_entries_red',
    ],
    [4, 'linli_cash', 'An entry of half a fen', [cash({ amount_fen: 0.5 })], '22P02'],
    [
      4,
      'linli_cash',
      'An entry beyond the bounds',
      [cash({ amount_fen: 10_000_000_000_001, balance_fen: 10_000_000_011_901 })],
      'cash_entries_amount',
    ],
    [4, 'linli_cash', 'An entry beyond any number', [cash({ amount_fen: '9223372036854775808' })], '22003'],
    [
      4,
      'linli_cash',
      'An entry that moves money both ways',
      [cash({ direction: 'both', balance_fen: 11_800 })],
      'cash_entries_direction',
    ],
    [
      4,
      'linli_ledger',
      'A line of nothing',
      [voucher({}, [line(1, '1001', 'debit', 100), line(2, '2601', 'credit', 100), line(3, '2601', 'credit', 0)])],
      'voucher_lines_amount',
    ],
    [4, 'linli_door', 'A payout of nothing is asked for', [asking({ amount_fen: 0 })], 'book_payouts_amount'],
    // 5 Journal
    [5, 'linli_cash', 'A number is left out', [cash({ no: 8 })], 'the next number is 7'],
    [5, 'linli_cash', 'A number is used again', [cash({ no: 6 })], 'the next number is 7'],
    [5, 'linli_cash', 'A balance that does not follow', [cash({ balance_fen: 12_001 })], 'the balance after'],
    [
      5,
      'linli_cash',
      'A balance below zero',
      [cash({ direction: 'out', amount_fen: 11_901, balance_fen: -1 })],
      'cash_entries_balance',
    ],
    [
      5,
      'linli_cash',
      'An entry slipped into a closed day',
      [cash({ occurred_date: '2026-12-07', booked_date: '2026-12-07' })],
      'is booked on 2027-01-05',
    ],
    [
      5,
      'linli_cash',
      'An entry that comes late and does not say so',
      [cash({ occurred_date: '2026-12-07' })],
      'late t',
    ],
    [5, 'linli_cash', 'An entry of a day to come', [cash({ occurred_date: '2027-01-06' })], 'cash_entries_day'],
    [
      5,
      'linli_cash',
      'An entry recorded before the last one',
      [cash({ recorded_at: '2027-01-04T00:00:00.000Z', occurred_date: '2027-01-04', booked_date: '2027-01-04' })],
      'recorded later',
    ],
    [
      5,
      'linli_cash',
      'A book is written at a level where a closing goes unseen',
      ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', cash()],
      'READ COMMITTED',
    ],
    [5, 'linli_door', 'The counter is set back', ["UPDATE book_counters SET no = 1 WHERE case_id = '$held'"], denied],
    [
      5,
      'linli_door',
      'A day is closed again, by the accountant',
      [
        into('book_days', {
          ...count,
          by: people.accountant,
          at: '2027-01-05T03:00:00.000Z',
          seq: 999,
          day: '2027-01-04',
          after: '2026-12-31',
        }),
      ],
      'has no cash duty',
    ],
    // 6 Ledger
    [
      6,
      'linli_ledger',
      'A voucher that does not balance',
      [voucher({}, [line(1, '1001', 'debit', 100), line(2, '2601', 'credit', 99)])],
      'does not balance',
    ],
    [6, 'linli_ledger', 'A voucher of one line', [voucher({}, [line(1, '1001', 'debit', 100)])], 'vouchers_lines'],
    [6, 'linli_ledger', 'A voucher without its lines', [voucher({ line_count: 2 }, [])], 'does not have its 2 lines'],
    [
      6,
      'linli_ledger',
      'A further pair of lines for a posted voucher',
      [line(3, '1001', 'debit', 5), line(4, '2601', 'credit', 5)].map((each) =>
        into('voucher_lines', { case_id: '$held', voucher: 'earnings.v.2027-01.1', ...each }),
      ),
      'already has all its lines',
    ],
    [
      6,
      'linli_ledger',
      'A number of the month is left out',
      [voucher({ id: 'earnings.v.2027-01.9', no: 9 })],
      'the next number is 4',
    ],
    [6, 'linli_ledger', 'A voucher of another month', [voucher({ period: '2026-12', no: 2 })], 'is of 2026-12'],
    [
      6,
      'linli_ledger',
      'A voucher is posted without review where the book has it',
      [
        voucher({
          case_id: '$reviewed',
          id: 'earnings.v.2026-09.2',
          no: 2,
          period: '2026-09',
          balance_fen: 600,
          recorded_at: '2026-09-07T03:00:00.000Z',
          occurred_date: '2026-09-07',
          booked_date: '2026-09-07',
        }),
      ],
      'not the one that was reviewed',
    ],
    [
      6,
      'linli_ledger',
      'The maker reviews his own voucher',
      [reviewed(people.accountant)],
      '/voucher_drafts_apart|has no reviewer duty/',
    ],
    [6, 'linli_ledger', 'The cash holder reviews a voucher', [reviewed(people.cashHolder)], 'has no reviewer duty'],
    [
      6,
      'linli_ledger',
      'A voucher is said to be posted that is nowhere',
      [reviewed(people.reviewer)],
      'which is not there',
    ],
    [
      6,
      'linli_ledger',
      'The reviewer changes what he reviews',
      [`UPDATE voucher_drafts SET amount_fen = 1 ${draft}`],
      denied,
    ],
    [6, 'linli_door', 'The door reviews a voucher', [reviewed(people.reviewer)], denied],
    // 7 Append-only: see also the table of all roles and all tables beside this one
    [
      7,
      'linli_cash',
      'The journal is merged over',
      ["MERGE INTO cash_entries e USING (SELECT 1) s ON e.case_id = '$held' WHEN MATCHED THEN DELETE"],
      denied,
    ],
    [
      7,
      'linli_cash',
      'Triggers are switched off for the session',
      ['SET session_replication_role = replica', cash({ no: 99 })],
      denied,
    ],
    [
      7,
      'linli_ledger',
      'A trigger is switched off for the table',
      ['ALTER TABLE vouchers DISABLE TRIGGER ALL'],
      'must be owner',
    ],
    [
      7,
      'linli_door',
      'A trigger is dropped',
      ['DROP TRIGGER cash_entries_never_change ON cash_entries'],
      'must be owner',
    ],
    [
      7,
      'linli_door',
      'A rule is rewritten',
      ['CREATE RULE quiet AS ON INSERT TO cash_entries DO INSTEAD NOTHING'],
      'must be owner',
    ],
    [7, 'linli_door', 'A posted payout is rewritten', [payoutSet('earnings.p.4', 'amount_fen = 1')], denied],
    // 8 Reversal
    [8, 'linli_cash', 'Red ink across a closed year', [cash(redOfLastYear)], 'a closed year'],
    [
      8,
      'linli_cash',
      'Red ink of another amount',
      [cash({ reverses: 'earnings.c.cash.4', source_doc: 'M-1', amount_fen: -999, balance_fen: 10_901 })],
      'not the mirror',
    ],
    [
      8,
      'linli_cash',
      'Red ink of an entry of nobody',
      [cash({ reverses: 'earnings.c.cash.99', amount_fen: -1, balance_fen: 11_899 })],
      'not the mirror',
    ],
    [
      8,
      'linli_cash',
      'An entry is reversed twice',
      [7, 8].map((no) =>
        cash({
          id: `earnings.c.cash.${no}`,
          no,
          reverses: 'earnings.c.cash.6',
          source_doc: 'D-1',
          amount_fen: -700,
          balance_fen: 11_900 - 700 * (no - 6),
          seq: 990 + no,
        }),
      ),
      'already reversed',
    ],
    [
      8,
      'linli_cash',
      'Red ink of red ink',
      [
        cash({ reverses: 'earnings.c.cash.6', source_doc: 'D-1', amount_fen: -700, balance_fen: 11_200 }),
        cash({
          id: 'earnings.c.cash.8',
          no: 8,
          reverses: 'earnings.c.cash.7',
          source_doc: 'D-1',
          amount_fen: -700,
          balance_fen: 10_500,
          seq: 1000,
        }),
      ],
      'not the mirror',
    ],
    [
      8,
      'linli_ledger',
      'Red ink on other accounts than the original',
      [
        voucher(
          {
            reverses: 'earnings.v.2027-01.3',
            source_doc: 'D-1',
            amount_fen: -600,
            total_fen: -600,
            balance_fen: 11_000,
          },
          [line(1, '1001', 'debit', -600), line(2, '4501', 'credit', -600)],
        ),
      ],
      'not the exact mirror',
    ],
    [
      8,
      'linli_cash',
      'The payment of a payout is reversed and the payout stays paid',
      [
        cash({
          reverses: 'earnings.c.cash.3',
          payout: 'earnings.p.6',
          direction: 'out',
          source_doc: 'P-2',
          amount_fen: -200,
          balance_fen: 12_100,
        }),
      ],
      'which stays paid',
    ],
    [
      8,
      'linli_cash',
      'A confirmed payment is reversed',
      [
        cash({
          reverses: 'earnings.c.cash.2',
          payout: 'earnings.p.4',
          direction: 'out',
          source_doc: 'P-1',
          amount_fen: -100,
          balance_fen: 12_000,
        }),
      ],
      'which stays paid',
    ],
    // 9 Counting
    [
      9,
      'linli_door',
      'The cash holder counts where another should',
      [
        into('book_counts', {
          ...count,
          id: 'earnings.k.99',
          by: people.cashHolder,
          at: '2027-01-05T03:00:00.000Z',
          seq: 999,
          kind: 'scheduled',
          day: '2027-01-05',
          denominations: {},
          present: people.head,
        }),
      ],
      '/book_counts_third|is not for who made it/',
    ],
    [
      9,
      'linli_door',
      'A channel is added to a count afterwards',
      [
        into('book_count_channels', {
          ...count,
          count: 'earnings.k.19',
          channel: 'wechat',
          booked_fen: 0,
          counted_fen: 0,
        }),
      ],
      'nothing is added',
    ],
    [
      9,
      'linli_door',
      'What was counted is corrected',
      ["UPDATE book_count_channels SET counted_fen = booked_fen WHERE case_id = '$held'"],
      denied,
    ],
    [
      9,
      'linli_cash',
      "The cash holder's role writes a count",
      [
        into('book_counts', {
          ...count,
          id: 'earnings.k.99',
          by: people.cashHolder,
          at: '2027-01-05T03:00:00.000Z',
          seq: 999,
          kind: 'day',
          day: '2027-01-05',
        }),
      ],
      denied,
    ],
    [9, 'linli_read', 'The secret of the surprise counts is read', ['SELECT secret FROM count_lots'], denied],
    [
      9,
      'linli_door',
      'The cash holder signs the shortage of his own box',
      [judged('earnings.d.20', people.cashHolder)],
      'who keeps a side',
    ],
    // 10 Matching
    [
      10,
      'linli_door',
      'The cash holder matches by hand',
      match(
        people.cashHolder,
        [
          ['cash', 'earnings.c.cash.6'],
          ['ledger', 'earnings.v.2027-01.3'],
        ],
        700,
      ),
      'does not match',
    ],
    [
      10,
      'linli_door',
      'The accountant matches by hand',
      match(
        people.accountant,
        [
          ['cash', 'earnings.c.cash.6'],
          ['ledger', 'earnings.v.2027-01.3'],
        ],
        700,
      ),
      'does not match',
    ],
    [
      10,
      'linli_door',
      'Two amounts that differ are matched',
      match(
        people.secretary,
        [
          ['cash', 'earnings.c.cash.6'],
          ['ledger', 'earnings.v.2027-01.3'],
        ],
        700,
      ),
      'does not hold',
    ],
    [
      10,
      'linli_door',
      'A matched entry is matched again',
      match(
        people.secretary,
        [
          ['cash', 'earnings.c.cash.4'],
          ['ledger', 'earnings.v.2027-01.1'],
          ['ledger', 'earnings.v.2027-01.2'],
        ],
        1000,
      ),
      'stands in another match',
    ],
    [
      10,
      'linli_door',
      'A match is ended without red ink',
      ["UPDATE book_matches SET ended_at = now(), ended_entry = 'earnings.c.cash.4' WHERE case_id = '$held'"],
      'ends by the reversal',
    ],
    [
      10,
      'linli_door',
      'The cash holder decides on a difference he recorded',
      [judged('earnings.d.18', people.cashHolder)],
      'does not decide',
    ],
    [
      10,
      'linli_door',
      'The accountant decides on a difference he recorded',
      [judged('earnings.d.18', people.accountant)],
      'does not decide',
    ],
    [
      10,
      'linli_door',
      'The accountant decides on a difference of the other side',
      [judged('earnings.d.23', people.accountant)],
      'who keeps a side',
    ],
    [10, 'linli_door', 'A difference is carried that nobody signed', [settled('carried')], 'neither mended nor signed'],
    [
      10,
      'linli_door',
      'A difference is called mended that stands',
      [settled('corrected')],
      'neither mended nor signed',
    ],
    [
      10,
      'linli_door',
      'A second difference is opened for the same paper',
      [
        into('book_discrepancies', {
          ...count,
          id: 'earnings.d.99',
          source_doc: 'D-1',
          why: 'amount',
          found: 'at entry',
          found_at: '2027-01-05T03:00:00.000Z',
          cash_fen: 700,
          ledger_fen: 600,
        }),
      ],
      'book_discrepancies_one_open',
    ],
    [10, 'linli_ledger', 'The document of another entry is taken', [voucher({ source_doc: 'R-1' })], 'book_documents'],
    // 11 Month close
    [
      11,
      'linli_ledger',
      'A voucher falls into a closed month',
      [
        voucher({
          period: '2026-12',
          no: 2,
          booked_date: '2026-12-31',
          occurred_date: '2026-12-31',
          recorded_at: '2027-01-05T03:00:00.000Z',
        }),
      ],
      'is booked on 2027-01-05',
    ],
    [11, 'linli_door', 'A closed month is opened again', ["DELETE FROM book_months WHERE case_id = '$held'"], denied],
    [
      11,
      'linli_door',
      'An account is added to a closed month',
      [
        into('book_month_accounts', {
          ...count,
          period: '2026-12',
          account: '4501',
          opening_fen: 0,
          debit_fen: 0,
          credit_fen: 0,
          closing_fen: 0,
          carried_fen: 0,
        }),
      ],
      'nothing is added',
    ],
    [
      11,
      'linli_door',
      'A month is closed before it is over',
      [
        into('book_months', {
          ...count,
          by: people.accountant,
          at: '2027-01-05T03:00:00.000Z',
          seq: 999,
          period: '2027-01',
        }),
      ],
      'book_months_over',
    ],
    [
      11,
      'linli_door',
      'A month is closed by the cash holder, over open differences',
      [
        into('book_months', {
          ...count,
          by: people.cashHolder,
          at: '2027-02-05T03:00:00.000Z',
          seq: 999,
          period: '2027-01',
        }),
      ],
      'has no ledger duty',
    ],
    [
      11,
      'linli_door',
      'A month is closed over open differences',
      [
        into('book_months', {
          ...count,
          by: people.accountant,
          at: '2027-02-05T03:00:00.000Z',
          seq: 999,
          period: '2027-01',
        }),
      ],
      'not all days',
    ],
    // 12 Statement and confirmation
    [
      12,
      'linli_door',
      'The payer confirms that the money arrived',
      [payoutSet('earnings.p.6', `state = 'confirmed', confirmed_by = '${people.cashHolder}', confirmed_at = ${at}`)],
      'book_payouts_payer',
    ],
    [
      12,
      'linli_door',
      'Somebody nobody knows confirms it',
      [payoutSet('earnings.p.6', `state = 'confirmed', confirmed_by = 'nobody', confirmed_at = ${at}`)],
      'book_payouts_confirmed_by_people',
    ],
    [
      12,
      'linli_door',
      'Money is confirmed that was not paid',
      [payoutSet('earnings.p.8', `state = 'confirmed', confirmed_by = '${people.beneficiary}', confirmed_at = ${at}`)],
      'does not go from approved to confirmed',
    ],
    [
      12,
      'linli_door',
      'Tries of a code are set back, to guess on',
      ["UPDATE person.payout_codes SET tries = 0 WHERE id = 'code'"],
      'only go up',
    ],
    [
      12,
      'linli_door',
      'The code is replaced by a known one',
      ["UPDATE person.payout_codes SET hash = repeat('0', 64)"],
      denied,
    ],
    [
      12,
      'linli_cash',
      'The role of the journal reads the hash of a code',
      ['SELECT hash FROM person.payout_codes'],
      denied,
    ],
    // 13 A liability, one account a person
    [
      13,
      'linli_cash',
      'Money leaves without a payout',
      [cash({ direction: 'out', amount_fen: 5, balance_fen: 11_895 })],
      'by an approved payout only',
    ],
    [
      13,
      'linli_cash',
      'Money leaves by a payout nobody approved',
      [paying('earnings.p.9', 50)],
      'not approved like that',
    ],
    [13, 'linli_cash', 'More leaves than was approved', [paying('earnings.p.8', 301)], 'not approved like that'],
    [13, 'linli_cash', 'A payout is paid a second time', [paying('earnings.p.6', 200)], 'which does not say so'],
    [
      13,
      'linli_cash',
      'A confirmed payout is paid a second time',
      [paying('earnings.p.4', 100)],
      'which does not say so',
    ],
    [
      13,
      'linli_cash',
      'Money that comes in is called a payout',
      [cash({ payout: 'earnings.p.8' })],
      'cash_entries_payout',
    ],
    [13, 'linli_door', 'Who asked for a payout approves it', [decided(people.head)], 'book_payouts_apart'],
    [13, 'linli_door', 'For whom it is asked approves it', [decided(people.beneficiary)], 'book_payouts_apart'],
    [13, 'linli_door', 'The accountant approves a payout', [decided(people.accountant)], 'who keeps a side'],
    [13, 'linli_door', 'The cash holder approves a payout', [decided(people.cashHolder)], 'who keeps a side'],
    [13, 'linli_door', 'Somebody nobody knows approves it', [decided('nobody')], 'book_payouts_decided_by_people'],
    [
      13,
      'linli_ledger',
      'One person is set off against another',
      [
        voucherOfMany({ amount_fen: 100 }, [
          line(1, '1001', 'debit', 100),
          line(2, '2601', 'debit', 50, person(1)),
          line(3, '2601', 'credit', 150, person(2)),
        ]),
      ],
      '/set off|whose money/',
    ],
    [
      13,
      'linli_ledger',
      "A person's money comes in past his account, as if a payout",
      [
        voucherOfMany({ payout: 'earnings.p.2' }, [
          line(1, '1001', 'debit', 100),
          line(2, '2601', 'credit', 100, person(1)),
        ]),
      ],
      'vouchers_payout',
    ],
    [
      13,
      'linli_ledger',
      'A line that does not say whose money it is',
      [voucherOfMany({}, [line(1, '1001', 'debit', 100), line(2, '2601', 'credit', 100)])],
      'whose money',
    ],
    [
      13,
      'linli_ledger',
      "A payout is written off another person's account",
      [outOf('earnings.p.4', 100)],
      'whose money',
    ],
    [13, 'linli_ledger', 'More is written off than the payout', [outOf('earnings.p.2', 900)], 'come to more than it'],
    [
      13,
      'linli_ledger',
      'A payout is written off twice',
      [
        outOf('earnings.p.2', 600),
        outOf('earnings.p.2', 600, {
          id: 'earnings.v.2026-09.3',
          no: 3,
          source_doc: 'X-2',
          balance_fen: -200,
          seq: 1000,
        }),
      ],
      'come to more than it',
    ],
    [
      13,
      'linli_door',
      'A sub-ledger is corrected by hand',
      ["UPDATE book_persons SET recorded_fen = 9999 WHERE case_id = '$many'"],
      denied,
    ],
    [
      13,
      'linli_door',
      'Money is kept on the account of what is owed',
      [into('book_channels', { ...count, channel: 'bank', account: '2601' })],
      'book_channels_account',
    ],
    // 14 In kind
    [
      14,
      'linli_door',
      'A gift in kind is booked as money',
      [gift({ channel: 'cash', entry: 'earnings.c.cash.5', source_doc: 'G-1' })],
      '/book_gifts_form|book_gifts_entry/',
    ],
    [
      14,
      'linli_door',
      'A gift of money that no entry brought in',
      [
        gift({
          kind: 'cash',
          item: null,
          quantity: null,
          unit: null,
          channel: 'cash',
          entry: 'earnings.c.cash.6',
          source_doc: 'D-1',
          value_fen: 5,
        }),
      ],
      'no entry of the journal',
    ],
    [14, 'linli_door', 'A number of the register is left out', [gift({ no: 9 })], 'the next number of the register'],
    [14, 'linli_door', 'An anonymous giver without a number', [gift({ giver_kind: 'anonymous' })], '/anonymous/'],
    [
      14,
      'linli_door',
      'A giver without a name is named afterwards',
      [into('person.book_names', { case_id: '$held', id: 'earnings.g.14', what: 'giver', name: '张某' })],
      'without a name',
    ],
    [
      14,
      'linli_door',
      'The estimated value is changed',
      ["UPDATE book_gifts SET value_fen = 1 WHERE case_id = '$held'"],
      denied,
    ],
    [14, 'linli_cash', 'The role of the journal registers a gift', [gift({})], denied],
    // 15 Advances
    [
      15,
      'linli_door',
      'An advance is called repaid that no book repaid',
      [`UPDATE book_advances SET settled_at = ${at}, how = 'repaid' WHERE case_id = '$held'`],
      'not settled in both books',
    ],
    [
      15,
      'linli_door',
      'The cash holder registers an advance',
      [advance({ recorded_by: people.cashHolder })],
      'who keeps a side',
    ],
    [
      15,
      'linli_door',
      'A helper registers his own claim',
      [advance({ helper: people.secretary })],
      'book_advances_helper',
    ],
    [
      15,
      'linli_door',
      'A number of the register of advances is left out',
      [advance({ no: 5 })],
      'the next advance is number 2',
    ],
    [
      15,
      'linli_door',
      'The amount of a claim is changed',
      ["UPDATE book_advances SET amount_fen = 9999 WHERE case_id = '$held'"],
      denied,
    ],
    [
      15,
      'linli_ledger',
      'More is repaid than is owed',
      [
        voucher({ advance: 'earnings.a.16', direction: 'out', amount_fen: 900, total_fen: 900, balance_fen: 10_700 }, [
          line(1, '2209', 'debit', 900),
          line(2, '1001', 'credit', 900),
        ]),
      ],
      'more of advance',
    ],
    [
      15,
      'linli_cash',
      'More is repaid than is owed, in cash and past any payout',
      [cash({ advance: 'earnings.a.16', direction: 'out', amount_fen: 900, balance_fen: 11_000 })],
      'more of advance',
    ],
    // 16 Actor kind
    [16, 'linli_cash', 'The system writes the journal', [cash({ actor_kind: 'system' })], 'cash_entries_actor'],
    [16, 'linli_ledger', 'The system posts a voucher', [voucher({ actor_kind: 'system' })], 'vouchers_actor'],
    [
      16,
      'linli_cash',
      'An entry in the name of the secretary',
      [cash({ recorded_by: people.secretary })],
      'has no cash duty',
    ],
    [
      16,
      'linli_cash',
      'An entry in the name of the accountant',
      [cash({ recorded_by: people.accountant })],
      'has no cash duty',
    ],
    [
      16,
      'linli_ledger',
      'A voucher in the name of the cash holder',
      [voucher({ recorded_by: people.cashHolder })],
      'has no ledger duty',
    ],
    [
      16,
      'linli_door',
      'After both have changed places, the old cash holder records the other side of his own paper',
      [
        ended('cash', "'2027-01-06'"),
        ended('ledger', "'2027-01-06'"),
        duty(people.cashHolder, 'ledger'),
        duty(people.accountant, 'cash'),
        as('linli_ledger'),
        voucher({ source_doc: 'G-1', recorded_by: people.cashHolder, ...tomorrow }),
      ],
      'does not record both sides',
    ],
    [
      16,
      'linli_cash',
      'Red ink in the name of who recorded it, who has left',
      [
        as('linli_door'),
        ended('cash', "'2027-01-06'"),
        as('linli_cash'),
        cash({ reverses: 'earnings.c.cash.6', source_doc: 'D-1', amount_fen: -700, balance_fen: 11_200, ...tomorrow }),
      ],
      'has no cash duty',
    ],
  ] as const
).map(([point, role, tries, does, refused]) => ({ point, role, tries, does, refused }));
