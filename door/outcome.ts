import type { Act } from '../engine/act.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { OpenRequest } from '../engine/open.ts';
import type { Refusal } from '../engine/refusal.ts';
import type { Assignment, Party, State, Status } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import type { Header } from './chain.ts';

/** A case as it stands after an act. `seq` is its revision. */
export interface CaseRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly program: { readonly id: string; readonly version: string; readonly hash: string };
  readonly status: Status;
  readonly stage?: string;
  readonly imported: boolean;
  readonly openedAt: Instant;
  readonly closedAt?: Instant;
  /** The earliest due date of an open deadline. */
  readonly nextDue?: Instant;
  readonly seq: number;
  /** Recorded time of the last event. */
  readonly lastAt: Instant;
  readonly parties: readonly Party[];
  readonly assignments: Readonly<Record<string, Assignment>>;
  readonly witnessedSeq: number;
  /** Run of the case's workflow; absent until the first wake has arrived. */
  readonly runId?: string;
  /** The engine's state at this seq. */
  readonly state: State;
}

/** An act before its case. `act.id` identifies it: sent again with the same words it has the same outcome. */
export interface ActRequest {
  readonly caseId: string;
  readonly act: Act;
  /** The revision the actor has seen; another one refuses the act with STALE_REVISION. */
  readonly ifMatch?: number;
}

/** A case to be opened. `program` is a program's id; without `caseNo` the door makes one. */
export interface OpenCaseRequest extends Omit<OpenRequest, 'caseId' | 'caseNo'> {
  readonly program: string;
  readonly caseNo?: string;
}

/** What the record says about an act that was kept. */
export interface Recorded {
  readonly status: 'recorded';
  readonly actId: string;
  /** The case's seq after the act. */
  readonly seq: number;
  readonly recordedAt: Instant;
  /** Events of the act itself, without what time added. */
  readonly events: readonly CaseEvent[];
  readonly case: CaseRow;
  /** The act was known already; the answer is the first one. */
  readonly replayed?: true;
  /** A repeat: the case's workflow has not taken the act into its history yet. */
  readonly unwitnessed?: true;
}

/** How an act ended: recorded, or refused. A refusal of the kind `conflict` is kept as the act's outcome. */
export type Outcome = Recorded | { readonly status: 'refused'; readonly refusal: Refusal; readonly replayed?: true };

/** What an act would do now: nothing of it is kept. */
export type DryRun =
  | { readonly status: 'recorded'; readonly events: readonly CaseEvent[] }
  | { readonly status: 'refused'; readonly refusal: Refusal };

/** The case workflow's question. `head` is the hash of event `seq`. */
export interface AdvanceQuery {
  readonly caseId: string;
  readonly seq: number;
  readonly head: string;
}

/**
 * An event as it enters the workflow's history. Its canonical (RFC 8785) bytes give `hash` again. A large event comes
 * without its payload, which the header commits to.
 */
export interface WitnessedEvent {
  readonly hash: string;
  readonly header: Header;
  readonly payload?: { readonly data: unknown; readonly salt: string };
  /** Size of a payload that was left out. */
  readonly payloadBytes?: number;
}

/** A page of events for the workflow's history, and when it has to ask again. */
export interface Advanced {
  readonly events: readonly WitnessedEvent[];
  /** Of the page's last event. */
  readonly seq: number;
  readonly head: string;
  readonly more: boolean;
  /** At least 1,000; absent when nothing is due by itself. */
  readonly wakeInMs?: number;
  readonly ended: boolean;
  readonly stage?: string;
  readonly nextDueAt?: Instant;
}

/** The record does not hold what the workflow has witnessed: the case is frozen. */
export type AdvanceResult = Advanced | { readonly recordBehind: true };
