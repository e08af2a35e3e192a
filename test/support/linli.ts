import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { clearTestFolder } from './folders.ts';

/** A `linli start` of a test's own. */
export interface LinliProcess {
  readonly pid: number;
  /** Where it answers, from the line it prints. */
  readonly url: string;
  /** All it has printed, by stream. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
}

const root = join(import.meta.dirname, '../..');
const readyTimeoutMs = 120_000;

/** Runs `linli <args>` with these variables on top of a clean environment, and waits for the ready line. */
export async function startLinli(environment: Record<string, string>, args = ['start']): Promise<LinliProcess> {
  const child = spawn(process.execPath, ['bin/run.mjs', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), ...environment },
  });
  const output = collect(child);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const url = await readyUrl(child, output, ended);
  return { pid: child.pid ?? 0, url, output, ended, kill: (signal) => void child.kill(signal) };
}

/** Ends a Linli of a test's own, whatever servers it left on its folder, and removes the folder; either may be missing. */
export async function endLinli(linli: LinliProcess | undefined, folder: string | undefined): Promise<void> {
  linli?.kill('SIGTERM');
  await linli?.ended;
  if (folder) await clearTestFolder(folder);
}

/** This process' environment without what would choose other servers or another data folder. */
export function cleanEnvironment(): Record<string, string> {
  const foreign = /^(LINLI_(?!CACHE)|TEMPORAL_|DATABASE_URL|npm_lifecycle)/;
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !foreign.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return output;
}

function readyUrl(
  child: ChildProcess,
  output: { readonly stdout: string; readonly stderr: string },
  ended: Promise<number | NodeJS.Signals>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const give = (why: string): void => reject(new Error(`linli ${why}\n${output.stdout}\n${output.stderr}`));
    const late = setTimeout(() => {
      child.kill('SIGTERM');
      give('is not ready in time');
    }, readyTimeoutMs);
    const look = (): void => {
      const url = /^Linli is ready at (http:\/\/\S+)$/m.exec(output.stdout)?.[1];
      if (!url) return;
      clearTimeout(late);
      resolve(url);
    };
    child.stdout?.on('data', look);
    void ended.then((how) => {
      clearTimeout(late);
      look();
      give(`ended (${how}) before it was ready`);
    });
  });
}
