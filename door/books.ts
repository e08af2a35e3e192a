import { entryFacts } from '../db/queries/books.ts';
import type { Tx } from '../db/transactions.ts';
import { holdersOf } from '../engine/books/access.ts';
import { channelAccount } from '../engine/books/accounts.ts';
import type { CashEntry, LedgerEntry } from '../engine/books/entry.ts';
import type { NeededEntries } from '../engine/books/facts.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import type { EntryFact, Org } from '../engine/world.ts';
import type { Program } from '../sdk/program.ts';
import { syncDuties } from './book-duties.ts';

/** What the tables of the books need beside the events. `state` is the one after them. */
export interface BooksContext {
  readonly caseId: string;
  readonly state: State;
  readonly org: Org;
  readonly program: Program;
}

/** The rows of the books a decision asks about, on both sides; read under the case's lock. */
export function loadEntries(tx: Tx, caseId: string, needed: NeededEntries): Promise<readonly EntryFact[]> {
  return entryFacts(tx, caseId, needed);
}

const rolesMayChange = new Set<CaseEvent['type']>([
  'case.opened',
  'role.assigned',
  'party.added',
  'party.changed',
  'party.ended',
]);
const entryTypes = new Set<CaseEvent['type']>(['cash.recorded', 'cash.reversed', 'ledger.recorded', 'ledger.reversed']);

/**
 * Writes what events of one act mean for the books. Each side is written under its own database role; before that the
 * duties are brought up to date with who holds the posts at that moment. The case's row is there already, the caller has
 * the role `linli_door` and has it again afterwards. Constraints and triggers of the database may refuse (SQLSTATE 23xxx,
 * P0001): then nothing of the act is kept. Vouchers are checked with their lines in the same statement at the latest
 * when the caller sets constraints immediate or commits.
 */
export async function writeBooks(tx: Tx, events: readonly CaseEvent[], context: BooksContext): Promise<void> {
  if (context.program.books.length === 0) return;
  const opened = events.find((event) => event.type === 'case.opened');
  if (opened) await openBooks(tx, opened, context);
  const last = events.findLast((event) => rolesMayChange.has(event.type) || entryTypes.has(event.type));
  if (last) await syncDuties(tx, dutiesOf(context, last.recordedAt), context.caseId, last.recordedAt);
  for (const event of events) await writeEvent(tx, event, context.caseId);
}

function dutiesOf({ program, state, org }: BooksContext, at: string) {
  return program.books.flatMap(({ book, cash, ledger, approves }) =>
    Object.entries({ cash, ledger, approver: approves }).flatMap(([duty, role]) =>
      holdersOf(state, org, role, at).map((person) => ({ book, duty, person })),
    ),
  );
}

async function openBooks(tx: Tx, event: CaseEvent, { caseId, program }: BooksContext): Promise<void> {
  const books = program.books.map(({ book, name: [zh, en], keeps }) => ({ book, zh, en, keeps }));
  const channels = program.books.flatMap(({ book, channels }) =>
    channels.map((channel) => ({ book, channel, account: channelAccount[channel] })),
  );
  await tx`
    INSERT INTO books (case_id, book, name_zh, name_en, keeps, opened_at)
    SELECT ${caseId}, b.*, ${event.recordedAt}::timestamptz
    FROM json_to_recordset(${JSON.stringify(books)}::text::json) AS b (book text, zh text, en text, keeps text)`;
  await tx`
    INSERT INTO book_channels (case_id, book, channel, account)
    SELECT ${caseId}, c.* FROM json_to_recordset(${JSON.stringify(channels)}::text::json) AS c (book text, channel text, account text)`;
}

