import type { Sql } from '../db/client.ts';
import { type EffectPayload, sealEffect, sealJson, statePlace, storedAnswer } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import { STORED } from './case-row.ts';
import { keyOf, type LockedRow, wrappedKey } from './lock.ts';
import { outlineOf } from './outline.ts';

const effectInClear = (sql: Sql) =>
  sql`e.case_id = c.case_id AND (json_typeof(e.payload -> 'child') = 'object' OR json_typeof(e.answer) = 'object')`;

/** The condition that something of case `c` lies in clear, as earlier releases wrote it. It reads no state. */
export const isInClear = (sql: Sql) =>
  sql`(state_version < ${STORED.sealed} OR EXISTS (SELECT FROM effects e WHERE ${effectInClear(sql)}))`;

/**
 * Seals the state of a case and writes its outline, and seals what its effects carry and were answered, as far as they lie in clear.
 * A case somebody holds is left as it is. Throws as `keyOf`, and where the row says what is not so.
 */
export async function sealCase(tx: Tx, caseId: string): Promise<void> {
  const [row] = await tx<
    (Pick<LockedRow, 'caseId' | 'seq' | 'stateVersion' | 'wrapped'> & { readonly text: string })[]
  >`
    SELECT case_id AS "caseId", seq, state_version AS "stateVersion", state::text AS text, ${wrappedKey(tx)} FROM cases c
    WHERE case_id = ${caseId} AND ${isInClear(tx)}
    FOR UPDATE SKIP LOCKED`;
  if (!row) return;
  const state = JSON.parse(row.text) as State | string;
  // what is left of a destroyed case names nobody, and there is no key any more
  const gone = typeof state !== 'string' && state.destroyed !== undefined;
  const key = gone ? undefined : await keyOf(tx, row);
  if (!gone && !key) return;
  if (row.stateVersion < STORED.sealed) {
    if (typeof state === 'string') throw new Error('it says that its state lies in clear, and that is sealed');
    const stored = key ? sealJson(key, statePlace(caseId, row.seq), row.text) : row.text;
    await tx`
      UPDATE cases SET state = ${stored}::text::json, outline = ${JSON.stringify(outlineOf(state))}::text::json, state_version = ${STORED.sealed}
      WHERE case_id = ${caseId}`;
  }
  if (!key) return;
  const effects = await tx<{ id: string; payload: EffectPayload; answer: object | null }[]>`
    SELECT e.id, e.payload, CASE WHEN json_typeof(e.answer) = 'object' THEN e.answer END AS answer FROM effects e JOIN cases c ON ${effectInClear(tx)}
    WHERE e.case_id = ${caseId} FOR UPDATE OF e`;
  for (const { id, payload, answer } of effects) {
    const carried = typeof payload.child === 'object' ? sealEffect(key, id, payload) : payload;
    const answered = answer && storedAnswer(key, id, answer);
    await tx`
      UPDATE effects SET payload = ${JSON.stringify(carried)}::text::json, answer = coalesce(${answered}::text::json, answer) WHERE id = ${id}`;
  }
}
