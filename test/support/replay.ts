import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { InjectedSinks } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { FAILURE_CONVERTER } from '../../activities/data-converter.ts';
import type { WitnessSinks } from './replay-witness.ts';

type History = temporal.api.history.v1.IHistory;

/** How the replay of one run went: where it ended, or why it cannot be replayed by this code. */
export interface Replayed {
  readonly workflowId: string;
  readonly end?: { readonly seq: number; readonly head: string };
  readonly error?: Error;
}

let bundle: Promise<{ code: string }> | undefined;

/** Replays runs with the workflows as they are now. `dataConverter`: for histories whose payloads are encrypted. */
export async function replay(
  runs: Iterable<{ workflowId: string; history: History }>,
  dataConverter?: DataConverter,
): Promise<Replayed[]> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    failureConverterPath: FAILURE_CONVERTER,
    logger: new DefaultLogger('ERROR'),
    workflowInterceptorModules: [fileURLToPath(new URL('./replay-witness.ts', import.meta.url))],
  });
  let end: Replayed['end'];
  const sinks: InjectedSinks<WitnessSinks> = {
    witness: {
      end: {
        callDuringReplay: true,
        fn: (_info, _workflowId, _runId, position) => {
          end = { seq: position.seq, head: position.head };
        },
      },
    },
  };
  const results: Replayed[] = [];
  for (const run of runs) {
    end = undefined;
    const options = { workflowBundle: await bundle, sinks, ...(dataConverter ? { dataConverter } : {}) };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, [run])) {
      results.push({ workflowId, ...(end ? { end } : {}), ...(error ? { error } : {}) });
    }
  }
  return results;
}
