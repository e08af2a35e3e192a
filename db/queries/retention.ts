import type { Lengthened, OpenRows, RetentionClassId, RetentionFacts } from '../../sdk/retention.ts';
import type { Sql } from '../client.ts';

/**
 * Longer periods that hold for a case: those of its unit and of the units above, and those that had been set where it was before, so
 * that nobody shortens one by moving the case, nor by merging its unit, or one above it, into another area: what stood above a unit
 * until it was merged holds for the cases it had then. A unit that a case was only offered to when that unit was merged into the case's own is
 * none of these: the merge lists such a case as well, to take the offer back (door/unit-changes.ts).
 */
export async function lengthenedFor(sql: Sql, caseId: string): Promise<Lengthened[]> {
  return sql<Lengthened[]>`
    WITH RECURSIVE stays (unit, left_at) AS (
      SELECT unit, 'infinity'::timestamptz FROM cases WHERE case_id = ${caseId}
      UNION ALL SELECT from_unit, answered_at FROM transfers
        WHERE case_id = ${caseId} AND kind = 'transfer' AND state = 'accepted'
      UNION ALL SELECT m.unit, c.done_at FROM case_moves c JOIN unit_moves m ON m.id = c.move
        WHERE c.case_id = ${caseId} AND c.done_at IS NOT NULL AND c.into <> m.unit AND NOT EXISTS (
          SELECT FROM transfers t WHERE t.case_id = c.case_id AND t.kind = 'transfer' AND t.state <> 'accepted'
            AND t.from_unit = c.into AND t.offered_at <= m.began_at AND (t.answered_at IS NULL OR t.answered_at >= m.began_at))
    ), been (unit, came_at, left_at) AS (
      SELECT unit, coalesce(lag(left_at) OVER (ORDER BY left_at), (SELECT opened_at FROM cases WHERE case_id = ${caseId})), left_at FROM stays
    ), told (type, seq, at, data) AS (
      SELECT type, seq, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' FROM org_events WHERE type IN ('unit.added', 'unit.merged')
    ), put (unit, above, seq, at) AS (
      SELECT data ->> 'id', data ->> 'above', seq, at FROM told WHERE type = 'unit.added'
      UNION ALL SELECT data ->> 'id', data ->> 'into', seq, at FROM told WHERE type = 'unit.merged'
      UNION ALL SELECT below, data ->> 'into', seq, at FROM told, json_array_elements_text(data -> 'units') AS below WHERE type = 'unit.merged'
    ), under (unit, above, until) AS (
      SELECT id, above, 'infinity'::timestamptz FROM units
      UNION ALL SELECT unit, above, lead(at) OVER (PARTITION BY unit ORDER BY seq) FROM put
    ), up (id, came_at, left_at) AS (
      SELECT unit, came_at, left_at FROM been
      UNION SELECT under.above, up.came_at, least(up.left_at, under.until) FROM under JOIN up ON up.id = under.unit
        WHERE under.above IS NOT NULL AND under.until > up.came_at
    )
    SELECT r.class, r.years, r.unit, r.source FROM retention_periods r
    WHERE EXISTS (SELECT FROM up WHERE up.id = r.unit AND r.set_at <= up.left_at) ORDER BY r.set_at, r.id`;
}

/** A longer period as it was set. */
export interface SetPeriod extends Lengthened {
  readonly id: string;
  readonly setBy: string;
  readonly setAt: string;
}

/** All longer periods that units have set, oldest first. */
export async function setPeriods(sql: Sql): Promise<SetPeriod[]> {
  return sql<SetPeriod[]>`
    SELECT id, class, years, unit, source, set_by AS "setBy", set_at AS "setAt" FROM retention_periods ORDER BY set_at, id`;
}

/** Events that belong to the files of the approval; all others are of the daily work, or of the books. */
const APPROVAL = ['case.opened', 'consent.', 'decision.', 'plan.', 'party.', 'data.', 'role.'];
const BOOKS = ['cash.', 'ledger.', 'payout.', 'book.', 'books.', 'discrepancy.'];

