import { keysOf, sealJson, statePlace } from '../db/sealed.ts';
import { toldDeadlines } from '../engine/books/untold.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import type { Engine } from './engine.ts';
import type { CaseRow } from './outcome.ts';
import { outlineOf } from './outline.ts';
import type { Progress, Recorder } from './record.ts';

/**
 * The earliest due date of the open deadlines; it may have passed. A surprise count is not among them until it was missed:
 * everybody reads this date.
 */
export function nextDueOf(state: State): Instant | undefined {
  if (state.away) return undefined;
  let next: Instant | undefined;
  for (const { dueAt, pausedSince } of toldDeadlines(state)) {
    if (!pausedSince && (next === undefined || dueAt < next)) next = dueAt;
  }
  return next;
}

/**
 * How a row of `cases` is stored, in `state_version`: its state in clear, as earlier releases and processes without keys write it, or
 * sealed beside its outline. It rises with `STATE_VERSION` as well: a process lets alone what it does not know.
 */
export const STORED = { clear: 1, sealed: 2 } as const;

/** The columns of a case's row that follow from its state. */
export function columnsOf(engine: Engine, { state, seq, head }: Progress & { state: State }, now: Instant) {
  return {
    unit: state.unit,
    program_version: state.program.version,
    program_hash: state.program.hash,
    status: state.status,
    stage: state.stage ?? null,
    seq,
    head,
    state: JSON.stringify(state),
    outline: JSON.stringify(outlineOf(state)),
    state_version: STORED.sealed as number,
    calendar_version: state.calendar,
    last_at: now,
    closed_at: state.closedAt ?? null,
    next_due: nextDueOf(state) ?? null,
    wake_at: engine.agenda(state) ?? null,
  };
}

/** What {@link columnsOf} makes. */
export type CaseColumns = ReturnType<typeof columnsOf>;

/**
 * The same as they are written: the state sealed with the case's key. What is left of a destroyed case names nobody and lies in
 * clear, since there is no key any more; so does all over a client without keys (see `needKeys`), until there is one. Throws where the
 * key is missing otherwise.
 */
export function storedColumns(
  client: object,
  { engine, key, now }: Pick<Recorder, 'engine' | 'key' | 'now'>,
  progress: Progress & { readonly state: State },
): CaseColumns {
  const columns = columnsOf(engine, progress, now);
  const { state, seq } = progress;
  if (state.destroyed) return columns;
  if (key) return { ...columns, state: sealJson(key, statePlace(state.caseId, seq), columns.state) };
  if (keysOf(client)) throw new Error(`The state of case ${state.caseId} came without its key: nothing is written.`);
  return { ...columns, state_version: STORED.clear };
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
