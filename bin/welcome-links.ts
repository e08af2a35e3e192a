import { suggestedName } from '../api/auth/sign-in-people.ts';
import { hashOf, newToken } from '../api/auth/tokens.ts';
import type { Sql } from '../db/client.ts';
import { makeLink } from '../db/queries/sign-in-people.ts';

/** Whoever tries the demonstration may come back to it. */
const HOURS = 90 * 24;

/** Makes a one-time link for each person of the first run, with which he sets a password; the user name is his id. */
export async function welcomeLinks<K extends { readonly person: string }>(
  sql: Sql,
  url: string,
  keys: readonly K[],
): Promise<(K & { readonly welcome: string })[]> {
  const made: (K & { welcome: string })[] = [];
  for (const key of keys) {
    const token = newToken();
    const { person } = key;
    const username = suggestedName(person);
    await makeLink(sql, { hash: hashOf(token), kind: 'invitation', person, username, by: null, hours: HOURS });
    made.push({ ...key, welcome: `${url}/welcome/${token}` });
  }
  return made;
}