interface FactRow {
  readonly id: RetentionClassId;
  readonly count: number;
  readonly newest: string | null;
}

/**
 * What of a case there is of each class, and when it ended. `reads: false` leaves the access log out, which the door may not read:
 * it stays in any case.
 */
export async function retentionFacts(sql: Sql, caseId: string, { reads = true } = {}): Promise<RetentionFacts> {
  const day = (at: ReturnType<Sql>) => sql`((${at}) AT TIME ZONE 'Asia/Shanghai')::date`;
  const starts = (words: readonly string[]) =>
    sql`EXISTS (SELECT FROM json_array_elements_text(${JSON.stringify(words)}::text::json) w WHERE starts_with(e.type, w))`;
  const [[ended], rows] = await Promise.all([
    sql<{ at: string | null }[]>`
      SELECT max(e.recorded_at) AS at FROM events e JOIN cases c USING (case_id)
      WHERE e.case_id = ${caseId} AND e.type IN ('case.ended', 'case.departed') AND c.status = 'closed'`,
    sql<FactRow[]>`
      WITH money AS (
        SELECT booked_date AS day FROM cash_entries WHERE case_id = ${caseId}
        UNION ALL SELECT booked_date FROM vouchers WHERE case_id = ${caseId}
        UNION ALL SELECT ${day(sql`coalesce(confirmed_at, paid_at, decided_at, requested_at)`)} FROM book_payouts WHERE case_id = ${caseId}
        UNION ALL SELECT occurred_date FROM book_gifts WHERE case_id = ${caseId}
        UNION ALL SELECT occurred_date FROM book_advances WHERE case_id = ${caseId}
      ), bank AS (
        SELECT date AS day FROM bank_lines WHERE case_id = ${caseId}
        UNION ALL SELECT day FROM book_counts WHERE case_id = ${caseId}
        UNION ALL SELECT day FROM book_days WHERE case_id = ${caseId}
        UNION ALL SELECT ${day(sql`at`)} FROM book_months WHERE case_id = ${caseId}
      ), reads AS (
        ${reads ? sql`SELECT at FROM accesses WHERE cases @> ARRAY[${caseId}]` : sql`SELECT NULL::timestamptz AS at WHERE false`}
      ), said AS (
        SELECT ${starts(APPROVAL)} AS approval, ${starts(BOOKS)} AS money FROM events e WHERE e.case_id = ${caseId}
      )
      SELECT 'approval' AS id, count(*)::int AS count, NULL::date AS newest FROM said WHERE approval
      UNION ALL SELECT 'daily', (SELECT count(*) FROM said WHERE NOT approval AND NOT money)::int
        + (SELECT count(*) FROM documents WHERE case_id = ${caseId})::int, NULL
      UNION ALL SELECT 'accounts', count(*)::int, max(day) FROM money
      UNION ALL SELECT 'reconciliations', count(*)::int, max(day) FROM bank
      UNION ALL SELECT 'accessLog', count(*)::int, ${day(sql`max(at)`)} FROM reads
      UNION ALL SELECT 'yearlyReports', count(*)::int, NULL FROM book_months WHERE case_id = ${caseId}`,
  ]);
  const held = Object.fromEntries(
    rows.map(({ id, count, newest }) => [id, { count, ...(newest === null ? {} : { newest }) }]),
  );
  return { held, ...(ended?.at ? { endedAt: ended.at } : {}) };
}

/** What keeps a case open outside its state. */
export async function openRows(sql: Sql, caseId: string): Promise<OpenRows> {
  const [row] = await sql<OpenRows[]>`
    SELECT (SELECT count(*) FROM accountability WHERE case_id = ${caseId} AND
        (outcome IS NULL OR (appealed_at IS NOT NULL AND appealed_at > decided_at)))::int AS accountability,
      (SELECT count(*) FROM effects WHERE case_id = ${caseId} AND done_at IS NULL)::int AS effects`;
  return row ?? { accountability: 0, effects: 0 };
}
