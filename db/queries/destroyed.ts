import type { Sql } from '../client.ts';

/** A certificate as it stands at the end of a case's chain. */
export interface Certificate {
  readonly caseId: string;
  readonly seq: number;
  /** Hash of the event that says it: what log and checkpoints prove. */
  readonly hash: string;
  readonly destroyedAt: string;
  /** What the event says: `Destroyed` of engine/event.ts. */
  readonly said: unknown;
  /** The last day of the backups that may hold the case, of those that are written down: begun before, or so soon after that the destruction may not have been committed. Null: there is none. */
  readonly backupsUntil: string | null;
}

const columns = (sql: Sql) => sql`
  e.case_id AS "caseId", e.seq, e.hash, e.recorded_at AS "destroyedAt", convert_from(e.payload, 'UTF8')::json -> 'data' AS said,
  (SELECT max(b.keep_until) FROM backups b WHERE b.begun_at <= e.recorded_at + interval '1 hour') AS "backupsUntil"`;

/** The certificate of a case whose contents are destroyed; undefined for any other. */
export async function certificateOf(sql: Sql, caseId: string): Promise<Certificate | undefined> {
  const [row] = await sql<Certificate[]>`
    SELECT ${columns(sql)} FROM events e WHERE e.case_id = ${caseId} AND e.type = 'record.destroyed'`;
  return row;
}

/** Which certificates are asked for: of these days (included), in Shanghai; of these units, or of all. */
export interface CertificateSpan {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly units?: readonly string[];
}

/** The certificates of a span of days, oldest first. */
export async function certificates(sql: Sql, { from, to, units }: CertificateSpan): Promise<Certificate[]> {
  const day = sql`(e.recorded_at AT TIME ZONE 'Asia/Shanghai')::date`;
  return sql<Certificate[]>`
    SELECT ${columns(sql)} FROM events e JOIN cases c USING (case_id)
    WHERE e.type = 'record.destroyed' AND (${from ?? null}::date IS NULL OR ${day} >= ${from ?? null}::date)
      AND (${to ?? null}::date IS NULL OR ${day} <= ${to ?? null}::date)
      AND (${units === undefined}::boolean OR c.unit IN (SELECT json_array_elements_text(${JSON.stringify(units ?? [])}::text::json)))
    ORDER BY e.recorded_at, e.case_id`;
}

/** Whether the contents of a case are destroyed, as a condition; `caseId` is a value or a column in SQL. */
export const isDestroyed = (sql: Sql, caseId: ReturnType<Sql>) =>
  sql`EXISTS (SELECT FROM events destroyed WHERE destroyed.case_id = ${caseId} AND destroyed.type = 'record.destroyed')`;
