import {
  type ColumnKey,
  type EffectPayload,
  keysOf,
  payloadPlace,
  refusalPlace,
  sealEffect,
  sealText,
  sealValue,
} from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { CaseColumns } from './case-row.ts';
import type { ActRow, EventRow, Pending, ReadModels, Row } from './pending.ts';
import type { Recorder } from './record.ts';

/** The case a row belongs to: written out, or the one that the row names. */
type Own = () => ReturnType<Tx>;

/** One statement on its way; all of an act's statements travel together. */
type Statement = PromiseLike<unknown>;

/** Rows as one parameter: a JSON text that the statement takes apart. */
const json = (rows: readonly unknown[]): string => JSON.stringify(rows);

/**
 * The statements that write everything pending, and into the case's own row how far it has come when its columns are
 * given; from then on its workflow lags behind.
 */
export function statementsFor(
  tx: Tx,
  { caseId, key }: Pick<Recorder, 'caseId' | 'key'>,
  { events, acts, models }: Pending,
  columns?: CaseColumns,
): Statement[] {
  return [
    ...(columns ? [recordAll(tx, { caseId, key }, events, acts, columns)] : []),
    ...(!columns && events.length > 0 ? [insertEvents(tx, events, () => key)] : []),
    ...(!columns && acts.length > 0 ? [insertActs(tx, acts, key)] : []),
    ...modelStatements(tx, [{ caseId, key, models }]),
  ];
}

/** A case that time moved on: what is to be written of it, and how far it has come. */
export interface MovedCase {
  readonly caseId: string;
  readonly key: ColumnKey | undefined;
  readonly pending: Pending;
  readonly columns: CaseColumns;
}

/** The statements that write many cases which time moved on: as many as for one. No acts. */
export function statementsForMany(tx: Tx, moved: readonly MovedCase[]): Statement[] {
  if (moved.length === 0) return [];
  const keys = new Map(moved.map(({ caseId, key }) => [caseId, key]));
  // states and outlines are JSON texts already: they are put in as they are
  const rows = moved.map(
    ({ caseId, columns: { state, outline, ...rest } }) =>
      `${JSON.stringify({ case_id: caseId, ...rest }).slice(0, -1)},"state":${state},"outline":${outline}}`,
  );
  return [
    tx`
      WITH recorded AS (${insertEvents(
        tx,
        moved.flatMap(({ pending }) => pending.events),
        (caseId) => keys.get(caseId),
      )})
      UPDATE cases c SET unit = r.unit, status = r.status, stage = r.stage, seq = r.seq, head = r.head, state = r.state, outline = r.outline,
        state_version = r.state_version, calendar_version = r.calendar_version, last_at = r.last_at,
        closed_at = r.closed_at, next_due = r.next_due, wake_at = r.wake_at,
        lagging_since = coalesce(c.lagging_since, r.last_at)
      FROM json_to_recordset(${`[${rows.join(',')}]`}::text::json) AS r (case_id text, unit text, status text, stage text,
        seq bigint, head text, state json, outline json, state_version int, calendar_version text, last_at timestamptz,
        closed_at timestamptz, next_due timestamptz, wake_at timestamptz)
      WHERE c.case_id = r.case_id`,
    ...modelStatements(
      tx,
      moved.map(({ caseId, key, pending: { models } }) => ({ caseId, key, models })),
    ),
  ];
}

/** Events, acts and the case's row in one statement: the common case, and the shortest way. */
function recordAll(
  tx: Tx,
  { caseId, key }: Pick<Recorder, 'caseId' | 'key'>,
  events: readonly EventRow[],
  acts: readonly ActRow[],
  columns: CaseColumns,
): Statement {
  return tx`
    WITH recorded AS (${insertEvents(tx, events, () => key)}), decided AS (${insertActs(tx, acts, key)})
    UPDATE cases SET unit = ${columns.unit}, program_version = ${columns.program_version}, program_hash = ${columns.program_hash}, status = ${columns.status}, stage = ${columns.stage}, seq = ${columns.seq}, head = ${columns.head},
      state = ${columns.state}::text::json, outline = ${columns.outline}::text::json, state_version = ${columns.state_version},
      calendar_version = ${columns.calendar_version}, last_at = ${columns.last_at}, closed_at = ${columns.closed_at},
      next_due = ${columns.next_due}, wake_at = ${columns.wake_at}, stuck_since = NULL, stuck_reason = NULL,
      lagging_since = coalesce(lagging_since, ${columns.last_at}::timestamptz)
    WHERE case_id = ${caseId}`;
}

