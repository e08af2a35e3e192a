import { entryFacts } from '../db/queries/books.ts';
import type { Tx } from '../db/transactions.ts';
import { personsOf } from '../engine/apart.ts';
import { channelAccount } from '../engine/books/accounts.ts';
import type { CashEntry, LedgerEntry, PostedLine } from '../engine/books/entry.ts';
import type { NeededEntries } from '../engine/books/facts.ts';
import { isForMany } from '../engine/books/persons.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import type { EntryFact, Org } from '../engine/world.ts';
import type { Program } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import { bankStatements } from './bank-statements.ts';
import { closingStatements } from './book-closings.ts';
import { type BookDuty, beginDuties, syncDuties } from './book-duties.ts';
import { claimStatements, householdRows, registerStatements } from './book-registers.ts';
import { endDrafts, insertDrafts, matchStatements } from './book-vouchers.ts';

/** What the tables of the books need beside the events. `state` is the one after them. */
export interface BooksContext {
  readonly caseId: string;
  readonly state: State;
  readonly org: Org;
  readonly program: Program;
  /** Who had which duty at an instant, where the organisation of this installation does not tell: a case that came from another one. */
  readonly duties?: (at: Instant) => readonly BookDuty[];
}

/** The rows of the books a decision asks about, on both sides; read under the case's lock. */
export function loadEntries(tx: Tx, caseId: string, needed: NeededEntries): Promise<readonly EntryFact[]> {
  return entryFacts(tx, caseId, needed);
}

const rolesMayChange = new Set<CaseEvent['type']>([
  'role.assigned',
  'case.moved',
  'case.received',
  'party.added',
  'party.changed',
  'party.ended',
  'book.handedOver',
]);
const entryTypes = new Set<CaseEvent['type']>([
  ...(['cash.recorded', 'cash.reversed', 'ledger.recorded', 'ledger.reversed'] as const),
  ...(['cash.counted', 'day.closed', 'month.closed'] as const),
  ...(['voucher.drafted', 'voucher.returned', 'books.matched'] as const),
  ...(['statement.imported', 'statement.matched', 'statement.unmatched'] as const),
  // the database looks at who has a duty when these are written
  ...(['payout.approved', 'payout.refused', 'discrepancy.decided', 'advance.recorded'] as const),
]);

/**
 * The statements that write what the events of a transaction mean for the books, to be sent together with the rest of it and
 * in their order. Each side is written under its own database role; before that the duties are brought up to date with who
 * holds the posts at that moment. The case's row is there already, the caller has the role `linli_door` and has it again
 * afterwards. Constraints and triggers may refuse (SQLSTATE 23xxx, P0001), at commit at the latest: then nothing of these
 * events may be kept. Events of one side only.
 */
export function bookStatements(tx: Tx, events: readonly CaseEvent[], context: BooksContext): PromiseLike<unknown>[] {
  if (context.program.books.length === 0) return [];
  const opened = events.find((event) => event.type === 'case.opened');
  const last = events.findLast(
    (event) =>
      entryTypes.has(event.type) ||
      (rolesMayChange.has(event.type) && (event.type !== 'case.moved' || event.data.assignments !== undefined)),
  );
  const drafted = events.filter((event) => event.type === 'voucher.drafted');
  const asked = events.filter((event) => event.type === 'payout.requested');
  const cash = events.filter((event) => event.type === 'cash.recorded' || event.type === 'cash.reversed');
  const ledger = events.filter((event) => event.type === 'ledger.recorded' || event.type === 'ledger.reversed');
  // entries refer to payouts, nothing refers to entries
  return [
    ...(opened ? openBooks(tx, context, opened.recordedAt) : []),
    ...(last ? [syncDuties(tx, dutiesOf(context, last.recordedAt), context.caseId, last.recordedAt)] : []),
    ...asked.flatMap((event) => modelStatement(tx, event, context.caseId) ?? []),
    ...claimStatements(tx, events, context.caseId),
    ...underRole(tx, 'linli_cash', cash.length > 0 && insertCash(tx, cash, context.caseId)),
    ...underRole(tx, 'linli_ledger', drafted.length > 0 && insertDrafts(tx, drafted, context.caseId)),
    ...underRole(tx, 'linli_ledger', ledger.length > 0 && insertVouchers(tx, ledger, context.caseId)),
    ...underRole(tx, 'linli_ledger', endDrafts(tx, events, context.caseId)),
    ...events.flatMap((event) => matchStatements(tx, event, context.caseId)),
    ...events.flatMap((event) => registerStatements(tx, event, context.caseId)),
    ...events.flatMap((event) => closingStatements(tx, event, context.caseId)),
    ...events.flatMap((event) => bankStatements(tx, event, context.caseId)),
    ...events.flatMap((event) =>
      asked.includes(event as never) ? [] : (modelStatement(tx, event, context.caseId) ?? []),
    ),
  ];
}

/** Writes what {@link bookStatements} makes. */
export async function writeBooks(tx: Tx, events: readonly CaseEvent[], context: BooksContext): Promise<void> {
  await Promise.all(bookStatements(tx, events, context));
}

