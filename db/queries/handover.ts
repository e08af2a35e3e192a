import type { Sql } from '../client.ts';
import { isToldOf } from './kept-draws.ts';
import { answeredByName, byName, ownedBy, type Reader, readable, readerScope } from './reader.ts';

/** At most so many of each kind are listed; the total is always given. */
export const MOST_LISTED = 200;

/** What is listed, and how many there are in all; those in cases the reader may not see are counted only. */
export interface Listed<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** A case of which a post fills roles. */
export interface HeldCaseRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly programId: string;
  readonly programHash: string;
  readonly unit: string;
  readonly status: string;
  readonly roles: readonly string[];
}

/** Cases that are not closed of which a post fills roles (`post`), or a person by name (`person`). */
export async function casesHeld(
  sql: Sql,
  reader: Reader,
  by: { readonly post: string } | { readonly person: string },
): Promise<Listed<HeldCaseRow>> {
  const mine =
    'post' in by ? sql`a.post = ${by.post}` : ownedBy(sql, by.person, byName(sql, 'a', 'person', 'given_at'));
  return listed(
    await sql<(HeldCaseRow & Counted)[]>`
    ${readerScope(sql, reader)}, found AS (
      SELECT a.case_id, json_agg(a.role ORDER BY a.role) AS roles FROM assignments a JOIN cases c ON c.case_id = a.case_id
      WHERE c.status <> 'closed' AND ${mine} GROUP BY a.case_id)
    SELECT c.case_id AS "caseId", c.case_no AS "caseNo", c.program_id AS "programId", c.program_hash AS "programHash", c.unit,
      c.status, f.roles, (SELECT count(*)::int FROM found) AS total
    FROM found f JOIN cases c ON c.case_id = f.case_id WHERE ${readable(sql, reader)}
    ORDER BY c.case_no, c.case_id LIMIT ${MOST_LISTED}`,
    () => sql<Counted[]>`
      SELECT count(DISTINCT a.case_id)::int AS total FROM assignments a JOIN cases c ON c.case_id = a.case_id
      WHERE c.status <> 'closed' AND ${mine}`,
  );
}

interface Counted {
  readonly total: number;
}

/** Rows with their total; asked for apart where none of them may be seen. */
async function listed<T>(
  rows: readonly (T & Counted)[],
  count: () => PromiseLike<readonly Counted[]>,
): Promise<Listed<T>> {
  const total = rows[0]?.total ?? (await count())[0]?.total ?? 0;
  return { total, items: rows.map(({ total: _, ...row }) => row as unknown as T) };
}

/** Open work: an item, or a clock for which there is none (of a stage, of the books). */
export interface OpenWorkRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly unit: string;
  readonly id: string;
  readonly kind: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly by: string;
  readonly dueAt: string | null;
  readonly overdue: boolean;
}

/** Open items and clocks a post does, was given or answers for, or that a person was given by name; what is due first comes first. */
export async function workHeld(
  sql: Sql,
  reader: Reader,
  by: { readonly post: string } | { readonly person: string },
): Promise<Listed<OpenWorkRow> & { readonly overdue: number }> {
  const mine =
    'post' in by
      ? sql`${by.post} IN (w.by_post, w.assignee_post, w.answering_post)`
      : sql`(${ownedBy(sql, by.person, byName(sql, 'w', 'assignee_person', 'assignee_given_at'))}
          OR ${ownedBy(sql, by.person, byName(sql, 'w', 'by_person', 'by_given_at'))}
          OR (w.answering_post IS NULL AND ${answeredByName(sql, by.person, sql`w`)}))`;
  const open = sql`
    SELECT w.*, w.due_at IS NOT NULL AND w.due_at <= now() AS overdue FROM (
      SELECT case_id, item_id AS id, kind, name_zh, name_en, by_role, by_post, by_person, by_given_at, assignee_post,
        assignee_person, assignee_given_at, answers_role, answering_post, due_at
      FROM items WHERE state = 'open'
      UNION ALL
      SELECT d.case_id, d.deadline_id, d.of, d.name_zh, d.name_en, d.answers_role, d.answering_post, a.person, a.given_at,
        NULL, NULL, NULL, d.answers_role, d.answering_post, d.due_at
      FROM deadlines d LEFT JOIN assignments a ON a.case_id = d.case_id AND a.role = d.answers_role
      WHERE d.state IN ('running', 'paused') AND d.of IN ('stage', 'discrepancy')) w
    WHERE ${mine} AND (w.kind <> 'discrepancy' OR ${isToldOf(sql, reader.person, { caseId: sql`w.case_id`, clock: sql`w.id` })})`;
  const rows = await sql<(OpenWorkRow & Counted & { allOverdue: number })[]>`
    ${readerScope(sql, reader)}, found AS (${open})
    SELECT c.case_id AS "caseId", c.case_no AS "caseNo", c.unit, f.id, f.kind, f.name_zh AS "nameZh", f.name_en AS "nameEn",
      f.by_role AS by, f.due_at AS "dueAt", f.overdue, (SELECT count(*)::int FROM found) AS total,
      (SELECT count(*)::int FROM found WHERE overdue) AS "allOverdue"
    FROM found f JOIN cases c ON c.case_id = f.case_id WHERE ${readable(sql, reader)}
    ORDER BY f.due_at ASC NULLS LAST, c.case_id, f.id LIMIT ${MOST_LISTED}`;
  const [first] = rows;
  if (first) {
    const items = rows.map(({ total: _, allOverdue: __, ...row }) => row);
    return { total: first.total, overdue: first.allOverdue, items };
  }
  const [all] = await sql<{ total: number; overdue: number }[]>`
    SELECT count(*)::int AS total, count(*) FILTER (WHERE overdue)::int AS overdue FROM (${open}) f`;
  return { ...all!, items: [] };
}

