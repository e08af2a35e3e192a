import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import {
  EFFECT_WORKFLOW,
  type EffectRun,
  effectWorkflowId,
  TASK_QUEUE,
  WORKFLOW_TASK_TIMEOUT,
} from '../workflows/names.ts';
import { leased, takeable } from './lease.ts';
import { createLoop, type Loop } from './loop.ts';
import { spanMs } from './span.ts';

/** What the loop that starts effects needs. */
export interface DispatcherDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
  readonly mayFire?: () => boolean;
  /** Effects older than this do not start by themselves: Temporal may have forgotten that they ran. Default 90 days. */
  readonly oldestMs?: number;
}

/** The loop of a worker process that starts the workflows of effects the door has asked for. */
export interface Dispatcher extends Loop {
  /** One turn: starts at most 100 effects, and answers how many it took. */
  dispatch(): Promise<number>;
}

const everyMs = 1_000;
const atMost = 100;

/** Starts the workflow of an effect; false when Temporal knows one of this id already, running or ended. */
export async function startEffect(
  client: Client,
  { id, limit, taskQueue }: { readonly id: string; readonly limit: string | undefined; readonly taskQueue: string },
): Promise<boolean> {
  const limitMs = limit === undefined ? undefined : spanMs(limit);
  const run: EffectRun = { effectId: id, ...(limitMs === undefined ? {} : { limitMs }) };
  try {
    await client.withDeadline(Date.now() + 10_000, () =>
      client.workflow.start(EFFECT_WORKFLOW, {
        workflowId: effectWorkflowId(id),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        taskQueue,
        args: [run],
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/**
 * Starts the workflow `effect/<id>` of every effect the door wrote down. Started once however often it is tried: Temporal
 * refuses a second one of the same id, and then the row is marked all the same.
 */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { sql, client, log, taskQueue = TASK_QUEUE, oldestMs = 90 * 86_400_000, mayFire = () => true } = deps;

  const lease = () => sql<{ id: string; payload: { limit?: string } }[]>`
    UPDATE effects SET ${leased(sql)}
    WHERE id = ANY (ARRAY(
      SELECT e.id FROM effects e JOIN cases c ON c.case_id = e.case_id AND c.frozen_at IS NULL
      WHERE e.done_at IS NULL AND ${takeable(sql, 'e')}
        AND e.created_at > clock_timestamp() - ${oldestMs} * interval '1 ms'
      ORDER BY e.next_try LIMIT ${atMost} FOR UPDATE OF e SKIP LOCKED))
    RETURNING id, payload`;

  async function begin(id: string, limit: string | undefined): Promise<void> {
    await startEffect(client, { id, limit, taskQueue });
    await sql`UPDATE effects SET done_at = clock_timestamp(), lease_until = NULL WHERE id = ${id} AND done_at IS NULL`;
  }

  async function dispatch(): Promise<number> {
    if (!mayFire()) return 0;
    const taken = await lease();
    for (const { id, payload } of taken) {
      await begin(id, payload.limit).catch((error: Error) =>
        log.warn({ effectId: id, reason: error.message }, 'an effect could not be started and is tried again'),
      );
    }
    return taken.length;
  }

  const loop = createLoop({ name: 'dispatcher', everyMs, log, body: async () => (await dispatch()) === atMost });
  return { ...loop, dispatch };
}
