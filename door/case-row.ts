import type { Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import type { Engine } from './engine.ts';
import type { CaseRow } from './outcome.ts';
import type { Progress } from './record.ts';

/** The earliest due date of the open deadlines; it may have passed. */
export function nextDueOf(state: State): Instant | undefined {
  let next: Instant | undefined;
  for (const { dueAt, pausedSince } of Object.values(state.deadlines)) {
    if (!pausedSince && (next === undefined || dueAt < next)) next = dueAt;
  }
  return next;
}

/** The columns of a case's row that follow from its state. */
export function columnsOf(engine: Engine, { state, seq, head }: Progress & { state: State }, now: Instant) {
  return {
    status: state.status,
    stage: state.stage ?? null,
    seq,
    head,
    state: JSON.stringify(state),
    state_version: state.v,
    calendar_version: state.calendar,
    last_at: now,
    closed_at: state.closedAt ?? null,
    next_due: nextDueOf(state) ?? null,
    wake_at: engine.agenda(state) ?? null,
  };
}

/** Writes how far a case has come into its row; from now on its workflow lags behind. */
export function updateCase(tx: Tx, caseId: string, columns: ReturnType<typeof columnsOf>) {
  return tx`
    UPDATE cases SET status = ${columns.status}, stage = ${columns.stage}, seq = ${columns.seq}, head = ${columns.head},
      state = ${columns.state}::text::json, state_version = ${columns.state_version},
      calendar_version = ${columns.calendar_version}, last_at = ${columns.last_at}, closed_at = ${columns.closed_at},
      next_due = ${columns.next_due}, wake_at = ${columns.wake_at}, stuck_since = NULL, stuck_reason = NULL,
      lagging_since = coalesce(lagging_since, ${columns.last_at}::timestamptz)
    WHERE case_id = ${caseId}`;
}

/** The case as an answer shows it. */
export function caseRowOf(
  state: State,
  about: {
    readonly seq: number;
    readonly lastAt: Instant;
    readonly witnessedSeq: number;
    readonly runId: string | null;
  },
): CaseRow {
  const nextDue = nextDueOf(state);
  return {
    caseId: state.caseId,
    caseNo: state.caseNo,
    unit: state.unit,
    program: state.program,
    status: state.status,
    ...(state.stage === undefined ? {} : { stage: state.stage }),
    imported: state.imported,
    openedAt: state.openedAt,
    ...(state.closedAt === undefined ? {} : { closedAt: state.closedAt }),
    ...(nextDue === undefined ? {} : { nextDue }),
    seq: about.seq,
    lastAt: about.lastAt,
    parties: Object.values(state.parties),
    assignments: state.assignments,
    witnessedSeq: about.witnessedSeq,
    ...(about.runId === null ? {} : { runId: about.runId }),
    state,
  };
}
