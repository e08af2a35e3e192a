import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from '../db/client.ts';
import { logKeysMade } from '../db/queries/record-log.ts';
import { buriedOf } from '../door/buried.ts';
import type { KeyCopies } from '../door/keys/data-keys.ts';
import { type LogSigning, logOrigin } from '../door/log/checkpoint.ts';
import type { NoteSigner } from '../engine/record/note.ts';

/** Where that lies; undefined: nowhere. */
export interface CleanerOptions {
  readonly copies: KeyCopies | undefined;
  readonly archiveFolder: string | undefined;
  /** Signs what is kept of the case, where the log's key is here. */
  readonly signing: Pick<LogSigning, 'signer'>;
  /** Called when the copies of the keys are gone; tests let the process end here. */
  readonly onBuried?: () => void;
}

/**
 * Removes what lies outside the database of a destroyed case: the copies of its keys, and the histories in the archive's folder,
 * of which the manifests stay. May be done any number of times; what says that the case is destroyed is signed when the key is here.
 */
export function destroyedCleaner(
  sql: Sql,
  { copies, archiveFolder, signing, onBuried = () => {} }: CleanerOptions,
): (caseId: string) => Promise<void> {
  return async (caseId) => {
    const buried = await buriedOf(sql, caseId);
    if (!buried) return;
    let signer: NoteSigner | undefined;
    try {
      signer = await signerHere(sql, signing);
    } finally {
      // a damaged key of the log keeps no copy of the case's key alive
      copies?.bury?.(buried, signer);
    }
    onBuried();
    if (archiveFolder === undefined) return;
    const folder = join(archiveFolder, encodeURIComponent(caseId));
    for (const name of listOf(folder)) if (name.endsWith('.history.gz')) rmSync(join(folder, name), { force: true });
  };
}

/** The key that signs the log now; undefined: another machine has it, or nothing was signed yet. */
async function signerHere(sql: Sql, signing: Pick<LogSigning, 'signer'>): Promise<NoteSigner | undefined> {
  const active = (await logKeysMade(sql)).at(-1);
  return active && signing.signer(await logOrigin(sql), active.key);
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
