import { Unreadable } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import { bookStatements } from './books.ts';
import { STORED, storedColumns } from './case-row.ts';
import { catchUp } from './catch-up.ts';
import type { DoorDeps } from './deps.ts';
import { failureOf } from './failure.ts';
import { KeyAway, KeyGone, KeysAway } from './keys/errors.ts';
import { type LockedRow, type Moment, readMoment, wrappedKey } from './lock.ts';
import type { Pending } from './pending.ts';
import type { Progress } from './record.ts';
import { type Scene, sceneOf } from './scene.ts';
import { type Manner, mayTouchBooks } from './sitting.ts';
import { type MovedCase, statementsForMany } from './write.ts';

/** At most so many cases in one transaction of the wheel. */
export const mostCases = 200;
/** A transaction of the wheel takes no further case when so many events have fired in it. */
const mostEvents = 2_000;
/** Nor when working it out has taken so long: a transaction that idles for three seconds is ended by the server. */
const mostMs = 1_000;

/** What one transaction of the wheel did. */
export interface Batch {
  /** Cases that moved on, and the events that fired in them. */
  readonly cases: number;
  readonly events: number;
  /** Cases that could not, and were set aside. */
  readonly stuck: number;
  /** There may be further due cases: as many were found as one transaction takes. */
  readonly full: boolean;
}

/** A locked case after firing. */
interface Fired {
  readonly scene: Scene;
  readonly progress: Progress & { readonly state: State };
  readonly pending: Pending;
  readonly events: readonly CaseEvent[];
}

interface Stuck {
  readonly caseId: string;
  readonly now: Instant;
  readonly reason: string;
}

/** A case whose own key cannot be had: it is left as it is. */
interface Closed {
  readonly caseId: string;
  readonly keyless: string;
}

/**
 * One transaction of a unit's wheel: locks at most 200 due cases nobody else holds, fires in each what is due (at most 200
 * events), writes all of them with as many statements as one case takes, and puts their workflows on the list of those to
 * be woken. A case that throws is marked stuck and harms no other. One whose own key cannot be had is passed over, neither fired nor
 * stuck, and added to `keyless`, whose cases are not looked at: its own timer tries it again. `one by one`: the database has refused
 * something, so each case is written in a savepoint of its own. Throws what the database throws.
 */
export function attemptBatch(
  deps: DoorDeps,
  { unit, until, keyless }: { readonly unit: string; readonly until: Instant; readonly keyless: Set<string> },
  manner: Manner,
): Promise<Batch> {
  return deps.transactions.run(async (tx) => {
    deps.step('wheel-begun');
    const bound = await deps.clock?.(tx);
    const [rows, moment] = await Promise.all([
      lockDue(tx, { unit, until, keyless }, bound),
      readMoment(tx, deps.clock, []),
    ]);
    if (rows.length === 0) {
      await tx.undo();
      return { cases: 0, events: 0, stuck: 0, full: false };
    }
    deps.step('wheel-locked');
    const { fired, stuck, closed, left } = await fireAll(deps, tx, rows, moment);
    for (const { caseId, keyless: reason } of closed) {
      deps.log.error({ caseId, reason }, 'the key of a case that is due cannot be had');
      keyless.add(caseId);
    }
    deps.step('wheel-fired');
    const kept = manner === 'together' ? await writeTogether(tx, fired) : await writeOneByOne(tx, fired, stuck);
    await Promise.all([listWakes(tx, kept), setAside(tx, stuck)]);
    deps.step('wheel-written');
    await tx.commit();
    for (const { caseId, reason } of stuck) deps.log.error({ alarm: 'STUCK', caseId, reason }, 'a case is stuck');
    deps.step('wheel-committed');
    const events = kept.reduce((sum, each) => sum + each.events.length, 0);
    return { cases: kept.length, events, stuck: stuck.length, full: left || rows.length === mostCases };
  });
}

/** Those due longest come first. Whoever holds a case at this moment fires it himself. */
function lockDue(
  tx: Tx,
  { unit, until, keyless }: { readonly unit: string; readonly until: Instant; readonly keyless: ReadonlySet<string> },
  bound: Instant | undefined,
): PromiseLike<LockedRow[]> {
  return tx<LockedRow[]>`
    SELECT case_id AS "caseId", program_hash AS "programHash", seq, head, state, state_version AS "stateVersion",
      last_at AS "lastAt", witnessed_seq AS "witnessedSeq", false AS frozen, false AS stuck, run_id AS "runId", ${wrappedKey(tx)}
    FROM cases c
    WHERE unit = ${unit} AND wake_at <= least(${until}::timestamptz, coalesce(${bound ?? null}::timestamptz, statement_timestamp()))
      AND frozen_at IS NULL AND stuck_since IS NULL AND state_version <= ${STORED.sealed}
      AND case_id NOT IN (SELECT json_array_elements_text(${JSON.stringify([...keyless])}::text::json))
    ORDER BY wake_at, case_id LIMIT ${mostCases} FOR UPDATE SKIP LOCKED`;
}