/**
 * Inserts events, their payloads sealed with the key of their case; each must follow the one before it. In clear only over a client
 * without keys, which whoever writes has to be content with (see `needKeys`). Throws where such a key is missing otherwise.
 */
export function insertEvents(tx: Tx, rows: readonly EventRow[], keyOf: (caseId: string) => ColumnKey | undefined) {
  const sealing = keysOf(tx) !== undefined;
  const kept = rows.map((row) => {
    const key = keyOf(row.case_id);
    if (!key && sealing) throw new Error(`The events of case ${row.case_id} came without its key: nothing is written.`);
    const bytes = key ? sealValue(key, payloadPlace(row.case_id, row.seq), row.payload) : Buffer.from(row.payload);
    return { ...row, payload: bytes.toString('base64') };
  });
  return tx`
    INSERT INTO events (case_id, seq, type, header, hash, prev, payload, recorded_at, occurred_at, actor_kind, actor_id,
      actor_post, act_id, program_hash)
    SELECT case_id, seq, type, convert_to(header, 'UTF8'), hash, prev, decode(payload, 'base64'), recorded_at,
      occurred_at, actor_kind, actor_id, actor_post, act_id, program_hash
    FROM json_to_recordset(${json(kept)}::text::json) AS r (case_id text, seq bigint, type text, header text, hash text,
      prev text, payload text, recorded_at timestamptz, occurred_at timestamptz, actor_kind text, actor_id text,
      actor_post text, act_id text, program_hash text)`;
}

/**
 * Inserts acts of one case with their outcomes; refusals, which repeat what was said, sealed with its key. In clear as events are (see
 * {@link insertEvents}), and where an act on a destroyed case was refused: that says nothing more. Throws where the key is missing otherwise.
 */
export function insertActs(tx: Tx, rows: readonly ActRow[], key: ColumnKey | undefined) {
  const kept = rows.map((row) => {
    const { act_id: id, refusal } = row;
    if (!refusal || (!key && (refusal as Partial<Refusal>).code === 'CASE_DESTROYED')) return row;
    if (!key && keysOf(tx)) throw new Error(`Act ${id} came without the key of its case: nothing is written.`);
    return key ? { ...row, refusal: sealText(key, refusalPlace(id), JSON.stringify(refusal)) } : row;
  });
  return tx`
    INSERT INTO acts (act_id, case_id, type, body_hash, status, refusal, seq, first_seq, actor_kind, actor_id, actor_post,
      recorded_at, occurred_at, after)
    SELECT act_id, case_id, type, body_hash, status, refusal, seq, first_seq, actor_kind, actor_id, actor_post,
      recorded_at, occurred_at, after
    FROM json_to_recordset(${json(kept)}::text::json) AS r (act_id text, case_id text, type text, body_hash text,
      status text, refusal json, seq bigint, first_seq bigint, actor_kind text, actor_id text, actor_post text,
      recorded_at timestamptz, occurred_at timestamptz, after json)`;
}

/** The row of an effect as it is stored, what it carries sealed; in clear as events are (see {@link insertEvents}). Throws where the key is missing otherwise. */
export function storedEffect<T extends Row>(client: object, key: ColumnKey | undefined, row: T): T {
  const [id, payload] = [String(row['id']), row['payload'] as EffectPayload];
  if (key) return { ...row, payload: sealEffect(key, id, payload) };
  if (payload.child !== undefined && keysOf(client))
    throw new Error(`Effect ${id} came without the key of its case: nothing is written.`);
  return row;
}

type Patches =
  | 'itemPatches'
  | 'deadlinePatches'
  | 'accountabilityPatches'
  | 'transferPatches'
  | 'disclosurePatches'
  | 'keeperPatches';
type WholeRows = Exclude<keyof ReadModels, Patches>;

