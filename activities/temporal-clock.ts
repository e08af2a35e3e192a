import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../workflows/names.ts';

/** Asks a Temporal server for its time, in milliseconds since 1970. Throws when it does not answer. */
export type TemporalClock = () => Promise<number>;

const deadlineMs = 5_000;
/** The server refuses polls that would end within 2 s; this one is given up as soon as it was seen. */
const pollMs = 30_000;
const sticky = 2; // a queue in one piece, which the server forgets when nobody asks
const workflowTasks = 1;

/**
 * A clock read from a Temporal server. No call of its API answers the time; but for each poller the server keeps
 * when it came, by its own clock. So a poll is begun on a queue of this process' own, looked up and given up: two short
 * calls, nothing in any history. Throws when the server does not answer within 5 s, and where it keeps no pollers.
 */
export function temporalClock(client: Client): TemporalClock {
  const { namespace } = client.options;
  const name = `linli-clock-${randomUUID()}`;
  // the server asks the normal queue for a sticky one's settings: it must not be the sticky one itself
  const taskQueue = { name, normalName: TASK_QUEUE, kind: sticky };

  async function seen(identity: string): Promise<number | undefined> {
    const { pollers } = await client.workflowService.describeTaskQueue({
      ...{ namespace, taskQueue, taskQueueType: workflowTasks },
    });
    const at = pollers?.find((each) => each.identity === identity)?.lastAccessTime;
    return at ? Number(at.seconds) * 1_000 + Math.round((at.nanos ?? 0) / 1e6) : undefined;
  }

  async function lookUp(identity: string): Promise<number> {
    const until = performance.now() + deadlineMs;
    for (let pauseMs = 20; performance.now() < until; pauseMs = Math.min(2 * pauseMs, 500)) {
      const at = await client.withDeadline(Date.now() + deadlineMs, () => seen(identity));
      if (at !== undefined) return at;
      await sleep(pauseMs);
    }
    throw new Error('the server does not show who polls');
  }

  return async () => {
    const identity = randomUUID();
    const end = new AbortController();
    const request = { namespace, taskQueue, identity };
    client
      .withAbortSignal(end.signal, () =>
        client.withDeadline(Date.now() + pollMs, () => client.workflowService.pollWorkflowTaskQueue(request)),
      )
      .catch(() => {}); // it ends by being given up
    try {
      return await lookUp(identity);
    } finally {
      end.abort();
    }
  };
}
