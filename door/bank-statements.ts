import type { Tx } from '../db/transactions.ts';
import type { Act } from '../engine/act.ts';
import { bankLineId, bankLineKey } from '../engine/books/bank-events.ts';
import { type BankFacts, neededBank, noBank } from '../engine/books/bank-facts.ts';
import type { CaseEvent } from '../engine/event.ts';

/** Rows about statements a decision looks at, at most: more are matched by the next act. */
const MOST_ROWS = 2_000;

/** The rows about bank statements that acts ask about, read under the lock; one statement a book, none where nothing is asked. */
export async function loadBank(tx: Tx, caseId: string, acts: readonly Act[]): Promise<BankFacts> {
  const needed = acts.flatMap((act) => neededBank(act) ?? []);
  if (needed.length === 0) return noBank;
  const books = [...new Set(needed.map(({ book }) => book))];
  const keys = [...new Set(needed.flatMap((each) => each.keys))];
  const rows = await tx<{ facts: BankFacts }[]>`
    WITH book AS (SELECT json_array_elements_text(${JSON.stringify(books)}::text::json) AS book
    ), live AS (
      SELECT m.*, EXISTS (SELECT FROM bank_match_members x JOIN cash_entries r ON r.case_id = x.case_id AND r.reverses = x.entry
        WHERE x.case_id = m.case_id AND x.match = m.id) AS broken
      FROM bank_matches m JOIN book USING (book) WHERE m.case_id = ${caseId} AND m.ended_at IS NULL
    ), taken AS (
      SELECT x.line, x.entry FROM live JOIN bank_match_members x ON x.case_id = live.case_id AND x.match = live.id WHERE NOT live.broken
    ), lines AS (
      SELECT l.*, w.counterparty, w.text FROM bank_lines l JOIN book USING (book)
        LEFT JOIN person.bank_line_names w ON w.case_id = l.case_id AND w.line = l.id WHERE l.case_id = ${caseId}
        AND NOT EXISTS (SELECT FROM taken t WHERE t.line = l.id) ORDER BY l.date, l.statement, l.no LIMIT ${MOST_ROWS}
    ), entries AS (
      SELECT e.* FROM cash_entries e JOIN book USING (book)
        JOIN book_documents d ON d.case_id = e.case_id AND d.book = e.book AND d.side = 'cash' AND d.entry = e.id
      WHERE e.case_id = ${caseId} AND e.channel <> 'cash' AND NOT EXISTS (SELECT FROM taken t WHERE t.entry = e.id)
      ORDER BY e.occurred_date, e.seq LIMIT ${MOST_ROWS}
    )
    SELECT json_build_object(
      'known', (SELECT coalesce(json_agg(json_build_object('key', k.key, 'nth', l.nth, 'channel', l.channel)), '[]')
        FROM json_array_elements_text(${JSON.stringify(keys)}::text::json) AS k (key)
        JOIN bank_lines l ON l.key = encode(sha256(convert_to(k.key, 'UTF8')), 'hex') JOIN book USING (book)
        WHERE l.case_id = ${caseId}),
      'lines', (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('id', id, 'channel', channel, 'date', date,
        'direction', direction, 'amountFen', amount_fen, 'balanceFen', balance_fen, 'counterparty', counterparty, 'text', text,
        'reference', reference)) ORDER BY date, statement, no), '[]') FROM lines),
      'entries', (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('id', id, 'channel', channel, 'direction', direction,
        'amountFen', amount_fen, 'sourceDoc', source_doc, 'occurredDate', occurred_date, 'text', text)) ORDER BY occurred_date, seq),
        '[]') FROM entries),
      'matches', (SELECT coalesce(json_agg(json_build_object('id', id, 'channel', channel, 'broken', broken) ORDER BY seq, id), '[]')
        FROM live)) AS facts`;
  return rows[0]?.facts ?? noBank;
}

type Event<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;

/** The statements an event about bank statements means, in the order they go out; under the role of the door. */
export function bankStatements(tx: Tx, event: CaseEvent, caseId: string): PromiseLike<unknown>[] {
  switch (event.type) {
    case 'statement.imported':
      return imported(tx, event, caseId);
    case 'statement.matched':
      return matched(tx, event, caseId);
    case 'statement.unmatched':
      return [
        tx`UPDATE bank_matches SET ended_by = ${event.actor.id}, ended_at = ${event.recordedAt}, why = ${event.data.why}
          WHERE case_id = ${caseId} AND id = ${event.data.id}`,
      ];
    default:
      return [];
  }
}

function imported(tx: Tx, { data, actor, recordedAt, actId, seq }: Event<'statement.imported'>, caseId: string) {
  const { book, id, channel, document, lines, skipped } = data;
  const rows = lines.map((line) => ({ ...line, id: bankLineId(id, line), key: bankLineKey(line) }));
  return [
    tx`INSERT INTO bank_statements (case_id, id, book, channel, document, lines, skipped, recorded_by, actor_kind, recorded_at, act_id, seq)
      VALUES (${caseId}, ${id}, ${book}, ${channel}, ${document ?? null}, ${lines.length}, ${skipped.length}, ${actor.id}, ${actor.kind},
        ${recordedAt}, ${actId ?? null}, ${seq})`,
    tx`INSERT INTO bank_lines (case_id, id, statement, no, book, channel, date, direction, amount_fen, balance_fen, reference, key, nth)
      SELECT ${caseId}, l.id, ${id}, l.no, ${book}, ${channel}, l.date, l.direction, l."amountFen", l."balanceFen", l.reference, encode(sha256(convert_to(l.key, 'UTF8')), 'hex'), l.nth
      FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS l (id text, no int, date date, direction text, "amountFen" bigint,
        "balanceFen" bigint, reference text, key text, nth int)`,
    tx`INSERT INTO person.bank_line_names (case_id, line, counterparty, text)
      SELECT ${caseId}, l.id, l.counterparty, l.text
      FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS l (id text, counterparty text, text text)
      WHERE num_nonnulls(l.counterparty, l.text) > 0`,
  ];
}

function matched(tx: Tx, { data, actor, recordedAt, seq }: Event<'statement.matched'>, caseId: string) {
  const { book, channel, matches } = data;
  const rows = matches.map(({ id, how, lines, entries }) => ({ id, how, members: lines.length + entries.length }));
  const members = matches.flatMap(({ id, lines, entries }) =>
    [...lines.map((line) => ({ line })), ...entries.map((entry) => ({ entry }))].map((each, i) => ({
      match: id,
      n: i + 1,
      ...each,
    })),
  );
  return [
    tx`INSERT INTO bank_matches (case_id, id, book, channel, how, members, matched_by, matched_at, seq)
      SELECT ${caseId}, m.id, ${book}, ${channel}, m.how, m.members, ${actor.id}, ${recordedAt}, ${seq}
      FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS m (id text, how text, members int)`,
    tx`INSERT INTO bank_match_members (case_id, match, n, line, entry)
      SELECT ${caseId}, m.match, m.n, m.line, m.entry
      FROM json_to_recordset(${JSON.stringify(members)}::text::json) AS m (match text, n int, line text, entry text)`,
  ];
}
