import type { Sql } from '../client.ts';
import { openReadable } from '../sealed.ts';
import { dataOf } from './events.ts';

/** Whose work is looked at: a person's, or what was done under a post; in cases of some units, within a period. */
export interface OfficialQuery {
  readonly units: readonly string[];
  readonly person?: string | undefined;
  readonly post?: string | undefined;
  readonly from: string;
  readonly until: string;
  /** Who asks: cases in which he fills a role himself are left out. */
  readonly reader: string;
}

/** How often somebody did something. */
export interface ActCount {
  readonly type: string;
  readonly recorded: number;
  readonly refused: number;
  readonly cases: number;
  /** Recorded more than three days after it had happened. */
  readonly recordedLate: number;
}

/** What was said of complaints and emergencies is not for everybody: counts would tell that there was something. */
const WORDS = ['complaint.', 'emergency.'];

/** Acts by type, most frequent first; those of complaints and emergencies are left out. */
export async function actCounts(sql: Sql, query: OfficialQuery): Promise<ActCount[]> {
  const rows = await sql<ActCount[]>`
    SELECT a.type, count(*) FILTER (WHERE a.status = 'recorded')::int AS recorded,
      count(*) FILTER (WHERE a.status = 'refused')::int AS refused, count(DISTINCT a.case_id)::int AS cases,
      count(*) FILTER (WHERE a.status = 'recorded' AND a.recorded_at - a.occurred_at > interval '3 days')::int AS "recordedLate"
    FROM acts a JOIN cases c ON c.case_id = a.case_id
    WHERE ${by(sql, 'a', query)} GROUP BY a.type ORDER BY 2 DESC, a.type`;
  return rows.filter(({ type }) => !WORDS.some((family) => type.startsWith(family)));
}

/** How many cases somebody worked on, by program; without complaints and emergencies. */
export async function workedCases(
  sql: Sql,
  query: OfficialQuery,
): Promise<{ readonly program: string; readonly cases: number }[]> {
  return sql`
    SELECT c.program_id AS program, count(DISTINCT a.case_id)::int AS cases FROM acts a JOIN cases c ON c.case_id = a.case_id
    WHERE ${by(sql, 'a', query)} AND a.type !~ '^(complaint|emergency)[.]' GROUP BY c.program_id ORDER BY 2 DESC, 1`;
}

/** Entries of one side of books, by direction. Red ink counts against what it takes back. */
export interface MoneyCount {
  readonly side: 'cash' | 'ledger';
  readonly direction: 'in' | 'out';
  readonly entries: number;
  readonly reversals: number;
  readonly amountFen: number;
}

/** What somebody entered into books. */
export async function moneyCounts(sql: Sql, query: OfficialQuery): Promise<MoneyCount[]> {
  const side = (table: string, name: string) => sql`
    SELECT ${name} AS side, x.direction, count(*)::int AS entries, count(x.reverses)::int AS reversals,
      sum(x.amount_fen)::bigint AS "amountFen"
    FROM events e JOIN cases c ON c.case_id = e.case_id JOIN ${sql(table)} x ON x.case_id = e.case_id AND x.seq = e.seq
    WHERE ${by(sql, 'e', query)} AND e.type IN (${`${name}.recorded`}, ${`${name}.reversed`}) GROUP BY x.direction`;
  const rows = await sql<
    MoneyCount[]
  >`${side('cash_entries', 'cash')} UNION ALL ${side('vouchers', 'ledger')} ORDER BY 1, 2`;
  return rows.map((row) => ({ ...row, amountFen: Number(row.amountFen) }));
}

/**
 * Deadlines that somebody's acts have met, and how many of them were late; `recordedLate`: in time, but noted after the deadline;
 * `unread`: those whose event cannot be read, which are neither.
 */
export async function deadlinesMet(
  sql: Sql,
  query: OfficialQuery,
): Promise<{ readonly met: number; readonly late: number; readonly recordedLate: number; readonly unread: number }> {
  const rows = await sql<{ caseId: string; seq: number; payload: Uint8Array }[]>`
    SELECT e.case_id AS "caseId", e.seq, e.payload FROM events e JOIN cases c ON c.case_id = e.case_id
    WHERE ${by(sql, 'e', query)} AND e.type = 'deadline.met'`;
  const opened = await openReadable(sql, rows);
  const said = opened.map(({ payload }) => dataOf(payload));
  return {
    met: said.length,
    late: said.filter(({ late }) => late === true).length,
    recordedLate: said.filter(({ recordedLate }) => recordedLate === true).length,
    unread: opened.filter(({ unread }) => unread !== null).length,
  };
}

/** What somebody read of cases, by kind, as the access log has it; `emergencies`: under an emergency access. */
export interface ReadCount {
  readonly kind: string;
  readonly reads: number;
  readonly cases: number;
  readonly emergencies: number;
}

