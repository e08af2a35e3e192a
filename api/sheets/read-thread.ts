import { parentPort } from 'node:worker_threads';
import { readSheets } from './read.ts';
import { type Sheet, SheetProblem } from './sheet.ts';

/** What the thread says: that it is there, the sheets of a file, why the file is no table, or that reading it failed. */
export type ThreadAnswer =
  | { readonly ready: true }
  | { readonly sheets: readonly Sheet[] }
  | { readonly problem: Pick<SheetProblem, 'detail' | 'waysOut' | 'tooLarge'> }
  | { readonly failed: string };

parentPort?.on('message', async (bytes: Uint8Array) => parentPort?.postMessage(await answer(bytes)));
parentPort?.postMessage({ ready: true } satisfies ThreadAnswer);

async function answer(bytes: Uint8Array): Promise<ThreadAnswer> {
  try {
    return { sheets: await readSheets(bytes) };
  } catch (error) {
    // of an error that nobody foresaw only its kind is told: its message may hold what the file holds
    if (!(error instanceof SheetProblem)) return { failed: (error as Error).name };
    const { detail, waysOut, tooLarge } = error;
    return { problem: { detail, waysOut, tooLarge } };
  }
}
