import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Instant } from '../sdk/time.ts';
import {
  PLANNED_SIGNAL,
  TASK_QUEUE,
  WHEEL_WORKFLOW,
  WORKFLOW_TASK_TIMEOUT,
  wheelWorkflowId,
} from '../workflows/names.ts';

const deadlineMs = 3_000;

/** A wheel's tasks, and its calls of the door, come before those of the cases that wait in the same queue. */
const first = { priorityKey: 1 };

/** Tells a unit's wheel to look, and starts it where none runs. `at`: for what instant, for people who read the history. */
export async function callWheel(client: Client, unit: string, at?: Instant, taskQueue = TASK_QUEUE): Promise<void> {
  await client.withDeadline(Date.now() + deadlineMs, () =>
    client.workflow.signalWithStart(WHEEL_WORKFLOW, {
      workflowId: wheelWorkflowId(unit),
      taskQueue,
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      priority: first,
      signal: PLANNED_SIGNAL,
      signalArgs: [at ?? null],
      args: [{ unit }],
    }),
  );
}

/** What calling wheels needs. */
export interface WheelCallerDeps {
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
  /** At least so long between two calls of one wheel. Default 1,000. */
  readonly spacingMs?: number;
}

/** Calls wheels after commits that planned something. */
export interface WheelCaller {
  /** Returns at once: made for the door's `onCommit`. A call that fails is left to the keeper of the wheels. */
  planned(planned: { readonly unit: string; readonly wakeAt: Instant }): void;
  /** Sends what still waits, and waits for what is under way. */
  flush(): Promise<void>;
}

interface Known {
  /** The wheel looks then or earlier. */
  looksAt: Instant;
  /** Set while the last call is fresh. */
  timer: NodeJS.Timeout | undefined;
  waiting: boolean;
}

/**
 * A wheel is called only when something is planned before the instant it is known to look at, the first time at once and
 * then once a second at most. Other processes know less or more: a call too many is harmless, and one too few impossible,
 * since a wheel looks at the instant of every call that arrived.
 */
export function createWheelCaller(deps: WheelCallerDeps): WheelCaller {
  const { client, log, taskQueue = TASK_QUEUE, spacingMs = 1_000 } = deps;
  const units = new Map<string, Known>();
  const underWay = new Set<Promise<void>>();

  function send(unit: string, known: Known): void {
    known.waiting = false;
    const sent = callWheel(client, unit, known.looksAt, taskQueue)
      .catch((error: Error) => {
        units.delete(unit);
        log.warn({ unit, reason: error.message }, 'a wheel could not be called: left to its keeper');
      })
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
    known.timer = setTimeout(() => {
      known.timer = undefined;
      if (known.waiting) send(unit, known);
    }, spacingMs);
    known.timer.unref();
  }

  return {
    planned({ unit, wakeAt }) {
      const known = units.get(unit);
      if (known && known.looksAt <= wakeAt && Date.parse(known.looksAt) > Date.now()) return;
      if (known?.timer) {
        known.looksAt = wakeAt;
        known.waiting = true;
        return;
      }
      const next: Known = { looksAt: wakeAt, timer: undefined, waiting: false };
      units.set(unit, next);
      send(unit, next);
    },
    async flush() {
      for (const [unit, known] of units) {
        if (known.waiting) {
          clearTimeout(known.timer);
          send(unit, known);
        }
        clearTimeout(known.timer);
      }
      await Promise.all(underWay);
    },
  };
}
