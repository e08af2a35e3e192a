import type { Transactions, Tx } from '../db/transactions.ts';
import type { Instant } from '../sdk/time.ts';
import { storedColumns } from './case-row.ts';
import { verifyChain, whyUnread } from './chain.ts';
import type { Engine } from './engine.ts';
import { nextMorning } from './hold.ts';
import { lockedKey } from './lock.ts';
import type { Row } from './pending.ts';
import { type ModelName, modelNames, type TableRow } from './read-models.ts';
import { compareRow } from './verify.ts';
import { compareModels, differing, keyOf, keysOf, type RebuiltModels, rebuildModels } from './verify-models.ts';
import { type Snapshot, snapshotIn } from './verify-snapshot.ts';
import { storedEffect } from './write.ts';

/** What rebuilding a case came to. */
export interface Rebuilt {
  readonly caseId: string;
  /** What differed from what the events lead to; names rows and columns, never what they hold. */
  readonly differences: readonly string[];
  readonly written: boolean;
  /** Effects whose rows were missing: they are not carried out by themselves. */
  readonly held: readonly string[];
  /** Why nothing is rebuilt: the events are not to be relied on. */
  readonly refused?: string;
}

/** With what a case is rebuilt. */
export interface RebuildDeps {
  readonly transactions: Transactions;
  readonly engine: Engine;
}

/** Read models whose tables lie elsewhere or are called otherwise. */
const tables: Readonly<Partial<Record<ModelName, string>>> = {
  ...{ parties: 'person.parties', items: 'person.items', deadlines: 'person.deadlines', messages: 'person.messages' },
  disclosures: 'person.disclosures',
  ...{ accountability: 'person.accountability', transfers: 'person.transfers', keepers: 'book_keepers' },
};
const tableOf = (model: ModelName): string => tables[model] ?? model;

/**
 * Rebuilds state, row and read models of a case from its events, in one transaction that holds the case; without `write` it
 * only says what differs. A case whose chain does not hold is left as it is: what its events lead to would be no better.
 * Throws what the database throws, and when there is no such case or its events cannot be evolved.
 */
export function rebuildCase({ transactions, engine }: RebuildDeps, caseId: string, write: boolean): Promise<Rebuilt> {
  return transactions.run(async (tx) => {
    // working out a long case takes longer than a process may idle while it holds one
    await tx.unsafe("SET LOCAL idle_in_transaction_session_timeout = '60s'");
    await tx`SELECT FROM cases WHERE case_id = ${caseId} FOR UPDATE`;
    const snapshot = await snapshotIn(tx, caseId);
    const nothing = { caseId, differences: [], written: false, held: [] };
    const broken = verifyChain(snapshot.events, { seq: snapshot.row.seq, hash: snapshot.row.head })[0];
    if (broken) return { ...nothing, refused: `its chain does not hold at event ${broken.seq}: ${broken.what}` };
    const unread = whyUnread(snapshot.events);
    if (unread) return { ...nothing, refused: unread };
    const rebuilt = rebuildModels(snapshot.events);
    const differences = [...compareRow(engine, snapshot, rebuilt), ...compareModels(rebuilt, snapshot.tables)];
    if (!write || differences.length === 0) return { ...nothing, differences };
    await writeRow(tx, engine, snapshot, rebuilt, caseId);
    const held = await writeModels(tx, snapshot, rebuilt, caseId);
    return { caseId, differences, written: true, held };
  });
}

/** Writes the row of a case as its events have it, the last of them included. */
export async function writeRow(
  tx: Tx,
  engine: Engine,
  { row, events }: Snapshot,
  { state }: RebuiltModels,
  caseId: string,
) {
  const last = events.at(-1);
  if (!state || !last) return;
  const key = state.destroyed ? undefined : await lockedKey(tx, caseId);
  const progress = { state, seq: last.seq, head: last.hash };
  const columns = storedColumns(tx, { engine, key, now: last.recordedAt }, progress);
  // a row says only ever more: taking back what it should never have said is for this command alone
  const back =
    row.seq > last.seq || row.last_at > columns.last_at || row.case_no !== state.caseNo || row.witnessed_seq > last.seq;
  if (back) await tx.unsafe('ALTER TABLE cases DISABLE TRIGGER cases_move_forward');
  await tx`
    UPDATE cases SET case_no = ${state.caseNo}, seq = ${last.seq}, head = ${last.hash}, program_version = ${state.program.version}, program_hash = ${state.program.hash}, unit = ${columns.unit},
      status = ${columns.status}, stage = ${columns.stage}, state = ${columns.state}::text::json, outline = ${columns.outline}::text::json,
      state_version = ${columns.state_version}, calendar_version = ${columns.calendar_version}, opened_at = ${state.openedAt},
      last_at = ${columns.last_at}, closed_at = ${columns.closed_at}, next_due = ${columns.next_due},
      wake_at = ${columns.wake_at}, witnessed_seq = least(witnessed_seq, ${last.seq})
    WHERE case_id = ${caseId}`;
  if (back) await tx.unsafe('ALTER TABLE cases ENABLE TRIGGER cases_move_forward');
}

