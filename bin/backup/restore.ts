import { resolve } from 'node:path';
import type { Sql } from '../../db/client.ts';
import type { Config } from '../config.ts';
import { yearlyKeysFile } from '../yearly-keys.ts';
import { haveKeys, restoreKeys } from './keys.ts';
import { checkEmpty, checkRelease, loadDatabase } from './load.ts';
import type { BackupManifest } from './manifest.ts';
import { verifyBackup } from './verify.ts';

/** What is restored, and into what. */
export interface RestoreOptions {
  readonly databaseUrl: string;
  readonly config: Config;
  readonly from: string;
  readonly keysFrom?: string | undefined;
  /** The keys are lost, and the record alone is wanted: what the histories hold can be read by nobody. */
  readonly withoutKeys?: boolean | undefined;
  readonly say: (text: string) => void;
}

/** What came back. */
export interface Restored {
  readonly manifest: BackupManifest;
  readonly keys: readonly string[];
}

/**
 * Restores a backup that holds into an empty database, and the keys where they are given. Throws before it changes anything
 * when the backup does not hold, is of a later release, its keys are nowhere, or something lies where it would go.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { databaseUrl, config, from, keysFrom, withoutKeys = false, say } = options;
  say('looking through the backup …');
  const { findings, manifest } = await verifyBackup(from);
  if (findings.length > 0) throw new Error(`The backup ${resolve(from)} does not hold: ${findings.join('; ')}.`);
  checkRelease(manifest);
  await checkEmpty(databaseUrl);
  // other keys would be made at the next start, and the histories could not be read with them
  if (manifest.record.dataKeys > 0 && !withoutKeys && !haveKeys(config, keysFrom))
    throw new Error(
      `What the histories hold is encrypted, and the keys are not here: both the yearly keys (${yearlyKeysFile(config)}) and the data keys, which a backup keeps with them. ` +
        'Ways out: --keys-from the folder of the keys; name the file of the yearly keys with LINLI_KEY_FILE and the copies of the data keys with LINLI_KEY_FOLDER; --without-keys where they are lost and the record alone is wanted.',
    );
  const keys = keysFrom === undefined ? [] : await restoreKeys(config, keysFrom);
  say('bringing the rows back …');
  await loadDatabase(databaseUrl, from, manifest, { say, mark, keysFrom });
  return { manifest, keys };
}

/** Whoever was signed in signs in again; and the next start compares every case with its histories before anything fires. */
async function mark(sql: Sql): Promise<void> {
  await sql`DELETE FROM sessions`;
  await sql`UPDATE store_marks SET restored = true, lease_until = NULL`;
}