/** Read models of one case or of many: the same statements, each with the rows of all of them. */
function modelStatements(
  tx: Tx,
  cases: readonly { readonly caseId: string; readonly key: ColumnKey | undefined; readonly models: ReadModels }[],
): Statement[] {
  const list: Statement[] = [];
  // a case alone is named by itself: the plan is made for it
  const own: Own = () => (cases.length === 1 ? tx`${cases[0]!.caseId}` : tx`r.case_id`);
  const put = (rows: readonly Row[], make: (rows: string) => Statement) => {
    if (rows.length > 0) list.push(make(json(rows)));
  };
  const each = (key: WholeRows, make: (rows: string) => Statement) =>
    put(
      cases.flatMap(({ models }): Row[] => [...models[key].values()]),
      make,
    );
  const patch = (key: Patches, make: (rows: string) => Statement) =>
    put(
      cases.flatMap(({ caseId, models }) => [...models[key]].map(([id, row]) => ({ ...row, id, case_id: caseId }))),
      make,
    );
  each('parties', (rows) => putParties(tx, rows));
  each('partyEnds', (rows) => endParties(tx, rows));
  each('assignments', (rows) => putAssignments(tx, rows));
  each('items', (rows) => putItems(tx, rows));
  patch('itemPatches', (rows) => patchItems(tx, own, rows));
  each('deadlines', (rows) => putDeadlines(tx, rows));
  patch('deadlinePatches', (rows) => patchDeadlines(tx, own, rows));
  each('rungs', (rows) => insertRungs(tx, rows));
  each('messages', (rows) => insertMessages(tx, rows));
  each('acknowledged', (rows) => acknowledge(tx, own, rows));
  each('accountability', (rows) => insertAccountability(tx, rows));
  patch('accountabilityPatches', (rows) => patchAccountability(tx, own, rows));
  each('transfers', (rows) => insertTransfers(tx, rows));
  patch('transferPatches', (rows) => patchTransfers(tx, own, rows));
  each('disclosures', (rows) => insertDisclosures(tx, rows));
  patch('disclosurePatches', (rows) => patchDisclosures(tx, own, rows));
  each('keepers', (rows) => insertKeepers(tx, rows));
  patch('keeperPatches', (rows) => patchKeepers(tx, own, rows));
  put(
    cases.flatMap(({ key, models }) => models.effects.map((row) => storedEffect(tx, key, row))),
    (rows) => insertEffects(tx, rows),
  );
  return list;
}

const putParties = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO person.parties AS t (case_id, party_id, role, person, name, birth_date, guardian_from, guardian_until, since)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, party_id text, role text, person text,
    name text, birth_date date, guardian_from date, guardian_until date, since timestamptz)
  ON CONFLICT (case_id, party_id) DO UPDATE SET role = excluded.role, person = excluded.person, name = excluded.name,
    birth_date = excluded.birth_date, guardian_from = excluded.guardian_from, guardian_until = excluded.guardian_until,
    since = excluded.since, ended_at = NULL`;

const endParties = (tx: Tx, rows: string): Statement => tx`
  UPDATE person.parties t SET ended_at = r.ended_at
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, party_id text, ended_at timestamptz)
  WHERE t.case_id = r.case_id AND t.party_id = r.party_id`;

const putAssignments = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO assignments AS t (case_id, role, post, person, since, given_at)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, role text, post text, person text, since timestamptz,
    given_at timestamptz)
  ON CONFLICT (case_id, role) DO UPDATE SET post = excluded.post, person = excluded.person, since = excluded.since,
    given_at = excluded.given_at`;