/**
 * Puts the rows right one after the other; answers the effects that were missing and are held. `remind` says when messages that
 * were missing are brought again, if nobody has acknowledged them.
 */
export async function writeModels(
  tx: Tx,
  snapshot: Snapshot,
  { rows }: RebuiltModels,
  caseId: string,
  remind: 'now' | 'next morning' = 'now',
): Promise<string[]> {
  for (const model of modelNames) {
    const stored = new Map(snapshot.tables[model].map((row) => [keyOf(model, row), row]));
    const gone = [...stored].filter(([key]) => !rows[model].has(key)).map(([, row]) => row);
    // messages are referred to by what brings them
    if (model === 'messages')
      for (const { id } of gone) await tx`DELETE FROM reminders WHERE message_id = ${String(id)}`;
    for (const row of gone)
      await tx.unsafe(`DELETE FROM ${tableOf(model)} t USING ${given(model)} r WHERE ${same(model)}`, [
        text(row, caseId),
      ]);
    const changed = [...rows[model]].flatMap(([key, row]): Row[] => {
      const before = stored.get(key);
      return before && differing(model, row, before).length > 0 ? [row] : [];
    });
    const absent = [...rows[model]].filter(([key]) => !stored.has(key)).map(([, row]) => row);
    if (changed.length === 0 && absent.length === 0) continue;
    const key = model === 'effects' ? await lockedKey(tx, caseId) : undefined;
    const [wrong, missing] = [changed, absent].map((each) =>
      model === 'effects' ? each.map((row) => storedEffect(tx, key, row)) : each,
    ) as [Row[], Row[]];
    const columns = await columnsIn(tx, model);
    const set = columns.map((name) => `"${name}" = r."${name}"`).join(', ');
    for (const row of wrong)
      await tx.unsafe(`UPDATE ${tableOf(model)} t SET ${set} FROM ${given(model)} r WHERE ${same(model)}`, [
        text(row, caseId),
      ]);
    for (const row of missing) await insert(tx, model, columns, row, caseId, remind);
  }
  const known = new Set(snapshot.tables.effects.map(({ id }) => id));
  return [...rows.effects.values()].filter(({ id }) => !known.has(id)).map(({ id }) => String(id));
}

async function insert(
  tx: Tx,
  model: ModelName,
  columns: readonly string[],
  row: Row,
  caseId: string,
  remind: 'now' | 'next morning',
): Promise<void> {
  if (model === 'effects') {
    // whether it was carried out is not known: it counts as begun, and only `restore-workflows` begins it again
    const { id, seq, n, kind, payload } = row;
    const at = row['created_at'] as Instant;
    await tx`
      INSERT INTO effects (id, case_id, seq, n, kind, payload, created_at, next_try, done_at)
      VALUES (${String(id)}, ${caseId}, ${Number(seq)}, ${Number(n)}, ${String(kind)}, ${JSON.stringify(payload)}::text::json,
        ${at}, ${at}, clock_timestamp())`;
    return;
  }
  const names = columns.map((name) => `"${name}"`).join(', ');
  await tx.unsafe(`INSERT INTO ${tableOf(model)} (${names}) SELECT ${names} FROM ${given(model)}`, [text(row, caseId)]);
  // rather brought twice than never; what was lost after it had been brought comes with the next morning's
  if (model !== 'messages' || row['acknowledged_at'] != null) return;
  const at = remind === 'now' || row['kind'] === 'emergency' ? tx`clock_timestamp()` : nextMorning(tx);
  await tx`INSERT INTO reminders (message_id, next_at) VALUES (${String(row['id'])}, ${at}) ON CONFLICT DO NOTHING`;
}

/** A row of the table made of one JSON parameter. */
const given = (model: ModelName): string => `json_populate_record(NULL::${tableOf(model)}, $1::text::json)`;

const same = (model: ModelName): string =>
  ['case_id', ...keysOf[model]].map((name) => `t."${name}" = r."${name}"`).join(' AND ');

const text = (row: Row | TableRow, caseId: string): string => JSON.stringify({ ...row, case_id: caseId });

/** The columns of a read model that follow from events. */
async function columnsIn(tx: Tx, model: ModelName): Promise<string[]> {
  if (model === 'effects') return ['seq', 'n', 'kind', 'payload'];
  const [table, schema = 'public'] = tableOf(model).split('.').reverse();
  const rows = await tx<{ name: string }[]>`
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = ${schema} AND table_name = ${table!} AND is_generated = 'NEVER' ORDER BY ordinal_position`;
  return rows.map(({ name }) => name);
}
