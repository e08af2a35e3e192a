import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Failpoint } from '../../bin/failpoint.ts';
import type { WriterOrders, WriteTask, Written } from './book-writer-process.ts';

const script = fileURLToPath(new URL('./book-writer-process.ts', import.meta.url));

/** How a process of writers is to end before its work is done. */
export type Death = Failpoint | { readonly afterAnswers: number };

/** What came of the work of one process and of those that took its place. */
export interface WritersResult {
  /** The first answer to each act, by its id. */
  readonly answers: ReadonlyMap<string, Written>;
  /** How many processes were killed before they were done. */
  readonly deaths: number;
}

/**
 * Writers in a process of their own, which is killed as many times as there are deaths; each time another one goes on with
 * what was not answered. The last is left to finish.
 */
export async function writeUntilDone(
  databaseUrl: string,
  writers: readonly (readonly WriteTask[])[],
  deaths: readonly Death[],
): Promise<WritersResult> {
  const answers = new Map<string, Written>();
  let died = 0;
  for (const death of [...deaths, undefined]) {
    const left = writers.map((tasks) => tasks.filter(({ actId }) => !answers.has(actId)));
    const how = await live({ databaseUrl, writers: left }, answers, death);
    if (how === 'SIGKILL') died += 1;
    else if (how !== '0') throw new Error(`the writers ended: ${how}`);
  }
  return { answers, deaths: died };
}

async function live(orders: WriterOrders, answers: Map<string, Written>, death: Death | undefined): Promise<string> {
  const failpoint = death && 'name' in death ? { failpoint: death } : {};
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  // it never outlives who started it
  process.once('exit', end);
  const ended = once(child, 'close');
  child.stdin.end(JSON.stringify({ ...orders, ...failpoint }));
  let left = death && 'afterAnswers' in death ? death.afterAnswers : Number.POSITIVE_INFINITY;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue; // cut off by the kill: nobody was answered
    const written = JSON.parse(line) as Written;
    if (!answers.has(written.actId)) answers.set(written.actId, written);
    left -= 1;
    if (left === 0) end();
  }
  const [code, signal] = await ended;
  process.off('exit', end);
  return String(signal ?? code);
}
