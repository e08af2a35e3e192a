import type { Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';

/** A case's row, locked until the transaction ends. */
export interface LockedCase {
  readonly caseId: string;
  readonly programHash: string;
  readonly seq: number;
  readonly head: string;
  readonly state: State;
  readonly stateVersion: number;
  readonly lastAt: Instant;
  readonly witnessedSeq: number;
  readonly frozen: boolean;
  readonly stuck: boolean;
  readonly runId: string | null;
}

/** Gives the transaction the rights of the door, and no more. */
export async function asDoor(tx: Tx): Promise<void> {
  await tx.unsafe('SET LOCAL ROLE linli_door');
}

/** Takes the case's row lock. The lock is held when the statements made after this one read. */
export async function lockCase(tx: Tx, caseId: string): Promise<LockedCase | undefined> {
  const [row] = await tx<LockedCase[]>`
    SELECT case_id AS "caseId", program_hash AS "programHash", seq, head, state, state_version AS "stateVersion",
      last_at AS "lastAt", witnessed_seq AS "witnessedSeq", frozen_at IS NOT NULL AS frozen,
      stuck_since IS NOT NULL AS stuck, run_id AS "runId"
    FROM cases WHERE case_id = ${caseId} FOR UPDATE`;
  return row;
}

/** Reads the one clock. Made after {@link lockCase} in the same round trip, it is read when the lock is held. */
export type Clock = (tx: Tx) => Promise<Instant>;

/** The database's clock, in milliseconds. */
export const databaseClock: Clock = async (tx) => {
  const [row] = await tx<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
  return row!.now;
};

/**
 * Holds the appointments of these persons until the transaction ends, so that nobody loses a post while an act done under
 * it is recorded; then reads the last organisation event, which says whether what is in memory still holds.
 */
export async function holdAppointments(tx: Tx, persons: readonly string[]): Promise<number> {
  const [, [row]] = await Promise.all([
    tx`SELECT FROM appointments WHERE person IN (SELECT json_array_elements_text(${JSON.stringify(persons)}::text::json))
      AND from_at <= clock_timestamp() AND (until_at IS NULL OR until_at > clock_timestamp()) FOR SHARE`,
    tx<{ seq: number }[]>`SELECT coalesce(max(seq), 0)::bigint AS seq FROM org_events`,
  ]);
  return row!.seq;
}

/** The later of two moments. */
export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);
