import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { keysOf, sealJson, statePlace } from '../db/sealed.ts';
import { createTransactions } from '../db/transactions.ts';
import { keyOf, type LockedRow, wrappedKey } from '../door/lock.ts';
import { createLoop, type Loop } from './loop.ts';

/** The loop of a worker process that seals the states earlier releases wrote in clear, which nobody has changed since. */
export interface StateSealer extends Loop {
  /** One turn: seals at most 50 states; answers how many it looked at. */
  turn(): Promise<number>;
}

const everyMs = 60_000;
const atMost = 50;

/**
 * Seals states in clear, each in a transaction of its own that waits for nobody. Every act seals the state it writes, so that this
 * is about idle cases alone, and in time about none; what is left of destroyed cases names nobody and stays. A case whose key cannot
 * be had is passed over until the loop comes round again. Over a client without keys it does nothing.
 */
export function createStateSealer({ sql, log }: { readonly sql: Sql; readonly log: Logger }): StateSealer {
  let after = '';

  async function turn(): Promise<number> {
    if (!keysOf(sql)) return 0;
    const rows = await sql<{ caseId: string }[]>`
      SELECT case_id AS "caseId" FROM cases
      WHERE json_typeof(state) <> 'string' AND (state -> 'destroyed') IS NULL AND case_id > ${after}
      ORDER BY case_id LIMIT ${atMost}`;
    after = rows.length < atMost ? '' : rows.at(-1)!.caseId;
    if (rows.length === 0) return 0;
    const transactions = createTransactions(sql, { lanes: 1, role: 'linli_door' });
    try {
      for (const { caseId } of rows) {
        await transactions
          .run((tx) => seal(tx, caseId))
          .catch((error: Error) => log.warn({ caseId, reason: error.message }, 'a state in clear could not be sealed'));
      }
    } finally {
      await transactions.end();
    }
    return rows.length;
  }

  return { ...createLoop({ name: 'state sealer', everyMs, log, body: async () => (await turn()) === atMost }), turn };
}

async function seal(tx: Parameters<typeof keyOf>[0], caseId: string): Promise<void> {
  const [row] = await tx<(Pick<LockedRow, 'caseId' | 'seq' | 'wrapped'> & { readonly text: string })[]>`
    SELECT case_id AS "caseId", seq, state::text AS text, ${wrappedKey(tx)} FROM cases c
    WHERE case_id = ${caseId} AND json_typeof(state) <> 'string' AND (state -> 'destroyed') IS NULL FOR UPDATE SKIP LOCKED`;
  const key = row && (await keyOf(tx, row));
  if (!key) return;
  const sealed = sealJson(key, statePlace(caseId, row.seq), row.text);
  await tx`UPDATE cases SET state = ${sealed}::text::json WHERE case_id = ${caseId}`;
}
