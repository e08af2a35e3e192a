import type { Breach } from './book-rule.ts';
import type { Sql } from './client.ts';

/** The lines with what the bank says of them in words. */
const said = (sql: Sql) => sql`
  SELECT l.*, w.counterparty, w.text FROM bank_lines l
  LEFT JOIN person.bank_line_names w ON w.case_id = l.case_id AND w.line = l.id`;

/** What bank statements and their matches must hold to; the same form as the other rules of the books. */
export const statementRules = {
  'statements have the lines they say': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT s.case_id, s.book, format('statement %s: %s lines, it says %s', s.id, l.n, s.lines) AS detail
    FROM bank_statements s LEFT JOIN LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE (book, channel) = (s.book, s.channel)) AS own
      FROM bank_lines WHERE case_id = s.case_id AND statement = s.id) l ON true
    WHERE (${caseId}::text IS NULL OR s.case_id = ${caseId}) AND (l.n <> s.lines OR l.own <> l.n) LIMIT 100`,

  'no line of the bank is there twice': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT case_id, book, format('%s: lines %s', channel, string_agg(id, ', ' ORDER BY id)) AS detail
    FROM (${said(sql)}) l WHERE ${caseId}::text IS NULL OR case_id = ${caseId}
    GROUP BY case_id, book, channel, date, direction, amount_fen, balance_fen, counterparty, text, reference, nth
    HAVING count(*) > 1 LIMIT 100`,

  'matches of the bank are of equal sums and of one channel': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT m.case_id, m.book, format('match %s: %s at the bank, %s in the journal', m.id, x.bank, x.journal) AS detail
    FROM bank_matches m LEFT JOIN LATERAL (
      SELECT count(*) AS n, count(l.id) AS lines, count(e.id) AS entries,
        coalesce(sum(CASE l.direction WHEN 'in' THEN l.amount_fen ELSE -l.amount_fen END), 0) AS bank,
        coalesce(sum(CASE e.direction WHEN 'in' THEN e.amount_fen ELSE -e.amount_fen END), 0) AS journal
      FROM bank_match_members b
        LEFT JOIN bank_lines l ON l.case_id = b.case_id AND l.id = b.line AND (l.book, l.channel) = (m.book, m.channel)
        LEFT JOIN cash_entries e ON e.case_id = b.case_id AND e.id = b.entry AND (e.book, e.channel) = (m.book, m.channel)
      WHERE b.case_id = m.case_id AND b.match = m.id) x ON true
    WHERE (${caseId}::text IS NULL OR m.case_id = ${caseId})
      AND (x.n <> m.members OR x.lines + x.entries <> x.n OR x.lines = 0 OR x.entries = 0 OR x.bank <> x.journal) LIMIT 100`,

  'nothing is matched with the bank twice': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT m.case_id, m.book, format('%s stands in matches %s', coalesce(b.line, b.entry), string_agg(m.id, ', ' ORDER BY m.id)) AS detail
    FROM bank_matches m JOIN bank_match_members b ON b.case_id = m.case_id AND b.match = m.id
    WHERE (${caseId}::text IS NULL OR m.case_id = ${caseId}) AND m.ended_at IS NULL
    GROUP BY m.case_id, m.book, coalesce(b.line, b.entry) HAVING count(*) > 1 LIMIT 100`,

  'statements are brought in and matched by who keeps the accounts': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT a.case_id, a.book, format('%s at %s', a.id, a.at) AS detail FROM (
      SELECT case_id, book, id, recorded_by AS by, recorded_at AS at FROM bank_statements
      UNION ALL SELECT case_id, book, id, matched_by, matched_at FROM bank_matches
      UNION ALL SELECT case_id, book, id, ended_by, ended_at FROM bank_matches WHERE ended_at IS NOT NULL) a
    WHERE (${caseId}::text IS NULL OR a.case_id = ${caseId}) AND NOT EXISTS (
      SELECT FROM book_duties d WHERE d.case_id = a.case_id AND d.book = a.book AND d.person = a.by AND d.duty = 'ledger'
        AND d.during @> a.at) LIMIT 100`,

  'lines of the bank are those of the record': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT s.case_id, s.book, format('statement %s, event %s', s.id, s.seq) AS detail
    FROM bank_statements s LEFT JOIN events v ON v.case_id = s.case_id AND v.seq = s.seq AND v.type = 'statement.imported'
      LEFT JOIN LATERAL (SELECT convert_from(v.payload, 'UTF8')::json #> '{data}' AS data) d ON true
    WHERE (${caseId}::text IS NULL OR s.case_id = ${caseId}) AND (v.seq IS NULL
      OR (d.data ->> 'id', d.data ->> 'channel') IS DISTINCT FROM (s.id, s.channel)
      OR (SELECT coalesce(jsonb_agg(jsonb_build_array(no, date::text, direction, amount_fen, balance_fen, counterparty, text, reference, nth) ORDER BY no), '[]')
          FROM (${said(sql)}) l WHERE case_id = s.case_id AND statement = s.id)
        IS DISTINCT FROM (SELECT coalesce(jsonb_agg(jsonb_build_array((l ->> 'no')::int, l ->> 'date', l ->> 'direction',
          (l ->> 'amountFen')::bigint, (l ->> 'balanceFen')::bigint, l ->> 'counterparty', l ->> 'text', l ->> 'reference',
          (l ->> 'nth')::int) ORDER BY (l ->> 'no')::int), '[]') FROM json_array_elements(d.data -> 'lines') AS l)) LIMIT 100`,
} as const;
