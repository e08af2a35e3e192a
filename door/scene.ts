import type { Tx } from '../db/transactions.ts';
import type { World } from '../engine/world.ts';
import type { Instant } from '../sdk/time.ts';
import { type DoorDeps, orgOf, worldOf } from './deps.ts';
import { keyOf, type LockedCase, later, type Moment } from './lock.ts';
import type { Near } from './org.ts';
import type { Recorder } from './record.ts';

/** A case under its lock, with the world around it. */
export interface Scene {
  readonly row: LockedCase;
  readonly recorder: Recorder;
  readonly world: World;
}

/** Puts a locked case in its world. */
export async function sceneOf(deps: DoorDeps, tx: Tx, row: LockedCase, moment: Moment, also?: Near): Promise<Scene> {
  const now = later(row.lastAt, moment.now);
  const [key, program, org] = await Promise.all([
    // nothing more is recorded in it, and there is no key any more
    row.state.destroyed ? undefined : keyOf(tx, row),
    deps.programs.byHash(tx, row.programHash),
    orgOf(deps, tx, moment.orgSeq, row.state, also),
  ]);
  const calendar = await deps.calendars.load(tx, moment.calendarSeq, row.state.unit, org);
  const { engine, installation } = deps;
  return {
    row,
    recorder: { engine, installation, caseId: row.caseId, programHash: row.programHash, now, key },
    world: worldOf(program, calendar, org, now),
  };
}

/** Sets a case aside until its clock can be brought up to date. */
export function markStuck(tx: Tx, caseId: string, now: Instant, reason: string) {
  return tx`UPDATE cases SET stuck_since = coalesce(stuck_since, ${now}::timestamptz), stuck_reason = ${reason.slice(0, 1_000)}
    WHERE case_id = ${caseId}`;
}
