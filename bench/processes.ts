import { spawn, spawnSync } from 'node:child_process';

/** A process of the bench's own. */
export interface OwnProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a script that reads its set-up from standard input and prints `ready`. */
export async function startScript(file: string, setup: unknown): Promise<OwnProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  process.once('exit', () => child.kill('SIGKILL'));
  child.stdin.end(JSON.stringify(setup));
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready')) resolve();
    });
    void ended.then(() => reject(new Error(`${file} ended before it was ready; what it said is above.`)));
  });
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Memory a process holds at this moment, in bytes; NaN where the system does not tell. */
export function residentBytes(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout?.trim() || Number.NaN) * 1_024;
}
