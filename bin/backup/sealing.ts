import { randomBytes } from 'node:crypto';
import { KEY_BYTES, unwrap, wrap, type YearlyKeys } from '../../door/keys/wrapping.ts';
import type { FileKey } from '../seal.ts';
import type { BackupManifest } from './manifest.ts';

/** Whose the key of a backup is, in place of a case's id. */
const OWNER = 'backup';

/** A new key for the files of one backup, and how the manifest keeps it: wrapped with the newest yearly key. */
export function drawnSeal(yearly: YearlyKeys): {
  readonly key: FileKey;
  readonly seal: NonNullable<BackupManifest['seal']>;
} {
  const id = `${OWNER}.${randomBytes(4).toString('hex')}`;
  const outer = yearly.newest();
  const secret = randomBytes(KEY_BYTES);
  const wrapped = wrap(outer, { id, owner: OWNER }, secret).toString('base64');
  return { key: { id, secret }, seal: { key: id, yearlyKey: outer.id, wrapped } };
}

/** The key that opens a sealed backup; undefined when the yearly key that wraps it is not among those at hand. Throws when it is not what was wrapped. */
export function openedSeal(
  { key: id, yearlyKey, wrapped }: NonNullable<BackupManifest['seal']>,
  yearly: Pick<YearlyKeys, 'byId'>,
): FileKey | undefined {
  const outer = yearly.byId(yearlyKey);
  if (!outer) return undefined;
  try {
    return { id, secret: unwrap(outer, { id, owner: OWNER }, Buffer.from(wrapped, 'base64')) };
  } catch {
    throw new Error(
      `The key ${id} of the backup is not what was wrapped with the yearly key ${yearlyKey}: the manifest was changed, or the file of the yearly keys is damaged.`,
    );
  }
}
