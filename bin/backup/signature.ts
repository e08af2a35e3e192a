import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { originOf } from '../../door/log/checkpoint.ts';
import { NoteError } from '../../engine/record/note.ts';
import type { Config } from '../config.ts';
import { logKeyFile, logKeyFiles } from '../log-key.ts';
import { signerOf, signSum } from '../signed-sum.ts';
import { SIGNED_SUMS, SUMS } from './files.ts';

/** Who has signed the list of a backup's sums. */
export interface BackupSignature {
  /** The key, as `linli audit key` shows it; undefined when nobody has signed it. */
  readonly key: string | undefined;
  /** Whether that is a key of the log that was known without this backup. */
  readonly known: boolean;
}

/** What signs the sums of a backup of this installation: the key of its log, where that lies on this machine. Makes none. */
export function sumsSigner(config: Config, installation: string): ((sums: string) => string) | undefined {
  const signer = logKeyFiles(logKeyFile(config)).here(originOf(installation));
  return signer && ((sums) => signSum(signer, 'backup', sums));
}

/**
 * The keys of the log that lie on this machine, also those it has replaced, and in the folder of the keys of a backup, as
 * `linli audit key` shows them.
 */
export const logKeysHere = (config: Config, keysFrom: string | undefined, installation: string): string[] =>
  [logKeyFile(config), ...(keysFrom === undefined ? [] : [join(keysFrom, 'log-key.pem')])].flatMap((file) =>
    logKeyFiles(file).all(originOf(installation)),
  );

/**
 * Who has signed the sums of a backup, and what does not hold of that. The key is named in what it signs: whether it is the
 * right one is for whoever has been told it (`known`).
 */
export async function checkSignature(
  folder: string,
  installation: string,
  known: readonly string[],
): Promise<{ readonly signature: BackupSignature; readonly findings: readonly string[] }> {
  const none: BackupSignature = { key: undefined, known: false };
  const [sums, note] = await Promise.all(
    [SUMS, SIGNED_SUMS].map((name) => readFile(join(folder, name), 'utf8').catch(() => undefined)),
  );
  if (note === undefined || sums === undefined) return { signature: none, findings: [] };
  try {
    const key = signerOf(note, originOf(installation), 'backup', sums);
    if (key === undefined) return { signature: none, findings: [`${SIGNED_SUMS} signs other sums than these`] };
    return { signature: { key, known: known.includes(key) }, findings: [] };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { signature: none, findings: [`${SIGNED_SUMS} is not what was signed: ${error.message}`] };
  }
}

/** The same as a line for people. */
export const signatureLine = ({ key, known }: BackupSignature): string =>
  key === undefined
    ? '! not signed: its sums show damage, and not whether a hand has made them anew'
    : known
      ? `✓ signed with the key of the log ${key}`
      : `! signed with a key this machine does not know, ${key}: compare it with what the house or a witness tells (--log-key)`;
