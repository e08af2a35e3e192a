import { dataOf } from '../db/queries/events.ts';
import { openPayloads } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import type { NeededEntries } from '../engine/books/facts.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { DraftFact, Facts } from '../engine/world.ts';

/** What an act brings as a one-time code, what comparing it would come to, and how often that code was tried. */
export type BroughtCode = NonNullable<Facts['code']> & { readonly act: string; readonly tries: number };

/** After so many tries a code is compared no more. */
const MOST_TRIES = 5;

/** The vouchers under review that acts ask about, read under the case's lock. */
export async function loadDrafts(
  tx: Tx,
  caseId: string,
  needed: readonly NeededEntries[],
): Promise<readonly DraftFact[]> {
  const ids = needed.flatMap(({ draft }) => draft ?? []);
  if (ids.length === 0) return [];
  const rows = await tx<{ id: string; seq: number; payload: Uint8Array }[]>`
    SELECT id, e.seq, e.payload
    FROM voucher_drafts d JOIN events e ON e.case_id = d.case_id AND e.seq = d.seq
    WHERE d.case_id = ${caseId} AND d.state = 'waiting'
      AND d.id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))`;
  const opened = await openPayloads(tx, rows, caseId);
  return opened.map(({ id, payload }) => ({ id, entry: dataOf(payload)['draft'] as DraftFact['entry'] }));
}

/**
 * The code a `payout.confirm` brings beside the last one that was given out for the payout it names.
 * Read under the case's lock. Reading is no try: {@link isTry} says what is.
 */
export async function readCode(tx: Tx, caseId: string, act: Act): Promise<readonly BroughtCode[]> {
  const { code } = Object(act.data) as { code?: unknown };
  if (act.type !== 'payout.confirm' || typeof code !== 'string' || act.target === undefined) return [];
  const rows = await tx<{ id: string; holds: boolean; tries: number }[]>`
    SELECT id, tries, hash = encode(sha256(convert_to(salt || ${code}, 'UTF8')), 'hex') AS holds
    FROM person.payout_codes WHERE case_id = ${caseId} AND payout = ${act.target}
    ORDER BY issued_at DESC, id DESC LIMIT 1`;
  return rows.map((row) => ({ ...row, act: act.id }));
}

/** Codes tried in a transaction, by the act that brought them. */
export type Tries = ReadonlyMap<string, string>;

/** The code of an act, as long as it may still be compared after the other tries. */
export function codeOf(codes: readonly BroughtCode[], act: Pick<Act, 'id'>, tries: Tries): Facts['code'] {
  const found = codes.find((each) => each.act === act.id);
  if (!found) return undefined;
  const others = [...tries].filter(([by, id]) => by !== act.id && id === found.id).length;
  return found.tries + others < MOST_TRIES ? { id: found.id, holds: found.holds } : undefined;
}

/**
 * Whether an act with this outcome was a try of the code it brought: by somebody who may confirm the payout, while the payout
 * waited for it, so that the answer tells whether the code was right. Nobody else can use up tries.
 */
export function isTry(refusal: Refusal | undefined): boolean {
  return refusal === undefined || refusal.code === 'CODE_WRONG';
}

/** Counts a try of a code. It stays counted when the act is refused. */
export function countTry(tx: Tx, caseId: string, id: string): PromiseLike<unknown> {
  return tx`UPDATE person.payout_codes SET tries = tries + 1 WHERE case_id = ${caseId} AND id = ${id} AND tries < ${MOST_TRIES}`;
}

type Event<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;

/** Inserts vouchers that wait for their review. Under the role `linli_ledger`. */
export function insertDrafts(tx: Tx, events: readonly Event<'voucher.drafted'>[], caseId: string) {
  const rows = events.map((event) => {
    const { id, draft } = event.data;
    return {
      ...{ case_id: caseId, id, book: draft.book, channel: draft.channel, direction: draft.direction },
      ...{ amount_fen: draft.amountFen, source_doc: draft.sourceDoc, occurred_date: draft.occurredDate },
      ...{ text: draft.text, payout: draft.payout, reverses: draft.reverses, lines: draft.lines },
      ...{ advance: draft.advance, receipts: draft.receipts },
      ...{ made_by: event.actor.id, made_at: event.recordedAt, act_id: event.actId, seq: event.seq, state: 'waiting' },
    };
  });
  return tx`INSERT INTO voucher_drafts SELECT * FROM json_populate_recordset(NULL::voucher_drafts, ${JSON.stringify(rows)}::text::json)`;
}

/** Writes what their reviews came to: posted as a voucher, or sent back. Under the role `linli_ledger`. */
export function endDrafts(tx: Tx, events: readonly CaseEvent[], caseId: string) {
  const rows = events.flatMap((event): object[] => {
    const by = { reviewed_by: event.actor.id, reviewed_at: event.recordedAt };
    if (event.type === 'voucher.returned') return [{ id: event.data.id, state: 'returned', voucher: null, ...by }];
    if (event.type !== 'ledger.recorded' && event.type !== 'ledger.reversed') return [];
    const { draft, id: voucher } = event.data.entry;
    return draft === undefined ? [] : [{ id: draft, state: 'posted', voucher, ...by }];
  });
  if (rows.length === 0) return false;
  return tx`
    UPDATE voucher_drafts d SET state = r.state, voucher = r.voucher, reviewed_by = r.reviewed_by, reviewed_at = r.reviewed_at
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
      AS r (id text, state text, voucher text, reviewed_by text, reviewed_at timestamptz)
    WHERE d.case_id = ${caseId} AND d.id = r.id`;
}

/** The statements of a match by hand, and of one that was taken apart. */
export function matchStatements(tx: Tx, event: CaseEvent, caseId: string): PromiseLike<unknown>[] {
  if (event.type === 'books.unmatched') {
    const { id, entry } = event.data;
    return [
      tx`UPDATE book_matches SET ended_at = ${event.recordedAt}, ended_entry = ${entry} WHERE case_id = ${caseId} AND id = ${id}`,
    ];
  }
  if (event.type !== 'books.matched') return [];
  const { id, book, channel, direction, amountFen, cash, ledger } = event.data;
  const entries = [
    ...cash.map((entry) => ({ side: 'cash', entry })),
    ...ledger.map((entry) => ({ side: 'ledger', entry })),
  ];
  return [
    tx`INSERT INTO book_matches (case_id, id, book, channel, direction, amount_fen, entries, matched_by, matched_at, seq)
      VALUES (${caseId}, ${id}, ${book}, ${channel}, ${direction}, ${amountFen}, ${entries.length}, ${event.actor.id},
        ${event.recordedAt}, ${event.seq})`,
    tx`INSERT INTO book_match_entries (case_id, match, side, entry)
      SELECT ${caseId}, ${id}, m.side, m.entry
      FROM json_to_recordset(${JSON.stringify(entries)}::text::json) AS m (side text, entry text)`,
  ];
}
