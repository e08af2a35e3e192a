import type { Sql } from '../client.ts';

/** A code that was given out, as it is kept: hashed. */
export interface CodeSecret {
  readonly caseId: string;
  readonly payout: string;
  readonly id: string;
  readonly salt: string;
  readonly hash: string;
  readonly issuedAt: string;
}

/** Keeps a code; false when that one was kept before, so that nobody is shown it twice. */
export async function keepCode(sql: Sql, { caseId, payout, id, salt, hash, issuedAt }: CodeSecret): Promise<boolean> {
  const rows = await sql`
    INSERT INTO person.payout_codes (case_id, payout, id, salt, hash, issued_at)
    VALUES (${caseId}, ${payout}, ${id}, ${salt}, ${hash}, ${issuedAt})
    ON CONFLICT DO NOTHING RETURNING id`;
  return rows.length > 0;
}

/** A verified address of a person, to which a code can go. */
export interface OwnEndpoint {
  readonly id: string;
  readonly channel: string;
  readonly hint: string;
}

/** The verified address of a person that a code is sent to: a text message before a mail. */
export async function ownEndpoint(sql: Sql, person: string): Promise<OwnEndpoint | undefined> {
  const [row] = await sql<OwnEndpoint[]>`
    SELECT id, channel, hint FROM person.channel_endpoints
    WHERE person = ${person} AND channel IN ('sms', 'email') AND verified_at IS NOT NULL AND disabled_at IS NULL
      AND removed_at IS NULL
    ORDER BY channel = 'sms' DESC, created_at, id LIMIT 1`;
  return row;
}

/** Puts a code where the sender takes it from, until it is over. */
export async function lendCode(
  sql: Sql,
  endpoint: string,
  { code, until }: { code: string; until: string },
): Promise<void> {
  await sql`
    UPDATE person.channel_endpoints SET code = ${code}, code_until = ${until}, code_tries = 0
    WHERE id = ${endpoint} AND verified_at IS NOT NULL AND removed_at IS NULL`;
}
