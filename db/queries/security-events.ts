import type { Sql } from '../client.ts';

/** What happened about signing in. */
export interface SecurityEvent {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly person: string | null;
  readonly by: string | null;
  readonly address: string | null;
  readonly method: string | null;
}

/** Adds an event. */
export async function addSecurityEvent(
  sql: Sql,
  {
    kind,
    person = null,
    by = null,
    address = null,
    method = null,
  }: Partial<SecurityEvent> & Pick<SecurityEvent, 'kind'>,
): Promise<void> {
  await sql`
    INSERT INTO person.security_events (kind, person, by, address, method)
    VALUES (${kind}, ${person}, ${by}, ${address}, ${method})`;
}

/** Events, the latest first: of one person, or of all; before an id. */
export async function securityEvents(
  sql: Sql,
  { person, before, limit }: { readonly person?: string; readonly before?: number; readonly limit: number },
): Promise<SecurityEvent[]> {
  return sql<SecurityEvent[]>`
    SELECT id, at, kind, person, by, address, method FROM person.security_events
    WHERE (${person ?? null}::text IS NULL OR person = ${person ?? null})
      AND (${before ?? null}::bigint IS NULL OR id < ${before ?? null})
    ORDER BY id DESC LIMIT ${limit}`;
}
