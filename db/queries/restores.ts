import type { Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';
import type { AnsweredAct } from '../schema/stores.ts';

/** The last time this database was found put back to an earlier point. */
export interface RestoreFound {
  readonly foundAt: Instant;
  readonly why: string;
  /** When the last mark was written that the database still knew. */
  readonly asOf: Instant | null;
  /** Null while cases are compared. */
  readonly comparedAt: Instant | null;
  /** Cases that Temporal knew and the record lacked, and messages that were on their way outside. */
  readonly lost: number;
  readonly unsent: number;
  /** Acts that were answered before it and that nobody has witnessed, in cases that were compared; `again`: sent once more since, and decided. */
  readonly answered: readonly (AnsweredAct & { readonly again: boolean })[];
}

/** Reads it; undefined when that never happened. */
export async function lastRestore(sql: Sql): Promise<RestoreFound | undefined> {
  const [row] = await sql<RestoreFound[]>`
    SELECT found_at AS "foundAt", why, as_of AS "asOf", compared_at AS "comparedAt", json_array_length(lost) AS lost,
      (SELECT count(*) FROM outbox WHERE state = 'failed' AND created_at <= r.found_at AND reviewed_at BETWEEN r.found_at - interval '5 minutes' AND r.found_at) AS unsent,
      (SELECT coalesce(json_agg(json_build_object('caseId', act ->> 'caseId', 'id', act ->> 'id', 'type', act ->> 'type',
        'again', EXISTS (SELECT FROM acts WHERE act_id = act ->> 'id')) ORDER BY act ->> 'caseId', act ->> 'id'), '[]')
        FROM json_array_elements(r.answered) AS noted (act)) AS answered
    FROM restores r ORDER BY n DESC LIMIT 1`;
  return row;
}

/** Writes down with the last restore which acts were answered before it and nobody has witnessed; those of a case take the place of what was noted of it. */
export async function noteAnswered(sql: Sql, acts: readonly AnsweredAct[]): Promise<void> {
  const added = sql`json_array_elements(${JSON.stringify(acts)}::text::json)`;
  await sql`
    UPDATE restores SET answered = (
      SELECT json_agg(act) FROM (
        SELECT act FROM json_array_elements(answered) AS noted (act)
        WHERE act ->> 'caseId' NOT IN (SELECT act ->> 'caseId' FROM ${added} AS said (act))
        UNION ALL SELECT act FROM ${added} AS said (act)) AS together)
    WHERE n = (SELECT max(n) FROM restores)`;
}

/** Whether a restore was made or noticed and nothing may be decided yet: cases that the record lacks are not listed. */
export async function restorePending(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ pending: boolean }[]>`
    SELECT restored OR EXISTS (SELECT FROM restores WHERE listed_at IS NULL) AS pending FROM store_marks`;
  return row?.pending ?? false;
}
