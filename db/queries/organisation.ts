import type { Sql } from '../client.ts';
import { type PeopleReader, peopleShown } from './people.ts';
import { type Reader, readerScope, unitsWithin } from './reader.ts';

/** Where a page begins: after this id. */
interface Page {
  readonly limit: number;
  readonly after: string | undefined;
}

/** A unit of the organisation. */
export interface UnitRow {
  readonly id: string;
  readonly level: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly above: string | null;
  readonly headPost: string | null;
  readonly hoursFrom: string | null;
  readonly hoursTo: string | null;
  /** Since when it is closed; `above` is then the unit it went into. */
  readonly closedAt: string | null;
}

/** What a {@link UnitRow} is made of, of the unit `u`. */
export function unitColumns(sql: Sql) {
  return sql`u.id, u.level, u.name_zh AS "nameZh", u.name_en AS "nameEn", u.above, u.head_post AS "headPost",
    u.hours_from AS "hoursFrom", u.hours_to AS "hoursTo", u.closed_at AS "closedAt"`;
}

/** Units by id; `below` narrows to one unit and those below it, `open` to those that are not closed. */
export async function listUnits(
  sql: Sql,
  page: Page,
  filters: { readonly level?: string | undefined; readonly below?: string | undefined; readonly open?: true } = {},
): Promise<UnitRow[]> {
  const { level, below, open } = filters;
  return sql<UnitRow[]>`
    WITH RECURSIVE under (id) AS (
      SELECT id FROM units WHERE id = ${below ?? null} UNION SELECT u.id FROM units u JOIN under b ON u.above = b.id)
    SELECT ${unitColumns(sql)} FROM units u
    WHERE TRUE ${level === undefined ? sql`` : sql`AND level = ${level}`} ${open ? sql`AND closed_at IS NULL` : sql``}
      ${below === undefined ? sql`` : sql`AND id IN (SELECT id FROM under)`}
      ${page.after === undefined ? sql`` : sql`AND id > ${page.after}`} ORDER BY id LIMIT ${page.limit + 1}`;
}

