import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { BuriedCase, Grave } from '../door/keys/data-keys.ts';
import { NoteError, type NoteSigner } from '../engine/record/note.ts';
import { signerOf, signSum } from './signed-sum.ts';

const file = z.object({ packed: z.base64(), note: z.string().optional() });

const buried = z.object({ caseId: z.string(), headers: z.array(z.string()), certificate: z.string() });

/** The file that says a case is destroyed. */
export function graveText(of: BuriedCase, signer: NoteSigner | undefined): string {
  const packed = gzipSync(JSON.stringify(of)).toString('base64');
  const note = signer && signSum(signer, 'destroyed', packed);
  return `${JSON.stringify({ caseId: of.caseId, packed, note })}\n`;
}

/** Reads such a file. Throws for what is none. */
export const readGrave = (path: string, text: string): Grave =>
  unlessDamaged(path, () => ({ file: path, ...file.parse(JSON.parse(text)) }));

function unlessDamaged<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${path} is damaged. Way out: put it back from a backup of the keys, or move it away`, {
      cause: error,
    });
  }
}

/** The case that the packed bytes of it tell of, whatever the file is called; undefined where they are damaged. */
export function caseInGrave({ packed }: Grave): string | undefined {
  try {
    return unpacked(packed).caseId;
  } catch {
    return undefined;
  }
}

const unpacked = (packed: string): BuriedCase =>
  buried.parse(JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')));

/** The key that has signed it; undefined: none, or something else. */
export function graveSigner({ packed, note }: Grave, origin: string): string | undefined {
  try {
    return note === undefined ? undefined : signerOf(note, origin, 'destroyed', packed);
  } catch (error) {
    if (error instanceof NoteError) return undefined;
    throw error;
  }
}

/** The log's name, the keys of it that are known, and the cases that nobody needs to have signed for. */
export interface Known {
  readonly origin: string;
  readonly keys: readonly string[];
  readonly unsigned: readonly string[];
}

/** What was kept of a destroyed case, where it is to be believed. Throws where not; says why, and the way out. */
export function openGrave(grave: Grave, caseId: string, { origin, keys, unsigned }: Known): BuriedCase {
  const key = graveSigner(grave, origin);
  if (grave.note === undefined && !unsigned.includes(caseId))
    throw new Error(
      `${grave.file} is not signed, and whoever may write there could have made it. Way out: if the case is in the list of what was destroyed (销毁清册), linli retention reapply --unsigned ${caseId}; if not, move the file away`,
    );
  if (grave.note !== undefined && key === undefined)
    throw new Error(
      `${grave.file} is not what was signed. Way out: put it back from a backup of the keys, or move it away`,
    );
  if (key !== undefined && !keys.includes(key))
    throw new Error(
      `${grave.file} is signed with the key ${key}, which this machine does not know. Way out: if the house or a witness tells that key, linli retention reapply --log-key ${key}; if not, move the file away`,
    );
  const said = unlessDamaged(grave.file, () => unpacked(grave.packed));
  if (said.caseId !== caseId)
    throw new Error(`${grave.file} tells of the case ${said.caseId}. Way out: give it the name that it had`);
  return said;
}
