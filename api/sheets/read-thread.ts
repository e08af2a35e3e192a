import { parentPort } from 'node:worker_threads';
import { readStatementSheets } from '../statements/file.ts';
import { readSheets } from './read.ts';
import { type Sheet, SheetProblem } from './sheet.ts';

/** What the thread is given: a file, and what it is: a list that begins with its heading, or a bank's statement. */
export interface ThreadTask {
  readonly bytes: Uint8Array;
  readonly as: 'list' | 'statement';
}

/** What the thread says: that it is there, the sheets of a file, why the file is no table, or that reading it failed. */
export type ThreadAnswer =
  | { readonly ready: true }
  | { readonly sheets: readonly Sheet[] }
  | { readonly problem: Pick<SheetProblem, 'detail' | 'waysOut' | 'tooLarge'> }
  | { readonly failed: string };

parentPort?.on('message', async (task: ThreadTask) => parentPort?.postMessage(await answer(task)));
parentPort?.postMessage({ ready: true } satisfies ThreadAnswer);

async function answer({ bytes, as }: ThreadTask): Promise<ThreadAnswer> {
  try {
    return { sheets: await (as === 'statement' ? readStatementSheets : readSheets)(bytes) };
  } catch (error) {
    // of an error that nobody foresaw only its kind is told: its message may hold what the file holds
    if (!(error instanceof SheetProblem)) return { failed: (error as Error).name };
    const { detail, waysOut, tooLarge } = error;
    return { problem: { detail, waysOut, tooLarge } };
  }
}
