import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { argumentsOf, isAlive, parentOf, startToken } from './processes.ts';

/** A `linli start` as it is written down in its data folder. */
export interface Instance {
  readonly pid: number;
  /** Tells the process from a later one with the same id. */
  readonly started: string;
  /** The npm that started it, if one did. */
  readonly launcher?: { readonly pid: number; readonly started: string };
  /** Where it answers; missing until it is ready. */
  readonly url?: string;
}

/** The data folder is ours until `release`. */
export interface Claim {
  /** The npm that started this process, if one did. */
  readonly launcher: Instance['launcher'];
  /** Writes down where we answer. */
  announce(url: string): void;
  release(): void;
}

/** Takes the data folder for this process; gives the other instance back when one that lives has it. */
export async function claimFolder(dataDir: string): Promise<{ claim: Claim } | { other: Instance }> {
  const file = join(dataDir, 'linli.json');
  const launcher = findLauncher();
  const self: Instance = {
    pid: process.pid,
    started: startToken(process.pid) ?? '',
    ...(launcher && { launcher }),
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const other = readInstance(dataDir);
      if (other && lives(other)) return { other };
      removeStale(file);
      continue;
    }
    // two that found the same stale file may both get here: the later one has the file
    await sleep(50);
    if (readInstance(dataDir)?.pid !== process.pid) continue;
    return { claim: claimOf(file, self) };
  }
  throw new Error(`${file} cannot be written: other processes keep replacing it`);
}

/** What is written down in a data folder; undefined when nothing (or nothing readable) is. */
export function readInstance(dataDir: string): Instance | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'linli.json'), 'utf8')) as Instance;
  } catch {
    return undefined;
  }
}

/** Whether the process of an instance still runs. */
export function lives({ pid, started }: { readonly pid: number; readonly started: string }): boolean {
  return isAlive(pid) && startToken(pid) === started;
}

/** Whether it was started by an npm that was killed since: nobody's terminal shows it any more. */
export function isLeftBehind({ launcher }: Instance): boolean {
  return launcher !== undefined && !lives(launcher);
}

function claimOf(file: string, self: Instance): Claim {
  return {
    launcher: self.launcher,
    announce(url) {
      writeFileSync(`${file}.new`, JSON.stringify({ ...self, url }), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

function removeStale(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch {
    // another start was faster
  }
}

/** The npm among our ancestors; npm runs scripts through a shell, which may or may not stay in between. */
function findLauncher(): { pid: number; started: string } | undefined {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined;
  let pid: number | undefined = process.ppid;
  for (let step = 0; step < 3 && pid !== undefined && pid > 1; step++) {
    const args = argumentsOf(pid);
    const started = startToken(pid);
    if (started !== undefined && args.some((arg) => /(^|[/\\])npm(-cli\.js)?($| )/.test(arg))) return { pid, started };
    pid = parentOf(pid);
  }
  return undefined;
}
