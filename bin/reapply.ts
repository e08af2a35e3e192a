import type { Sql } from '../db/client.ts';
import { createTransactions } from '../db/transactions.ts';
import { engine } from '../door/engine.ts';
import type { KeyCopies } from '../door/keys/data-keys.ts';
import { type Reapplied, reapply } from '../door/reapply.ts';

/**
 * Destroys again what the copies of the keys say is destroyed and a restored database has brought back, case by case; `onCase` is
 * told of each. Throws what the database throws.
 */
export async function reapplyAll(
  sql: Sql,
  copies: Pick<KeyCopies, 'buried'> | undefined,
  onCase: (done: Reapplied) => void,
): Promise<void> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
  try {
    for (const each of copies?.buried?.() ?? []) onCase(await reapply({ transactions, engine }, each));
  } finally {
    await transactions.end();
  }
}

/** What became of a case, as a line. */
export const reappliedLine = (done: Reapplied): string =>
  done.what === 'refused'
    ? `✗ case ${done.caseId}: ${done.why}`
    : `✓ case ${done.caseId}: ${{ absent: 'not in this database', held: 'is destroyed', destroyed: 'destroyed again' }[done.what]}`;
