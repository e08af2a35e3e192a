import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerOrders } from './worker-process.ts';

/** A worker process of a test's own. */
export interface WorkerChild {
  readonly pid: number;
  /** The signal or code with which it ended. */
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

const script = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** Starts a worker and waits until it polls. */
export async function startWorkerChild(orders: WorkerOrders): Promise<WorkerChild> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // it never outlives who started it
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
  const ready = once(child.stdout!, 'data');
  await Promise.race([
    ready,
    ended.then((how) => Promise.reject(new Error(`the worker ended before it was ready: ${how}`))),
  ]);
  return { pid: child.pid!, ended, kill: (signal) => void child.kill(signal) };
}
