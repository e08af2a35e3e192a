import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of this machine as the system lists it. */
export interface SystemProcess {
  readonly pid: number;
  /** Program and arguments, as far as the system still tells where one ends and the next begins. */
  readonly args: readonly string[];
}

/** Whether a process with this id exists and has not ended (a zombie has). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return processState(pid) !== 'Z';
}

/**
 * Something that tells this process from any later one with the same id; undefined when it is gone.
 * On Linux its start in clock ticks since boot, elsewhere the start time that `ps` prints.
 */
export function startToken(pid: number): string | undefined {
  if (process.platform === 'linux') return statFields(pid)?.[19];
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

/** The id of the process that started this one; undefined when unknown or gone. */
export function parentOf(pid: number): number | undefined {
  if (process.platform === 'linux') return Number(statFields(pid)?.[1]) || undefined;
  const { stdout } = spawnSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout?.trim()) || undefined;
}

/** Arguments of one process; empty when it is gone or may not be read. */
export function argumentsOf(pid: number): readonly string[] {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    } catch {
      return [];
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim().split(/\s+/).filter(Boolean) ?? [];
}

/** All processes that this user may see and whose arguments fit. */
export function findProcesses(fits: (args: readonly string[]) => boolean): SystemProcess[] {
  return allPids()
    .filter((pid) => pid !== process.pid)
    .map((pid) => ({ pid, args: argumentsOf(pid) }))
    .filter(({ args }) => args.length > 0 && fits(args));
}

/**
 * Asks a process to end, waits, and ends it by force when it does not.
 * Returns once it is gone; `gentle` is the signal asked with first, `hard` the last one.
 */
export async function endProcess(
  pid: number,
  { gentle, hard, waitMs }: { gentle: NodeJS.Signals; hard: NodeJS.Signals; waitMs: number },
): Promise<void> {
  for (const signal of [gentle, hard, 'SIGKILL'] as const) {
    signalProcess(pid, signal);
    if (await waitUntilGone(pid, waitMs)) return;
  }
  throw new Error(`process ${pid} does not end, not even by SIGKILL`);
}

/** Sends a signal; a process that is already gone is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits at most so long for a process to be gone and tells whether it is. */
export async function waitUntilGone(pid: number, waitMs: number): Promise<boolean> {
  const until = performance.now() + waitMs;
  while (isAlive(pid)) {
    if (performance.now() > until) return false;
    await sleep(25);
  }
  return true;
}

function allPids(): number[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  }
  const { stdout } = spawnSync('ps', ['-axo', 'pid='], { encoding: 'utf8' });
  return stdout?.trim().split(/\s+/).map(Number) ?? [];
}

function processState(pid: number): string | undefined {
  return process.platform === 'linux' ? statFields(pid)?.[0] : undefined;
}

/** Fields of /proc/pid/stat from the third on: the second, the name, may hold anything. */
function statFields(pid: number): string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
