import { proxyActivities } from '@temporalio/workflow';

/** What a workflow of somebody else's asks of Linli's workers: any activity, with anything in it. */
export interface RogueOrder {
  readonly taskQueue: string;
  readonly activity: string;
  readonly args: readonly unknown[];
}

async function obey({ taskQueue, activity, args }: RogueOrder): Promise<unknown> {
  const activities = proxyActivities<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>({
    taskQueue,
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
  return activities[activity]!(...args);
}

/** Workflow code of whoever reaches Temporal, under the names of ours. */
export const caseWorkflow = (order: RogueOrder): Promise<unknown> => obey(order);
/** The same. */
export const effectWorkflow = (order: RogueOrder): Promise<unknown> => obey(order);
