import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from '../db/client.ts';
import { buriedOf } from '../door/buried.ts';
import type { KeyCopies } from '../door/keys/data-keys.ts';

/** Where that lies; undefined: nowhere. */
export interface CleanerOptions {
  readonly copies: KeyCopies | undefined;
  readonly archiveFolder: string | undefined;
  /** Called when the copies of the keys are gone; tests let the process end here. */
  readonly onBuried?: () => void;
}

/**
 * Removes what lies outside the database of a destroyed case: the copies of its keys, and the histories in the archive's folder,
 * of which the manifests stay. May be done any number of times.
 */
export function destroyedCleaner(
  sql: Sql,
  { copies, archiveFolder, onBuried = () => {} }: CleanerOptions,
): (caseId: string) => Promise<void> {
  return async (caseId) => {
    const buried = await buriedOf(sql, caseId);
    if (!buried) return;
    copies?.bury?.(buried);
    onBuried();
    if (archiveFolder === undefined) return;
    const folder = join(archiveFolder, encodeURIComponent(caseId));
    for (const name of listOf(folder)) if (name.endsWith('.history.gz')) rmSync(join(folder, name), { force: true });
  };
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
