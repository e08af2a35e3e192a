import type { Sql } from '../client.ts';
import { keysOf } from '../sealed.ts';

/** The keyed hash of an identity number. Throws `KeyAway`, and where this process has no keys. */
export function identityHash(sql: Sql, idNumber: string): string {
  const keys = keysOf(sql);
  if (!keys) throw new Error('This process has no keys to make hashes of identity numbers with.');
  return keys.hashed('identity', idNumber);
}

/** Whether a person was verified by the identity number of this keyed hash. */
export async function hasIdentity(sql: Sql, person: string, hash: string): Promise<boolean> {
  const [found] = await sql`SELECT FROM person.identities WHERE person = ${person} AND hash = ${hash}`;
  return found !== undefined;
}

/** Whether only people whose identity was verified are let in. */
export async function identityRequired(sql: Sql): Promise<boolean> {
  const [required] = await sql`SELECT FROM sign_in_rules WHERE identity_required`;
  return required !== undefined;
}
