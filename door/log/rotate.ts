import { logKeysMade } from '../../db/queries/record-log.ts';
import type { Tx } from '../../db/transactions.ts';
import { type NoteSigner, verifierText } from '../../engine/record/note.ts';
import { lockLog } from './append.ts';
import { type LogSigning, sign, standing } from './checkpoint.ts';

/** A key that has been replaced by another. */
export interface Rotated {
  /** Whether the old key has signed that the new one comes next. */
  readonly announced: boolean;
  readonly key: string;
}

/**
 * Lets another key sign from now on: the last checkpoint of the old one names it and is signed by both. When the old one is
 * `lost`, nothing can say so but people: whoever keeps a witness has to be told the new key. Throws when somebody writes the
 * log just now, when no key has signed yet, and when the old one is not here.
 */
export async function rotateKey(tx: Tx, signing: LogSigning, next: NoteSigner, lost: boolean): Promise<Rotated> {
  if (!(await lockLog(tx))) throw new Error('The log is being written just now. Way out: try again.');
  const active = (await logKeysMade(tx)).at(-1);
  if (!active) throw new Error('No key has signed anything yet: a worker makes the first one when it starts.');
  const { size, before, origin, at } = await standing(tx);
  const old = lost ? undefined : signing.signer(origin, active.key);
  if (!lost && !old)
    throw new Error(
      'The key that signs now is not here. Ways out: run this where it lies (LINLI_LOG_KEY_FILE), or with --lost if it is lost.',
    );
  const key = verifierText(next);
  await tx`INSERT INTO log_keys (id, key, announced) VALUES (${active.id + 1}, ${key}, ${!lost})`;
  await sign(tx, signing, {
    ...{ before, size, origin, at },
    ...(old ? { keyId: active.id, signers: [old, next], nextKey: key } : { keyId: active.id + 1, signers: [next] }),
  });
  return { announced: !lost, key };
}
