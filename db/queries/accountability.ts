import type { Sql } from '../client.ts';
import { isToldOf } from './kept-draws.ts';
import type { Reader } from './reader.ts';
import { readable, readerScope } from './reader.ts';

/** What a post had promised for a year, by what became of it. */
export interface PromiseCounts {
  /** Done by its due date, and recorded before anybody was held to account. */
  readonly onTime: number;
  /** Done by its due date; a record of accountability was written before that was known. */
  readonly recordedLate: number;
  readonly late: number;
  /** Ended without ever being done, after its due date: lapsed, or called off when it was late already. */
  readonly never: number;
  /** Past its due date and still open. */
  readonly overdue: number;
  /** Not due yet, or standing still. */
  readonly open: number;
}

/**
 * Counts what fell due in a span for a post, in cases the reader may read: what the post answers for, and what it was held
 * to account for while the post that answers was vacant, settled or not. A promise belongs to the year of its due date; one
 * that was cancelled before that date, or while it stood still, counts nowhere.
 */
export async function promiseCounts(
  sql: Sql,
  reader: Reader,
  {
    post,
    from,
    until,
    now,
  }: { readonly post: string; readonly from: string; readonly until: string; readonly now: string },
): Promise<PromiseCounts> {
  const [row] = await sql<PromiseCounts[]>`
    ${readerScope(sql, reader)}, mine AS (
      SELECT d.state, d.late, d.due_at, r.result, r.result = 'never done' OR i.state = 'missed'
          OR (i.state IN ('cancelled', 'skipped') AND i.done_at >= d.due_at AND d.data->>'pausedSince' IS NULL) AS never
      FROM deadlines d JOIN cases c ON c.case_id = d.case_id
      LEFT JOIN items i ON i.case_id = d.case_id AND i.item_id = d.deadline_id
      LEFT JOIN LATERAL (
        SELECT id, result FROM accountability a WHERE a.case_id = d.case_id AND a.deadline_id = d.deadline_id AND a.post = ${post}
        ORDER BY a.opened_at DESC LIMIT 1) r ON TRUE
      WHERE d.due_at > ${from}::timestamptz AND d.due_at <= ${until}::timestamptz AND ${readable(sql, reader)}
        AND (d.answering_post = ${post} OR r.id IS NOT NULL)
        AND (d.of <> 'discrepancy' OR ${isToldOf(sql, reader.person, { caseId: sql`d.case_id`, clock: sql`d.deadline_id` })})
    )
    SELECT count(*) FILTER (WHERE state = 'met' AND NOT late AND result IS DISTINCT FROM 'done in time, recorded late') AS "onTime",
      count(*) FILTER (WHERE state = 'met' AND NOT late AND result = 'done in time, recorded late') AS "recordedLate",
      count(*) FILTER (WHERE state = 'met' AND late) AS late,
      count(*) FILTER (WHERE state = 'cancelled' AND never) AS never,
      count(*) FILTER (WHERE state = 'running' AND due_at <= ${now}::timestamptz) AS overdue,
      count(*) FILTER (WHERE state = 'paused' OR (state = 'running' AND due_at > ${now}::timestamptz)) AS open
    FROM mine`;
  return row!;
}

/** A post's names and everyone who held it at some time in a span, or stood in for its holder. */
export async function tenureOf(
  sql: Sql,
  post: string,
  from: string,
  until: string,
): Promise<
  | {
      readonly nameZh: string;
      readonly nameEn: string;
      readonly unit: string;
      readonly holders: readonly {
        readonly person: string;
        readonly from: string;
        readonly until: string | null;
        readonly deputy: boolean;
      }[];
    }
  | undefined
> {
  const [[found], holders] = await Promise.all([
    sql<{ nameZh: string; nameEn: string; unit: string }[]>`
      SELECT name_zh AS "nameZh", name_en AS "nameEn", unit FROM posts WHERE id = ${post}`,
    sql<{ person: string; from: string; until: string | null; deputy: boolean }[]>`
      SELECT person, from_at AS "from", until_at AS until, deputy FROM stand_ins
      WHERE post = ${post} AND from_at < ${until}::timestamptz AND (until_at IS NULL OR until_at > ${from}::timestamptz)
      ORDER BY deputy, from_at`,
  ]);
  return found && { ...found, holders };
}