const putItems = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO items AS t (case_id, item_id, key, kind, name_zh, name_en, stage, state, required, by_role, by_post, by_person,
    by_given_at, answers_role, answering_post, assignee_post, assignee_person, assignee_given_at, planned_date, opened_at, due_at, missed_at, done_at, done_by)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, item_id text, key text, kind text, name_zh text,
    name_en text, stage text, state text, required boolean, by_role text, by_post text, by_person text, by_given_at timestamptz,
    answers_role text, answering_post text, assignee_post text, assignee_person text, assignee_given_at timestamptz, planned_date date, opened_at timestamptz,
    due_at timestamptz, missed_at timestamptz, done_at timestamptz, done_by text)
  ON CONFLICT (case_id, item_id) DO UPDATE SET state = excluded.state, key = excluded.key, name_zh = excluded.name_zh,
    name_en = excluded.name_en, stage = excluded.stage, required = excluded.required, by_role = excluded.by_role,
    answers_role = excluded.answers_role, by_post = excluded.by_post,
    by_person = excluded.by_person, by_given_at = excluded.by_given_at, answering_post = excluded.answering_post, assignee_post = excluded.assignee_post,
    assignee_person = excluded.assignee_person, assignee_given_at = excluded.assignee_given_at, opened_at = excluded.opened_at, due_at = excluded.due_at,
    missed_at = excluded.missed_at, done_at = excluded.done_at, done_by = excluded.done_by`;

const patchItems = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE items t SET state = coalesce(r.state, t.state), due_at = coalesce(r.due_at, t.due_at),
    planned_date = coalesce(r.planned_date, t.planned_date), missed_at = coalesce(r.missed_at, t.missed_at), done_at = coalesce(r.done_at, t.done_at),
    done_by = coalesce(r.done_by, t.done_by),
    assignee_post = CASE WHEN r.assigned THEN r.assignee_post ELSE t.assignee_post END,
    assignee_person = CASE WHEN r.assigned THEN r.assignee_person ELSE t.assignee_person END,
    assignee_given_at = CASE WHEN r.assigned THEN r.assignee_given_at ELSE t.assignee_given_at END,
    by_post = CASE WHEN r.filled THEN r.by_post ELSE t.by_post END,
    by_person = CASE WHEN r.filled THEN r.by_person ELSE t.by_person END,
    by_given_at = CASE WHEN r.filled THEN r.by_given_at ELSE t.by_given_at END,
    answering_post = CASE WHEN r.filled THEN r.answering_post ELSE t.answering_post END
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, state text, planned_date date, due_at timestamptz, missed_at timestamptz,
    done_at timestamptz, done_by text, assigned boolean, assignee_post text, assignee_person text, assignee_given_at timestamptz,
    filled boolean, by_post text, by_person text, by_given_at timestamptz, answering_post text)
  WHERE t.case_id = ${own()} AND t.item_id = r.id`;

const putDeadlines = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO deadlines AS t (case_id, deadline_id, "of", name_zh, name_en, answers_role, answering_post, state, generation,
    due_at, provisional, met_at, late, data)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, deadline_id text, "of" text, name_zh text,
    name_en text, answers_role text, answering_post text, state text, generation int, due_at timestamptz,
    provisional boolean, met_at timestamptz, late boolean, data json)
  ON CONFLICT (case_id, deadline_id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,
    answers_role = excluded.answers_role, answering_post = excluded.answering_post, state = excluded.state,
    generation = excluded.generation, due_at = excluded.due_at, provisional = excluded.provisional,
    met_at = excluded.met_at, late = excluded.late, data = excluded.data`;

const patchDeadlines = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE deadlines t SET state = coalesce(r.state, t.state), met_at = coalesce(r.met_at, t.met_at),
    late = coalesce(r.late, t.late)
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, state text, met_at timestamptz, late boolean)
  WHERE t.case_id = ${own()} AND t.deadline_id = r.id`;

const insertRungs = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO rungs (case_id, deadline_id, generation, rung, tell, planned_at, fired_at, seq, told)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, deadline_id text, generation int, rung int,
    tell text, planned_at timestamptz, fired_at timestamptz, seq bigint, told json)`;

const insertMessages = (tx: Tx, rows: string): Statement => tx`
  WITH told AS (
    INSERT INTO messages (id, case_id, seq, n, kind, about, post, person, unit, level, deputy_for, generation, top,
      sealed_from, text_zh, text_en, created_at)
    SELECT * FROM json_to_recordset(${rows}::text::json) AS r (id text, case_id text, seq bigint, n int, kind text,
      about text, post text, person text, unit text, level text, deputy_for text, generation int, top boolean,
      sealed_from json, text_zh text, text_en text, created_at timestamptz)
    RETURNING id, created_at)
  INSERT INTO reminders (message_id, next_at) SELECT id, created_at FROM told`;

const acknowledge = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE messages t SET acknowledged_at = coalesce(t.acknowledged_at, r.acknowledged_at),
    acknowledged_by = coalesce(t.acknowledged_by, r.acknowledged_by)
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, acknowledged_at timestamptz, acknowledged_by text)
  WHERE t.case_id = ${own()} AND t.id = r.id`;