/** Open units of exactly this id or name; at most a few, since one alone is of use. */
export async function unitsNamed(sql: Sql, text: string): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT id FROM units WHERE closed_at IS NULL AND (id = ${text} OR name_zh = ${text} OR name_en = ${text})
    ORDER BY id = ${text} DESC, id LIMIT 20`;
  return rows.map(({ id }) => id);
}

/** One unit, and whether it lies in another or below it; undefined when there is no such unit. */
export async function unitInReach(
  sql: Sql,
  id: string,
  reach: string,
): Promise<{ readonly unit: UnitRow; readonly within: boolean } | undefined> {
  const [row] = await sql<(UnitRow & { within: boolean })[]>`
    SELECT ${unitColumns(sql)}, u.id IN ${unitsWithin(sql, reach)} AS within FROM units u WHERE u.id = ${id}`;
  if (!row) return undefined;
  const { within, ...unit } = row;
  return { unit, within };
}

/** A post and who holds it now. */
export interface PostRow {
  readonly id: string;
  readonly kind: string;
  readonly unit: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly holder: string | null;
  readonly holderName: string | null;
  /** Who stands in for the holder now. */
  readonly deputy: string | null;
  readonly deputyName: string | null;
  readonly closedAt: string | null;
}

/** Posts by id, each with its holder of this moment. */
export async function listPosts(
  sql: Sql,
  page: Page,
  filters: {
    readonly unit?: string | undefined;
    readonly kind?: string | undefined;
    readonly holder?: string | undefined;
  } = {},
): Promise<PostRow[]> {
  const { unit, kind, holder } = filters;
  return sql<PostRow[]>`
    SELECT o.id, o.kind, o.unit, o.name_zh AS "nameZh", o.name_en AS "nameEn", a.person AS holder, p.name AS "holderName",
      s.person AS deputy, d.name AS "deputyName", o.closed_at AS "closedAt"
    FROM posts o
    LEFT JOIN appointments a ON a.post = o.id AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())
    LEFT JOIN person.people p ON p.id = a.person
    LEFT JOIN substitutions s ON s.post = o.id AND s.from_at <= now() AND (s.until_at IS NULL OR s.until_at > now())
    LEFT JOIN person.people d ON d.id = s.person
    WHERE TRUE ${unit === undefined ? sql`` : sql`AND o.unit = ${unit}`}
      ${kind === undefined ? sql`` : sql`AND o.kind = ${kind}`}
      ${holder === undefined ? sql`` : sql`AND a.person = ${holder}`}
      ${page.after === undefined ? sql`` : sql`AND o.id > ${page.after}`} ORDER BY o.id LIMIT ${page.limit + 1}`;
}

/** A person who signs in or holds posts. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly posts: readonly string[];
}

/** People the reader may know of by id, each with the posts held now. */
export async function listPeople(sql: Sql, reader: PeopleReader, page: Page): Promise<PersonRow[]> {
  return sql<PersonRow[]>`
    SELECT p.id, p.name, (SELECT coalesce(json_agg(a.post ORDER BY a.post), '[]') FROM appointments a
      WHERE a.person = p.id AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())) AS posts
    FROM person.people p WHERE ${peopleShown(sql, reader)} ${page.after === undefined ? sql`` : sql`AND p.id > ${page.after}`}
    ORDER BY p.id LIMIT ${page.limit + 1}`;
}

/** Who holds a post, from when and until when. */
export interface AppointmentRow {
  readonly id: string;
  readonly post: string;
  readonly person: string;
  readonly fromAt: string;
  readonly untilAt: string | null;
  readonly pledge: PledgeRow | null;
}

/** The responsibility pledge signed with an appointment: its hash and day, and its words or document for those who may read them. */
export interface PledgeRow {
  readonly hash: string;
  readonly signedOn: string;
  readonly text: string | null;
  readonly documentId: string | null;
}

/** The columns of an appointment `a`; the words of its pledge where `readable` holds. */
function appointmentColumns(sql: Sql, readable: ReturnType<Sql>) {
  return sql`a.id, a.post, a.person, a.from_at AS "fromAt", a.until_at AS "untilAt",
    CASE WHEN a.pledge_hash IS NOT NULL THEN json_build_object('hash', a.pledge_hash, 'signedOn', a.pledge_on,
      'text', CASE WHEN ${readable} THEN a.pledge_text END,
      'documentId', CASE WHEN ${readable} THEN a.pledge_document END) END AS pledge`;
}

/**
 * Appointments by id, all or of one post or person. What a pledge says is for who signed it and those who see all of the
 * unit: it may name people.
 */
export async function listAppointments(
  sql: Sql,
  reader: Reader,
  page: Page,
  filters: { readonly post?: string | undefined; readonly person?: string | undefined } = {},
): Promise<AppointmentRow[]> {
  const { post, person } = filters;
  const mayRead: ReturnType<Sql> = sql`(a.person = ${reader.person} OR o.unit IN (SELECT unit FROM reach))`;
  return sql<AppointmentRow[]>`
    ${readerScope(sql, reader)}
    SELECT ${appointmentColumns(sql, mayRead)} FROM appointments a JOIN posts o ON o.id = a.post
    WHERE TRUE ${post === undefined ? sql`` : sql`AND a.post = ${post}`}
      ${person === undefined ? sql`` : sql`AND a.person = ${person}`}
      ${page.after === undefined ? sql`` : sql`AND a.id > ${page.after}`} ORDER BY a.id LIMIT ${page.limit + 1}`;
}

/** One appointment, with all of its pledge. */
export async function appointmentOf(sql: Sql, id: string): Promise<AppointmentRow | undefined> {
  const [row] = await sql<AppointmentRow[]>`
    SELECT ${appointmentColumns(sql, sql`TRUE`)} FROM appointments a WHERE a.id = ${id}`;
  return row;
}

/** Whether a post lies in a unit or below it; undefined when there is no such post. */
export async function postInReach(sql: Sql, post: string, unit: string): Promise<boolean | undefined> {
  const [row] = await sql<{ within: boolean }[]>`
    SELECT o.unit IN ${unitsWithin(sql, unit)} AS within FROM posts o WHERE o.id = ${post}`;
  return row?.within;
}