/** An unread message of a case. */
export interface UnreadMessageRow {
  readonly id: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly kind: string;
  readonly createdAt: string;
}

/**
 * Messages told to a post, or to a person by name, that nobody has acknowledged, oldest first, in cases the reader may see.
 * Complaints are left out: they are the present holder's to know of, and his successor's, to whose post they are addressed.
 */
export async function unreadHeld(
  sql: Sql,
  reader: Reader,
  post: string,
  person: string,
): Promise<Listed<UnreadMessageRow>> {
  const rows = await sql<(UnreadMessageRow & Counted)[]>`
    ${readerScope(sql, reader)}
    SELECT m.id, m.case_id AS "caseId", c.case_no AS "caseNo", m.kind, m.created_at AS "createdAt",
      count(*) OVER ()::int AS total
    FROM messages m JOIN cases c ON c.case_id = m.case_id
    WHERE m.acknowledged_at IS NULL AND m.kind IN ('rung', 'nudge') AND ${readable(sql, reader)}
      AND ${isToldOf(sql, reader.person, { caseId: sql`m.case_id`, clock: sql`m.about` })}
      AND (m.post = ${post} OR (m.post IS NULL AND m.deputy_for IS NULL
        AND ${ownedBy(sql, person, byName(sql, 'm', 'person', 'created_at'), false)}))
    ORDER BY m.created_at, m.id LIMIT ${MOST_LISTED}`;
  return listed(rows, async () => []);
}

/** A record of accountability that waits for the answer of who held the post. */
export interface UnansweredRow {
  readonly id: string;
  readonly caseId: string;
  readonly caseNo: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly dueAt: string;
}

/** Records about a post, held by this person in their time, that are neither answered nor decided; in cases the reader may see. */
export async function unansweredHeld(
  sql: Sql,
  reader: Reader,
  post: string,
  person: string,
): Promise<Listed<UnansweredRow>> {
  const rows = await sql<(UnansweredRow & Counted)[]>`
    ${readerScope(sql, reader)}
    SELECT r.id, r.case_id AS "caseId", c.case_no AS "caseNo", r.name_zh AS "nameZh", r.name_en AS "nameEn",
      r.due_at AS "dueAt", count(*) OVER ()::int AS total
    FROM accountability r JOIN cases c ON c.case_id = r.case_id
    WHERE r.post = ${post} AND r.answered_at IS NULL AND r.outcome IS NULL AND ${readable(sql, reader)}
      AND EXISTS (SELECT FROM json_array_elements(r.holders) h WHERE h ->> 'person' = ${person})
    ORDER BY r.due_at, r.case_id, r.id LIMIT ${MOST_LISTED}`;
  return listed(rows, async () => []);
}

/** A substitution that runs or is to come. */
export interface StandInRow {
  readonly id: string;
  readonly post: string;
  readonly person: string;
  readonly from: string;
  readonly until: string | null;
}

/** Substitutions that are not over at a moment: of a person for others, and of others for a post. */
export async function standInsOf(
  sql: Sql,
  { post, person, at }: { readonly post: string; readonly person: string; readonly at: string },
): Promise<{ readonly deputyships: readonly StandInRow[]; readonly deputies: readonly StandInRow[] }> {
  const rows = await sql<StandInRow[]>`
    SELECT id, post, person, from_at AS "from", until_at AS until FROM substitutions
    WHERE (person = ${person} OR post = ${post}) AND (until_at IS NULL OR until_at > ${at}) ORDER BY from_at, id`;
  return {
    deputyships: rows.filter((row) => row.person === person),
    deputies: rows.filter((row) => row.post === post),
  };
}

/** A role of a case that a post fills or a person by name, in cases with books; closed ones whose money has not gone count too. */
export interface BookRoleRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly programHash: string;
  readonly role: string;
}

/** Every role that a post or a person by name fills in cases that have books: which of them keep one, the programs say. */
export async function bookRolesHeld(sql: Sql, post: string, person: string): Promise<BookRoleRow[]> {
  return sql<BookRoleRow[]>`
    SELECT c.case_id AS "caseId", c.case_no AS "caseNo", c.program_hash AS "programHash", a.role
    FROM assignments a JOIN cases c ON c.case_id = a.case_id
    WHERE (a.post = ${post} OR ${ownedBy(sql, person, byName(sql, 'a', 'person', 'given_at'))})
      AND EXISTS (SELECT FROM books b WHERE b.case_id = c.case_id)
      AND (c.status <> 'closed' OR EXISTS (SELECT FROM book_counters k WHERE k.case_id = c.case_id AND k.balance_fen <> 0))
    ORDER BY c.case_no, c.case_id, a.role`;
}

/** The appointment of a post as its handover needs it: the post's unit, and whether it lies where the reader sees everything. */
export async function overseen(sql: Sql, reader: Reader, post: string): Promise<boolean> {
  const [row] = await sql<{ within: boolean }[]>`
    ${readerScope(sql, reader)}
    SELECT o.unit IN (SELECT unit FROM reach) AS within FROM posts o WHERE o.id = ${post}`;
  return row?.within ?? false;
}
