import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { createTransactions, type Tx } from '../db/transactions.ts';
import { batchSideOf } from '../engine/books/index.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import type { WorkCalendar } from '../engine/time/calendar.ts';
import type { Instant } from '../sdk/time.ts';
import { askedBy, bodyOf, refuseBody } from './act-body.ts';
import { attemptActs } from './acts.ts';
import { attemptAdvance } from './advance.ts';
import { fixedCalendar } from './calendars.ts';
import { checkOpenings } from './check-openings.ts';
import { refusalOfRule } from './constraint.ts';
import { countLot, drawing } from './count-lot.ts';
import type { CommittedAct, DoorDeps, Planned } from './deps.ts';
import { type Engine, engine as ownEngine } from './engine.ts';
import { failureOf, isCollision, keyLost, persist, storeUnavailable, valueRefused } from './failure.ts';
import { needKeys } from './need-keys.ts';
import { attemptOpening } from './open.ts';
import type { ActRequest, AdvanceQuery, AdvanceResult, DryRun, OpenCaseRequest, Outcome, Recorded } from './outcome.ts';
import { doorParts } from './parts.ts';
import type { Programs } from './programs.ts';
import { keyGone, notCompared } from './shut.ts';
import type { Attempt, PreparedAct } from './sitting.ts';
import type { DoorStep } from './step.ts';
import { type Turned, type TurnOptions, type TurnQuery, turnWheel } from './wheel.ts';

/** What the door is made from. */
export interface DoorOptions {
  /** Says where the database is; the door opens connections of its own there. */
  readonly sql: Sql;
  readonly programs: Programs;
  readonly log: Logger;
  /** For tests. Default: the records of the database, whichever are newest. */
  readonly calendar?: WorkCalendar;
  /** The one clock. Default: the database's, read after the lock is held. */
  readonly now?: (tx: Tx) => Promise<Instant>;
  /** Called after each commit that added events, not waited for; `acts` is empty when only time did something. */
  readonly onCommit?: (caseId: string, acts: readonly CommittedAct[], planned?: Planned) => void;
  /** Called at each place of a transaction; tests of crashes end the process there, or throw. */
  readonly step?: (step: DoorStep) => void;
  /** False while this machine's clock is too far off. */
  readonly mayFire?: () => boolean;
  /** Default: the engine of this release. */
  readonly engine?: Engine;
  /** Connections at most. Default 10. */
  readonly connections?: number;
}

/** The only writer of cases. Nothing it answers can be undone, and what it cannot keep it refuses. */
export interface Door {
  /** Opens a case. The same act id again answers the same. `unlessThere`: refused as `DUPLICATE` where the unit has one about the same person. */
  open(request: OpenCaseRequest, unless?: { readonly unlessThere: boolean }): Promise<Outcome>;
  /** What would be refused of these openings now, in the same order. Writes nothing; throws while the store cannot answer. */
  checkOpenings(requests: readonly OpenCaseRequest[]): Promise<(Refusal | undefined)[]>;
  /** Decides and records one act. The same act id again answers the same. */
  act(request: ActRequest): Promise<Outcome>;
  /** Several waiting acts of one case in one transaction; a refused one harms no other. Outcomes in the same order. */
  acts(caseId: string, requests: readonly ActRequest[]): Promise<Outcome[]>;
  /** The case workflow's question. Throws while the store cannot answer: Temporal asks again. */
  advance(query: AdvanceQuery): Promise<AdvanceResult>;
  /** A unit's wheel: fires what is due in the whole unit. Throws while the store cannot answer: Temporal asks again. */
  turn(query: TurnQuery, options?: TurnOptions): Promise<Turned>;
  /** Counts a case's clocks by the newest calendar, and fires what is due. Throws while the store cannot commit. */
  project(caseId: string): Promise<void>;
  /** What an act would do now. Keeps nothing. */
  dryRun(request: ActRequest): Promise<DryRun>;
  /** Closes the door's connections. */
  end(): Promise<void>;
}

/**
 * Makes the door. Reads the installation's id, and what it draws surprise counts with, once. It seals with the keys of the client
 * it is given. Throws when that has none although keys were made: what it wrote would lie in clear.
 */
