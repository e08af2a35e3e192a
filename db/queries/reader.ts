import type { Sql } from '../client.ts';

/** Who reads, for queries over many cases. */
export interface Reader {
  readonly person: string;
  /** The unit whose cases, with those of the units below, the login may read by itself (caseworker, auditor, admin). */
  readonly loginUnit: string | undefined;
}

/**
 * The opening of a query over cases `c`: the posts the reader holds now or stands in for (`held`), and the units whose every case he may
 * read (`reach`): those of his login, and those whose head he is, each with the units below.
 * The rule for one case is `mayRead` of engine/rights.ts; a test holds the two against each other.
 */
export function readerScope(sql: Sql, { person, loginUnit }: Reader) {
  return sql`
    WITH RECURSIVE held AS (
      ${postsNow(sql, person, 'stand_ins')}
    ), reach (unit) AS (
      SELECT id FROM units WHERE id = ${loginUnit ?? null} AND closed_at IS NULL OR head_post IN (SELECT post FROM held)
      UNION SELECT u.id FROM units u JOIN reach r ON u.above = r.unit
    )`;
}

/** The posts a person holds now (`appointments`), or holds or stands in for (`stand_ins`). */
export function postsNow(sql: Sql, person: string, by: 'appointments' | 'stand_ins') {
  return sql`SELECT post FROM ${sql(by)}
    WHERE person = ${person} AND from_at <= now() AND (until_at IS NULL OR until_at > now())`;
}

/**
 * The condition that what a person was given by name (columns `person`, and when: null is before all handovers) is now that of
 * `who`: his own, or gone over to him or to a post he holds or (`deputies`) stands in for. As `ownerOf` of
 * engine/succession.ts.
 */
export function ownedBy(sql: Sql, who: string, person: Fragment, givenAt: Fragment, deputies = true) {
  const owned = sql`given_to(${who}, now(), ${deputies}) g`;
  return sql`(${person} IN (SELECT g.person FROM ${owned}) AND EXISTS (SELECT FROM ${owned} WHERE g.person = ${person}
    AND coalesce(${givenAt}, '-infinity') >= g.after_at AND coalesce(${givenAt}, '-infinity') < g.before_at))`;
}

type Fragment = ReturnType<Sql>;

/** The condition that the role that answers for open work (`case_id`, `answers_role`) was given to `who` by name, or is his by now. */
export function answeredByName(sql: Sql, who: string, work: Fragment) {
  return sql`EXISTS (SELECT FROM assignments n WHERE n.case_id = ${work}.case_id AND n.role = ${work}.answers_role
    AND ${ownedBy(sql, who, sql`n.person`, sql`n.given_at`)})`;
}

/** The condition that the reader may read case `c`; goes with {@link readerScope}. */
export function readable(sql: Sql, { person }: Reader) {
  return sql`(
    c.unit IN (SELECT unit FROM reach)
    OR EXISTS (SELECT FROM assignments a WHERE a.case_id = c.case_id
               AND (${ownedBy(sql, person, sql`a.person`, sql`a.given_at`)} OR a.post IN (SELECT post FROM held)))
    OR EXISTS (SELECT FROM items i WHERE i.case_id = c.case_id AND i.state = 'open'
               AND (${ownedBy(sql, person, sql`i.assignee_person`, sql`i.assignee_given_at`)} OR i.assignee_post IN (SELECT post FROM held)))
    OR EXISTS (SELECT FROM person.parties p WHERE p.case_id = c.case_id AND p.person = ${person} AND p.ended_at IS NULL))`;
}

/** The condition that column `unit` of case `c` is this unit or below it. */
export function withinUnit(sql: Sql, unit: string) {
  return sql`c.unit IN (
    WITH RECURSIVE below (id) AS (
      SELECT id FROM units WHERE id = ${unit} UNION SELECT u.id FROM units u JOIN below b ON u.above = b.id
    ) SELECT id FROM below)`;
}

/** A text as a pattern for ILIKE that finds it anywhere, its own wildcards taken literally. */
export function contains(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
