import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalProcess, waitUntilGone } from '../../bin/platform/processes.ts';
import { cleanEnvironment } from '../support/linli.ts';

const root = join(import.meta.dirname, '../..');
const startTimeoutMs = 90_000;

/** `linli api` or `linli worker` as a process of its own. */
export interface Part {
  readonly name: string;
  readonly pid: number;
  /** Where an API answers; empty for a worker. */
  readonly url: string;
  /** Resolves when it has ended, however it ended. */
  readonly ended: Promise<void>;
  lives(): boolean;
  kill(): Promise<void>;
  /** Stops it as it stands; its connections stay open. */
  freeze(): void;
  thaw(): void;
  /** Asks it to end in order. */
  stop(): Promise<void>;
}

/** Starts a part from the sources in `folder` and waits until it says that it is ready. Its output goes to `logFile`. */
export async function startPart(options: {
  readonly name: string;
  readonly kind: 'api' | 'worker';
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** What the system's list of processes shows: a later run finds by it what a killed one left behind. */
  readonly title: string;
  readonly folder?: string;
}): Promise<Part> {
  const { name, kind, environment, logFile, title, folder = root } = options;
  const output = openSync(logFile, 'a');
  const begin = readFileSync(logFile).length;
  const child = spawn(process.execPath, [`--title=${title}`, 'bin/run.mjs', kind], {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: { ...cleanEnvironment(), ...environment },
  });
  closeSync(output);
  const part = describe(name, child);
  const ready = kind === 'api' ? /^Linli's API is ready at (http:\/\/\S+)$/m : /^Linli's (worker) is ready$/m;
  const until = performance.now() + startTimeoutMs;
  for (;;) {
    const printed = readFileSync(logFile).subarray(begin).toString('utf8');
    const found = ready.exec(printed)?.[1];
    if (found) return { ...part, url: kind === 'api' ? found : '' };
    if (!part.lives() || performance.now() > until) {
      await part.kill();
      throw new Error(`${name} did not start:\n${printed.slice(-3_000)}`);
    }
    await sleep(25);
  }
}

function describe(name: string, child: ChildProcess): Part {
  const pid = child.pid ?? 0;
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      alive = false;
      resolve();
    });
  });
  return {
    ...{ name, pid, url: '', ended },
    lives: () => alive,
    async kill() {
      if (alive) signalProcess(pid, 'SIGKILL');
      await ended;
    },
    freeze: () => signalProcess(pid, 'SIGSTOP'),
    thaw: () => signalProcess(pid, 'SIGCONT'),
    async stop() {
      if (!alive) return;
      signalProcess(pid, 'SIGCONT');
      signalProcess(pid, 'SIGTERM');
      if (!(await waitUntilGone(pid, 30_000))) signalProcess(pid, 'SIGKILL');
      await ended;
    },
  };
}
