import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { originOf } from '../../door/log/checkpoint.ts';
import { NoteError, openNote, parseNote, parseVerifier, signNote, verifierText } from '../../engine/record/note.ts';
import type { Config } from '../config.ts';
import { logKeyFile, logKeyFiles } from '../log-key.ts';
import { SIGNED_SUMS, SUMS } from './files.ts';

/** Who has signed the list of a backup's sums. */
export interface BackupSignature {
  /** The key, as `linli audit key` shows it; undefined when nobody has signed it. */
  readonly key: string | undefined;
  /** Whether that is a key of the log that was known without this backup. */
  readonly known: boolean;
}

/** What is signed: whose backup, its list of sums, and the key. It cannot be read as a checkpoint. */
const textOf = (origin: string, sums: string, key: string): string =>
  `${origin}/backup\nsha256 ${createHash('sha256').update(sums).digest('hex')}\nkey ${key}\n`;

/** What signs the sums of a backup of this installation: the key of its log, where that lies on this machine. Makes none. */
export function sumsSigner(config: Config, installation: string): ((sums: string) => string) | undefined {
  const signer = logKeyFiles(logKeyFile(config)).here(originOf(installation));
  return signer && ((sums) => signNote(textOf(signer.name, sums, verifierText(signer)), [signer]));
}

/** The keys of the log that lie on this machine, and in the folder of the keys of a backup, as `linli audit key` shows them. */
export function logKeysHere(config: Config, keysFrom: string | undefined, installation: string): string[] {
  const files = [logKeyFile(config), ...(keysFrom === undefined ? [] : [join(keysFrom, 'log-key.pem')])];
  return files.flatMap((file) => {
    const key = logKeyFiles(file).here(originOf(installation));
    return key ? [verifierText(key)] : [];
  });
}

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
    const key = /^key (.*)$/m.exec(parseNote(note).text)?.[1] ?? '';
    const { text } = openNote(note, [parseVerifier(key)]);
    if (text === textOf(originOf(installation), sums, key))
      return { signature: { key, known: known.includes(key) }, findings: [] };
    return { signature: none, findings: [`${SIGNED_SUMS} signs other sums than these`] };
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
