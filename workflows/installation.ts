import { condition, defineSignal, makeContinueAsNewFunc, setHandler, workflowInfo } from '@temporalio/workflow';
import type { InstallationRun, StoreNonce } from './names.ts';
import { NONCE_SIGNAL, WORKFLOW_TASK_TIMEOUT } from './names.ts';

const yearMs = 365 * 24 * 60 * 60 * 1000;
const mostKept = 4;

const continueRun = makeContinueAsNewFunc<typeof installationWorkflow>({ workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT });

/**
 * The installation, as long as it lasts: keeps the last nonces that were written into the database, so that a database put back
 * to an earlier point is noticed. Whoever wants to know them reads its history: no worker is needed for that.
 */
export async function installationWorkflow({ kept }: InstallationRun): Promise<void> {
  let last = kept;
  setHandler(defineSignal<[StoreNonce]>(NONCE_SIGNAL), (nonce) => {
    last = [...last, nonce].slice(-mostKept);
  });
  await condition(() => workflowInfo().continueAsNewSuggested, yearMs);
  await continueRun({ kept: last });
}
