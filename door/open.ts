import { keysOf, type WrappedKey } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import { isRefusal } from '../engine/act-kind.ts';
import { personAbout } from '../engine/person-about.ts';
import { type Refusal, refuse } from '../engine/refusal.ts';
import type { State } from '../engine/state.ts';
import type { BodyHashes } from './act-body.ts';
import { openBooks } from './books.ts';
import { caseRowOf, storedColumns } from './case-row.ts';
import { catchUp } from './catch-up.ts';
import { type DoorDeps, type Planned, worldOfOpening } from './deps.ts';
import { groupProblem } from './group.ts';
import { afterOf, replay } from './known-acts.ts';
import { holdAppointments, readMoment } from './lock.ts';
import type { OpenCaseRequest, Outcome } from './outcome.ts';
import { merge, nothingPending } from './pending.ts';
import { append, beginning, type Recorder } from './record.ts';
import { twinProblem } from './twin.ts';
import { statementsFor } from './write.ts';

/** An opening with the hash of its words and the id its case will have. */
export interface PreparedOpening {
  readonly request: OpenCaseRequest;
  readonly body: BodyHashes;
  readonly caseId: string;
  /** Nothing is opened where the unit has a case of that program about the same person. */
  readonly unlessThere?: boolean;
}

/** What one transaction of an opening came to. */
export interface OpeningAttempt {
  readonly outcome: Outcome;
  readonly opened: boolean;
  /** What time does to the new case first. */
  readonly planned?: Planned;
  readonly more: boolean;
}

/**
 * One transaction that opens a case: case row, act `case.open`, first events, and what is already due since `openedAt`.
 * Throws what the database throws.
 */
export function attemptOpening(
  deps: DoorDeps,
  { request, body, caseId, unlessThere = false }: PreparedOpening,
): Promise<OpeningAttempt> {
  return deps.transactions.run(async (tx) => {
    const { actor, actId } = request;
    const [, moment, number] = await Promise.all([
      holdAppointments(tx, actor.kind === 'system' ? [] : [actor.id]),
      readMoment(tx, deps.clock, [actId]),
      request.caseNo === undefined ? nextNumber(tx) : 0,
    ]);
    const { known, now } = moment;
    const refused = async (outcome: Outcome): Promise<OpeningAttempt> => {
      await tx.undo();
      return { outcome, opened: false, more: false };
    };
    const found = known.get(actId);
    if (found) return refused(await replay(tx, found, { caseId: found.caseId, body }));
    const program = deps.programs.latest(request.program);
    if (!program) return refused({ status: 'refused', refusal: unknownProgram(request.program) });
    const world = await worldOfOpening(deps, tx, program, moment, request);
    const { partOf, unit } = request;
    const outside = partOf && (await groupProblem(tx, partOf, { unit, program: request.program, world }));
    if (outside) return refused({ status: 'refused', refusal: outside });
    const caseNo = request.caseNo ?? `${now.slice(0, 4)}-${String(number).padStart(6, '0')}`;
    const { program: _, ...rest } = request;
    const decision = deps.engine.open({ ...rest, caseId, caseNo }, world);
    if (isRefusal(decision)) return refused({ status: 'refused', refusal: decision });
    // asked last: it names another case, which only those may hear of who may open one here
    const about = unlessThere ? personAbout(program.program, request.parties) : undefined;
    const twin = about && (await twinProblem(tx, request, about));
    if (twin) return refused({ status: 'refused', refusal: twin });

    const { engine, installation } = deps;
    const keys = keysOf(tx);
    const drawn = keys?.drawn(caseId, now);
    const recorder: Recorder = { engine, installation, caseId, programHash: program.hash, now, key: drawn?.key };
    const pending = nothingPending();
    const post = decision.post === undefined ? {} : { post: decision.post };
    const own = append(recorder, beginning, decision.events, { actor, actId, at: now, ...post }, pending);
    const caught = catchUp(recorder, world, own.progress, deps.foundRight);
    const stuck = caught.kind === 'stuck' ? caught.reason : undefined;
    let { progress } = own;
    if (caught.kind !== 'stuck') {
      merge(pending, caught.fired);
      progress = caught.progress;
    }
    const state = progress.state as State;
    const row = caseRowOf(state, { seq: progress.seq, lastAt: now, witnessedSeq: 0, runId: null });
    pending.acts.push({
      act_id: actId,
      case_id: caseId,
      type: 'case.open',
      body_hash: body.kept,
      status: 'recorded',
      refusal: null,
      seq: own.progress.seq,
      first_seq: 1,
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_post: decision.post ?? null,
      recorded_at: now,
      occurred_at: now,
      after: afterOf(row),
    });
    if (drawn) keys?.keepCopy(drawn.row);
    const columns = storedColumns(tx, recorder, { ...progress, state });
    const statements = [
      tx`INSERT INTO cases (case_id, case_no, unit, program_id, program_version, program_hash, imported, opened_at, status,
          stage, seq, head, state, outline, state_version, calendar_version, last_at, closed_at, next_due, wake_at, lagging_since,
          stuck_since, stuck_reason)
        VALUES (${caseId}, ${state.caseNo}, ${state.unit}, ${state.program.id}, ${state.program.version},
          ${program.hash}, ${state.imported}, ${state.openedAt}, ${columns.status}, ${columns.stage}, ${columns.seq},
          ${columns.head}, ${columns.state}::text::json, ${columns.outline}::text::json, ${columns.state_version}, ${columns.calendar_version},
          ${columns.last_at}, ${columns.closed_at}, ${columns.next_due}, ${columns.wake_at}, ${columns.last_at},
          ${stuck === undefined ? null : now}, ${stuck?.slice(0, 1_000) ?? null})`,
      ...(drawn ? [insertKey(tx, drawn.row)] : []),
      ...statementsFor(tx, recorder, pending),
    ];
    const books = openBooks(tx, { caseId, state, org: world.org, program: program.program }, now);
    await Promise.all([...statements, ...books, tx.commit()]);
    if (stuck !== undefined) deps.log.error({ alarm: 'STUCK', caseId, reason: stuck }, 'a case is stuck');
    return {
      outcome: { status: 'recorded', actId, seq: own.progress.seq, recordedAt: now, events: own.events, case: row },
      opened: true,
      ...(columns.wake_at ? { planned: { unit: state.unit, wakeAt: columns.wake_at } } : {}),
      more: caught.kind === 'more',
    };
  });
}

/** Keeps the key of a case that is made in this transaction. */
export const insertKey = (tx: Tx, { id, owner, yearlyKey, wrapped, madeAt }: WrappedKey) => tx`
  INSERT INTO data_keys (id, owner, yearly_key, wrapped, made_at) VALUES (${id}, ${owner}, ${yearlyKey}, ${Buffer.from(wrapped)}, ${madeAt})`;

/** The refusal of a program that is not installed. */
export function unknownProgram(id: string): Refusal {
  return refuse(
    'UNKNOWN_PROGRAM',
    [`没有安装“${id}”`, `No program "${id}" is installed.`],
    [['用 GET /programs 查看已安装的项目', 'See GET /programs.']],
  );
}

/** Numbers grow; one that an opening took and did not use stays free. */
async function nextNumber(tx: Tx): Promise<number> {
  const [row] = await tx<{ n: number }[]>`SELECT nextval('case_numbers') AS n`;
  return row!.n;
}
