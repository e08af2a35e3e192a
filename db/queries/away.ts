import type { Sql } from '../client.ts';

type Fragment = ReturnType<Sql>;

/**
 * Where a case (the column that names it) is by its last move between installations, from the record: `away`, handed away and not
 * confirmed; `departed`; null: here. The type of an event stands in a column of its own, so nothing has to be opened for it.
 */
export function whereabouts(sql: Sql, caseId: Fragment): Fragment {
  return sql`(SELECT CASE moved.type WHEN 'case.handedAway' THEN 'away' WHEN 'case.departed' THEN 'departed' END FROM events moved
    WHERE moved.case_id = ${caseId} AND moved.type IN ('case.handedAway', 'case.takenBack', 'case.departed', 'case.received')
    ORDER BY moved.seq DESC LIMIT 1)`;
}
