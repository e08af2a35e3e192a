import { openPayloads, openRefusals, openStates } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import { awayProblem } from '../engine/acts/away.ts';
import type { CaseEvent } from '../engine/event.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import { type BodyHashes, UNKNOWN_BODY } from './act-body.ts';
import { caseRowOf } from './case-row.ts';
import { engine } from './engine.ts';
import type { CaseRow, Outcome } from './outcome.ts';

/** What an answer said of the case, kept with the act: a repeat says the same. */
export type After = Pick<CaseRow, 'status' | 'seq' | 'lastAt'> & {
  readonly stage: string | null;
  readonly nextDue: Instant | null;
  readonly witnessedSeq: number;
  readonly runId: string | null;
};

/** An act that was decided before. */
export interface KnownAct {
  readonly actId: string;
  readonly caseId: string;
  readonly bodyHash: string;
  readonly status: 'recorded' | 'refused';
  /** As stored: sealed, or in clear. */
  readonly refusal: unknown;
  readonly seq: number;
  readonly firstSeq: number | null;
  readonly recordedAt: Instant;
  readonly after: After | null;
}

/** What `after` keeps of a case's row. */
export function afterOf({ status, seq, lastAt, stage, nextDue, witnessedSeq, runId }: CaseRow): After {
  return { status, seq, lastAt, stage: stage ?? null, nextDue: nextDue ?? null, witnessedSeq, runId: runId ?? null };
}

/** The answer to an act sent again: the first one. Other words under the same id are refused. */
export async function replay(tx: Tx, known: KnownAct, asked: { caseId: string; body: BodyHashes }): Promise<Outcome> {
  const same = [asked.body.kept, asked.body.plain, UNKNOWN_BODY].includes(known.bodyHash);
  if (!same || known.caseId !== asked.caseId) return { status: 'refused', refusal: keyReused() };
  if (known.refusal) {
    const [opened] = await openRefusals(tx, [known]);
    return { status: 'refused', refusal: opened!.refusal as Refusal, replayed: true };
  }
  const destroyed = await destroyedProblem(tx, known);
  if (destroyed) return { status: 'refused', refusal: destroyed, replayed: true };
  const [events, rows] = await Promise.all([
    eventsOf(tx, known.caseId, known.firstSeq ?? known.seq + 1, known.seq),
    tx<NowRow[]>`
      SELECT case_id AS "caseId", state, seq, last_at AS "lastAt", witnessed_seq AS "witnessedSeq", run_id AS "runId"
      FROM cases WHERE case_id = ${known.caseId}`,
  ]);
  const [row] = rows;
  // whatever has happened to the case since: only an answer that tells of it as it stands needs it
  const stands = !known.after || known.after.seq === row!.seq;
  const state = stands
    ? ((await openStates(tx, rows))[0]!.state as State)
    : await stateAt(tx, known.caseId, known.after!.seq);
  const then = known.after ?? afterOf(caseRowOf(state, row!));
  const { stage: _, nextDue: __, runId: ___, ...rest } = caseRowOf(state, then);
  return {
    status: 'recorded',
    actId: known.actId,
    seq: known.seq,
    recordedAt: known.recordedAt,
    events,
    case: {
      ...rest,
      status: then.status,
      seq: then.seq,
      lastAt: then.lastAt,
      ...(then.stage === null ? {} : { stage: then.stage }),
      ...(then.nextDue === null ? {} : { nextDue: then.nextDue }),
      ...(then.runId === null ? {} : { runId: then.runId }),
    },
    replayed: true,
    ...(row!.witnessedSeq < known.seq ? { unwitnessed: true } : {}),
  };
}

/** A case as it stands. */
interface NowRow {
  readonly caseId: string;
  readonly state: unknown;
  readonly seq: number;
  readonly lastAt: Instant;
  readonly witnessedSeq: number;
  readonly runId: string | null;
}

/** CASE_DESTROYED where what an act led to can be told by nobody any more. */
async function destroyedProblem(tx: Tx, { caseId, seq }: KnownAct): Promise<Refusal | undefined> {
  const [row] = await tx<{ state: State }[]>`
    SELECT c.state FROM cases c JOIN events e ON e.case_id = c.case_id AND e.seq = c.seq AND e.type = 'record.destroyed'
    WHERE c.case_id = ${caseId} AND c.seq > ${seq}`;
  return row && awayProblem({}, row.state);
}

/** The state of a case after that event. */
async function stateAt(tx: Tx, caseId: string, seq: number): Promise<State> {
  const events = await eventsOf(tx, caseId, 1, seq);
  return events.reduce<State | undefined>(engine.evolve, undefined) as State;
}

/** Events as recorded, in order, both ends included. */
export async function eventsOf(tx: Tx, caseId: string, from: number, to: number): Promise<CaseEvent[]> {
  if (from > to) return [];
  const rows = await tx<EventColumns[]>`
    SELECT seq, type, payload, recorded_at AS "recordedAt", occurred_at AS "occurredAt", actor_kind AS "actorKind",
      actor_id AS "actorId", actor_post AS "actorPost", act_id AS "actId"
    FROM events WHERE case_id = ${caseId} AND seq BETWEEN ${from} AND ${to} ORDER BY seq`;
  return (await openPayloads(tx, rows, caseId)).map(eventFrom);
}

/** An event's row as it is read; `payload` opened. */
export interface EventColumns {
  readonly seq: number;
  readonly type: string;
  readonly payload: Uint8Array;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorPost: string | null;
  readonly actId: string | null;
}

/** The event of a row. */
export function eventFrom(row: EventColumns): CaseEvent {
  const { data } = JSON.parse(Buffer.from(row.payload).toString('utf8')) as { data: unknown };
  return {
    type: row.type,
    data,
    seq: row.seq,
    occurredAt: row.occurredAt,
    recordedAt: row.recordedAt,
    actor: { kind: row.actorKind, id: row.actorId, ...(row.actorPost === null ? {} : { post: row.actorPost }) },
    ...(row.actId === null ? {} : { actId: row.actId }),
  } as CaseEvent;
}

function keyReused(): Refusal {
  return refuse(
    'IDEMPOTENCY_KEY_REUSED',
    ['这个幂等键已经用于另一个请求', 'This key was used for another request.'],
    [['为新的请求换一个幂等键', 'Use a new key for a new request.']],
  );
}
