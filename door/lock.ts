import { type ColumnKey, holdKey, keysOf, openStates, type WrappedKey } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import type { KnownAct } from './known-acts.ts';

/** A case's row as stored, locked until the transaction ends. */
export interface LockedRow {
  readonly caseId: string;
  readonly programHash: string;
  readonly seq: number;
  readonly head: string;
  /** Sealed, or in clear: {@link openCase}. */
  readonly state: unknown;
  readonly stateVersion: number;
  readonly lastAt: Instant;
  readonly witnessedSeq: number;
  readonly frozen: boolean;
  /** Frozen after a restore, and not compared with its histories yet. */
  readonly held: boolean;
  readonly stuck: boolean;
  readonly runId: string | null;
  /** The case's data key as its row holds it; null when the case has none. */
  readonly wrapped: (Omit<WrappedKey, 'wrapped'> & { readonly wrapped: string }) | null;
}

/** The same with its state opened. */
export type LockedCase = LockedRow & { readonly state: State };

/** The data key in use of case `c`, for {@link keyOf}: it comes with the case's lock and costs no further question. */
export const wrappedKey = (tx: Tx) => tx`
  (SELECT json_build_object('id', k.id, 'owner', k.owner, 'yearlyKey', k.yearly_key, 'wrapped', encode(k.wrapped, 'base64'), 'madeAt', k.made_at)
   FROM data_keys k WHERE k.owner = c.case_id AND k.destroyed_at IS NULL) AS wrapped`;

/**
 * The key that the events of a locked case are sealed with: unwrapped in memory, so that a destroyed one stops at once; one that
 * is missing is put back from its copy or made. Undefined where this process seals nothing. Throws `KeyAway`, `KeyGone`.
 */
export async function keyOf(
  tx: Tx,
  { caseId, wrapped }: Pick<LockedRow, 'caseId' | 'wrapped'>,
): Promise<ColumnKey | undefined> {
  const keys = keysOf(tx);
  if (!keys) return undefined;
  const key = wrapped
    ? keys.unwrapped({ ...wrapped, wrapped: Buffer.from(wrapped.wrapped, 'base64') })
    : await keys.ofCase(caseId);
  holdKey(tx, key);
  return key;
}

/**
 * A locked case with its state, and the key that what is written of it is sealed with; of a destroyed case there is none, and nothing
 * more is recorded in it. Throws as {@link keyOf}, and `Unreadable`.
 */
export async function openCase(
  tx: Tx,
  row: LockedRow,
): Promise<{ readonly row: LockedCase; readonly key: ColumnKey | undefined }> {
  if ((row.state as State).destroyed) return { row: row as LockedCase, key: undefined };
  // one that is sealed with a key that is lost wants that key back: none is made in its place
  if (!row.wrapped) await openStates(tx, [row]);
  const key = await keyOf(tx, row);
  const [opened] = await openStates(tx, [row]);
  return { row: opened as LockedCase, key };
}

/** The key of {@link keyOf} for a case that the transaction holds or has made. */
export async function lockedKey(tx: Tx, caseId: string): Promise<ColumnKey | undefined> {
  const [row] = await tx<Pick<LockedRow, 'wrapped'>[]>`SELECT ${wrappedKey(tx)} FROM cases c WHERE case_id = ${caseId}`;
  return keyOf(tx, { caseId, wrapped: row?.wrapped ?? null });
}

/** Takes the case's row lock. The lock is held when the statements made after this one read. */
export async function lockCase(tx: Tx, caseId: string): Promise<LockedRow | undefined> {
  const [row] = await tx<LockedRow[]>`
    SELECT case_id AS "caseId", program_hash AS "programHash", seq, head, state, state_version AS "stateVersion",
      last_at AS "lastAt", witnessed_seq AS "witnessedSeq", frozen_at IS NOT NULL AS frozen, frozen_at IS NOT NULL AND frozen_seq IS NULL AS held,
      stuck_since IS NOT NULL AS stuck, run_id AS "runId", ${wrappedKey(tx)}
    FROM cases c WHERE case_id = ${caseId} FOR UPDATE`;
  return row;
}

/**
 * Holds the appointments of these persons, and the posts they stand in for, until the transaction ends, so that nobody
 * loses a post while an act done under it is recorded.
 */
export async function holdAppointments(tx: Tx, persons: readonly string[]): Promise<void> {
  if (persons.length === 0) return;
  const held = (table: string) => tx`
    SELECT FROM ${tx.unsafe(table)} WHERE person IN (SELECT json_array_elements_text(${JSON.stringify(persons)}::text::json))
    AND from_at <= clock_timestamp() AND (until_at IS NULL OR until_at > clock_timestamp()) FOR SHARE`;
  await Promise.all([held('appointments'), held('substitutions')]);
}

/** Another clock than the database's, for tests under time skipping. Read when the lock is held. */
export type Clock = (tx: Tx) => Promise<Instant>;

/** What holds at the moment the locks are held. */
export interface Moment {
  readonly now: Instant;
  /** The last organisation event: says whether the organisation in memory still holds. */
  readonly orgSeq: number;
  /** The last record of the calendar: says whether the calendars in memory still hold. */
  readonly calendarSeq: number;
  /** Those of the acts asked about that were decided before. */
  readonly known: ReadonlyMap<string, KnownAct>;
}

/**
 * Reads the one clock, the last organisation event and the acts of these ids. Made after {@link lockCase} and
 * {@link holdAppointments} in the same round trip: a statement of its own sees what others committed before they let go.
 */
export async function readMoment(tx: Tx, clock: Clock | undefined, actIds: readonly string[]): Promise<Moment> {
  const [[row], now] = await Promise.all([
    tx<{ now: Instant; orgSeq: number; calendarSeq: number; known: KnownAct[] | null }[]>`
      SELECT clock_timestamp()::timestamptz(3) AS now,
        (SELECT coalesce(max(seq), 0) FROM org_events)::bigint AS "orgSeq",
        (SELECT coalesce(max(seq), 0) FROM calendar_records)::bigint AS "calendarSeq",
        pg_current_xact_id()::text AS xid, -- taken here, so that a record loaded later can wait for whoever did not see it
        (SELECT json_agg(json_build_object('actId', act_id, 'caseId', case_id, 'bodyHash', body_hash, 'status', status,
           'refusal', refusal, 'seq', seq, 'firstSeq', first_seq, 'recordedAt', recorded_at, 'after', after)) FROM acts
         WHERE act_id IN (SELECT json_array_elements_text(${JSON.stringify(actIds)}::text::json))) AS known`,
    clock?.(tx),
  ]);
  const known = (row!.known ?? []).map((act) => ({ ...act, recordedAt: new Date(act.recordedAt).toISOString() }));
  return {
    now: now ?? row!.now,
    orgSeq: row!.orgSeq,
    calendarSeq: row!.calendarSeq,
    known: new Map(known.map((act) => [act.actId, act])),
  };
}

/** The later of two moments. */
export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);