export async function createDoor(options: DoorOptions): Promise<Door> {
  await needKeys(options.sql);
  const parts = await doorParts(options.sql, {
    transactions: createTransactions(options.sql, { lanes: options.connections ?? 10, role: 'linli_door' }),
    programs: options.programs,
    engine: drawing(options.engine ?? ownEngine, await countLot(options.sql)),
    log: options.log,
  });
  const deps: DoorDeps = {
    ...parts,
    ...(options.calendar ? { calendars: fixedCalendar(options.calendar) } : {}),
    clock: options.now,
    ...(options.step ? { step: options.step } : {}),
    onCommit: (caseId, acts, planned) => {
      try {
        options.onCommit?.(caseId, acts, planned);
      } catch (error) {
        // what is committed stays committed; the sweeper wakes the case
        options.log.error({ caseId, err: error }, 'the wake after a commit failed');
      }
    },
    ...(options.mayFire ? { mayFire: options.mayFire } : {}),
  };
  return {
    open: (request, unless) => openCase(deps, request, unless?.unlessThere),
    checkOpenings: (requests) => checkOpenings(deps, requests),
    act: async (request) => (await decideAll(deps, request.caseId, [request]))[0]!,
    acts: (caseId, requests) => decideAll(deps, caseId, requests),
    advance: (query) => advanceCase(deps, query),
    turn: (query, turnOptions) => turnWheel(deps, query, turnOptions),
    project: (caseId) => projectCase(deps, caseId),
    dryRun: (request) => tryOut(deps, request),
    end: () => deps.transactions.end(),
  };
}

async function openCase(deps: DoorDeps, request: OpenCaseRequest, unlessThere = false): Promise<Outcome> {
  const { actId: _, actor: __, ...asked } = request;
  const body = bodyOf({ type: 'case.open', ...asked });
  const refusal = refuseBody(body) ?? (deps.mayFire() ? undefined : notCompared());
  if (refusal) return { status: 'refused', refusal };
  const prepared = { request, body: deps.hashes(body), caseId: randomUUID(), unlessThere };
  try {
    const { outcome, opened, more, planned } = await persist(() => attemptOpening(deps, prepared));
    if (opened) deps.onCommit(prepared.caseId, [{ type: 'case.open', id: request.actId }], planned);
    else if (missedWake(outcome)) deps.onCommit(outcome.case.caseId, [{ type: 'case.open', id: request.actId }]);
    if (more) await fireRest(deps, prepared.caseId);
    return outcome;
  } catch (error) {
    return { status: 'refused', refusal: openingRefusal(error, request) };
  }
}

function openingRefusal(error: unknown, { caseNo }: OpenCaseRequest) {
  if (failureOf(error) === 'again' || isCollision(error)) return storeUnavailable();
  if (failureOf(error) === 'value') return valueRefused();
  if ((error as { constraint_name?: string }).constraint_name === 'cases_case_no') {
    return refuse(
      'CASE_NO_TAKEN',
      [`案号 ${caseNo ?? ''} 已被使用`, `There is already a case number ${caseNo ?? ''}.`],
      [['换一个案号，或不填由系统编号', 'Use another number, or none: then one is made.']],
    );
  }
  const refusal = refusalOfRule(error);
  if (!refusal) throw error;
  // nothing is there yet that could be in conflict: what was sent is not valid
  return refusal.code === 'ROLES_COLLIDE' ? refuse('ROLES_NOT_APART', refusal.detail, refusal.waysOut) : refusal;
}

/** Decides acts of one case, in order. Acts of different sides of the books never share a transaction. */
async function decideAll(deps: DoorDeps, caseId: string, requests: readonly ActRequest[]): Promise<Outcome[]> {
  const outcomes: (Outcome | undefined)[] = [];
  const prepared: PreparedAct[] = [];
  for (const request of requests) {
    const body = bodyOf(askedBy(request.act));
    const refusal = refuseBody(body);
    outcomes.push(refusal && { status: 'refused', refusal });
    prepared.push({ request, body: deps.hashes(body) });
  }
  for (;;) {
    const waiting = batchOf(prepared, outcomes);
    if (waiting.length === 0) return outcomes as Outcome[];
    const batch = waiting.map((i) => prepared[i]!);
    const attempt = await attemptBatch(deps, caseId, batch);
    for (const [n, i] of waiting.entries()) outcomes[i] = attempt.outcomes[n];
    const repeated = batch.filter((_, n) => missedWake(attempt.outcomes[n])).map(({ request: { act } }) => act);
    const wakes = [...attempt.committed, ...repeated.map(({ id, type }) => ({ id, type }))];
    if (attempt.grew || wakes.length > 0) deps.onCommit(caseId, wakes, attempt.planned);
    if (attempt.more && outcomes.every(Boolean)) await fireRest(deps, caseId);
  }
}

