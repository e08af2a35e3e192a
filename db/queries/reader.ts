import type { Sql } from '../client.ts';

/** Who reads, for queries over many cases. */
export interface Reader {
  readonly person: string;
  /** The unit whose cases, with those of the units below, the login may read by itself (engine/logins.ts). */
  readonly loginUnit: string | undefined;
  /** What it reads them for; absent for whoever has only what he holds, or is a party. */
  readonly login?: 'casework' | 'audit' | undefined;
}

/**
 * The opening of a query over cases `c`: the posts the reader holds now or stands in for (`held`), and the units whose every case he may
 * read (`reach`): those of his login, and those whose head he is (`as_head`), each with the units below.
 * The rule for one case is `mayRead` of engine/rights.ts; a test holds the two against each other.
 */
export function readerScope(sql: Sql, { person, loginUnit }: Reader) {
  return sql`
    WITH RECURSIVE held AS (
      ${postsNow(sql, person, 'stand_ins')}
    ), reach (unit, as_head) AS (
      SELECT id, false FROM units WHERE id = ${loginUnit ?? null} AND closed_at IS NULL
      UNION SELECT id, true FROM units WHERE head_post IN (SELECT post FROM held)
      UNION SELECT u.id, r.as_head FROM units u JOIN reach r ON u.above = r.unit
    )`;
}

/** The posts a person holds now (`appointments`), or holds or stands in for (`stand_ins`). */
export function postsNow(sql: Sql, person: string, by: 'appointments' | 'stand_ins') {
  return sql`SELECT post FROM ${sql(by)}
    WHERE person = ${person} AND from_at <= now() AND (until_at IS NULL OR until_at > now())`;
}

/**
 * The condition that what a person was given by name (columns `person`, and when: null is before all handovers) in a case is
 * now that of `who`: his own, or gone over to him or to a post he holds or (`deputies`) stands in for. As `ownerOf` of
 * engine/succession.ts. Few people ever had what is his: only for theirs is each looked up.
 */
export function ownedBy(sql: Sql, who: string, { person, givenAt, caseId }: GivenByName, deputies = true) {
  const owned = sql`given_to(${who}, now(), ${deputies}) g`;
  return sql`(${person} IN (SELECT g.person FROM ${owned}) AND (
    coalesce(${givenAt}, '-infinity') >= (SELECT min(g.surely_from) FROM ${owned} WHERE g.person = ${person})
    OR EXISTS (SELECT FROM owner_of(${person}, ${givenAt}, now(), (SELECT k.unit FROM cases k WHERE k.case_id = ${caseId})) o
      WHERE o.person = ${who} OR o.post IN (SELECT t.post FROM stand_ins t WHERE t.person = ${who}
        AND (${deputies} OR NOT t.deputy) AND t.from_at <= now() AND (t.until_at IS NULL OR t.until_at > now())))))`;
}

/** Something given to a person by name: the columns of who was given it, when, and in which case. */
export interface GivenByName {
  readonly person: Fragment;
  readonly givenAt: Fragment;
  readonly caseId: Fragment;
}

type Fragment = ReturnType<Sql>;

/** Something given by name in the columns `person` and `givenAt` of a table that has a `case_id`. */
export function byName(sql: Sql, table: string, person: string, givenAt: string): GivenByName {
  const column = (name: string): Fragment => sql`${sql(table)}.${sql(name)}`;
  return { person: column(person), givenAt: column(givenAt), caseId: column('case_id') };
}

/** The condition that the role that answers for open work (`case_id`, `answers_role`) was given to `who` by name, or is his by now. */
export function answeredByName(sql: Sql, who: string, work: Fragment) {
  return sql`EXISTS (SELECT FROM assignments n WHERE n.case_id = ${work}.case_id AND n.role = ${work}.answers_role
    AND ${ownedBy(sql, who, byName(sql, 'n', 'person', 'given_at'))})`;
}

/** The condition that the reader may read case `c`; goes with {@link readerScope}. */
export function readable(sql: Sql, reader: Reader) {
  return sql`(c.unit IN (SELECT unit FROM reach) OR ${isAssigned(sql, reader)} OR ${isParty(sql, reader)})`;
}

/** The condition that a role or open work of case `c` is the reader's, by name or by a post; goes with {@link readerScope}. */
export function isAssigned(sql: Sql, { person }: Reader) {
  return sql`(EXISTS (SELECT FROM assignments a WHERE a.case_id = c.case_id
               AND (${ownedBy(sql, person, byName(sql, 'a', 'person', 'given_at'))} OR a.post IN (SELECT post FROM held)))
    OR EXISTS (SELECT FROM items i WHERE i.case_id = c.case_id AND i.state = 'open'
               AND (${ownedBy(sql, person, byName(sql, 'i', 'assignee_person', 'assignee_given_at'))} OR i.assignee_post IN (SELECT post FROM held))))`;
}

/** The condition that the reader heads the unit of case `c`, or one above it; goes with {@link readerScope}. */
export function isHead(sql: Sql) {
  return sql`(c.unit IN (SELECT unit FROM reach WHERE as_head))`;
}

/** The condition that case `c` lies within what the reader's login reaches; goes with {@link readerScope}. */
export function isOfLogin(sql: Sql) {
  return sql`(c.unit IN (SELECT unit FROM reach WHERE NOT as_head))`;
}

/** The condition that the reader is a party of case `c`. */
export function isParty(sql: Sql, { person }: Reader) {
  return sql`EXISTS (SELECT FROM person.parties p WHERE p.case_id = c.case_id AND p.person = ${person} AND p.ended_at IS NULL)`;
}

/** The ids of a unit and all below it, as a subquery to look in: `unit IN ${unitsWithin(sql, id)}`. */
export const unitsWithin = (sql: Sql, unit: string) => sql`(
  WITH RECURSIVE below (id) AS (
    SELECT id FROM units WHERE id = ${unit} UNION SELECT u.id FROM units u JOIN below b ON u.above = b.id
  ) SELECT id FROM below)`;

/** The condition that column `unit` of case `c` is this unit or below it. */
export function withinUnit(sql: Sql, unit: string) {
  return sql`c.unit IN ${unitsWithin(sql, unit)}`;
}

/** A text as a pattern for ILIKE that finds it anywhere, its own wildcards taken literally. */
export function contains(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