const insertAccountability = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO accountability (case_id, id, deadline_id, name_zh, name_en, post, holders, promised_at, due_at, opened_at,
    result, settled_at, answer, answered_at, outcome, decided_at, decided_by, appeal, appealed_at)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, deadline_id text, name_zh text,
    name_en text, post text, holders json, promised_at timestamptz, due_at timestamptz, opened_at timestamptz,
    result text, settled_at timestamptz, answer text, answered_at timestamptz, outcome text, decided_at timestamptz,
    decided_by text, appeal text, appealed_at timestamptz)`;

const patchAccountability = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE accountability t SET result = coalesce(r.result, t.result), settled_at = coalesce(r.settled_at, t.settled_at),
    answer = coalesce(r.answer, t.answer), answered_at = coalesce(r.answered_at, t.answered_at),
    outcome = coalesce(r.outcome, t.outcome), decided_at = coalesce(r.decided_at, t.decided_at),
    decided_by = coalesce(r.decided_by, t.decided_by), appeal = coalesce(r.appeal, t.appeal),
    appealed_at = coalesce(r.appealed_at, t.appealed_at)
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, result text, settled_at timestamptz, answer text,
    answered_at timestamptz, outcome text, decided_at timestamptz, decided_by text, appeal text, appealed_at timestamptz)
  WHERE t.case_id = ${own()} AND t.id = r.id`;

const insertTransfers = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO transfers (case_id, id, kind, from_unit, to_unit, state, program_id, text, reason, consent, ground, offered_at,
    offered_by, answered_at, answered_by, answer, closed_at, child_case)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, kind text, from_unit text, to_unit text,
    state text, program_id text, text text, reason text, consent text, ground text, offered_at timestamptz,
    offered_by text, answered_at timestamptz, answered_by text, answer text, closed_at timestamptz, child_case text)`;

const patchTransfers = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE transfers t SET state = coalesce(r.state, t.state), answered_at = coalesce(r.answered_at, t.answered_at),
    answered_by = coalesce(r.answered_by, t.answered_by), answer = coalesce(r.answer, t.answer),
    closed_at = coalesce(r.closed_at, t.closed_at), child_case = coalesce(r.child_case, t.child_case)
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, state text, answered_at timestamptz,
    answered_by text, answer text, closed_at timestamptz, child_case text)
  WHERE t.case_id = ${own()} AND t.id = r.id`;

const insertDisclosures = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO person.disclosures (case_id, item_id, id, unit, name_zh, name_en, text, posted_at, until, ended_at)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, item_id text, id text, unit text, name_zh text,
    name_en text, text text, posted_at timestamptz, until timestamptz, ended_at timestamptz)
  ON CONFLICT (case_id, item_id) DO UPDATE SET id = excluded.id, unit = excluded.unit, name_zh = excluded.name_zh,
    name_en = excluded.name_en, text = excluded.text, posted_at = excluded.posted_at, until = excluded.until,
    ended_at = excluded.ended_at`;

const patchDisclosures = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE person.disclosures t SET unit = coalesce(r.unit, t.unit), text = coalesce(r.text, t.text), ended_at = coalesce(r.ended_at, t.ended_at)
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, id text, unit text, text text, ended_at timestamptz)
  WHERE t.case_id = ${own()} AND t.item_id = r.id`;

const insertKeepers = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO book_keepers (case_id, book, side, role, keeper, remains, waits)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (case_id text, book text, side text, role text, keeper text,
    remains boolean, waits boolean)`;

const patchKeepers = (tx: Tx, own: Own, rows: string): Statement => tx`
  UPDATE book_keepers t SET keeper = coalesce(r.keeper, t.keeper), remains = coalesce(r.remains, t.remains),
    waits = coalesce(r.waits, t.waits)
  FROM json_to_recordset(${rows}::text::json) AS r (case_id text, book text, side text, keeper text, remains boolean, waits boolean)
  WHERE t.case_id = ${own()} AND t.book = r.book AND t.side = r.side`;

const insertEffects = (tx: Tx, rows: string): Statement => tx`
  INSERT INTO effects (id, case_id, seq, n, kind, payload, created_at, next_try)
  SELECT * FROM json_to_recordset(${rows}::text::json) AS r (id text, case_id text, seq bigint, n int, kind text,
    payload json, created_at timestamptz, next_try timestamptz)`;
