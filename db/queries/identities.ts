import type { Sql } from '../client.ts';
import { keysOf } from '../sealed.ts';

/** The keyed hash of an identity number. Throws `KeyAway`, and where this process has no keys. */
export function identityHash(sql: Sql, idNumber: string): string {
  const keys = keysOf(sql);
  if (!keys) throw new Error('This process has no keys to make hashes of identity numbers with.');
  return keys.hashed('identity', idNumber);
}

/** Whose the identity number of this keyed hash is; undefined when it is nobody's. */
export async function identityHolder(sql: Sql, hash: string): Promise<string | undefined> {
  const [found] = await sql<{ person: string }[]>`SELECT person FROM person.identities WHERE hash = ${hash}`;
  return found?.person;
}

/** Whether a person was verified by the identity number of this keyed hash. */
export async function hasIdentity(sql: Sql, person: string, hash: string): Promise<boolean> {
  const [found] = await sql`SELECT FROM person.identities WHERE person = ${person} AND hash = ${hash}`;
  return found !== undefined;
}

/** Who verified a person's identity last, and whether that was less than a day ago; undefined when nothing is known of it. */
export async function identifiedBy(
  sql: Sql,
  person: string,
): Promise<{ readonly by: string | null; readonly fresh: boolean } | undefined> {
  const [found] = await sql<{ by: string | null; fresh: boolean }[]>`
    SELECT e.by, e.at > now() - interval '24 hours' AS fresh FROM person.security_events e
    JOIN person.identities i ON i.person = e.person
    WHERE e.person = ${person} AND e.kind = 'identified' ORDER BY e.id DESC LIMIT 1`;
  return found;
}

/** Whether only people whose identity was verified are let in. */
export async function identityRequired(sql: Sql): Promise<boolean> {
  const [required] = await sql`SELECT FROM sign_in_rules WHERE identity_required`;
  return required !== undefined;
}
