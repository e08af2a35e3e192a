import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { connect, type Sql } from '../../db/client.ts';
import { roleOfPart } from '../../db/roles.ts';
import type { Tx } from '../../db/transactions.ts';
import { type Demo, seedDemo } from '../../door/demo.ts';
import { createDoor, type Door, type DoorOptions } from '../../door/door.ts';
import type { ActRequest, OpenCaseRequest, Outcome, Recorded } from '../../door/outcome.ts';
import { installPrograms, type Programs } from '../../door/programs.ts';
import type { Act, Actor } from '../../engine/act.ts';
import fule from '../../plugins/fule/program.ts';
import type { Instant } from '../../sdk/time.ts';
import { testKeyring } from './keyring.ts';

/** A door over a database of its own with the demonstration's organisation. */
export interface DoorBench {
  readonly url: string;
  /** As the owner of the tables, for what a test looks at and makes up. */
  readonly sql: Sql;
  /** As a worker, whose the door is. */
  readonly worker: Sql;
  readonly demo: Demo;
  readonly programs: Programs;
  readonly door: Door;
  /** The clock: the database's until it is set. */
  readonly clock: { now: Instant | undefined };
  /** Another door over the same database. */
  another(options?: Partial<DoorOptions>): Promise<Door>;
  close(): Promise<void>;
}

const log = pino({ level: 'silent' });

/** Sets up a door for tests. */
export async function doorBench(options: Partial<DoorOptions> = {}): Promise<DoorBench> {
  // loaded here alone: scripts outside the test runner cannot load it
  const database = await (await import('./postgres.ts')).freshDatabase();
  const sql = connect(database.url);
  await testKeyring(sql);
  const demo = await seedDemo(sql);
  // as a worker does, which owns nothing
  const own = connect(database.url, { role: roleOfPart('worker') });
  await testKeyring(own);
  const programs = options.programs ?? (await installPrograms(own, [fule]));
  const clock: DoorBench['clock'] = { now: undefined };
  const now = async (tx: Tx): Promise<Instant> => {
    const [row] = await tx<{ now: Instant }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
    return clock.now ?? row!.now;
  };
  const doors: Door[] = [];
  const another = async (more: Partial<DoorOptions> = {}) => {
    const door = await createDoor({ sql: own, programs, log, now, ...options, ...more });
    doors.push(door);
    return door;
  };
  return {
    url: database.url,
    sql,
    worker: own,
    demo: demo!,
    programs,
    door: await another(),
    clock,
    another,
    async close() {
      await Promise.all(doors.map((door) => door.end()));
      await Promise.all([sql, own].map((each) => each.end({ timeout: 1 })));
      await database.close();
    },
  };
}

/** A person of the demonstration as an actor; a caseworker's or auditor's right comes with the login. */
export function person(id: string, role?: string, unit = 'community-1'): Actor {
  return { kind: 'person', id, logins: role === undefined ? [] : [{ role, unit }] };
}

export const caseworker = person('p-caseworker', 'caseworker');
export const secretary = person('p-secretary');

/** An opening of a 福乐 case in the first community. */
export function fuleOpening(change: Partial<OpenCaseRequest> = {}): OpenCaseRequest {
  return {
    actId: randomUUID(),
    actor: caseworker,
    program: 'fule',
    unit: 'community-1',
    data: { needs: '行动不便，不愿出门' },
    parties: [
      { role: 'beneficiary', name: '周某', birthDate: '1999-01-01' },
      { role: 'companion', name: '邱某' },
    ],
    assignments: {},
    ...change,
  };
}

/** An act of the caseworker, unless said otherwise. */
export function actOn(caseId: string, type: string, change: Partial<Act> & { ifMatch?: number } = {}): ActRequest {
  const { ifMatch, ...rest } = change;
  const act: Act = { id: randomUUID(), type, actor: caseworker, ...rest };
  return { caseId, act, ...(ifMatch === undefined ? {} : { ifMatch }) };
}

/** The outcome of an act that must have been recorded. */
export function recorded(outcome: Outcome): Recorded {
  if (outcome.status !== 'recorded') throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
  return outcome;
}
