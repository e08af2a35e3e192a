import type { Tx } from '../db/transactions.ts';
import type { CashEntry } from '../engine/books/entry.ts';
import type { CaseEvent } from '../engine/event.ts';

type Event<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;

/** The columns every row of a register has of the act that wrote it. */
function recorded(event: CaseEvent) {
  const { actor, recordedAt, actId, seq } = event;
  return { recorded_by: actor.id, actor_kind: actor.kind, recorded_at: recordedAt, act_id: actId, seq };
}

/** Claims come before the entries that name them. */
export function claimStatements(tx: Tx, events: readonly CaseEvent[], caseId: string): PromiseLike<unknown>[] {
  return events.flatMap((event) => (event.type === 'advance.recorded' ? claim(tx, event, caseId) : []));
}

/** What else the events mean for the registers, after the entries they name. */
export function registerStatements(tx: Tx, event: CaseEvent, caseId: string): PromiseLike<unknown>[] {
  switch (event.type) {
    case 'gift.recorded':
      return gift(tx, event, caseId);
    case 'gift.reversed':
      return [counterEntry(tx, event, caseId)];
    case 'gift.thanked': {
      const { gift, how, sentDate, evidence } = event.data;
      const row = { case_id: caseId, gift, how, sent_date: sentDate, evidence, ...recorded(event) };
      return [
        tx`INSERT INTO book_gift_thanks SELECT * FROM json_populate_record(NULL::book_gift_thanks, ${JSON.stringify(row)}::text::json)`,
      ];
    }
    case 'advance.settled': {
      const { id, how } = event.data;
      return [
        tx`UPDATE book_advances SET settled_at = ${event.recordedAt}, how = ${how} WHERE case_id = ${caseId} AND id = ${id}`,
      ];
    }
    default:
      return [];
  }
}

/** The households behind an amount of the journal, as rows of JSON; written together with the entry, under its role. */
export function householdRows(entries: readonly CashEntry[], caseId: string) {
  return entries.flatMap(({ id, book, households = [] }) =>
    households.map(({ payer, amountFen, receipt }, i) => {
      return { case_id: caseId, entry: id, line: i + 1, book, payer, amount_fen: amountFen, receipt };
    }),
  );
}

function claim(tx: Tx, event: Event<'advance.recorded'>, caseId: string): PromiseLike<unknown>[] {
  const { id, book, no, paid, amountFen, helper, text, sourceDoc, households, occurredDate, evidence } = event.data;
  const row = {
    ...{ case_id: caseId, id, book, no, paid, amount_fen: amountFen, helper: helper.person, party: helper.party, text },
    ...{ households, source_doc: sourceDoc, occurred_date: occurredDate, evidence, ...recorded(event) },
  };
  return [
    tx`INSERT INTO book_advances (case_id, id, book, no, paid, amount_fen, helper, party, text, households, source_doc,
        occurred_date, evidence, recorded_by, actor_kind, recorded_at, act_id, seq)
      SELECT case_id, id, book, no, paid, amount_fen, helper, party, text, households, source_doc, occurred_date, evidence,
        recorded_by, actor_kind, recorded_at, act_id, seq
      FROM json_populate_record(NULL::book_advances, ${JSON.stringify(row)}::text::json)`,
    named(tx, [{ case_id: caseId, id, what: 'helper', name: helper.name }]),
  ];
}

function gift(tx: Tx, event: Event<'gift.recorded'>, caseId: string): PromiseLike<unknown>[] {
  const { id, book, no, kind, giver, anonymous, valueFen, item, quantity, unit, channel, entry } = event.data;
  const { sourceDoc, purpose, occurredDate, evidence, receivedBy } = event.data;
  const row = {
    ...{ case_id: caseId, id, book, no, kind, giver_kind: giver?.kind ?? 'anonymous' },
    ...{ anonymous_year: anonymous?.year, anonymous_n: anonymous?.n, item, quantity, unit, value_fen: valueFen },
    ...{ channel, entry, source_doc: sourceDoc, purpose, occurred_date: occurredDate, evidence, ...recorded(event) },
  };
  const names = [
    ...(giver ? [{ case_id: caseId, id, what: 'giver', name: giver.name, contact: giver.contact }] : []),
    ...(receivedBy === undefined ? [] : [{ case_id: caseId, id, what: 'receiver', name: receivedBy }]),
  ];
  return [
    tx`INSERT INTO book_gifts SELECT * FROM json_populate_record(NULL::book_gifts, ${JSON.stringify(row)}::text::json)`,
    ...(names.length > 0 ? [named(tx, names)] : []),
  ];
}

/** The mirror of the gift, with its own number. */
function counterEntry(tx: Tx, event: Event<'gift.reversed'>, caseId: string): PromiseLike<unknown> {
  const { id, no, reverses, entry = null, occurredDate } = event.data;
  const { recorded_by, actor_kind, recorded_at, act_id, seq } = recorded(event);
  return tx`INSERT INTO book_gifts (case_id, id, book, no, kind, giver_kind, anonymous_year, anonymous_n, item, quantity, unit,
      value_fen, channel, entry, source_doc, purpose, occurred_date, reverses, recorded_by, actor_kind, recorded_at, act_id, seq)
    SELECT case_id, ${id}, book, ${no}, kind, giver_kind, anonymous_year, anonymous_n, item, -quantity, unit, -value_fen, channel,
      ${entry}, source_doc, purpose, ${occurredDate}, id, ${recorded_by}, ${actor_kind}, ${recorded_at}, ${act_id ?? null}, ${seq}
    FROM book_gifts WHERE case_id = ${caseId} AND id = ${reverses}`;
}

function named(tx: Tx, names: readonly object[]): PromiseLike<unknown> {
  return tx`INSERT INTO person.book_names
    SELECT * FROM json_populate_recordset(NULL::person.book_names, ${JSON.stringify(names)}::text::json)`;
}
