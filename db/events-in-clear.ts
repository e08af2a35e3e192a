import type { Sql } from './client.ts';
import { keyOfValue, keysOf, openEach, payloadPlace, type Unread, Unreadable } from './sealed.ts';

/** Events of a case that could not be read, and why. */
export interface UnreadEvents {
  readonly caseId: string;
  readonly why: Unread;
  readonly events: number;
}

/** What the rules of the books look into, as a pattern of types; of others they read nothing. */
export const TOLD_OF_BOOKS =
  '^(day|month|count|cash|ledger|voucher|books?|document|discrepancy|payout|gift|advance|statement|party|role)[.]|^case[.](opened|moved|received)$';
const pageSize = 500;

/**
 * Runs something that looks into events of some types (a pattern) with SQL. Sealed ones are opened for it into a temporary table `events` of this
 * transaction: PostgreSQL finds that before the table of the same name, so the statements are the same for both. It lies in the
 * memory of the connection's server process and goes with the work. Answers which events could not be read to the work; they are
 * left out of the table. So are those of a case whose contents are destroyed, as far as the database says rightly: they tell nothing.
 */
export async function inClear<T>(
  sql: Sql,
  { caseId, types }: { readonly caseId: string | null; readonly types: string },
  work: (unread: readonly UnreadEvents[]) => Promise<T>,
): Promise<T> {
  // sealed, or altered to something that is no event
  const [sealed] = await sql`
    SELECT FROM public.events WHERE (${caseId}::text IS NULL OR case_id = ${caseId}) AND substr(payload, 1, 1) <> '{' LIMIT 1`;
  const gone = await sql<{ id: string }[]>`
    SELECT case_id AS id FROM public.events
    WHERE type = 'record.destroyed' AND (${caseId}::text IS NULL OR case_id = ${caseId}) AND destruction_holds(case_id)`;
  if (!sealed && gone.length === 0) return work([]);
  await sql.unsafe(`
    SET LOCAL idle_in_transaction_session_timeout = '120s';
    SET LOCAL work_mem = '64MB';
    CREATE TEMPORARY TABLE events (LIKE public.events) ON COMMIT DROP`);
  try {
    const unread = await fill(
      sql,
      { caseId, types },
      gone.map(({ id }) => id),
    );
    await sql.unsafe(
      'CREATE INDEX ON pg_temp.events (case_id, seq); CREATE INDEX ON pg_temp.events (type, case_id); ANALYZE pg_temp.events',
    );
    return await work(unread);
  } finally {
    // what the transaction writes after this goes to the table again; one that has failed drops it by itself
    await sql.unsafe('DROP TABLE pg_temp.events').catch(() => {});
  }
}

async function fill(
  sql: Sql,
  { caseId, types }: { readonly caseId: string | null; readonly types: string },
  without: readonly string[],
): Promise<UnreadEvents[]> {
  const unread = new Map<string, UnreadEvents>();
  for (let [lastCase, lastSeq] = ['', 0]; ; ) {
    const rows = await sql<{ caseId: string; seq: number; payload: Uint8Array }[]>`
      SELECT case_id AS "caseId", seq, payload FROM public.events
      WHERE (${caseId}::text IS NULL OR case_id = ${caseId}) AND type ~ ${types} AND (case_id, seq) > (${lastCase}, ${lastSeq})
        AND NOT case_id IN (SELECT json_array_elements_text(${JSON.stringify(without)}::text::json))
      ORDER BY case_id, seq LIMIT ${pageSize}`;
    const opened = await openEach(
      keysOf(sql),
      rows.map((row) => ({ place: payloadPlace(row.caseId, row.seq), bytes: row.payload })),
    );
    const read: { c: string; s: number; p: string }[] = [];
    for (const [n, row] of rows.entries()) {
      const payload = opened[n]!;
      const why = whyUnread(payload, row.payload);
      if (why === undefined) {
        read.push({ c: row.caseId, s: row.seq, p: Buffer.from(payload as Uint8Array).toString('base64') });
        continue;
      }
      const { events = 0 } = unread.get(`${row.caseId} ${why}`) ?? {};
      unread.set(`${row.caseId} ${why}`, { caseId: row.caseId, why, events: events + 1 });
    }
    await sql`
      INSERT INTO pg_temp.events SELECT e.case_id, e.seq, e.type, e.header, e.hash, e.prev, decode(r.p, 'base64'), e.recorded_at, e.occurred_at,
        e.actor_kind, e.actor_id, e.actor_post, e.act_id, e.program_hash
      FROM json_to_recordset(${JSON.stringify(read)}::text::json) AS r (c text, s bigint, p text)
        JOIN public.events e ON e.case_id = r.c AND e.seq = r.s`;
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return [...unread.values()];
    [lastCase, lastSeq] = [last.caseId, last.seq];
  }
}

/** Why an event is left out. What lies in clear is not protected by a seal: bytes that are no JSON would end every statement. */
function whyUnread(payload: Uint8Array | Unreadable, stored: Uint8Array): Unread | undefined {
  if (payload instanceof Unreadable) return payload.why;
  if (keyOfValue(stored) !== undefined) return undefined;
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return undefined;
  } catch {
    return 'altered';
  }
}
