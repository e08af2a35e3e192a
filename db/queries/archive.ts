import type { Sql } from '../client.ts';
import { isDestroyed } from './destroyed.ts';

/** The stored gzip stream of an archived run, piece by piece: one is in memory at a time. */
export async function* archivedParts(sql: Sql, runId: string): AsyncGenerator<Uint8Array> {
  for (let part = 1; ; part++) {
    const [row] = await sql<{ content: Uint8Array }[]>`
      SELECT content FROM archived_run_parts WHERE run_id = ${runId} AND part = ${part}`;
    if (!row) return;
    yield row.content;
  }
}

/** An archived run with the number under which it is filed. */
export interface FiledRun {
  readonly n: number;
  readonly runId: string;
  readonly caseId: string;
  /** The contents of its case are destroyed: of its history the manifest alone is left. */
  readonly destroyed: boolean;
}

/** The next archived runs after a number, in order. */
export function archivedAfter(sql: Sql, n: number, limit: number): Promise<FiledRun[]> {
  return sql<FiledRun[]>`
    SELECT n, run_id AS "runId", case_id AS "caseId", ${isDestroyed(sql, sql`archived_runs.case_id`)} AS destroyed
    FROM archived_runs WHERE n > ${n} ORDER BY n LIMIT ${limit}`;
}

/** The manifest of an archived run. Throws when there is no such run. */
export async function archivedManifest(sql: Sql, runId: string): Promise<Uint8Array> {
  const [row] = await sql<{ manifest: Uint8Array }[]>`SELECT manifest FROM archived_runs WHERE run_id = ${runId}`;
  if (!row) throw new Error(`There is no archived run ${runId}.`);
  return row.manifest;
}

/** What waits to be archived. In order all of it is zero. */
export interface ArchiveFigures {
  /** Ended runs that were found longer ago than the bound and are not archived, and for how long the oldest has ended. */
  readonly overdue: number;
  readonly oldestSeconds: number;
  /** Those among them that Temporal has deleted before they were archived. */
  readonly lost: number;
  /** For how long Temporal's list of ended runs has not been looked through to its end. */
  readonly scanSeconds: number;
}

/** Reads what waits longer than a bound, in milliseconds. */
export async function archiveFigures(sql: Sql, boundMs: number): Promise<ArchiveFigures> {
  const [row] = await sql<ArchiveFigures[]>`
    SELECT count(r.run_id)::int AS overdue, coalesce(extract(epoch FROM clock_timestamp() - min(r.closed_at)), 0)::float8 AS "oldestSeconds",
      count(r.lost_at)::int AS lost,
      (SELECT coalesce(extract(epoch FROM clock_timestamp() - coalesce(s.complete_until, i.created_at)), 0) FROM archive_scan s, installation i)::float8
        AS "scanSeconds"
    FROM runs_to_archive r WHERE r.closed_at < clock_timestamp() - ${boundMs} * interval '1 ms'`;
  return row!;
}
