import {
  type EffectWithPayload,
  effectPlace,
  keysOf,
  openEach,
  openJsonEach,
  type Place,
  payloadPlace,
  refusalPlace,
  statePlace,
  type Unread,
  Unreadable,
  withChildren,
} from '../db/sealed.ts';
import type { Transactions, Tx } from '../db/transactions.ts';
import type { Instant } from '../sdk/time.ts';
import { UNKNOWN_BODY } from './act-body.ts';
import type { ChainRow } from './chain.ts';
import { type ActFault, type ActSaid, compareActs } from './compare-acts.ts';
import { endsDestroyed } from './destroyed.ts';
import { type ModelName, modelNames, type TableRow } from './read-models.ts';

/** The row of a case, by column names, as far as it follows from the events. */
export interface CaseColumns {
  readonly case_no: string;
  readonly unit: string;
  readonly program_version: string;
  readonly program_hash: string;
  readonly status: string;
  readonly stage: string | null;
  readonly seq: number;
  readonly head: string;
  /** Undefined where it cannot be read; then `unread` says why. */
  readonly state: unknown;
  readonly unread?: Unread;
  /** Its state is stored in clear. */
  readonly clear: boolean;
  /** Null in a row as an earlier release left it. */
  readonly outline: unknown;
  readonly state_version: number;
  readonly calendar_version: string;
  readonly opened_at: Instant;
  readonly last_at: Instant;
  readonly closed_at: Instant | null;
  readonly next_due: Instant | null;
  readonly wake_at: Instant | null;
  readonly witnessed_seq: number;
}

/** A case as the tables hold it at one instant. */
export interface Snapshot {
  readonly row: CaseColumns;
  readonly events: readonly ChainRow[];
  readonly tables: Readonly<Record<ModelName, readonly TableRow[]>>;
  readonly acts: readonly ActSaid[];
  /** Acts that say something else than their events, events without their act; refusals, and answers of effects, that were altered or whose key is lost. */
  readonly strayActs: readonly { readonly seq?: number; readonly what: string }[];
  /** First events of acts of a type that this release does not know. */
  readonly unjudgedActs: readonly number[];
  /** All documents by what was kept of them. */
  readonly documents: readonly { readonly id: string; readonly sha256: string }[];
  /** Documents whose bytes are not those that were kept. */
  readonly changedDocuments: readonly string[];
}

