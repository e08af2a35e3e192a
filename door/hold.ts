import type { Sql } from '../db/client.ts';
import { noteAnswered } from '../db/queries/restores.ts';
import type { Tx } from '../db/transactions.ts';
import type { Instant } from '../sdk/time.ts';
import { answeredOnly, type ToldByHistories } from './repair.ts';

/** Any number; whoever holds cases after a restore uses the same. */
const holdLock = 4_711_018_002;

/** What a restored database is held for, and the marks it gets. */
export interface Hold {
  readonly why: string;
  /** The mark as it was read when the restore was noticed: another process may have been faster. */
  readonly seen: { readonly n: number; readonly nonce: string | null };
  /** The first number that Temporal was not told yet, and its nonce. */
  readonly next: { readonly n: number; readonly nonce: string };
}

/**
 * Holds everything after a restore, in one transaction: every case, so that nothing fires in it, nothing is decided and no effect
 * begins until it is compared with its histories; and what was on its way to people outside: whether it arrived after the point
 * the database was put back to, nobody can say, so it counts as not sent and waits for people. Reminders come with the next
 * morning's, emergencies at once. False when another process was faster.
 */
export async function holdEverything(tx: Tx, { why, seen, next }: Hold): Promise<boolean> {
  await tx`SELECT pg_advisory_xact_lock(${holdLock})`;
  await tx.unsafe(
    "SET LOCAL statement_timeout = '600s'; SET LOCAL lock_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '60s'",
  );
  const [mark] = await tx<{ n: number; nonce: string | null; keptAt: Instant | null }[]>`
    SELECT n, nonce, kept_at AS "keptAt" FROM store_marks FOR UPDATE`;
  if (!mark || mark.n !== seen.n || mark.nonce !== seen.nonce) return false;
  await tx`
    UPDATE sendings SET outcome = 'failed', ended_at = clock_timestamp(), reason = coalesce(reason, 'restored') WHERE outcome IS NULL`;
  await tx`
    UPDATE outbox SET state = 'failed', reviewed_at = coalesce(reviewed_at, clock_timestamp()) WHERE state IN ('waiting', 'sending')`;
  await tx`
    UPDATE reminders r SET next_at = ${nextMorning(tx)} FROM messages m
    WHERE m.id = r.message_id AND m.kind <> 'emergency' AND r.next_at < ${nextMorning(tx)}`;
  await tx`
    INSERT INTO restores (n, found_at, why, as_of, lost)
    SELECT coalesce(max(n), 0) + 1, clock_timestamp(), ${why}, ${mark.keptAt}, '[]'::json FROM restores`;
  // one that waits for repair knows already where its workflow stands; after the restore, whose moment tells which it holds
  await tx`UPDATE cases SET frozen_at = clock_timestamp() WHERE frozen_at IS NULL`;
  await tx`
    UPDATE store_marks SET n = ${next.n}, nonce = ${next.nonce}, kept_at = clock_timestamp(), restored = false,
      lease_until = NULL, system = NULL, timeline = NULL`;
  return true;
}

/** 09:00 of the next day in China. */
export const nextMorning = (tx: Sql) =>
  tx`(date_trunc('day', clock_timestamp() AT TIME ZONE 'Asia/Shanghai') + interval '1 day 9 hours') AT TIME ZONE 'Asia/Shanghai'`;

/** How a held case compares with what its histories tell. */
export type Compared = 'agrees' | 'behind' | 'gone';

/**
 * Compares a held case with its histories and settles it in the same transaction: let go where the record holds every event they
 * tell, else frozen with what its workflow knows, for `linli repair-record`. Acts that were answered and that nobody has witnessed are
 * written down with the restore. `gone`: it is not held any more.
 */
export async function settleHeld(
  tx: Tx,
  caseId: string,
  { events, end, actTypes }: ToldByHistories,
): Promise<Compared> {
  const [row] = await tx<{ seq: number }[]>`
    SELECT seq FROM cases WHERE case_id = ${caseId} AND frozen_at IS NOT NULL AND frozen_seq IS NULL FOR UPDATE`;
  if (!row) return 'gone';
  const answered = await answeredOnly(tx, caseId, { events, actTypes });
  if (answered.length > 0)
    await noteAnswered(
      tx,
      answered.map((each) => ({ caseId, ...each })),
    );
  const recorded = new Map(
    (await tx<{ seq: number; hash: string }[]>`SELECT seq, hash FROM events WHERE case_id = ${caseId}`).map(
      ({ seq, hash }) => [seq, hash],
    ),
  );
  const knows = (seq: number, hash: string): boolean => seq <= 0 || recorded.get(seq) === hash;
  const agrees = knows(end.seq, end.head) && events.every(({ hash, header }) => knows(header.seq, hash));
  if (agrees) {
    await tx`UPDATE cases SET frozen_at = NULL WHERE case_id = ${caseId}`;
    return 'agrees';
  }
  await tx`UPDATE cases SET frozen_seq = ${end.seq}, frozen_head = ${end.head} WHERE case_id = ${caseId}`;
  return 'behind';
}
