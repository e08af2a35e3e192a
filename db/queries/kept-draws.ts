import type { Sql } from '../client.ts';
import { byName, ownedBy, postsNow } from './reader.ts';

type Fragment = ReturnType<Sql>;

/**
 * The condition that this clock of a case is not one of a surprise count that is kept from a person: drawn, neither made nor
 * missed, of a book whose money he holds, by name, in whatever post, or standing in for whoever does. For lists over many
 * cases; within one, `untoldClocks` of engine/books/untold.ts says the same.
 */
export function isToldOf(sql: Sql, person: string, { caseId, clock }: { caseId: Fragment; clock: Fragment }): Fragment {
  return sql`NOT EXISTS (
    SELECT FROM book_draws kept JOIN book_keepers kept_by ON kept_by.case_id = kept.case_id AND kept_by.book = kept.book AND kept_by.side = 'cash'
    WHERE kept.case_id = ${caseId} AND kept.clock = ${clock} AND kept.count IS NULL AND kept.missed_at IS NULL AND (
      EXISTS (SELECT FROM assignments a WHERE a.case_id = kept.case_id AND a.role = kept_by.role AND ${isGiven(sql, person)})
      OR EXISTS (SELECT FROM person.parties p WHERE p.case_id = kept.case_id AND p.role = kept_by.role AND ${isIn(sql, person)})))`;
}

/** The condition that assignment `a` is a person's now, in whatever post, by name, or as a deputy. */
function isGiven(sql: Sql, person: string): Fragment {
  return sql`(${ownedBy(sql, person, byName(sql, 'a', 'person', 'given_at'))}
    OR a.post IN (${postsNow(sql, person, 'stand_ins')}))`;
}

/** The condition that party `p` is a person, and still a party. */
function isIn(sql: Sql, person: string): Fragment {
  return sql`(p.person = ${person} AND p.ended_at IS NULL)`;
}

/** The messages of a case that tell of these clocks. */
export async function messagesAbout(
  sql: Sql,
  caseId: string,
  clocks: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  if (clocks.size === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    SELECT id FROM messages WHERE case_id = ${caseId} AND kind IN ('rung', 'nudge')
      AND about IN (SELECT json_array_elements_text(${JSON.stringify([...clocks])}::text::json))`;
  return new Set(rows.map(({ id }) => id));
}

/** The roles of a case that are a person's now, in whatever post, by name, or as a deputy. */
export async function rolesFilled(sql: Sql, caseId: string, person: string): Promise<ReadonlySet<string>> {
  const rows = await sql<{ role: string }[]>`
    SELECT a.role FROM assignments a WHERE a.case_id = ${caseId} AND ${isGiven(sql, person)}
    UNION SELECT p.role FROM person.parties p WHERE p.case_id = ${caseId} AND ${isIn(sql, person)}`;
  return new Set(rows.map(({ role }) => role));
}