function dutiesOf({ program, state, org, duties }: BooksContext, at: string): readonly BookDuty[] {
  if (duties) return duties(at);
  return program.books.flatMap(({ book, cash, ledger, approves, reviews, archives }) =>
    Object.entries({ cash, ledger, approver: approves, reviewer: reviews, archive: archives }).flatMap(
      ([duty, role]) =>
        role === undefined ? [] : personsOf(state, role, org, at).map((person) => ({ book, duty, person })),
    ),
  );
}

/**
 * The statements that open the books of a new case and begin the duties on them, to be sent along with its first events.
 * Refused by the database (SQLSTATE 23P01) when one person would have two duties on one book.
 */
export function openBooks(tx: Tx, context: BooksContext, at: Instant): PromiseLike<unknown>[] {
  const { caseId, program } = context;
  if (program.books.length === 0) return [];
  const books = program.books.map(({ name: [zh, en], ...def }) => {
    const { book, keeps, profile } = def;
    return { book, zh, en, keeps, profile, many: isForMany(program, def), daily: def.closeDayWithin !== undefined };
  });
  const channels = program.books.flatMap(({ book, channels }) =>
    channels.map((channel) => ({ book, channel, account: channelAccount[channel] })),
  );
  return [
    tx`INSERT INTO books (case_id, book, name_zh, name_en, keeps, profile, many, daily, opened_at)
      SELECT ${caseId}, b.*, ${at}::timestamptz
      FROM json_to_recordset(${JSON.stringify(books)}::text::json)
        AS b (book text, zh text, en text, keeps text, profile text, many boolean, daily boolean)`,
    tx`INSERT INTO book_channels (case_id, book, channel, account)
      SELECT ${caseId}, c.* FROM json_to_recordset(${JSON.stringify(channels)}::text::json) AS c (book text, channel text, account text)`,
    beginDuties(tx, dutiesOf(context, at), caseId, at),
  ];
}

