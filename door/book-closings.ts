import type { Tx } from '../db/transactions.ts';
import type { CaseEvent } from '../engine/event.ts';

type Event<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;
type Statement = PromiseLike<unknown>;

/** The statements an event means for counts and closings; none when it is none of theirs. What they say is checked at commit. */
export function closingStatements(tx: Tx, event: CaseEvent, caseId: string): readonly Statement[] {
  switch (event.type) {
    case 'cash.counted':
      return countStatements(tx, event, caseId);
    case 'day.closed':
      return dayStatements(tx, event, caseId);
    case 'month.closed':
      return monthStatements(tx, event, caseId);
    case 'books.archived': {
      const { book, period, after, vouchers, entries, sha256, place } = event.data;
      const row = { ...acted(event, caseId), book, period, after, vouchers, entries, sha256, place };
      return [
        tx`INSERT INTO book_archives SELECT * FROM json_populate_record(NULL::book_archives, ${JSON.stringify(row)}::text::json)`,
      ];
    }
    case 'count.drawn': {
      const { book, span, day, seed, clock } = event.data;
      return [
        tx`INSERT INTO book_draws (case_id, book, span, day, seed, clock, drawn_at, seq)
          VALUES (${caseId}, ${book}, ${span}, ${day}, ${seed}, ${clock}, ${event.recordedAt}, ${event.seq})`,
      ];
    }
    case 'count.missed': {
      const { book, span } = event.data;
      return [
        tx`UPDATE book_draws SET missed_at = ${event.recordedAt} WHERE case_id = ${caseId} AND book = ${book} AND span = ${span}`,
      ];
    }
    default:
      return [];
  }
}

/** Columns of everything an act counts or closes. */
function acted(
  { data, actor, recordedAt, actId, seq }: Event<'cash.counted' | 'day.closed' | 'month.closed' | 'books.archived'>,
  caseId: string,
) {
  return { case_id: caseId, book: data.book, by: actor.id, at: recordedAt, act_id: actId, seq };
}

function countStatements(tx: Tx, event: Event<'cash.counted'>, caseId: string): Statement[] {
  const { id, kind, day, present, witness, denominations, drawn, text, book, channels } = event.data;
  const row = { ...acted(event, caseId), id, kind, day, present, denominations, drawn, text };
  const counted = channels.map(({ channel, bookedFen, countedFen }) => ({
    ...{ case_id: caseId, count: id, book, channel },
    ...{ booked_fen: bookedFen, counted_fen: countedFen },
  }));
  return [
    tx`INSERT INTO book_counts SELECT * FROM json_populate_record(NULL::book_counts, ${JSON.stringify(row)}::text::json)`,
    tx`INSERT INTO book_count_channels SELECT * FROM json_populate_recordset(NULL::book_count_channels, ${JSON.stringify(counted)}::text::json)`,
    ...(witness === undefined
      ? []
      : [tx`INSERT INTO person.book_names (case_id, id, what, name) VALUES (${caseId}, ${id}, 'witness', ${witness})`]),
    ...(drawn === undefined
      ? []
      : [
          tx`UPDATE book_draws SET count = ${id} WHERE case_id = ${caseId} AND book = ${book} AND span = ${drawn} AND count IS NULL`,
        ]),
  ];
}

interface Sums {
  readonly openingFen: number;
  readonly inFen: number;
  readonly outFen: number;
  readonly closingFen: number;
}

const sums = ({ openingFen, inFen, outFen, closingFen }: Sums) => ({
  ...{ opening_fen: openingFen, in_fen: inFen, out_fen: outFen, closing_fen: closingFen },
});

function dayStatements(tx: Tx, event: Event<'day.closed'>, caseId: string): Statement[] {
  const { book, day, after, count, channels } = event.data;
  const row = { ...acted(event, caseId), day, after, count };
  const rows = channels.map((each) => ({ case_id: caseId, book, day, channel: each.channel, ...sums(each) }));
  return [
    tx`INSERT INTO book_days SELECT * FROM json_populate_record(NULL::book_days, ${JSON.stringify(row)}::text::json)`,
    tx`INSERT INTO book_day_channels SELECT * FROM json_populate_recordset(NULL::book_day_channels, ${JSON.stringify(rows)}::text::json)`,
  ];
}

function monthStatements(tx: Tx, event: Event<'month.closed'>, caseId: string): Statement[] {
  const { book, period, channels, accounts, carry, signed, year } = event.data;
  const row = { ...acted(event, caseId), period, carry, signed, result_fen: year?.resultFen };
  const rows = channels.flatMap(({ channel, cash, ledger }) =>
    Object.entries({ cash, ledger }).map(([side, each]) => ({
      case_id: caseId,
      book,
      period,
      side,
      channel,
      ...sums(each),
    })),
  );
  const carried = new Map(year?.moved.map(({ account, fen }) => [account, fen]));
  const all = [
    ...accounts,
    ...[...carried.keys()]
      .filter((account) => !accounts.some((each) => each.account === account))
      .map((account) => ({ account, openingFen: 0, debitFen: 0, creditFen: 0, closingFen: 0 })),
  ];
  const balances = all.map(({ account, openingFen, debitFen, creditFen, closingFen }) => ({
    ...{ case_id: caseId, book, period, account, opening_fen: openingFen, debit_fen: debitFen, credit_fen: creditFen },
    ...{ closing_fen: closingFen, carried_fen: carried.get(account) ?? 0 },
  }));
  return [
    tx`INSERT INTO book_months SELECT * FROM json_populate_record(NULL::book_months, ${JSON.stringify(row)}::text::json)`,
    tx`INSERT INTO book_month_channels SELECT * FROM json_populate_recordset(NULL::book_month_channels, ${JSON.stringify(rows)}::text::json)`,
    tx`INSERT INTO book_month_accounts SELECT * FROM json_populate_recordset(NULL::book_month_accounts, ${JSON.stringify(balances)}::text::json)`,
  ];
}
