import type { Tx } from '../db/transactions.ts';
import type { World } from '../engine/world.ts';
import type { Instant } from '../sdk/time.ts';
import { type DoorDeps, orgOf, worldOf } from './deps.ts';
import { type LockedCase, type LockedRow, later, type Moment, openCase } from './lock.ts';
import type { Near } from './org.ts';
import type { Recorder } from './record.ts';
import { alarmUnreadable } from './shut.ts';

/** A case under its lock, with the world around it. */
export interface Scene {
  readonly row: LockedCase;
  readonly recorder: Recorder;
  readonly world: World;
}

/** Opens a locked case and puts it in its world. Throws as {@link openCase}; alarms where that will not do by waiting. */
export async function sceneOf(deps: DoorDeps, tx: Tx, locked: LockedRow, moment: Moment, also?: Near): Promise<Scene> {
  const { row, key } = await openCase(tx, locked).catch((error: unknown) => {
    alarmUnreadable(deps.log, error, { caseId: locked.caseId });
    throw error;
  });
  const now = later(row.lastAt, moment.now);
  const [program, org] = await Promise.all([
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
