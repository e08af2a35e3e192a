import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Instant } from '../sdk/time.ts';
import { caseWorkflowId, FOLDED_SIGNAL, GENESIS, TASK_QUEUE } from '../workflows/names.ts';
import { type CaseSignal, type CaseToRun, signalRun } from './case-run.ts';

/** A committed act. `opening`: the act that opened the case, whose wake starts its workflow. */
export interface Wake {
  readonly caseId: string;
  readonly type: string;
  readonly actId: string;
  readonly opening?: { readonly openedAt: Instant };
}

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
}

/** Wakes cases' workflows after commits. */
export interface Waker {
  /** Returns at once. A wake that fails is left to the sweeper, which finds the case within seconds. */
  wake(wake: Wake): void;
  /** Sends what still waits, and waits for what is under way. */
  flush(): Promise<void>;
}

/** At most so many wakes under way; in an outage of Temporal further ones wait with their case. */
const mostUnderWay = 200;
const deadlineMs = 3_000;

interface Waiting {
  acts: Wake[];
  timer: NodeJS.Timeout | undefined;
}

/**
 * The first wake of a case goes out at once; those that follow within `spacingMs` are folded into one signal, `acts`, that
 * lists their types and ids. A single one keeps its own name, so that the history reads as the acts' types.
 */
export function createWaker(deps: WakerDeps): Waker {
  const { client, log, taskQueue = TASK_QUEUE, spacingMs = 100 } = deps;
  const cases = new Map<string, Waiting>();
  const underWay = new Set<Promise<void>>();

  function send(caseId: string, waiting: Waiting): void {
    const acts = waiting.acts.splice(0);
    const sent = deliver(caseId, acts)
      .catch((error: Error) => log.warn({ caseId, reason: error.message }, 'a wake failed: left to the sweeper'))
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
    rest(caseId, waiting);
  }

  function rest(caseId: string, waiting: Waiting): void {
    waiting.timer = setTimeout(() => {
      if (waiting.acts.length === 0) cases.delete(caseId);
      else if (underWay.size >= mostUnderWay) rest(caseId, waiting);
      else send(caseId, waiting);
    }, spacingMs);
    waiting.timer.unref();
  }

  async function deliver(caseId: string, acts: Wake[]): Promise<void> {
    const signal = signalOf(acts);
    await client.withDeadline(Date.now() + deadlineMs, async () => {
      const opening = acts.find((each) => each.opening)?.opening;
      if (opening) {
        const fresh = { caseId, openedAt: opening.openedAt, witnessed: { seq: 0, head: GENESIS } };
        const runId = await signalRun(client, fresh, signal, taskQueue);
        deps.onOpened?.(caseId, runId);
        return;
      }
      try {
        await client.workflow.getHandle(caseWorkflowId(caseId)).signal(signal.name, ...signal.args);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        const work = await deps.caseToRun(caseId);
        if (work) await signalRun(client, work, signal, taskQueue);
      }
    });
  }

  return {
    wake(wake) {
      const known = cases.get(wake.caseId);
      if (known) {
        known.acts.push(wake);
        return;
      }
      const waiting: Waiting = { acts: [wake], timer: undefined };
      cases.set(wake.caseId, waiting);
      if (underWay.size >= mostUnderWay) rest(wake.caseId, waiting);
      else send(wake.caseId, waiting);
    },
    async flush() {
      for (const [caseId, waiting] of cases) {
        clearTimeout(waiting.timer);
        if (waiting.acts.length > 0) send(caseId, waiting);
        clearTimeout(waiting.timer);
        cases.delete(caseId);
      }
      await Promise.all(underWay);
    },
  };
}

function signalOf(acts: readonly Wake[]): CaseSignal {
  const [only] = acts;
  if (only && acts.length === 1) return { name: only.type, args: [only.actId] };
  return { name: FOLDED_SIGNAL, args: [acts.map(({ type, actId }) => ({ type, id: actId }))] };
}
