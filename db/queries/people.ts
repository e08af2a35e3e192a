import type { Sql } from '../client.ts';
import { contains, unitsWithin } from './reader.ts';

/** A person with the names of the posts held now. */
export interface NamedPerson {
  readonly id: string;
  readonly name: string;
  readonly posts: readonly (readonly [zh: string, en: string])[];
}

/** Who looks at people; `under`: the unit of an administrator. */
export interface PeopleReader {
  readonly person: string;
  readonly under: string | undefined;
}

/**
 * The condition that a reader may know of person `p`: himself, and who has an office, had one or will have one. Whoever only
 * signs in may be somebody a case is for, and is nobody's to find but the administrators' of the unit he signs in for and above;
 * who does neither was added by one of them and is any administrator's to appoint.
 */
export function peopleShown(sql: Sql, { person, under }: PeopleReader) {
  const anybody = sql`(p.id = ${person} OR EXISTS (
    SELECT FROM stand_ins t WHERE t.person = p.id AND (t.until_at IS NULL OR t.until_at > t.from_at)))`;
  if (under === undefined) return anybody;
  return sql`(${anybody} OR NOT EXISTS (SELECT FROM api_keys k WHERE k.person = p.id)
    OR EXISTS (SELECT FROM api_keys k WHERE k.person = p.id AND k.unit IN ${unitsWithin(sql, under)}))`;
}

/** Whether a reader may know of a person. */
export async function maySeePerson(sql: Sql, reader: PeopleReader, id: string): Promise<boolean> {
  const [row] = await sql`SELECT FROM person.people p WHERE p.id = ${id} AND ${peopleShown(sql, reader)}`;
  return row !== undefined;
}

/** People the reader may know of by name, those whose name or id holds `q`; one more than asked tells of further ones. */
export async function findPeople(
  sql: Sql,
  reader: PeopleReader,
  { q, limit, skip = 0 }: { readonly q?: string | undefined; readonly limit: number; readonly skip?: number },
): Promise<NamedPerson[]> {
  return sql<NamedPerson[]>`
    SELECT p.id, p.name, (
      SELECT coalesce(json_agg(json_build_array(o.name_zh || '（' || u.name_zh || '）', o.name_en || ' (' || u.name_en || ')')
        ORDER BY o.id), '[]')
      FROM appointments a JOIN posts o ON o.id = a.post JOIN units u ON u.id = o.unit
      WHERE a.person = p.id AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())) AS posts
    FROM person.people p
    WHERE ${q === undefined ? sql`TRUE` : sql`(p.name ILIKE ${contains(q)} OR p.id ILIKE ${contains(q)})`}
      AND ${peopleShown(sql, reader)}
    ORDER BY p.name, p.id LIMIT ${limit + 1} OFFSET ${skip}`;
}

/** People the reader may know of, of exactly this id or name; at most a few, since one alone is of use. */
export async function peopleNamed(
  sql: Sql,
  reader: PeopleReader,
  text: string,
): Promise<{ readonly id: string; readonly name: string }[]> {
  return sql<{ id: string; name: string }[]>`
    SELECT id, name FROM person.people p WHERE (id = ${text} OR name = ${text}) AND ${peopleShown(sql, reader)}
    ORDER BY id = ${text} DESC, id LIMIT 20`;
}