/** Reads a case in one transaction that sees one instant, so that acts made meanwhile do no harm. Throws when there is none. */
export async function readSnapshot(transactions: Transactions, caseId: string): Promise<Snapshot> {
  return transactions.run(async (tx) => {
    await tx.unsafe('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return snapshotIn(tx, caseId);
  });
}

/** The same in a transaction under way, which holds the case's row lock or sees one instant. Throws when there is no such case. */
export async function snapshotIn(tx: Tx, caseId: string): Promise<Snapshot> {
  const [rows, events, acts, refused, answered, documents, ...tables] = await Promise.all([
    tx<Omit<CaseColumns, 'clear'>[]>`
        SELECT case_no, unit, program_version, program_hash, status, stage, seq, head, state, outline, state_version, calendar_version, opened_at,
          last_at, closed_at, next_due, wake_at, witnessed_seq FROM cases WHERE case_id = ${caseId}`,
    tx<ChainRow[]>`
        SELECT case_id AS "caseId", seq, type, header, hash, prev, payload, recorded_at AS "recordedAt",
          occurred_at AS "occurredAt", actor_kind AS "actorKind", actor_id AS "actorId", actor_post AS "actorPost",
          act_id AS "actId", program_hash AS "programHash"
        FROM events WHERE case_id = ${caseId} ORDER BY seq`,
    tx<ActSaid[]>`
        SELECT act_id AS id, type, status, seq, first_seq AS "firstSeq", body_hash = ${UNKNOWN_BODY} AS "foundAgain", actor_kind AS "actorKind",
          actor_id AS "actorId", actor_post AS "actorPost", recorded_at AS "recordedAt", occurred_at AS "occurredAt"
        FROM acts WHERE case_id = ${caseId} ORDER BY seq, act_id`,
    tx<
      Kept[]
    >`SELECT seq, act_id AS id, refusal AS stored FROM acts WHERE case_id = ${caseId} AND refusal IS NOT NULL ORDER BY seq, act_id`,
    tx<
      Kept[]
    >`SELECT seq, id, answer AS stored FROM effects WHERE case_id = ${caseId} AND answer IS NOT NULL ORDER BY seq, n`,
    tx<{ id: string; sha256: string; there: boolean; changed: boolean }[]>`
        SELECT d.id, d.sha256, c.bytes IS NOT NULL AS there, coalesce(encode(sha256(c.bytes), 'hex') <> d.sha256
          OR octet_length(c.bytes) <> d.size_bytes, true) AS changed
        FROM documents d LEFT JOIN document_contents c ON c.document_id = d.id WHERE d.case_id = ${caseId} ORDER BY d.id`,
    tx<TableRow[]>`SELECT * FROM person.parties WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM assignments WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM items WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM deadlines WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM rungs WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM messages WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM accountability WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM transfers WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM person.disclosures WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT * FROM book_keepers WHERE case_id = ${caseId}`,
    tx<TableRow[]>`SELECT id, case_id, seq, n, kind, payload FROM effects WHERE case_id = ${caseId}`,
  ]);
  const row = rows[0];
  if (!row) throw new Error(`There is no case ${caseId}.`);
  const faults = compareActs(acts, events);
  return {
    row: await openedRow(tx, caseId, row),
    events: await openedChain(tx, events),
    tables: {
      ...(Object.fromEntries(modelNames.map((name, n) => [name, tables[n] ?? []])) as unknown as Snapshot['tables']),
      effects: await openedEffects(tx, tables[modelNames.indexOf('effects')] ?? []),
    },
    acts,
    strayActs: [
      ...faults.flatMap(actFinding),
      ...(await unreadOf(tx, refused, { place: refusalPlace, name: 'refusal of act' })),
      ...(await unreadOf(tx, answered, { place: (id) => effectPlace('answer', id), name: 'answer of effect' })),
    ],
    unjudgedActs: faults.flatMap((fault) => (fault.why === 'type unknown' ? [fault.seq] : [])),
    documents: documents.map(({ id, sha256 }) => ({ id, sha256 })),
    changedDocuments: endsDestroyed(events)
      ? documents.flatMap(({ id, there }) => (there ? [`the case is destroyed, and document ${id} is there`] : []))
      : documents.flatMap(({ id, changed }) =>
          changed ? [`the bytes of document ${id} are not those that were kept`] : [],
        ),
  };
}

function actFinding(fault: ActFault): Snapshot['strayActs'] {
  const { id } = fault;
  if (fault.why === 'type unknown') return [];
  if ('name' in fault) {
    const { seq, why, name } = fault;
    if (why === 'not recorded') return [{ seq, what: `it names act ${id}, which is not recorded so` }];
    const what = name === 'its events' ? 'it does not have all its events' : `the ${name} is not what its events say`;
    return [{ seq, what: `act ${id}: ${what}` }];
  }
  const { why } = fault;
  return [{ what: `act ${id}: ${why === 'beyond' ? 'it is beyond the end of the chain' : why}` }];
}

/** What was kept of an act or an effect, as it is stored. */
interface Kept {
  readonly seq: number;
  readonly id: string;
  readonly stored: unknown;
}

/** What of these can be read by nobody any more; where a key is only away nothing is said. */
async function unreadOf(
  tx: Tx,
  rows: readonly Kept[],
  { place, name }: { readonly place: (id: string) => Place; readonly name: string },
): Promise<{ seq: number; what: string }[]> {
  const opened = await openJsonEach(
    keysOf(tx),
    rows.map(({ id, stored }) => ({ place: place(id), stored })),
  );
  return rows.flatMap(({ seq, id }, n) => {
    const each = opened[n];
    if (!(each instanceof Unreadable) || each.why === 'key away') return [];
    return [{ seq, what: `the ${name} ${id} cannot be read: ${each.why}` }];
  });
}

/** The row with its state opened. */
async function openedRow(tx: Tx, caseId: string, row: Omit<CaseColumns, 'clear'>): Promise<CaseColumns> {
  const [state] = await openJsonEach(keysOf(tx), [{ place: statePlace(caseId, row.seq), stored: row.state }]);
  const clear = typeof row.state !== 'string';
  return state instanceof Unreadable
    ? { ...row, clear, state: undefined, unread: state.why }
    : { ...row, clear, state };
}

/** Effects with what they carry opened; what cannot be is left as it is stored, and differs from what the events lead to. */
const openedEffects = (tx: Tx, rows: readonly TableRow[]): Promise<TableRow[]> =>
  withChildren(rows as readonly (TableRow & EffectWithPayload)[], async (values) =>
    (await openJsonEach(keysOf(tx), values)).map((each) => (each instanceof Unreadable ? undefined : each)),
  );

/** The rows with their payloads opened; of one that cannot be, why. */
async function openedChain(tx: Tx, rows: readonly ChainRow[]): Promise<ChainRow[]> {
  const opened = await openEach(
    keysOf(tx),
    rows.map(({ caseId, seq, payload }) => ({ place: payloadPlace(caseId, seq), bytes: payload })),
  );
  return rows.map((row, n) => {
    const payload = opened[n]!;
    return payload instanceof Unreadable ? { ...row, unread: payload.why } : { ...row, payload };
  });
}
