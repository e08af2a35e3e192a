// What Linli is measured against: the least a Temporal application can do. Bundled by the reference worker alone.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ReferenceActivities } from './names.ts';

const { commitRow } = proxyActivities<ReferenceActivities>({ startToCloseTimeout: '10s' });

/** Keeps a count in memory. */
export const bumpUpdate = defineUpdate<number, [string]>('bump');
/** Commits one row by an ordinary activity, then counts. */
export const storeUpdate = defineUpdate<number, [string]>('store');

/** Takes updates until its history gets long, then goes on in a fresh run. */
export async function entityWorkflow(count: number): Promise<void> {
  let sum = count;
  setHandler(bumpUpdate, () => {
    sum += 1;
    return sum;
  });
  setHandler(storeUpdate, async (text) => {
    await commitRow(text);
    sum += 1;
    return sum;
  });
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  await continueAsNew<typeof entityWorkflow>(sum);
}

/** One timer, then one row. */
export async function alarmWorkflow(atMs: number, text: string): Promise<void> {
  await sleep(Math.max(1, atMs - Date.now()));
  await commitRow(text);
}
