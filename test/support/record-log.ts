import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { createRecordLog, type RecordLog, type RecordLogDeps } from '../../activities/record-log.ts';
import type { Sql } from '../../db/client.ts';
import type { Door } from '../../door/door.ts';
import type { LogSigning, SignedTree } from '../../door/log/checkpoint.ts';
import { noteSigner, privateKeyOf } from '../../engine/record/note.ts';
import { actOn, fuleOpening, recorded } from './door.ts';

/** A key in memory: the same for the same number. Its memory of what it signed can be read and set. */
export function signingWith(n: number): LogSigning & { memory: SignedTree | undefined } {
  const key = privateKeyOf(Buffer.alloc(32, n));
  return {
    memory: undefined,
    signer: (origin) => noteSigner(origin, key),
    remembered() {
      return this.memory;
    },
    remember(_, tree) {
      this.memory = tree;
    },
  };
}

/** Says nothing. */
export const quietLog = pino({ level: 'silent' });

/** A loop that signs at every turn that has something new. */
export function recordLogOver(sql: Sql, options: Partial<RecordLogDeps> = {}): RecordLog {
  return createRecordLog({
    ...{ sql, log: quietLog, signing: signingWith(1), checkpoints: { everyMs: 0 }, sealing: { everyMs: 0 } },
    ...options,
  });
}

/** Turns until nothing is left to append. */
export async function logAll(log: RecordLog): Promise<void> {
  while (await log.turn());
}

/** Opens cases and acts on each a few times; answers their ids. */
export async function someCases(door: Door, n: number, actsEach = 2): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < n; i += 1) {
    const { caseId } = recorded(await door.open(fuleOpening())).case;
    for (let k = 0; k < actsEach; k += 1)
      recorded(await door.act(actOn(caseId, 'note.add', { id: randomUUID(), data: { text: `记 ${k}` } })));
    ids.push(caseId);
  }
  return ids;
}
