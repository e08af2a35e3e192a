import type { Sql } from '../client.ts';
import { whereabouts } from './away.ts';

/** A case with sides of books whose clocks are not what the offices of now ask for. */
export interface CaseToChase {
  readonly caseId: string;
  readonly seq: number;
  /** The sides with who keeps them, and whether each waits: as text, the same for the same finding. */
  readonly found: string;
}

/** What one step of looking came to: so many cases looked at, the last of them by id, and those with something to do. */
export interface ChaseStep {
  readonly looked: number;
  readonly last: string | null;
  readonly found: readonly CaseToChase[];
}

/**
 * Looks at the next cases after one, by id, for sides of books that have come to wait for a count and have no clock, or have a
 * clock and wait no more; of all cases, of those in which one of these persons keeps a side, or of these cases. A hint only: what becomes of it
 * the engine decides (engine/books/chase.ts). Frozen and stuck cases are left out until they are repaired, and cases that are in other hands.
 */
export async function casesToChase(
  sql: Sql,
  at: string,
  {
    after,
    limit,
    keepers,
    cases,
  }: {
    readonly after: string;
    readonly limit: number;
    readonly keepers?: readonly string[] | undefined;
    readonly cases?: readonly string[] | undefined;
  },
): Promise<ChaseStep> {
  const kept = sql`k.keeper IS NOT NULL AND (k.remains OR k.waits)`;
  const among = (column: string, some: readonly string[] | undefined) =>
    some === undefined
      ? sql``
      : sql`AND ${sql.unsafe(column)} IN (SELECT json_array_elements_text(${JSON.stringify(some)}::text::json))`;
  const [step] = await sql<ChaseStep[]>`
    WITH page AS (
      SELECT DISTINCT k.case_id FROM book_keepers k WHERE ${kept} AND k.case_id > ${after}
        ${among('k.keeper', keepers)} ${among('k.case_id', cases)} ORDER BY k.case_id LIMIT ${limit}
    ), sides AS (
      SELECT k.*, c.seq, o.person AS holder, coalesce(s.post, o.post) AS post
      FROM page JOIN book_keepers k ON k.case_id = page.case_id AND ${kept}
      JOIN cases c ON c.case_id = k.case_id AND c.frozen_at IS NULL AND c.stuck_since IS NULL
        AND (c.wake_at IS NOT NULL OR ${whereabouts(sql, sql`c.case_id`)} IS NULL)
      LEFT JOIN assignments s ON s.case_id = k.case_id AND s.role = k.role
      LEFT JOIN LATERAL (
        SELECT person, post FROM owner_of(s.person, s.given_at, ${at}::timestamptz, c.unit) WHERE s.person IS NOT NULL) o ON true
    ), hits AS (
      SELECT k.case_id AS "caseId", min(k.seq) AS seq,
        string_agg(concat_ws(' ', k.book, k.side, k.keeper, k.waits), ', ' ORDER BY k.book, k.side) AS found
      FROM sides k LEFT JOIN appointments a ON a.post = k.post AND a.person = k.keeper AND a.from_at <= ${at}::timestamptz
        AND (a.until_at IS NULL OR a.until_at > ${at}::timestamptz)
      WHERE k.waits <> (k.remains AND k.holder IS DISTINCT FROM k.keeper AND a.person IS NULL AND NOT EXISTS (
        SELECT FROM person.parties p
        WHERE p.case_id = k.case_id AND p.role = k.role AND p.person = k.keeper AND p.ended_at IS NULL))
      GROUP BY k.case_id
    )
    SELECT (SELECT count(*)::int FROM page) AS looked, (SELECT max(case_id) FROM page) AS last,
      (SELECT coalesce(json_agg(hits ORDER BY hits."caseId"), '[]') FROM hits) AS found`;
  return step!;
}

/**
 * A state of the offices: how far the chain of the organisation has come, `mark`, another after each change and each moment at
 * which one begins or ends, and when one ended last.
 */
export interface OfficesMark {
  readonly seq: number;
  readonly mark: string;
  readonly ended: string | null;
}

/** The state of the offices at a moment. */
export async function officesMark(sql: Sql, at: string): Promise<OfficesMark> {
  const [row] = await sql<OfficesMark[]>`
    SELECT seq, ended, concat_ws(' ', seq, greatest((SELECT max(from_at) FROM appointments WHERE from_at <= ${at}), ended,
      (SELECT max(from_at) FROM handovers WHERE from_at <= ${at}))) AS mark
    FROM (SELECT (SELECT coalesce(max(seq), 0) FROM org_events) AS seq,
      (SELECT max(until_at) FROM appointments WHERE until_at <= ${at}) AS ended) e`;
  return row!;
}

/** So many changes are looked at singly; after more of them anything may have gone to anybody. */
const mostNews = 1_000;

/**
 * Whose offices began or ended since an earlier look, by what was recorded since and by what has taken effect since; undefined
 * where that may be anybody: units were changed, or an event cannot be read because somebody altered it.
 */
export async function personsMoved(
  sql: Sql,
  since: { readonly seq: number; readonly at: string },
  at: string,
): Promise<readonly string[] | undefined> {
  const news = await sql<{ type: string; payload: Uint8Array }[]>`
    SELECT type, payload FROM org_events WHERE seq > ${since.seq}
      AND (type LIKE 'appointment.%' OR type = 'post.handedOver' OR type ~ '^unit[.](merged|split|closed)$|^post[.]moved$')
    LIMIT ${mostNews + 1}`;
  if (news.length > mostNews || news.some(({ type }) => type.startsWith('unit.') || type === 'post.moved'))
    return undefined;
  const said = news.map(({ payload }) => personsIn(payload));
  if (said.includes(undefined)) return undefined;
  const within = (column: string) =>
    sql`(${sql.unsafe(column)} > ${since.at}::timestamptz AND ${sql.unsafe(column)} <= ${at}::timestamptz)`;
  const due = await sql<{ person: string }[]>`
    SELECT person FROM appointments WHERE ${within('from_at')} OR ${within('until_at')}
    UNION SELECT person FROM handovers WHERE ${within('from_at')}
    UNION SELECT to_person FROM handovers WHERE to_person IS NOT NULL AND ${within('from_at')}`;
  return [...new Set([...said.flatMap((persons) => persons ?? []), ...due.map(({ person }) => person)])];
}

/** The persons an event of an office names; undefined where it cannot be read. */
function personsIn(payload: Uint8Array): readonly string[] | undefined {
  try {
    const { data } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as {
      data: Record<string, unknown>;
    };
    const named = [data['person'], data['to']].filter((person) => typeof person === 'string');
    return named.length > 0 ? named : undefined;
  } catch {
    return undefined;
  }
}
