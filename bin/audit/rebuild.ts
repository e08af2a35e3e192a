import { connect } from '../../db/client.ts';
import { createTransactions } from '../../db/transactions.ts';
import { countLot, drawing } from '../../door/count-lot.ts';
import { engine } from '../../door/engine.ts';
import { needKeys } from '../../door/need-keys.ts';
import { type Rebuilt, rebuildCase } from '../../door/rebuild.ts';
import type { CommandContext } from '../context.ts';
import { giveKeysHere, readKeysHere } from '../keys.ts';

const sayEveryMs = 2_000;
const pageSize = 500;

/**
 * Rebuilds one case or all, one after the other; answers how many were looked at and those that differ or cannot be rebuilt. Throws
 * when it writes and has no keys although keys were made: what it wrote would lie in clear.
 */
export function rebuildCases(
  context: CommandContext,
  { caseId, write }: { readonly caseId: string | undefined; readonly write: boolean },
): Promise<{ readonly cases: number; readonly differing: readonly Rebuilt[] }> {
  return context.withDatabase(async (url) => {
    const sql = connect(url, { max: 2, name: 'linli rebuild' });
    const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
    const differing: Rebuilt[] = [];
    let cases = 0;
    let saidAt = performance.now();
    try {
      // what is written is sealed, with a key made where a case has none; who only looks makes none
      await (write ? giveKeysHere : readKeysHere)(context.config(), sql);
      if (write) await needKeys(sql);
      const deps = { transactions, engine: drawing(engine, await countLot(sql)) };
      for (let after = ''; ; ) {
        const page = await sql<{ id: string }[]>`
          SELECT case_id AS id FROM cases
          WHERE case_id > ${after} AND (${caseId ?? null}::text IS NULL OR case_id = ${caseId ?? null}) ORDER BY case_id LIMIT ${pageSize}`;
        const last = page.at(-1);
        if (!last) break;
        after = last.id;
        for (const { id } of page) {
          const one = await rebuildCase(deps, id, write).catch((error: Error): Rebuilt => {
            return { caseId: id, differences: [], written: false, held: [], refused: error.message };
          });
          cases += 1;
          if (one.differences.length > 0 || one.refused !== undefined) differing.push(one);
          if (performance.now() - saidAt < sayEveryMs) continue;
          saidAt = performance.now();
          context.say(`${cases} cases`);
        }
      }
      if (caseId !== undefined && cases === 0) throw new Error(`There is no case ${caseId}.`);
      return { cases, differing };
    } finally {
      await transactions.end();
      await sql.end();
    }
  });
}
