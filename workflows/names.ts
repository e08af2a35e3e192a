import type { Instant } from '../sdk/time.ts';

/** The one task queue of Linli's workflows and activities. */
export const TASK_QUEUE = 'linli';

/** Workflow types, as exported by workflows/index.ts. */
export const CASE_WORKFLOW = 'caseWorkflow';
/** Workflow type of an effect. */
export const EFFECT_WORKFLOW = 'effectWorkflow';
/** Workflow type of a unit's wheel. */
export const WHEEL_WORKFLOW = 'wheelWorkflow';

/** Workflow type of the installation, which keeps the marks of the database. */
export const INSTALLATION_WORKFLOW = 'installationWorkflow';

/** Workflow id of an installation. */
export const installationWorkflowId = (installation: string): string => `installation/${installation}`;

/** Tells the installation's workflow a mark that is about to be written into the database. */
export const NONCE_SIGNAL = 'linli.nonce';

/** Workflow id of a case, for its whole life and after a reopening. */
export const caseWorkflowId = (caseId: string): string => `case/${caseId}`;

/** The case of a workflow id made by {@link caseWorkflowId}. */
export const caseOfWorkflow = (workflowId: string): string => workflowId.slice('case/'.length);

/** Workflow id of an effect; its answer is the act of the same id. */
export const effectWorkflowId = (effectId: string): string => `effect/${effectId}`;

/** Workflow id of a unit's wheel. */
export const wheelWorkflowId = (unit: string): string => `wheel/${unit}`;

/** What a workflow belongs to, by its id: a case, an effect of one, or neither. */
export function subjectOfWorkflow(workflowId: string): { case: string } | { effect: string } | undefined {
  if (workflowId.startsWith('case/')) return { case: caseOfWorkflow(workflowId) };
  if (workflowId.startsWith('effect/')) return { effect: workflowId.slice('effect/'.length) };
  return undefined;
}

/** Tells a wheel that a commit planned something, with the instant. */
export const PLANNED_SIGNAL = 'linli.planned';

/**
 * Every signal to a case is named by the type of the act it wakes the case for (`task.complete`), with the act's id as
 * argument. Four names are no acts: several acts in one wake, the end of a freeze (sent by `linli repair-record`), and
 * the two below it.
 */
export const FOLDED_SIGNAL = 'acts';
/** Ends a freeze; sent by `linli repair-record` alone. */
export const UNFREEZE_SIGNAL = 'linli.unfreeze';
/** A commit in which only time did something. */
export const TIME_SIGNAL = 'linli.time';
/** A run that the sweeper wakes or starts again. */
export const SWEEP_SIGNAL = 'linli.sweep';

/** `prev` of a case's first event: where the run that witnesses an opening starts, at seq 0. */
export const GENESIS = '0'.repeat(64);

/** A worker that died is noticed after this span, and its task given to another. */
export const WORKFLOW_TASK_TIMEOUT = '5s';

/**
 * A run of a case goes on as a new one when its history has more events than this: few enough to be replayed on a starved
 * machine before its workflow task times out (a thousand took 15 to 30 s there).
 */
export const RUN_EVENTS = 256;

/** All that the shell keeps. `seq` and `head` are of the last event it witnessed; `openedAt` of the case, for its readers. */
export interface CaseRun {
  readonly caseId: string;
  readonly seq: number;
  readonly head: string;
  readonly openedAt: Instant;
  readonly frozen: boolean;
  /** {@link RUN_EVENTS} of the release that started the run, so that a later one replays it alike; absent: only Temporal's own limit. */
  readonly mostEvents?: number;
}

/** What the workflow asks the door: fire what is due, then tell what happened after this seq, whose hash is `head`. */
export interface AdvanceQuery {
  readonly caseId: string;
  readonly seq: number;
  readonly head: string;
}

/** A page of events for the workflow's history, and when to ask again. */
export interface Advanced {
  /** The events after the asked seq in order; they stay in the history as the second witness of the record. */
  readonly events: readonly unknown[];
  readonly seq: number;
  readonly head: string;
  /** There are further events: ask again at once, by a regular activity. */
  readonly more: boolean;
  /** Span to the next due instant, counted by the door; none: nothing is due. */
  readonly wakeInMs?: number;
  /** The case has ended (closed and its follow-up over). */
  readonly ended: boolean;
  /** For the run's details: the current stage in words, and the next due instant. */
  readonly stage?: string;
  readonly nextDueAt?: Instant;
}

/** The record is behind the workflow or differs from it: the case is frozen until `linli repair-record`. */
export interface RecordBehind {
  readonly recordBehind: true;
}

/** What the door answers a case's workflow. */
export type AdvanceAnswer = Advanced | RecordBehind;

/** Input of an effect's workflow. `limitMs` bounds a plugin's call; a child case has no limit. */
export interface EffectRun {
  readonly effectId: string;
  readonly limitMs?: number;
}

/** How an effect went: what the call answered, or why it failed for good. */
export type EffectOutcome = { readonly result: unknown } | { readonly failed: string };

/** A mark of the database: its number, and what cannot be guessed. */
export interface StoreNonce {
  readonly n: number;
  readonly nonce: string;
}

/** Input of an installation's workflow: the last marks it was told. */
export interface InstallationRun {
  readonly kept: readonly StoreNonce[];
}

/** Input of a unit's wheel. */
export interface WheelRun {
  readonly unit: string;
}

/** What a wheel asks the door: fire what is due in the unit, nothing that is due later than `until`. */
export interface WheelQuery {
  readonly unit: string;
  readonly until: Instant;
}

/** What fired, and when to ask again. */
export interface WheelAnswer {
  readonly cases: number;
  readonly events: number;
  /** Cases that could not be brought up to date and were set aside. */
  readonly stuck: number;
  /** There is more: ask again at once. */
  readonly more: boolean;
  /** Span to the unit's next due instant, counted by the door, and that instant; none: nothing is planned. */
  readonly wakeInMs?: number;
  readonly nextDueAt?: Instant;
}

/** The activities the workflows call; made by activities/. */
export interface CaseActivities {
  advanceCase(query: AdvanceQuery): Promise<AdvanceAnswer>;
}
/** The activities of an effect's workflow. */
export interface EffectActivities {
  runEffect(effectId: string): Promise<EffectOutcome>;
  answerEffect(effectId: string, outcome: EffectOutcome): Promise<void>;
}
/** The activity of a wheel's workflow. */
export interface WheelActivities {
  turnWheel(query: WheelQuery): Promise<WheelAnswer>;
}
