import type { Sql } from '../client.ts';
import { unitsWithin } from './reader.ts';

/** What happened about signing in. */
export interface SecurityEvent {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly person: string | null;
  readonly by: string | null;
  readonly address: string | null;
  readonly method: string | null;
  /** Which API key it is about. */
  readonly key: string | null;
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
    key = null,
  }: Partial<SecurityEvent> & Pick<SecurityEvent, 'kind'>,
): Promise<void> {
  await sql`
    INSERT INTO person.security_events (kind, person, by, address, method, key)
    VALUES (${kind}, ${person}, ${by}, ${address}, ${method}, ${key})`;
}

/**
 * Events, the latest first: of one person, or of those who sign in for, or hold or held a post of, a unit (`under`) or one below
 * it; before an id. What is about nobody of ours, as a user name nobody has, is shown with the topmost unit alone.
 */
export async function securityEvents(
  sql: Sql,
  {
    before,
    limit,
    ...of
  }: ({ readonly person: string } | { readonly under: string }) & { readonly before?: number; readonly limit: number },
): Promise<SecurityEvent[]> {
  const about =
    'person' in of
      ? sql`person = ${of.person}`
      : sql`(person IN (
          SELECT k.person FROM api_keys k WHERE k.unit IN ${unitsWithin(sql, of.under)}
          UNION SELECT a.person FROM appointments a JOIN posts o ON o.id = a.post WHERE o.unit IN ${unitsWithin(sql, of.under)})
        OR (person IS NULL AND (SELECT above FROM units WHERE id = ${of.under}) IS NULL))`;
  return sql<SecurityEvent[]>`
    SELECT id, at, kind, person, by, address, method, key FROM person.security_events
    WHERE ${about}
      AND (${before ?? null}::bigint IS NULL OR id < ${before ?? null})
    ORDER BY id DESC LIMIT ${limit}`;
}
