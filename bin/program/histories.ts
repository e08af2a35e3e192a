import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../activities/bundle.ts';

const { History } = proto.temporal.api.history.v1;

/** Runs as a release recorded them (test/histories). */
interface Recorded {
  readonly runs: readonly { readonly workflowId: string; readonly history: Record<string, unknown> }[];
}

/**
 * Recorded histories that this release no longer replays, one line each. Throws where the folder is not there or holds none: nothing
 * would have been tried.
 */
export async function unreplayable(folder: string): Promise<string[]> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  if (files.length === 0) throw new Error(`There are no recorded histories in ${folder}. Way out: name their folder.`);
  const bundle = await workflowBundle();
  const found: string[] = [];
  for (const file of files) {
    const { runs } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
    const histories = runs.map(({ workflowId, history }) => ({ workflowId, history: History.fromObject(history) }));
    for await (const { error } of Worker.runReplayHistories({ workflowBundle: bundle }, histories))
      if (error) found.push(`${file}: no longer replays: ${error.message.split('\n')[0]}`);
  }
  return found;
}
