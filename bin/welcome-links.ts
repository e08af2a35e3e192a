import { createHash, randomBytes } from 'node:crypto';
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
    const token = randomBytes(32).toString('base64url');
    const hash = createHash('sha256').update(token).digest('hex');
    const username = key.person.replace(/^p-/, '');
    await makeLink(sql, { hash, kind: 'invitation', person: key.person, username, by: null, hours: HOURS });
    made.push({ ...key, welcome: `${url}/welcome/${token}` });
  }
  return made;
}