/** The statement an event means for discrepancies, comparisons and payouts, if any. */
function modelStatement(tx: Tx, event: CaseEvent, caseId: string): PromiseLike<unknown> | undefined {
  const at = event.recordedAt;
  const by = event.actor.id;
  switch (event.type) {
    case 'document.opened': {
      const { discrepancy, cash, ledger } = event.data.document;
      if (!discrepancy) return undefined;
      return tx`UPDATE book_discrepancies SET cash_fen = ${cash?.amountFen ?? null}, ledger_fen = ${ledger?.amountFen ?? null}
        WHERE case_id = ${caseId} AND id = ${discrepancy}`;
    }
    case 'discrepancy.found': {
      const { id, book, sourceDoc, why, found, cash, ledger, count, month } = event.data;
      const off = count ? count.countedFen - count.bookedFen : month ? month.cashFen - month.ledgerFen : null;
      return tx`INSERT INTO book_discrepancies (case_id, id, book, source_doc, why, found, found_at, cash_fen, ledger_fen, count, channel,
          off_fen, period)
        VALUES (${caseId}, ${id}, ${book}, ${sourceDoc}, ${why}, ${found}, ${at}, ${cash?.amountFen ?? null}, ${ledger?.amountFen ?? null},
          ${count?.id ?? null}, ${(count ?? month)?.channel ?? null}, ${off}, ${month?.period ?? null})`;
    }
    case 'discrepancy.explained':
      return tx`UPDATE book_discrepancies SET explained_by = ${by}, explained_at = ${at} WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    case 'discrepancy.decided':
      return tx`UPDATE book_discrepancies SET decision = ${event.data.decision}, decided_by = ${by}, decided_at = ${at}
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    case 'discrepancy.settled':
      return tx`UPDATE book_discrepancies SET how = ${event.data.how}, settled_at = ${at} WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    case 'books.reconciled': {
      const { book, cashFen, ledgerFen, matched, unmatched } = event.data;
      return tx`INSERT INTO book_reconciliations (case_id, book, seq, compared_by, compared_at, cash_fen, ledger_fen, matched, unmatched, result)
        VALUES (${caseId}, ${book}, ${event.seq}, ${by}, ${at}, ${cashFen}, ${ledgerFen}, ${matched}, ${unmatched},
          ${JSON.stringify(event.data)}::text::json)`;
    }
    case 'payout.requested': {
      const { id, book, channel, amountFen, text, party, onBehalfOf, askedBy, allowance } = event.data;
      return tx`INSERT INTO book_payouts (case_id, id, book, channel, amount_fen, text, party, state, requested_by, on_behalf_of, asked_by,
          requested_at, allowance)
        VALUES (${caseId}, ${id}, ${book}, ${channel}, ${amountFen}, ${text}, ${party ?? null}, 'requested', ${by}, ${onBehalfOf ?? null},
          ${askedBy ?? null}, ${at}, ${allowance ? JSON.stringify(allowance) : null}::text::json)`;
    }
    case 'payout.approved': {
      const { id, allowance } = event.data;
      return tx`UPDATE book_payouts SET state = 'approved', decided_by = ${by}, decided_at = ${at},
          allowance = coalesce(${allowance ? JSON.stringify(allowance) : null}::text::json, allowance)
        WHERE case_id = ${caseId} AND id = ${id}`;
    }
    case 'payout.refused':
      return tx`UPDATE book_payouts SET state = 'refused', decided_by = ${by}, decided_at = ${at} WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    case 'payout.paid':
      return tx`UPDATE book_payouts SET state = 'paid', paid_by = ${by}, paid_at = ${at}, entry = ${event.data.entry}
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    case 'payout.unpaid':
      return tx`UPDATE book_payouts SET state = 'approved', paid_by = NULL, paid_at = NULL, entry = NULL
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    case 'payout.confirmed':
      return tx`UPDATE book_payouts SET state = 'confirmed', confirmed_by = ${by}, confirmed_at = ${at}
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
    default:
      return undefined;
  }
}

/** A statement between taking a role that may do nothing else and giving it back. */
function underRole(
  tx: Tx,
  role: 'linli_cash' | 'linli_ledger',
  statement: PromiseLike<unknown> | false,
): PromiseLike<unknown>[] {
  return statement ? [tx.unsafe(`SET LOCAL ROLE ${role}`), statement, tx.unsafe('SET LOCAL ROLE linli_door')] : [];
}

type Event<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;

/** Columns both sides share, as a row of JSON. */
function entryRow(event: CaseEvent, entry: CashEntry, caseId: string) {
  return {
    case_id: caseId,
    id: entry.id,
    book: entry.book,
    channel: entry.channel,
    no: entry.no,
    direction: entry.direction,
    amount_fen: entry.amountFen,
    balance_fen: entry.balanceFen,
    source_doc: entry.sourceDoc,
    occurred_date: entry.occurredDate,
    text: entry.text,
    payout: entry.payout,
    reverses: entry.reverses,
    advance: entry.advance,
    receipts: entry.receipts,
    booked_date: entry.bookedDate,
    late: entry.late,
    recorded_by: event.actor.id,
    actor_kind: event.actor.kind,
    recorded_at: event.recordedAt,
    act_id: event.actId,
    seq: event.seq,
  };
}

function insertCash(
  tx: Tx,
  events: readonly Event<'cash.recorded' | 'cash.reversed'>[],
  caseId: string,
): PromiseLike<unknown> {
  const rows = JSON.stringify(events.map((event) => entryRow(event, event.data.entry, caseId)));
  const households = householdRows(
    events.map(({ data }) => data.entry),
    caseId,
  );
  if (households.length === 0)
    return tx`INSERT INTO cash_entries SELECT * FROM json_populate_recordset(NULL::cash_entries, ${rows}::text::json)`;
  return tx`
    WITH posted AS (INSERT INTO cash_entries SELECT * FROM json_populate_recordset(NULL::cash_entries, ${rows}::text::json))
    INSERT INTO cash_lines SELECT * FROM json_populate_recordset(NULL::cash_lines, ${JSON.stringify(households)}::text::json)`;
}

/** Vouchers and lines in one statement, so that its checks see both whether they are deferred or not. */
function insertVouchers(
  tx: Tx,
  events: readonly Event<'ledger.recorded' | 'ledger.reversed'>[],
  caseId: string,
): PromiseLike<unknown> {
  const rows = JSON.stringify(events.map((event) => voucherRow(event, event.data.entry, caseId)));
  const lines = JSON.stringify(
    events.flatMap(({ data: { entry } }) => entry.lines.map((line, i) => lineRow(entry.id, line, i + 1, caseId))),
  );
  return tx`
    WITH posted AS (INSERT INTO vouchers SELECT * FROM json_populate_recordset(NULL::vouchers, ${rows}::text::json))
    INSERT INTO voucher_lines SELECT * FROM json_populate_recordset(NULL::voucher_lines, ${lines}::text::json)`;
}

function voucherRow(event: CaseEvent, entry: LedgerEntry, caseId: string) {
  return {
    ...entryRow(event, entry, caseId),
    period: entry.period,
    line_count: entry.lines.length,
    recorded_by: entry.madeBy ?? event.actor.id,
    ...(entry.draft === undefined ? {} : { draft: entry.draft, reviewed_by: event.actor.id }),
    total_fen: entry.lines.reduce((sum, line) => (line.side === 'debit' ? sum + line.amountFen : sum), 0),
  };
}

function lineRow(voucher: string, line: PostedLine, n: number, caseId: string) {
  const { text, account, side, amountFen, item, quantity, priceFen, buyer, party, kind, payer, receipt, purpose } =
    line;
  return {
    case_id: caseId,
    voucher,
    line: n,
    text,
    account,
    side,
    amount_fen: amountFen,
    item,
    quantity,
    price_fen: priceFen,
    buyer,
    party,
    kind,
    payer,
    receipt,
    purpose,
  };
}