async function writeEvent(tx: Tx, event: CaseEvent, caseId: string): Promise<void> {
  const at = event.recordedAt;
  const by = event.actor.id;
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
      return underRole(tx, 'linli_cash', () => insertCash(tx, event, event.data.entry, caseId));
    case 'ledger.recorded':
    case 'ledger.reversed':
      return underRole(tx, 'linli_ledger', () => insertVoucher(tx, event, event.data.entry, caseId));
    case 'document.opened': {
      const { discrepancy, cash, ledger } = event.data.document;
      if (!discrepancy) return;
      await tx`UPDATE book_discrepancies SET cash_fen = ${cash?.amountFen ?? null}, ledger_fen = ${ledger?.amountFen ?? null}
        WHERE case_id = ${caseId} AND id = ${discrepancy}`;
      return;
    }
    case 'discrepancy.found': {
      const { id, book, sourceDoc, why, found, cash, ledger } = event.data;
      await tx`INSERT INTO book_discrepancies (case_id, id, book, source_doc, why, found, found_at, cash_fen, ledger_fen)
        VALUES (${caseId}, ${id}, ${book}, ${sourceDoc}, ${why}, ${found}, ${at}, ${cash?.amountFen ?? null}, ${ledger?.amountFen ?? null})`;
      return;
    }
    case 'discrepancy.explained':
      await tx`UPDATE book_discrepancies SET explained_by = ${by}, explained_at = ${at} WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    case 'discrepancy.decided':
      await tx`UPDATE book_discrepancies SET decision = ${event.data.decision}, decided_by = ${by}, decided_at = ${at}
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    case 'discrepancy.settled':
      await tx`UPDATE book_discrepancies SET how = ${event.data.how}, settled_at = ${at} WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    case 'books.reconciled': {
      const { book, cashFen, ledgerFen, matched, unmatched } = event.data;
      await tx`INSERT INTO book_reconciliations (case_id, book, seq, compared_by, compared_at, cash_fen, ledger_fen, matched, unmatched, result)
        VALUES (${caseId}, ${book}, ${event.seq}, ${by}, ${at}, ${cashFen}, ${ledgerFen}, ${matched}, ${unmatched},
          ${JSON.stringify(event.data)}::text::json)`;
      return;
    }
    case 'payout.requested': {
      const { id, book, channel, amountFen, text, by: asker } = event.data;
      await tx`INSERT INTO book_payouts (case_id, id, book, channel, amount_fen, text, state, requested_by, requested_at)
        VALUES (${caseId}, ${id}, ${book}, ${channel}, ${amountFen}, ${text}, 'requested', ${asker}, ${at})`;
      return;
    }
    case 'payout.approved':
    case 'payout.refused':
      await tx`UPDATE book_payouts SET state = ${event.type === 'payout.approved' ? 'approved' : 'refused'}, decided_by = ${by},
        decided_at = ${at} WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    case 'payout.paid':
      await tx`UPDATE book_payouts SET state = 'paid', paid_by = ${by}, paid_at = ${at}, entry = ${event.data.entry}
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    case 'payout.unpaid':
      await tx`UPDATE book_payouts SET state = 'approved', paid_by = NULL, paid_at = NULL, entry = NULL
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    case 'payout.confirmed':
      await tx`UPDATE book_payouts SET state = 'confirmed', confirmed_by = ${by}, confirmed_at = ${at}
        WHERE case_id = ${caseId} AND id = ${event.data.id}`;
      return;
    default:
  }
}

/** Writes under a role that may do nothing else, in one round trip. */
async function underRole(
  tx: Tx,
  role: 'linli_cash' | 'linli_ledger',
  write: () => PromiseLike<unknown>,
): Promise<void> {
  await Promise.all([tx.unsafe(`SET LOCAL ROLE ${role}`), write(), tx.unsafe('SET LOCAL ROLE linli_door')]);
}

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
    recorded_by: event.actor.id,
    actor_kind: event.actor.kind,
    recorded_at: event.recordedAt,
    act_id: event.actId,
    seq: event.seq,
  };
}

function insertCash(tx: Tx, event: CaseEvent, entry: CashEntry, caseId: string): PromiseLike<unknown> {
  const row = JSON.stringify(entryRow(event, entry, caseId));
  return tx`INSERT INTO cash_entries SELECT * FROM json_populate_record(NULL::cash_entries, ${row}::text::json)`;
}

/** Voucher and lines in one statement, so that its checks see both whether they are deferred or not. */
function insertVoucher(tx: Tx, event: CaseEvent, entry: LedgerEntry, caseId: string): PromiseLike<unknown> {
  const debitFen = entry.lines.reduce((sum, line) => (line.side === 'debit' ? sum + line.amountFen : sum), 0);
  const row = JSON.stringify({
    ...entryRow(event, entry, caseId),
    period: entry.period,
    line_count: entry.lines.length,
    total_fen: debitFen,
  });
  const lines = entry.lines.map((line, i) => ({
    case_id: caseId,
    voucher: entry.id,
    line: i + 1,
    text: line.text,
    account: line.account,
    side: line.side,
    amount_fen: line.amountFen,
    item: line.item,
    quantity: line.quantity,
    price_fen: line.priceFen,
    buyer: line.buyer,
  }));
  return tx`
    WITH posted AS (INSERT INTO vouchers SELECT * FROM json_populate_record(NULL::vouchers, ${row}::text::json))
    INSERT INTO voucher_lines SELECT * FROM json_populate_recordset(NULL::voucher_lines, ${JSON.stringify(lines)}::text::json)`;
}
