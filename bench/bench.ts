import { createCaseOpener } from './cases.ts';
import type { Bench, Subject } from './context.ts';
import { createApiClient } from './http-client.ts';
import { startInstallation } from './installation.ts';
import { startReference } from './reference/reference.ts';
import { inWords, type Line } from './report.ts';
import { act, spread } from './subjects/act.ts';
import { books } from './subjects/books.ts';
import { burst, burstQueue } from './subjects/burst.ts';
import { hot } from './subjects/hot.ts';
import { idle } from './subjects/idle.ts';
import { record } from './subjects/record.ts';
import { sight } from './subjects/sight.ts';
import { start } from './subjects/start.ts';
import { noteTexts } from './texts.ts';

/** Everything that can be measured, by name. */
export const subjects: Readonly<Record<string, Subject>> = {
  ...{ start, act, spread, hot, books, burst, 'burst.queue': burstQueue, idle, record, sight },
};

/** How to measure. */
export interface BenchOptions {
  /** Names of subjects; none: all that do not ask to be named. */
  readonly names: readonly string[];
  /** Seconds of measuring for each side and number of clients. */
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: number;
  readonly json: boolean;
  /** Cases of a burst, or of an idle installation. */
  readonly n?: number;
  /** A folder for CPU profiles of the process with API and worker. */
  readonly profile?: string;
  /** Breaks the measuring off: everything that was started is ended, and the bench throws. */
  readonly signal?: AbortSignal;
}

/** Where the bench speaks: results, and what goes on. */
export interface BenchVoice {
  print(text: string): void;
  say(text: string): void;
}

/**
 * Starts a whole Linli and a bare reference worker on the same servers, measures both in turn, prints a line a figure, and
 * ends all of it. Throws when something does not work; then nothing is left running either.
 */
export async function runBench(options: BenchOptions, { print, say }: BenchVoice): Promise<Line[]> {
  say('starting PostgreSQL, Temporal and Linli on a new folder …');
  const installation = await startInstallation(options.profile === undefined ? {} : { profile: options.profile });
  const api = createApiClient(installation.url);
  const lines: Line[] = [];
  try {
    for (const each of installation.durability) say(each);
    const { address, namespace } = installation.temporal;
    const setup = { address, namespace, databaseUrl: installation.databaseUrl };
    const reference = await startReference(installation.client, setup);
    try {
      const { seconds, rounds, seed } = options;
      const cases = createCaseOpener(api, installation);
      const count = options.n === undefined ? {} : { n: options.n };
      const bench: Bench = {
        ...{ installation, api, cases, reference, seconds, rounds, text: noteTexts(seed), say },
        ...count,
      };
      const unasked = Object.keys(subjects).filter((name) => !subjects[name]!.byName);
      for (const name of options.names.length > 0 ? options.names : unasked) {
        for (const each of await unlessBroken(subjects[name]!.run(bench), options.signal)) {
          lines.push(each);
          print(options.json ? JSON.stringify(each) : inWords(each));
        }
      }
      say(`sent again: ${api.repeats} requests of ours, ${reference.repeats} updates of the reference`);
    } finally {
      await reference.stop();
    }
  } catch (error) {
    say(`Linli's log ends:\n${installation.logTail()}`);
    throw error;
  } finally {
    api.close();
    await installation.stop();
  }
  return lines;
}

function unlessBroken<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const broken = new Promise<never>((_, reject) => {
    const end = () => reject(new Error('The measuring was broken off.'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
  return Promise.race([work, broken]);
}
