import type { Sql } from '../client.ts';
import { createTransactions, type Tx } from '../transactions.ts';

/**
 * Runs `work` in a transaction that holds the user of a person: while it runs, nobody signs in as him, and no other such work about
 * him goes on. What one of them adds, the next sees: a reset ends the key that a slow request made just before it. Whoever adds
 * what lets a person in asks first whether its session still holds (`isOpen`). A person without a user is held by nobody.
 */
export async function holdingUser<T>(sql: Sql, person: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const transactions = createTransactions(sql, { lanes: 1 });
  try {
    return await transactions.run(async (tx) => {
      await tx`SELECT FROM person.sign_in_users WHERE id = ${person} FOR UPDATE`;
      return work(tx);
    });
  } finally {
    await transactions.end();
  }
}

/** Whether a person's session by name has not been ended. */
export async function isOpen(sql: Sql, person: string, session: string): Promise<boolean> {
  const [open] = await sql`
    SELECT FROM person.sign_in_sessions s JOIN person.sign_in_users u ON u.id = s.user_id
    WHERE s.id = ${session} AND s.user_id = ${person} AND s.expires_at > now() AND u.stopped_at IS NULL`;
  return open !== undefined;
}
