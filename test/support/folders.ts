import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { endProcess, findProcesses, isAlive } from '../../bin/platform/processes.ts';

const prefix = 'linli-test-';

/** A new empty folder that carries this process' id, so that a later run can tell whether it was left behind. */
export function makeTestFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-${name}-`));
}

/** Removes such a folder with all that is in it. */
export function removeTestFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends what still runs on such a folder, and removes it. */
export async function clearTestFolder(folder: string): Promise<void> {
  for (const { pid } of findProcesses((args) => args.some((arg) => arg.startsWith(`${folder}/`))))
    await endProcess(pid, { gentle: 'SIGINT', hard: 'SIGTERM', waitMs: 10_000 });
  removeTestFolder(folder);
}

/** Ends servers and removes folders that killed test runs left behind. */
export async function sweepTestFolders(log: Logger): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (!owner || isAlive(owner)) continue;
    const folder = join(tmpdir(), name);
    log.warn({ folder }, 'cleaning up after a test run that was killed');
    for (const { pid } of findProcesses((args) => args.some((arg) => arg.includes(`${folder}/`)))) {
      await endProcess(pid, { gentle: 'SIGINT', hard: 'SIGQUIT', waitMs: 5_000 });
    }
    removeTestFolder(folder);
  }
}
