import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyFromJson } from './support/histories.ts';
import { quietRuntime } from './support/quiet.ts';
import { replay } from './support/replay.ts';

/** A file of test/histories: finished runs of one case as a release made them, and where the record says each ended. */
interface Recorded {
  readonly release: string;
  readonly name: string;
  readonly runs: readonly {
    readonly workflowId: string;
    readonly seq: number;
    readonly head: string;
    readonly history: unknown;
  }[];
}

const folder = join(import.meta.dirname, 'histories');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('there are histories to replay', () => expect(files.length).toBeGreaterThanOrEqual(4));

test.each(files)('%s replays and ends where the record says', async (file) => {
  quietRuntime();
  const { runs } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded;
  const replayed = await replay(
    runs.map(({ workflowId, history }) => ({ workflowId, history: historyFromJson(history) })),
  );
  expect(replayed).toEqual(runs.map(({ workflowId, seq, head }) => ({ workflowId, end: { seq, head } })));
});

test('a history that was tampered with does not replay', async () => {
  const { runs } = JSON.parse(readFileSync(join(folder, files[0]!), 'utf8')) as Recorded;
  const [run] = runs;
  const history = structuredClone(run!.history) as { events: { timerStartedEventAttributes?: unknown }[] };
  history.events = history.events.filter((event) => !event.timerStartedEventAttributes);
  const [result] = await replay([{ workflowId: run!.workflowId, history: historyFromJson(history) }]);
  expect(result?.error).toBeDefined();
});