async function fireAll(deps: DoorDeps, tx: Tx, rows: readonly LockedRow[], moment: Moment) {
  const fired: Fired[] = [];
  const stuck: Stuck[] = [];
  const closed: Closed[] = [];
  let events = 0;
  const endMs = performance.now() + mostMs;
  for (const row of rows) {
    if (events >= mostEvents || performance.now() > endMs) return { fired, stuck, closed, left: true };
    const outcome = await fireOne(deps, tx, row, moment);
    if ('keyless' in outcome) closed.push(outcome);
    else if ('reason' in outcome) stuck.push(outcome);
    else if (outcome.events.length > 0) fired.push(outcome);
    if ('events' in outcome) events += outcome.events.length;
  }
  return { fired, stuck, closed, left: false };
}

async function fireOne(deps: DoorDeps, tx: Tx, row: LockedRow, moment: Moment): Promise<Fired | Stuck | Closed> {
  const { caseId, seq, head } = row;
  try {
    const scene = await sceneOf(deps, tx, row, moment);
    const { state } = scene.row;
    const caught = catchUp(scene.recorder, scene.world, { state, seq, head }, deps.foundRight);
    if (caught.kind === 'stuck') return { caseId, now: scene.recorder.now, reason: caught.reason };
    const progress = caught.progress as Fired['progress'];
    return { scene, progress, pending: caught.fired, events: caught.events };
  } catch (error) {
    if (isOwnKey(error)) return { caseId, keyless: error.message };
    // what the database did not answer is no fault of the case
    if (failureOf(error) !== 'fault') throw error;
    return { caseId, now: moment.now, reason: reasonOf(error) };
  }
}

/** Whether this case's key alone cannot be had: when the database is away, no case's can. */
function isOwnKey(error: unknown): error is Error {
  if (error instanceof Unreadable) return error.why !== 'altered' && !(error.cause instanceof KeysAway);
  return error instanceof KeyGone || (error instanceof KeyAway && !(error instanceof KeysAway));
}

async function writeTogether(tx: Tx, fired: readonly Fired[]): Promise<readonly Fired[]> {
  const rows = fired.map((each) => moved(tx, each));
  await Promise.all([...statementsForMany(tx, rows), ...fired.flatMap((each) => books(tx, each))]);
  return fired;
}

/** What the database refuses of a case is undone alone, and the case set aside. */
async function writeOneByOne(tx: Tx, fired: readonly Fired[], stuck: Stuck[]): Promise<readonly Fired[]> {
  const kept: Fired[] = [];
  for (const each of fired) {
    await tx.unsafe('SAVEPOINT fired');
    try {
      await Promise.all([...statementsForMany(tx, [moved(tx, each)]), ...books(tx, each)]);
      await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
      await tx.unsafe('RELEASE SAVEPOINT fired');
      kept.push(each);
    } catch (error) {
      if (failureOf(error) === 'again') throw error;
      await tx.unsafe('ROLLBACK TO SAVEPOINT fired');
      const { caseId, now } = each.scene.recorder;
      stuck.push({ caseId, now, reason: reasonOf(error) });
    }
  }
  return kept;
}

function moved(tx: Tx, { scene: { recorder }, progress, pending }: Fired): MovedCase {
  const { caseId, key } = recorder;
  return { caseId, key, pending, columns: storedColumns(tx, recorder, progress) };
}

function books(tx: Tx, { scene: { world, recorder }, progress: { state }, events }: Fired): PromiseLike<unknown>[] {
  const { program, org } = world;
  if (!events.some(mayTouchBooks)) return [];
  return bookStatements(tx, events, { caseId: recorder.caseId, state, org, program });
}

/**
 * Their workflows take the events in as the sweeper comes round to them: soon, but never all at once. In the order in which
 * the sweeper inserts as well, so that the two never wait for each other. A case that is fired again before it has caught up
 * is due at once: the pause after its last wake is for wakes that failed.
 */
function listWakes(tx: Tx, kept: readonly Fired[]): PromiseLike<unknown> | undefined {
  if (kept.length === 0) return undefined;
  return tx`
    INSERT INTO wakes (case_id, why, found_at, next_try)
    SELECT id, 'fired', clock_timestamp(), clock_timestamp()
    FROM json_array_elements_text(${JSON.stringify(kept.map(({ scene }) => scene.row.caseId))}::text::json) AS id
    ORDER BY id
    ON CONFLICT (case_id) DO UPDATE SET next_try = excluded.next_try, tries = 0 WHERE wakes.why = 'fired'`;
}

function setAside(tx: Tx, stuck: readonly Stuck[]): PromiseLike<unknown> | undefined {
  if (stuck.length === 0) return undefined;
  const rows = stuck.map(({ caseId, now, reason }) => ({ case_id: caseId, now, reason: reason.slice(0, 1_000) }));
  return tx`
    UPDATE cases c SET stuck_since = coalesce(c.stuck_since, r.now), stuck_reason = r.reason
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS r (case_id text, now timestamptz, reason text)
    WHERE c.case_id = r.case_id`;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
