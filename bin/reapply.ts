import type { Sql } from '../db/client.ts';
import { isDestroyed } from '../db/queries/destroyed.ts';
import { ownInstallation } from '../db/queries/installation.ts';
import { createTransactions, StoreUnavailable } from '../db/transactions.ts';
import { engine } from '../door/engine.ts';
import type { BuriedCase, KeyCopies } from '../door/keys/data-keys.ts';
import { originOf } from '../door/log/checkpoint.ts';
import { type Reapplied, reapply } from '../door/reapply.ts';
import { openGrave } from './grave.ts';

/** Whom a machine believes that a case was destroyed. */
export interface Believes {
  /** The keys of the log of an installation that are known without its database, as `linli audit key` shows them. */
  readonly logKeys: (installation: string) => readonly string[];
  /** Cases that nobody has signed for, and people have named. Default: none. */
  readonly unsigned?: readonly string[];
}

/**
 * Destroys again what the copies of the keys say is destroyed and a restored database has brought back, case by case; `onCase` is
 * told of each. One that cannot be read, that nobody who is believed has signed, or that the database refuses keeps no other waiting.
 * Throws what reading the folder and the database throw.
 */
export async function reapplyAll(
  sql: Sql,
  copies: Pick<KeyCopies, 'buried' | 'grave'> | undefined,
  { logKeys, unsigned = [] }: Believes,
  onCase: (done: Reapplied) => void,
): Promise<void> {
  const caseIds = copies?.buried?.() ?? [];
  if (caseIds.length === 0) return;
  const installation = await ownInstallation(sql);
  const known = { origin: originOf(installation), keys: logKeys(installation), unsigned };
  const rows = await sql<{ caseId: string; destroyed: boolean }[]>`
    SELECT case_id AS "caseId", ${isDestroyed(sql, sql`cases.case_id`)} AS destroyed FROM cases
    WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(caseIds)}::text::json))`;
  const there = new Map(rows.map(({ caseId, destroyed }) => [caseId, destroyed]));
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
  const again = async (caseId: string): Promise<Reapplied> => {
    // nobody has to be believed where there is nothing to destroy
    if (there.get(caseId) !== false) return { caseId, what: there.has(caseId) ? 'held' : 'absent' };
    const refused = (why: string, error: unknown): Reapplied => ({
      ...{ caseId, what: 'refused' },
      why: `${why}: ${(error as Error).message}`,
    });
    let buried: BuriedCase;
    try {
      buried = openGrave(copies!.grave!(caseId), caseId, known);
    } catch (error) {
      return refused('nothing is destroyed', error);
    }
    return reapply({ transactions, engine }, buried).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) throw error;
      return refused('the database refuses it (linli retention reapply, when that is mended)', error);
    });
  };
  try {
    for (const caseId of caseIds) onCase(await again(caseId));
  } finally {
    await transactions.end();
  }
}

/** What became of a case, as a line. */
export const reappliedLine = (done: Reapplied): string =>
  done.what === 'refused'
    ? `✗ case ${done.caseId}: ${done.why}`
    : `✓ case ${done.caseId}: ${{ absent: 'not in this database', held: 'is destroyed', destroyed: 'destroyed again' }[done.what]}`;
