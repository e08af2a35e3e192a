import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { keysOf } from '../db/sealed.ts';
import { createTransactions } from '../db/transactions.ts';
import { isInClear, sealCase } from '../door/seal-case.ts';
import { createLoop, type Loop } from './loop.ts';

/** The loop of a worker process that seals what earlier releases wrote in clear and no act has sealed since. */
export interface StateSealer extends Loop {
  /** One turn: goes over at most 200 cases; answers how many of them were stored in clear. */
  turn(): Promise<number>;
}

const everyMs = 60_000;
/** A round that sealed nothing is made again after this: what is in clear by then was written by an older release beside this one. */
const restMs = 6 * 3_600_000;
const pageSize = 200;

/**
 * Seals the states of cases and writes their outlines, and seals what their effects carry and were answered; each case in a
 * transaction of its own that waits for nobody. Every act seals the state it writes, so that this is about idle cases, and about
 * effects; once a round over all cases, by their ids, has sealed nothing, it rests for hours. What cannot be sealed (its key
 * cannot be had) is counted and told at the end of each round. Over a client without keys it does nothing.
 */
export function createStateSealer({ sql, log }: { readonly sql: Sql; readonly log: Logger }): StateSealer {
  let after = '';
  let round = { sealed: 0, failed: 0 };
  let restsUntil = 0;

  async function turn(): Promise<number> {
    if (!keysOf(sql)) return 0;
    const page = await sql<{ caseId: string; inClear: boolean }[]>`
      SELECT case_id AS "caseId", ${isInClear(sql)} AS "inClear"
      FROM cases c WHERE case_id > ${after} ORDER BY case_id LIMIT ${pageSize}`;
    after = page.length < pageSize ? '' : page.at(-1)!.caseId;
    const ids = page.flatMap(({ caseId, inClear }) => (inClear ? [caseId] : []));
    if (ids.length > 0) await sealAll(ids);
    if (after === '') endRound();
    return ids.length;
  }

  async function sealAll(ids: readonly string[]): Promise<void> {
    const transactions = createTransactions(sql, { lanes: 1, role: 'linli_door' });
    try {
      for (const caseId of ids) {
        try {
          await transactions.run((tx) => sealCase(tx, caseId));
          round.sealed += 1;
        } catch (error) {
          round.failed += 1;
          log.warn({ caseId, reason: (error as Error).message }, 'a state in clear could not be sealed');
        }
      }
    } finally {
      await transactions.end();
    }
  }

  function endRound(): void {
    const { sealed, failed } = round;
    if (failed > 0)
      log.error(
        { alarm: 'IN_CLEAR', cases: failed },
        'cases lie in clear that cannot be sealed: their keys cannot be had, or their rows say what is not so',
      );
    if (sealed === 0) restsUntil = Date.now() + restMs;
    round = { sealed: 0, failed: 0 };
  }

  const body = async () => {
    if (Date.now() < restsUntil) return false;
    await turn();
    return after !== '';
  };
  return { ...createLoop({ name: 'state sealer', everyMs, log, body }), turn };
}
