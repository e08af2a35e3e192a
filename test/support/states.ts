import type { Sql } from '../../db/client.ts';
import { keyOfValue, keysOf, openStates, type StateRow, sealJson, statePlace, Unreadable } from '../../db/sealed.ts';
import type { State } from '../../engine/state.ts';

const rowOf = async (sql: Sql, caseId: string) =>
  (await sql<StateRow[]>`SELECT case_id AS "caseId", seq, state FROM cases WHERE case_id = ${caseId}`)[0]!;

/** The state of a case as it is stored, opened with the keys of the client. */
export async function stateOf(sql: Sql, caseId: string): Promise<State> {
  const [row] = await openStates(sql, [await rowOf(sql, caseId)]);
  return row!.state as State;
}

/**
 * Writes another state into a case's row over `write`, as whoever has the case's key could: sealed as it was. `clear`: as an earlier
 * release left it. `keyed` brings the keys, which a test's transaction does not have.
 */
export async function changeState(
  { keyed, write = keyed, clear = false }: { readonly keyed: Sql; readonly write?: Sql; readonly clear?: boolean },
  caseId: string,
  change: (state: State) => unknown,
): Promise<void> {
  const row = await rowOf(write, caseId);
  const [opened] = await openStates(keyed, [row]);
  const json = JSON.stringify(change(opened!.state as State));
  const id = typeof row.state === 'string' ? keyOfValue(Buffer.from(row.state, 'base64')) : undefined;
  const key = id === undefined || clear ? undefined : (await keysOf(keyed)!.byIds([id])).get(id);
  if (key instanceof Unreadable) throw key;
  const stored = key ? sealJson(key, statePlace(caseId, row.seq), json) : json;
  await write`UPDATE cases SET state = ${stored}::text::json WHERE case_id = ${caseId}`;
  if (clear) await write`UPDATE cases SET outline = NULL, state_version = 1 WHERE case_id = ${caseId}`;
}