/** What was shown to a person, or to logins of a post, of the cases of these units. What was refused is not counted. */
export async function readCounts(
  sql: Sql,
  { units, person, post, from, until, reader }: OfficialQuery,
): Promise<ReadCount[]> {
  return sql<ReadCount[]>`
    SELECT a.kind, count(DISTINCT a.id)::int AS reads, count(DISTINCT k.case_id)::int AS cases,
      count(DISTINCT a.id) FILTER (WHERE a.emergency IS NOT NULL)::int AS emergencies
    FROM accesses a JOIN cases k ON k.case_id = ANY (a.cases)
    WHERE k.unit IN ${sql(units)} AND a.status < 400 AND a.at >= ${from}::timestamptz AND a.at < ${until}::timestamptz
      ${person === undefined ? sql`` : sql`AND a.person = ${person}`} ${post === undefined ? sql`` : sql`AND a.post = ${post}`}
      AND ${elsewhere(sql, 'k', reader)}
    GROUP BY a.kind ORDER BY 2 DESC, 1`;
}

/** The time somebody was in a post, or somebody was in this post, as far as it lies in the period. */
export interface Office {
  readonly person: string;
  readonly post: string;
  readonly unit: string;
  readonly how: 'appointment' | 'substitution';
  readonly from: string;
  readonly until: string | null;
}

/** Offices within the period: the person's posts in these units, or who was in the post. */
export async function officesOf(sql: Sql, { units, person, post, from, until }: OfficialQuery): Promise<Office[]> {
  const of = (table: string, how: string) => sql`
    SELECT t.person, t.post, p.unit, ${how} AS how, t.from_at AS "from", t.until_at AS until
    FROM ${sql(table)} t JOIN posts p ON p.id = t.post
    WHERE p.unit IN ${sql(units)} AND t.from_at < ${until}::timestamptz AND (t.until_at IS NULL OR t.until_at > ${from}::timestamptz)
      ${person === undefined ? sql`` : sql`AND t.person = ${person}`} ${post === undefined ? sql`` : sql`AND t.post = ${post}`}`;
  return sql<Office[]>`
    ${of('appointments', 'appointment')} UNION ALL ${of('substitutions', 'substitution')} ORDER BY 5, 2, 1`;
}

/** A record of accountability, as far as a summary tells it. */
export interface AccountRow {
  readonly caseId: string;
  readonly caseNo: string;
  readonly id: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly post: string;
  readonly dueAt: string;
  readonly openedAt: string;
  readonly result: string | null;
  readonly answered: boolean;
  readonly outcome: string | null;
  readonly appealed: boolean;
}

/** Records of accountability opened in the period that name the person among the holders of the post, or are about the post; newest first. */
export async function accountsOf(
  sql: Sql,
  { units, person, post, from, until, reader }: OfficialQuery,
  limit: number,
): Promise<AccountRow[]> {
  return sql<AccountRow[]>`
    SELECT r.case_id AS "caseId", c.case_no AS "caseNo", r.id, r.name_zh AS "nameZh", r.name_en AS "nameEn", r.post,
      r.due_at AS "dueAt", r.opened_at AS "openedAt", r.result, r.answered_at IS NOT NULL AS answered, r.outcome,
      r.appealed_at IS NOT NULL AS appealed
    FROM accountability r JOIN cases c ON c.case_id = r.case_id
    WHERE c.unit IN ${sql(units)} AND r.opened_at >= ${from}::timestamptz AND r.opened_at < ${until}::timestamptz
      ${post === undefined ? sql`` : sql`AND r.post = ${post}`}
      ${
        person === undefined
          ? sql``
          : sql`AND r.post IN (SELECT t.post FROM appointments t WHERE t.person = ${person})
              AND EXISTS (SELECT FROM json_array_elements(r.holders) h WHERE h ->> 'person' = ${person} AND h ->> 'deputy' IS NULL)`
      }
      AND ${elsewhere(sql, 'r', reader)}
    ORDER BY r.opened_at DESC, r.case_id, r.id LIMIT ${limit}`;
}

/** Whether there is such a person, or such a post. */
export async function isKnown(sql: Sql, { person, post }: Pick<OfficialQuery, 'person' | 'post'>): Promise<boolean> {
  const [row] = await sql`
    SELECT FROM person.people WHERE id = ${person ?? null} UNION ALL SELECT FROM posts WHERE id = ${post ?? null}`;
  return row !== undefined;
}

/** The condition that a row of `acts` or `events` with its case `c` is of whom the query means. */
function by(sql: Sql, table: 'a' | 'e', { units, person, post, from, until, reader }: OfficialQuery) {
  const column = (name: string) => sql`${sql(table)}.${sql(name)}`;
  return sql`c.unit IN ${sql(units)} AND ${column('recorded_at')} >= ${from}::timestamptz
    AND ${column('recorded_at')} < ${until}::timestamptz
    ${person === undefined ? sql`` : sql`AND ${column('actor_id')} = ${person} AND ${column('actor_kind')} <> 'system'`}
    ${post === undefined ? sql`` : sql`AND ${column('actor_post')} = ${post}`}
    AND ${elsewhere(sql, table, reader)}`;
}

/** The condition that the reader fills no role of the case himself: nobody audits his own cases, or learns from sums what is kept from him. */
function elsewhere(sql: Sql, table: string, reader: string) {
  return sql`${sql(table)}.case_id NOT IN (
    SELECT n.case_id FROM assignments n WHERE n.person IN (SELECT g.person FROM given_to(${reader}, now(), true) g)
      OR n.post IN (SELECT t.post FROM stand_ins t WHERE t.person = ${reader})
    UNION SELECT y.case_id FROM person.parties y WHERE y.person = ${reader})`;
}
