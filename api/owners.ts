import type { Sql } from '../db/client.ts';
import { ownersNow } from '../db/queries/owners.ts';
import type { Assignment, OpenItem, State } from '../engine/state.ts';

/**
 * A state to read: in place of persons who have left stands whoever followed them, as decisions see it (engine/succession.ts).
 * Nothing is asked where nobody is named.
 */
export async function asOwnedNow<S extends Pick<State, 'unit' | 'assignments' | 'items'>>(
  sql: Sql,
  state: S,
): Promise<S> {
  const { assignments, items } = state;
  const named = [...Object.values(assignments), ...Object.values(items).flatMap(({ assignee }) => assignee ?? [])];
  const given = named.flatMap(({ person, since }) => (person === undefined ? [] : [{ person, since: since ?? null }]));
  if (given.length === 0) return state;
  const owners = await ownersNow(sql, state.unit, given);
  const owner = (each: Assignment): Assignment =>
    each.person === undefined ? each : (owners(each.person, each.since ?? null) ?? each);
  return {
    ...state,
    assignments: Object.fromEntries(Object.entries(assignments).map(([role, each]) => [role, owner(each)])),
    items: Object.fromEntries(
      Object.entries(items).map(([id, item]): [string, OpenItem] => [
        id,
        item.assignee ? { ...item, assignee: owner(item.assignee) } : item,
      ]),
    ),
  };
}
