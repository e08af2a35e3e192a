import { resolve } from 'node:path';
import type { Sql } from '../../db/client.ts';
import type { Config } from '../config.ts';
import { yearlyKeysFile } from '../yearly-keys.ts';
import { dataKeysAtHand, restoreKeys, yearlyKeysAtHand } from './keys.ts';
import { checkEmpty, checkRelease, loadDatabase } from './load.ts';
import type { BackupManifest } from './manifest.ts';
import { type BackupSignature, logKeysHere } from './signature.ts';
import { verifyBackup } from './verify.ts';

/** What is restored, and into what. */
export interface RestoreOptions {
  readonly databaseUrl: string;
  readonly config: Config;
  readonly from: string;
  readonly keysFrom?: string | undefined;
  /** Data keys are lost, and what can be had without them is wanted: what events and histories say with those keys can be read by nobody. */
  readonly withoutKeys?: boolean | undefined;
  /** The key of the log that has to have signed the backup, as `linli audit key` shows it; else any, which is told. */
  readonly logKey?: string | undefined;
  /** Restore also what no key of the log that is known here has signed: then nobody can tell who wrote it. */
  readonly unsigned?: boolean | undefined;
  /** Restore also what lies in clear and is not signed with a known key, though there are keys to seal with. */
  readonly inClear?: boolean | undefined;
  readonly say: (text: string) => void;
}

/** What came back. */
export interface Restored {
  readonly manifest: BackupManifest;
  readonly keys: readonly string[];
  readonly signature: BackupSignature;
  /** Cases whose events are sealed with a data key that is not here: what they say can be read by nobody. Without those that were destroyed since. */
  readonly keyless: readonly string[];
}

/**
 * Restores a backup that holds into an empty database, and the keys where they are given. Throws before it changes anything
 * when the backup does not hold, is not signed with the key of the log that is known, lies in clear where backups are sealed,
 * is of a later release, its keys are nowhere, or something lies where it would go.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { databaseUrl, config, from, keysFrom, withoutKeys = false, logKey, say } = options;
  const { unsigned = false, inClear = false } = options;
  say('looking through the backup …');
  const yearly = yearlyKeysAtHand(config, keysFrom);
  const logKeys = (installation: string) =>
    logKey === undefined ? logKeysHere(config, keysFrom, installation) : [logKey];
  const { findings, manifest, signature, content, sealedWith } = await verifyBackup(from, {
    yearly,
    logKeys,
  });
  if (findings.length > 0) throw new Error(`The backup ${resolve(from)} does not hold: ${findings.join('; ')}.`);
  const known = logKeys(manifest.installation);
  if (logKey !== undefined && !signature.known)
    throw new Error(
      `The backup ${resolve(from)} is not signed with the key ${logKey}. Way out: take another copy of it.`,
    );
  if (known.length > 0 && !signature.known && !unsigned)
    throw new Error(
      `The backup ${resolve(from)} is ${signature.key === undefined ? 'not signed' : `signed with the key ${signature.key}`}, and the key of the log that is here is ${known.join(', ')}: somebody else may have written it. ` +
        'Ways out: take another copy of it; --log-key with the key that the house tells, where it was rotated since; --unsigned, and look at every login afterwards.',
    );
  if (!manifest.seal && !signature.known && yearly.any && !inClear)
    throw new Error(
      `The backup ${resolve(from)} lies in clear, no known key has signed it, and backups of this house are sealed: another may have been put in its place. ` +
        'Ways out: take the sealed one; --in-clear, where it was written so and kept out of reach.',
    );
  checkRelease(manifest);
  if (!content)
    throw new Error(
      `The backup is sealed, and the yearly key ${manifest.seal?.yearlyKey} that opens it is not here: without it nothing of the backup can be read, and --without-keys is of no help. ` +
        'Ways out: --keys-from the folder of the keys; name the file of the yearly keys with LINLI_KEY_FILE.',
    );
  await checkEmpty(databaseUrl);
  const dataKeys = await dataKeysAtHand(config, keysFrom, yearly);
  const keyless = [...sealedWith].filter(([, ids]) => [...ids].some(dataKeys.lacks)).map(([caseId]) => caseId);
  // other keys would be made at the next start, and neither events nor histories could be read with them
  if (!withoutKeys && (keyless.length > 0 || (manifest.record.dataKeys > 0 && !dataKeys.any)))
    throw new Error(
      `What ${keyless.length} of ${manifest.record.cases} cases and the histories say is encrypted with data keys that are not here or cannot be opened: both the yearly keys (${yearlyKeysFile(config)}) and the data keys are needed, which a backup keeps with them. ` +
        'Ways out: --keys-from the folder of the keys; name the file of the yearly keys with LINLI_KEY_FILE and the copies of the data keys with LINLI_KEY_FOLDER; --without-keys where they are lost and the rest is wanted.',
    );
  const keys = keysFrom === undefined ? [] : await restoreKeys(config, keysFrom);
  say('bringing the rows back …');
  await loadDatabase(databaseUrl, content, manifest, { say, mark, keysFrom });
  return { manifest, keys, signature, keyless };
}

/** Whoever was signed in signs in again; and the next start compares every case with its histories before anything fires. */
async function mark(sql: Sql): Promise<void> {
  await sql`DELETE FROM sessions`;
  await sql`UPDATE store_marks SET restored = true, lease_until = NULL`;
}
