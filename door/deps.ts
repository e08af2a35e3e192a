import type { Logger } from 'pino';
import type { Transactions, Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import type { WorkCalendar } from '../engine/time/calendar.ts';
import type { Facts, Org, World } from '../engine/world.ts';
import type { Instant } from '../sdk/time.ts';
import type { Body, BodyHashes } from './act-body.ts';
import type { Calendars } from './calendars.ts';
import type { Engine } from './engine.ts';
import type { FoundRight } from './found-right.ts';
import type { Clock, Moment } from './lock.ts';
import type { Near, OrgCache } from './org.ts';
import type { OpenCaseRequest } from './outcome.ts';
import type { PinnedProgram, Programs } from './programs.ts';
import type { ServedUnits } from './served.ts';
import type { DoorStep } from './step.ts';

/** An act that was recorded, for waking the case's workflow. */
export interface CommittedAct {
  readonly type: string;
  readonly id: string;
}

/** What a commit planned: when time does something to the case next. For the unit's wheel. */
export interface Planned {
  readonly unit: string;
  readonly wakeAt: Instant;
}

/** What every part of the door works with. */
export interface DoorDeps {
  readonly transactions: Transactions;
  readonly programs: Programs;
  readonly engine: Engine;
  readonly calendars: Calendars;
  /** Without it the database's. */
  readonly clock: Clock | undefined;
  readonly orgs: OrgCache;
  readonly installation: string;
  /** By what the body of a request is known again. Throws `KeyAway`. */
  readonly hashes: (body: Body) => BodyHashes;
  readonly log: Logger;
  /** Called after each commit that added events, not waited for. `acts` is empty when only time did something. */
  readonly onCommit: (caseId: string, acts: readonly CommittedAct[], planned?: Planned) => void;
  /** Units with a wheel that turns. */
  readonly served: ServedUnits;
  /** Which cases a calendar of no event of theirs was found to change nothing of. */
  readonly foundRight: FoundRight;
  /** Told of each place a transaction comes to; tests end the process there. */
  readonly step: (step: DoorStep) => void;
  /** False while this machine's clock is too far off: then nothing fires and nothing is decided. */
  readonly mayFire: () => boolean;
}

const noFacts: Facts = { documents: [], entries: [] };

/** The world around a case at this moment, without the facts of any act. */
export function worldOf({ program, hash }: PinnedProgram, calendar: WorkCalendar, org: Org, now: Instant): World {
  return { now, program, programHash: hash, calendar, org, facts: noFacts };
}

/** The world a case is opened in: there is no state yet that says what it has to do with. */
export async function worldOfOpening(
  { orgs, calendars }: Pick<DoorDeps, 'orgs' | 'calendars'>,
  tx: Tx,
  program: PinnedProgram,
  { now, orgSeq, calendarSeq }: Moment,
  { unit, assignments }: Pick<OpenCaseRequest, 'unit' | 'assignments'>,
): Promise<World> {
  const org = await orgs.load(tx, orgSeq, unit, { posts: Object.values(assignments) });
  return worldOf(program, await calendars.load(tx, calendarSeq, unit, org), org, now);
}

/**
 * The organisation a case needs: its unit's, that of the posts its roles are assigned to and its open complaints were told,
 * who followed whom it names, and the units that are asked to take it or a matter of it.
 */
export function orgOf(
  deps: Pick<DoorDeps, 'orgs'>,
  tx: Tx,
  seq: number,
  {
    unit,
    assignments,
    items,
    offers = {},
    complaints = {},
  }: Pick<State, 'unit' | 'assignments' | 'items' | 'offers' | 'complaints'>,
  also: Near = { posts: [] },
): Promise<Org> {
  const given = Object.values(assignments);
  const told = Object.values(complaints).flatMap((each) => each.told);
  const posts = [
    ...given.flatMap(({ post }) => post ?? []),
    ...told.flatMap(({ post, deputyFor }) => post ?? deputyFor ?? []),
  ];
  const named = [...given, ...Object.values(items).flatMap(({ assignee }) => assignee ?? [])];
  const persons = named.flatMap(({ person }) => person ?? []);
  const asked = Object.values(offers).map((each) => each.unit);
  return deps.orgs.load(tx, seq, unit, {
    posts: [...posts, ...also.posts],
    persons,
    units: [...asked, ...(also.units ?? [])],
  });
}
