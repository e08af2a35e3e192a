import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { caseWorkflowId, FOLDED_SIGNAL, TASK_QUEUE, TIME_SIGNAL } from '../workflows/names.ts';
import { type CaseSignal, type CaseToRun, signalRun } from './case-run.ts';

/** A committed act. */
export interface WakingAct {
  readonly type: string;
  readonly id: string;
}

/** What waking cases needs. */
export interface WakerDeps {
  readonly client: Client;
  readonly log: Logger;
  /** Reads what a new run of the case has to know; undefined for a case that must not be woken (frozen, unknown). */
  readonly caseToRun: (caseId: string) => Promise<CaseToRun | undefined>;
  /** Told the run's id after the wake that opened a case. */
  readonly onOpened?: (caseId: string, runId: string) => unknown;
  readonly taskQueue?: string;
  /** At least so long between two wakes of one case. Default 100. */
  readonly spacingMs?: number;
  /** The longest that a slow server stretches this to. Default 3,000. */
  readonly mostSpacingMs?: number;
}

/** Wakes cases' workflows after commits. */
export interface Waker {
  /**
   * Wakes a case's workflow, and starts it where none runs; `acts` is empty when only time did something. Returns at once:
   * made to be the door's `onCommit`. A wake that fails is left to the sweeper, which finds the case within seconds.
   */
  wake(caseId: string, acts: readonly WakingAct[]): void;
  /** Sends what still waits, and waits for what is under way. */
  flush(): Promise<void>;
}

/** At most so many wakes under way; in an outage of Temporal further ones wait with their case. */
const mostUnderWay = 200;
const deadlineMs = 3_000;

/** The pause of a case is so many times as long as wakes take at present. */
const pausePerWake = 30;

/** The act that opens a case: there is no run to signal yet. */
const opening = 'case.open';

interface Waiting {
  readonly acts: WakingAct[];
  /** Something was committed since the last wake. */
  pending: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The first wake of a case goes out at once; those that follow within `spacingMs` are folded into one signal, `acts`, that
 * lists their types and ids. A single one keeps its own name, so that the history reads as the acts' types. When wakes take
 * long the server is short of breath: then the spacing grows with them, more is folded, and less is asked of it.
 */
export function createWaker(deps: WakerDeps): Waker {
  const { client, log, taskQueue = TASK_QUEUE, spacingMs = 100, mostSpacingMs = 3_000 } = deps;
  const cases = new Map<string, Waiting>();
  const underWay = new Set<Promise<void>>();
  /** How long wakes take at present, milliseconds: a running mean. */
  let wakeMs = 0;

  function send(caseId: string, waiting: Waiting): void {
    const acts = waiting.acts.splice(0);
    waiting.pending = false;
    const begun = performance.now();
    const sent = deliver(caseId, acts)
      .catch((error: Error) => log.warn({ caseId, reason: error.message }, 'a wake failed: left to the sweeper'))
      .finally(() => {
        underWay.delete(sent);
        wakeMs += (performance.now() - begun - wakeMs) / 8;
      });
    underWay.add(sent);
    rest(caseId, waiting);
  }

  function rest(caseId: string, waiting: Waiting): void {
    waiting.timer = setTimeout(() => {
      if (!waiting.pending) cases.delete(caseId);
      else if (underWay.size >= mostUnderWay) rest(caseId, waiting);
      else send(caseId, waiting);
    }, spacing());
    waiting.timer.unref();
  }

  const spacing = (): number => Math.max(spacingMs, Math.min(mostSpacingMs, pausePerWake * wakeMs));

  async function deliver(caseId: string, acts: readonly WakingAct[]): Promise<void> {
    const signal = signalOf(acts);
    const opens = acts.some(({ type }) => type === opening);
    await client.withDeadline(Date.now() + deadlineMs, async () => {
      if (!opens && (await signalled(caseId, signal))) return;
      const work = await deps.caseToRun(caseId);
      if (!work) return;
      const runId = await signalRun(client, work, signal, taskQueue);
      if (opens) await deps.onOpened?.(caseId, runId);
    });
  }

  /** False when no run of the case is open. */
  async function signalled(caseId: string, signal: CaseSignal): Promise<boolean> {
    try {
      await client.workflow.getHandle(caseWorkflowId(caseId)).signal(signal.name, ...signal.args);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  return {
    wake(caseId, acts) {
      const known = cases.get(caseId);
      const waiting: Waiting = known ?? { acts: [], pending: false, timer: undefined };
      waiting.acts.push(...acts);
      waiting.pending = true;
      if (known) return;
      cases.set(caseId, waiting);
      if (underWay.size >= mostUnderWay) rest(caseId, waiting);
      else send(caseId, waiting);
    },
    async flush() {
      for (const [caseId, waiting] of cases) {
        clearTimeout(waiting.timer);
        if (waiting.pending) send(caseId, waiting);
        clearTimeout(waiting.timer);
        cases.delete(caseId);
      }
      await Promise.all(underWay);
    },
  };
}

function signalOf(acts: readonly WakingAct[]): CaseSignal {
  const [first] = acts;
  if (!first) return { name: TIME_SIGNAL, args: [] };
  if (acts.length === 1) return { name: first.type, args: [first.id] };
  return { name: FOLDED_SIGNAL, args: [acts.map(({ type, id }) => ({ type, id }))] };
}
