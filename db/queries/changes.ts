import type { Sql } from '../client.ts';
import { postsNow, type Reader, readable, readerScope } from './reader.ts';
import { isToldOfWork, openWork, taskOf } from './work.ts';

/** What has changed in the whole installation since a moment. */
export interface Changes {
  /** The database's clock when this was asked. */
  readonly now: string;
  /** Cases changed since, with their revisions; at most `most`. */
  readonly cases: readonly { readonly id: string; readonly seq: number }[];
  /** The last change of the organisation. */
  readonly orgSeq: number;
  /** How many messages about no case were written since. */
  readonly caseless: number;
}

/** Cases changed after a moment. A case's time is set before its transaction ends, so ask again for some seconds before. */
export async function changesSince(sql: Sql, since: string | undefined, most: number): Promise<Changes> {
  const [row] = await sql<{ now: string; cases: Changes['cases'] | null; orgSeq: number; caseless: number }[]>`
    SELECT clock_timestamp()::timestamptz(3) AS now,
      (SELECT coalesce(max(seq), 0) FROM org_events)::bigint AS "orgSeq",
      (SELECT count(*)::int FROM messages WHERE case_id IS NULL AND created_at > ${since ?? null}::timestamptz) AS caseless,
      (SELECT json_agg(c) FROM (SELECT case_id AS id, seq FROM cases WHERE last_at > ${since ?? null}::timestamptz
        ORDER BY last_at DESC LIMIT ${most}) c) AS cases`;
  return { ...row!, cases: row!.cases ?? [] };
}

/** Whom a case concerns: who fills its roles, was given its open items, or was told of it. */
export interface Concerned {
  readonly caseId: string;
  readonly posts: readonly string[];
  readonly people: readonly string[];
  /** Units whose administrators find what nobody in office could be told. */
  readonly units: readonly string[];
}

/** Whom these cases concern. */
export async function concernedBy(sql: Sql, cases: readonly string[]): Promise<Concerned[]> {
  const these = sql`(SELECT json_array_elements_text(${JSON.stringify(cases)}::text::json))`;
  const rows = await sql<
    { caseId: string; posts: (string | null)[]; people: (string | null)[]; units: (string | null)[] }[]
  >`
    SELECT case_id AS "caseId", json_agg(DISTINCT post) AS posts, json_agg(DISTINCT person) AS people,
      json_agg(DISTINCT unit) AS units
    FROM (
      SELECT case_id, post, person, NULL AS unit FROM assignments WHERE case_id IN ${these}
      UNION ALL SELECT case_id, assignee_post, assignee_person, NULL FROM items WHERE case_id IN ${these} AND state = 'open'
      UNION ALL SELECT case_id, answering_post, NULL, NULL FROM deadlines
        WHERE case_id IN ${these} AND state IN ('running', 'paused')
      UNION ALL SELECT case_id, post, person, CASE WHEN person IS NULL THEN unit END FROM messages WHERE case_id IN ${these}
    ) each GROUP BY case_id`;
  const named = (list: readonly (string | null)[]) => list.filter((each) => each !== null);
  return rows.map(({ caseId, posts, people, units }) => ({
    caseId,
    posts: named(posts),
    people: named(people),
    units: named(units),
  }));
}

/** By which posts and under which names something may fall to a person: his own, and those whose work came to him. */
export async function waysTo(
  sql: Sql,
  person: string,
): Promise<{ readonly posts: readonly string[]; readonly people: readonly string[] }> {
  const [row] = await sql<{ posts: string[] | null; people: string[] | null }[]>`
    SELECT (SELECT json_agg(post) FROM (${postsNow(sql, person, 'stand_ins')}) p) AS posts,
      (SELECT json_agg(DISTINCT person) FROM given_to(${person}, now(), true)) AS people`;
  return { posts: row?.posts ?? [], people: [person, ...(row?.people ?? [])] };
}

/** An open item of a person's work list, as far as a change of it can be told. */
export interface WorkRow {
  readonly caseId: string;
  readonly itemId: string;
  readonly kind: string;
  readonly dueAt: string | null;
}

/** A person's work list, or the part of it in some cases: what `GET /tasks` lists for him without filters. */
export async function ownWork(
  sql: Sql,
  reader: Reader,
  cases: readonly string[] | undefined,
  most: number,
): Promise<WorkRow[]> {
  const within =
    cases === undefined
      ? sql``
      : sql`AND i.case_id IN (SELECT json_array_elements_text(${JSON.stringify(cases)}::text::json))`;
  return sql<WorkRow[]>`
    ${readerScope(sql, reader)}
    SELECT i.case_id AS "caseId", i.item_id AS "itemId", i.kind, i.due_at AS "dueAt"
    FROM ${openWork(sql)} i JOIN cases c ON c.case_id = i.case_id
    WHERE ${readable(sql, reader)} AND ${taskOf(sql, reader.person)} AND ${isToldOfWork(sql, reader.person)} ${within}
    ORDER BY i.due_at ASC NULLS LAST, i.case_id, i.item_id LIMIT ${most}`;
}