/**
 * Whether an act was recorded by a process that may have died before it woke the case's workflow: it is sent again, and
 * not witnessed yet. A double wake-up is harmless.
 */
function missedWake(outcome: Outcome | undefined): outcome is Recorded {
  return outcome?.status === 'recorded' && outcome.unwitnessed === true;
}

/** The next acts without an outcome, up to the first that would mix the sides of the books. */
function batchOf(prepared: readonly PreparedAct[], outcomes: readonly unknown[]): number[] {
  const batch: number[] = [];
  let side: string | undefined;
  for (const [i, { request }] of prepared.entries()) {
    if (outcomes[i]) continue;
    const own = batchSideOf(request.act);
    if (side && own && own !== side) break;
    side ??= own;
    batch.push(i);
  }
  return batch;
}

async function attemptBatch(deps: DoorDeps, caseId: string, batch: readonly PreparedAct[]): Promise<Attempt> {
  const unavailable = (refusal = storeUnavailable()): Attempt => ({
    outcomes: batch.map(() => ({ status: 'refused', refusal })),
    committed: [],
    grew: false,
    more: false,
  });
  try {
    return await persist(() => attemptActs(deps, caseId, batch, 'together'));
  } catch (error) {
    const failure = failureOf(error);
    if (failure === 'again' || isCollision(error)) return unavailable();
    const lost = keyLost(error);
    if (lost) return unavailable(keyGone(lost === 'destroyed'));
    if (failure === 'fault') throw error;
  }
  try {
    return await persist(() => attemptActs(deps, caseId, batch, 'one by one'));
  } catch (error) {
    if (failureOf(error) === 'again' || isCollision(error)) return unavailable();
    throw error;
  }
}

/** Fires on, at most 200 events a transaction, until nothing is due. */
async function fireRest(deps: DoorDeps, caseId: string): Promise<void> {
  for (let more = true; more; ) {
    const attempt = await attemptBatch(deps, caseId, []);
    if (attempt.grew) deps.onCommit(caseId, [], attempt.planned);
    more = attempt.more;
  }
}

/** A transaction that does no act: what a newer calendar changes, and what is due. */
async function projectCase(deps: DoorDeps, caseId: string): Promise<void> {
  for (let more = true; more; ) {
    const attempt = await persist(() => attemptActs(deps, caseId, [], 'one by one'));
    if (attempt.grew) deps.onCommit(caseId, [], attempt.planned);
    more = attempt.more;
  }
}

async function advanceCase(deps: DoorDeps, query: AdvanceQuery): Promise<AdvanceResult> {
  for (;;) {
    const attempt = await persist(() => attemptAdvance(deps, query)).catch((error: unknown) => {
      if (!isRefusedByRules(error)) throw error;
      return persist(() => attemptAdvance(deps, query, `the database refuses what fires: ${(error as Error).message}`));
    });
    if ('answer' in attempt) return attempt.answer;
  }
}

/** Whether the database's rules will never take what was written, however often it is tried. */
function isRefusedByRules(error: unknown): boolean {
  return !isCollision(error) && ['constraint', 'value'].includes(failureOf(error));
}

async function tryOut(deps: DoorDeps, request: ActRequest): Promise<DryRun> {
  const body = bodyOf(askedBy(request.act));
  const refusal = refuseBody(body);
  if (refusal) return { status: 'refused', refusal };
  try {
    const prepared = [{ request, body: deps.hashes(body) }];
    const { outcomes } = await persist(() => attemptActs(deps, request.caseId, prepared, 'together', { dry: true }));
    const [outcome] = outcomes;
    // more is due than one transaction fires: what the act would do cannot be said yet
    return outcome ?? { status: 'refused', refusal: storeUnavailable() };
  } catch (error) {
    if (failureOf(error) === 'again' || isCollision(error)) return { status: 'refused', refusal: storeUnavailable() };
    const lost = keyLost(error);
    if (lost) return { status: 'refused', refusal: keyGone(lost === 'destroyed') };
    const broken = failureOf(error) === 'value' ? valueRefused() : refusalOfRule(error);
    if (!broken) throw error;
    return { status: 'refused', refusal: broken };
  }
}
