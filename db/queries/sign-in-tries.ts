import type { Sql } from '../client.ts';

/** After so many failed tries a user name is locked. */
export const MOST_TRIES = 5;
/** For so many minutes a name is locked; failures further back are forgotten. */
export const LOCK_MINUTES = 15;

/**
 * Counts a try before it is made, and answers the how-manieth failure it would be: beyond `MOST_TRIES` it is not to be made.
 * Counted first, tries at one time are no way around; those while it is locked do not make the lock longer.
 */
export async function countTry(sql: Sql, name: string): Promise<number> {
  const old = sql`t.since < now() - ${LOCK_MINUTES} * interval '1 minute'`;
  const [row] = await sql<{ failed: number }[]>`
    INSERT INTO person.sign_in_tries AS t (name, failed, since) VALUES (${name}, 1, now())
    ON CONFLICT (name) DO UPDATE SET
      failed = CASE WHEN ${old} THEN 1 ELSE least(t.failed + 1, 1000) END,
      since = CASE WHEN ${old} OR t.failed + 1 = ${MOST_TRIES} THEN now() ELSE t.since END
    RETURNING failed`;
  return row?.failed ?? 1;
}

/** Forgets the failures of a name. */
export async function clearTries(sql: Sql, name: string): Promise<void> {
  await sql`DELETE FROM person.sign_in_tries WHERE name = ${name}`;
}

/** Whether a name is locked now. */
export async function isLocked(sql: Sql, name: string): Promise<boolean> {
  const [row] = await sql`
    SELECT FROM person.sign_in_tries WHERE name = ${name} AND failed >= ${MOST_TRIES}
      AND since > now() - ${LOCK_MINUTES} * interval '1 minute'`;
  return row !== undefined;
}

/** Longer than a one-time code is good for. */
const CODE_MINUTES = 5;

/** Takes a one-time code; false when it was taken before. Forgets codes that are too old to be good. */
export async function takeCode(sql: Sql, person: string, code: string): Promise<boolean> {
  await sql`DELETE FROM person.sign_in_used_codes WHERE used_at < now() - ${CODE_MINUTES} * interval '1 minute'`;
  const taken = await sql`
    INSERT INTO person.sign_in_used_codes (person, code, used_at) VALUES (${person}, ${code}, now())
    ON CONFLICT DO NOTHING RETURNING 1`;
  return taken.length === 1;
}
