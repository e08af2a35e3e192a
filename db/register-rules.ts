import type { Breach, Rule } from './book-rule.ts';
import type { Sql } from './client.ts';

/** What the registers of gifts and advances and the lists of households must hold to; each query counts from the rows. */
export const registerRules: Readonly<Record<string, Rule>> = {
  'gifts and advances are numbered without gap': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('%s is number %s, the %s. of its register', id, no, n) AS detail FROM (
      SELECT case_id, book, id, no, row_number() OVER (PARTITION BY case_id, book ORDER BY no) AS n FROM book_gifts
      UNION ALL SELECT case_id, book, id, no, row_number() OVER (PARTITION BY case_id, book ORDER BY no) FROM book_advances) r
    WHERE (${caseId}::text IS NULL OR case_id = ${caseId}) AND no <> n LIMIT 100`,

  'givers without a name are numbered without gap': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('%s: anonymous %s-%s, the %s. of its year', id, anonymous_year, anonymous_n, n) AS detail FROM (
      SELECT *, row_number() OVER (PARTITION BY case_id, book, anonymous_year ORDER BY no) AS n FROM book_gifts
      WHERE giver_kind = 'anonymous' AND reverses IS NULL) g
    WHERE (${caseId}::text IS NULL OR case_id = ${caseId})
      AND (anonymous_n <> n OR anonymous_year <> to_char(recorded_at AT TIME ZONE 'Asia/Shanghai', 'YYYY')) LIMIT 100`,

  'a gift of money is what the journal took in': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT g.case_id, g.book, format('%s: entry %s', g.id, g.entry) AS detail
    FROM book_gifts g LEFT JOIN cash_entries e ON e.case_id = g.case_id AND e.id = g.entry
      LEFT JOIN cash_entries red ON red.case_id = g.case_id AND red.reverses = g.entry
      LEFT JOIN book_gifts r ON r.case_id = g.case_id AND r.reverses = g.id
    WHERE (${caseId}::text IS NULL OR g.case_id = ${caseId}) AND g.kind = 'cash'
      AND ((e.book, e.channel, e.direction, e.amount_fen, e.source_doc) IS DISTINCT FROM (g.book, g.channel, 'in', g.value_fen, g.source_doc)
        OR red.id IS DISTINCT FROM r.entry) LIMIT 100`,

  'a counter entry mirrors one gift, once': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT r.case_id, r.book, format('%s of %s', r.id, r.reverses) AS detail
    FROM book_gifts r LEFT JOIN book_gifts g ON g.case_id = r.case_id AND g.id = r.reverses
    WHERE (${caseId}::text IS NULL OR r.case_id = ${caseId}) AND (r.reverses IS NOT NULL OR r.value_fen < 0)
      AND (g.reverses IS NOT NULL OR (g.book, g.kind, g.giver_kind, g.anonymous_year, g.anonymous_n, g.item, -g.quantity, g.unit, -g.value_fen)
        IS DISTINCT FROM (r.book, r.kind, r.giver_kind, r.anonymous_year, r.anonymous_n, r.item, r.quantity, r.unit, r.value_fen)) LIMIT 100`,

  'no more is repaid than was advanced, and settled is settled': (sql: Sql, caseId) => sql<Breach[]>`
    WITH moved AS (
      SELECT 'cash' AS side, case_id, advance, book, direction, amount_fen FROM cash_entries WHERE advance IS NOT NULL
      UNION ALL SELECT 'ledger', case_id, advance, book, direction, amount_fen FROM vouchers WHERE advance IS NOT NULL
    ), sums AS (
      SELECT a.case_id, a.id, s.side, coalesce(sum(m.amount_fen) FILTER (WHERE m.direction = 'in'), 0) AS came,
        coalesce(sum(m.amount_fen) FILTER (WHERE m.direction = 'out'), 0) AS went, count(*) FILTER (WHERE m.book <> a.book) AS elsewhere
      FROM book_advances a CROSS JOIN (VALUES ('cash'), ('ledger')) s (side)
        LEFT JOIN moved m ON m.case_id = a.case_id AND m.advance = a.id AND m.side = s.side
      GROUP BY a.case_id, a.id, s.side)
    SELECT a.case_id, a.book, format('%s of %s fen (%s): %s %s fen in, %s out', a.id, a.amount_fen, coalesce(a.how, 'open'), s.side, s.came, s.went) AS detail
    FROM book_advances a JOIN sums s ON s.case_id = a.case_id AND s.id = a.id
    WHERE (${caseId}::text IS NULL OR a.case_id = ${caseId})
      AND (s.elsewhere > 0 OR s.came < 0 OR s.went < 0
        OR s.came > CASE a.paid WHEN 'into the book' THEN a.amount_fen ELSE 0 END
        OR s.went > CASE a.paid WHEN 'into the book' THEN s.came ELSE a.amount_fen END
        OR a.how = 'repaid' AND s.went <> a.amount_fen
        OR a.how IS NOT NULL AND a.paid = 'into the book' AND s.came <> s.went
        OR a.how IS NOT NULL AND s.went <> (SELECT o.went FROM sums o WHERE o.case_id = s.case_id AND o.id = s.id AND o.side <> s.side)
        OR a.how IS NULL AND (SELECT bool_and(o.went = a.amount_fen) FROM sums o WHERE o.case_id = a.case_id AND o.id = a.id)) LIMIT 100`,

  'what is owed to helpers is what the vouchers say': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s of advance %s: %s fen on 2209', v.id, v.advance, coalesce(l.fen, 0)) AS detail
    FROM vouchers v JOIN book_advances a ON a.case_id = v.case_id AND a.id = v.advance
      LEFT JOIN LATERAL (SELECT sum(CASE side WHEN 'credit' THEN amount_fen ELSE -amount_fen END) AS fen
        FROM voucher_lines WHERE case_id = v.case_id AND voucher = v.id AND account = '2209') l ON true
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND a.paid = 'into the book'
      AND coalesce(l.fen, 0) <> CASE v.direction WHEN 'in' THEN v.amount_fen ELSE -v.amount_fen END LIMIT 100`,

  'households make the amount, a receipt stands once a side': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT e.case_id, e.book, format('entry %s of %s fen: households %s fen', e.id, e.amount_fen, coalesce(l.fen, 0)) AS detail
    FROM cash_entries e LEFT JOIN LATERAL (SELECT sum(amount_fen) AS fen, count(*) FILTER (WHERE book <> e.book) AS elsewhere
      FROM cash_lines WHERE case_id = e.case_id AND entry = e.id) l ON true
    WHERE (${caseId}::text IS NULL OR e.case_id = ${caseId})
      AND (coalesce(l.fen, 0) <> CASE WHEN e.receipts IS NULL THEN 0 ELSE e.amount_fen END OR l.elsewhere > 0)
    UNION ALL
    SELECT case_id, book, format('%s: receipt %s stands %s times', side, receipt, n) FROM (
      SELECT 'cash' AS side, d.case_id, d.book, l.receipt, count(*) AS n FROM book_documents d
        JOIN cash_lines l ON l.case_id = d.case_id AND l.entry = d.entry WHERE d.side = 'cash' GROUP BY d.case_id, d.book, l.receipt
      UNION ALL SELECT 'ledger', d.case_id, d.book, l.receipt, count(*) FROM book_documents d
        JOIN voucher_lines l ON l.case_id = d.case_id AND l.voucher = d.entry WHERE d.side = 'ledger' AND l.receipt IS NOT NULL
        GROUP BY d.case_id, d.book, l.receipt) r
    WHERE (${caseId}::text IS NULL OR case_id = ${caseId}) AND n > 1 LIMIT 100`,

  'every gift is what its event tells': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, seq, type, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
      WHERE type IN ('gift.recorded', 'gift.reversed') AND (${caseId}::text IS NULL OR case_id = ${caseId}))
    SELECT coalesce(g.case_id, t.case_id) AS case_id, coalesce(g.book, '') AS book, format('gift %s, event %s', g.id, coalesce(t.seq, g.seq)) AS detail
    FROM (SELECT * FROM book_gifts WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) g
      FULL JOIN told t ON t.case_id = g.case_id AND t.seq = g.seq AND t.d ->> 'id' = g.id
    WHERE (g.id, g.book, g.no::text, g.entry, g.occurred_date::text, g.reverses, g.recorded_by, g.recorded_at)
        IS DISTINCT FROM (t.d ->> 'id', t.d ->> 'book', t.d ->> 'no', t.d ->> 'entry', t.d ->> 'occurredDate', t.d ->> 'reverses',
          t.actor_id, t.recorded_at)
      OR t.type = 'gift.recorded' AND (g.kind, g.giver_kind, g.anonymous_year, g.anonymous_n::text, g.item, g.quantity::float8, g.unit,
          g.value_fen::text, g.channel, g.source_doc, g.purpose, g.evidence::text)
        IS DISTINCT FROM (t.d ->> 'kind', coalesce(t.d #>> '{giver,kind}', 'anonymous'), t.d #>> '{anonymous,year}',
          t.d #>> '{anonymous,n}', t.d ->> 'item', (t.d ->> 'quantity')::float8, t.d ->> 'unit', t.d ->> 'valueFen', t.d ->> 'channel',
          t.d ->> 'sourceDoc', t.d ->> 'purpose', t.d ->> 'evidence') LIMIT 100`,

  'thanks are what their events tell': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, seq, actor_id, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
      WHERE type = 'gift.thanked' AND (${caseId}::text IS NULL OR case_id = ${caseId}))
    SELECT coalesce(g.case_id, t.case_id) AS case_id, '' AS book, format('gift %s, event %s', g.gift, coalesce(t.seq, g.seq)) AS detail
    FROM (SELECT * FROM book_gift_thanks WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) g
      FULL JOIN told t ON t.case_id = g.case_id AND t.seq = g.seq
    WHERE (g.gift, g.how, g.sent_date::text, g.recorded_by) IS DISTINCT FROM (t.d ->> 'gift', t.d ->> 'how', t.d ->> 'sentDate', t.actor_id) LIMIT 100`,

  'every advance is what its events tell': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, seq, type, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
      WHERE type IN ('advance.recorded', 'advance.settled') AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), ended AS (SELECT case_id, d ->> 'id' AS id, d ->> 'how' AS how, recorded_at FROM told WHERE type = 'advance.settled')
    SELECT coalesce(a.case_id, t.case_id) AS case_id, coalesce(a.book, '') AS book, format('advance %s, event %s', a.id, coalesce(t.seq, a.seq)) AS detail
    FROM (SELECT * FROM book_advances WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) a
      FULL JOIN (SELECT * FROM told WHERE type = 'advance.recorded') t ON t.case_id = a.case_id AND t.seq = a.seq
      LEFT JOIN ended e ON e.case_id = coalesce(a.case_id, t.case_id) AND e.id = coalesce(a.id, t.d ->> 'id')
    WHERE (a.id, a.book, a.no::text, a.paid, a.amount_fen::text, a.helper, a.party, a.text, a.households::text, a.source_doc,
        a.occurred_date::text, a.recorded_by, a.recorded_at, a.how, a.settled_at)
      IS DISTINCT FROM (t.d ->> 'id', t.d ->> 'book', t.d ->> 'no', t.d ->> 'paid', t.d ->> 'amountFen', t.d #>> '{helper,person}',
        t.d #>> '{helper,party}', t.d ->> 'text', t.d ->> 'households', t.d ->> 'sourceDoc', t.d ->> 'occurredDate', t.actor_id,
        t.recorded_at, e.how, e.recorded_at) LIMIT 100`,

  'entries name the advances and households their events tell': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, type, convert_from(payload, 'UTF8')::json #> '{data,entry}' AS e FROM events
      WHERE type IN ('cash.recorded', 'cash.reversed', 'ledger.recorded', 'ledger.reversed') AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), entries AS (
      SELECT case_id, book, id, advance, receipts FROM cash_entries UNION ALL SELECT case_id, book, id, advance, receipts FROM vouchers)
    SELECT t.case_id, x.book, format('entry %s', x.id) AS detail FROM told t JOIN entries x ON x.case_id = t.case_id AND x.id = t.e ->> 'id'
    WHERE (x.advance, x.receipts) IS DISTINCT FROM (t.e ->> 'advance', t.e ->> 'receipts')
    UNION ALL
    SELECT coalesce(l.case_id, h.case_id), coalesce(l.book, ''), format('entry %s, household %s', coalesce(l.entry, h.entry), coalesce(l.line, h.line))
    FROM (SELECT * FROM cash_lines WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) l
      FULL JOIN (SELECT t.case_id, t.e ->> 'id' AS entry, h.n AS line, h.row FROM told t,
        json_array_elements(coalesce(t.e -> 'households', '[]'::json)) WITH ORDINALITY AS h (row, n)) h
        ON h.case_id = l.case_id AND h.entry = l.entry AND h.line = l.line
    WHERE (l.payer, l.amount_fen::text, l.receipt) IS DISTINCT FROM (h.row ->> 'payer', h.row ->> 'amountFen', h.row ->> 'receipt')
    UNION ALL
    SELECT t.case_id, '', format('voucher %s, line %s', t.e ->> 'id', n)
    FROM told t CROSS JOIN json_array_elements(coalesce(t.e -> 'lines', '[]'::json)) WITH ORDINALITY AS d (row, n)
      JOIN voucher_lines l ON l.case_id = t.case_id AND l.voucher = t.e ->> 'id' AND l.line = n
    WHERE t.type LIKE 'ledger.%' AND (l.kind, l.payer, l.receipt, l.purpose)
      IS DISTINCT FROM (d.row ->> 'kind', d.row ->> 'payer', d.row ->> 'receipt', d.row ->> 'purpose') LIMIT 100`,
};
