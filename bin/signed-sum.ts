import { createHash } from 'node:crypto';
import { type NoteSigner, openNote, parseNote, parseVerifier, signNote, verifierText } from '../engine/record/note.ts';

/** What the log's key signs beside checkpoints: the list of a backup's sums, and what says that a case is destroyed. */
export type SignedKind = 'backup' | 'destroyed';

/** What is signed: whose and what, its sum, and the key. It can be read neither as a checkpoint nor as the other kind. */
const textOf = (origin: string, kind: SignedKind, content: string, key: string): string =>
  `${origin}/${kind}\nsha256 ${createHash('sha256').update(content).digest('hex')}\nkey ${key}\n`;

/** The signature over a text, as a note (docs/record.md) that names the key. */
export const signSum = (signer: NoteSigner, kind: SignedKind, content: string): string =>
  signNote(textOf(signer.name, kind, content, verifierText(signer)), [signer]);

/**
 * The key that has signed a text, as `linli audit key` shows it; undefined where the note signs something else. The key is named in
 * what it signs: whether it is the right one is for whoever has been told it. Throws `NoteError`.
 */
export function signerOf(note: string, origin: string, kind: SignedKind, content: string): string | undefined {
  const key = /^key (.*)$/m.exec(parseNote(note).text)?.[1] ?? '';
  const { text } = openNote(note, [parseVerifier(key)]);
  return text === textOf(origin, kind, content, key) ? key : undefined;
}
