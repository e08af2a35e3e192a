import { archiveRules } from './archive-rules.ts';
import type { Breach, Rule } from './book-rule.ts';
import { closingRules } from './closing-rules.ts';
import { recordRules } from './record-rules.ts';
import { registerRules } from './register-rules.ts';
import { statementRules } from './statement-rules.ts';
import { voucherRules } from './voucher-rules.ts';

/** What every page of the books must hold to, by name. Each query counts from the rows, trusting no other table's sum. */
export const bookRules: Readonly<Record<string, Rule>> = {
  'cash numbers have no gap': (sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('%s: entry %s is number %s, the %s. of its journal', channel, id, no, n) AS detail FROM (
      SELECT *, row_number() OVER (PARTITION BY case_id, book, channel ORDER BY no) AS n FROM cash_entries
      WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) e WHERE no <> n LIMIT 100`,

  'cash balances follow': (sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('entry %s says %s fen, the sum is %s', id, balance_fen, sum) AS detail FROM (
      SELECT *, sum(CASE direction WHEN 'in' THEN amount_fen ELSE -amount_fen END)
        OVER (PARTITION BY case_id, book, channel ORDER BY no) AS sum FROM cash_entries
      WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) e WHERE balance_fen <> sum OR sum < 0 LIMIT 100`,

  'voucher numbers have no gap': (sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('%s: voucher %s is number %s, the %s. of its month', period, id, no, n) AS detail FROM (
      SELECT *, row_number() OVER (PARTITION BY case_id, book, period ORDER BY no) AS n FROM vouchers
      WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) v WHERE no <> n LIMIT 100`,

  'ledger balances follow': (sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('voucher %s says %s fen, the sum is %s', id, balance_fen, sum) AS detail FROM (
      SELECT *, sum(CASE direction WHEN 'in' THEN amount_fen ELSE -amount_fen END)
        OVER (PARTITION BY case_id, book, channel ORDER BY period, no) AS sum FROM vouchers
      WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) v WHERE balance_fen <> sum LIMIT 100`,

  'vouchers balance': (sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s: %s lines, debit %s, credit %s, money moved %s', v.id, l.n, l.debit, l.credit, l.money) AS detail
    FROM vouchers v JOIN book_channels c ON c.case_id = v.case_id AND c.book = v.book AND c.channel = v.channel
      LEFT JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(amount_fen) FILTER (WHERE side = 'debit'), 0) AS debit,
        coalesce(sum(amount_fen) FILTER (WHERE side = 'credit'), 0) AS credit,
        coalesce(sum(CASE side WHEN 'debit' THEN amount_fen ELSE -amount_fen END) FILTER (WHERE account = c.account), 0) AS money
        FROM voucher_lines WHERE case_id = v.case_id AND voucher = v.id) l ON true
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId})
      AND (l.n < 2 OR l.n <> v.line_count OR l.debit <> l.credit OR l.debit <> v.total_fen
        OR l.money <> CASE v.direction WHEN 'in' THEN v.amount_fen ELSE -v.amount_fen END) LIMIT 100`,

  'red ink mirrors one original, once': (sql, caseId) => sql<Breach[]>`
    SELECT red.case_id, red.book, format('%s of %s', red.id, red.reverses) AS detail FROM (
      SELECT 'cash' AS side, case_id, id, book, channel, direction, amount_fen, source_doc, reverses FROM cash_entries
      UNION ALL SELECT 'ledger', case_id, id, book, channel, direction, amount_fen, source_doc, reverses FROM vouchers) red
    LEFT JOIN (
      SELECT 'cash' AS side, case_id, id, book, channel, direction, amount_fen, source_doc, reverses FROM cash_entries
      UNION ALL SELECT 'ledger', case_id, id, book, channel, direction, amount_fen, source_doc, reverses FROM vouchers) o
      ON o.side = red.side AND o.case_id = red.case_id AND o.id = red.reverses
    WHERE (${caseId}::text IS NULL OR red.case_id = ${caseId}) AND (red.amount_fen < 0 OR red.reverses IS NOT NULL)
      AND ((o.book, o.channel, o.direction, -o.amount_fen, o.source_doc) IS DISTINCT FROM
           (red.book, red.channel, red.direction, red.amount_fen, red.source_doc) OR o.reverses IS NOT NULL
        OR red.side = 'ledger' AND EXISTS (
          SELECT FROM (SELECT * FROM voucher_lines WHERE case_id = red.case_id AND voucher = red.id) a
            FULL JOIN (SELECT * FROM voucher_lines WHERE case_id = red.case_id AND voucher = red.reverses) b ON a.line = b.line
          WHERE (a.account, a.side, a.amount_fen) IS DISTINCT FROM (b.account, b.side, -b.amount_fen)))
    LIMIT 100`,

  'a document stands once a side': (sql, caseId) => sql<Breach[]>`
    WITH live AS (
      SELECT 'cash' AS side, e.case_id, e.book, e.source_doc, e.id FROM cash_entries e WHERE e.reverses IS NULL
        AND NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = e.case_id AND r.reverses = e.id)
      UNION ALL SELECT 'ledger', v.case_id, v.book, v.source_doc, v.id FROM vouchers v WHERE v.reverses IS NULL
        AND NOT EXISTS (SELECT FROM vouchers r WHERE r.case_id = v.case_id AND r.reverses = v.id))
    SELECT coalesce(l.case_id, d.case_id) AS case_id, coalesce(l.book, d.book) AS book,
      format('%s %s: entry %s, list %s', coalesce(l.side, d.side), coalesce(l.source_doc, d.source_doc), l.id, d.entry) AS detail
    FROM live l FULL JOIN book_documents d ON d.side = l.side AND d.case_id = l.case_id AND d.book = l.book
      AND d.source_doc = l.source_doc
    WHERE (${caseId}::text IS NULL OR coalesce(l.case_id, d.case_id) = ${caseId}) AND l.id IS DISTINCT FROM d.entry LIMIT 100`,

  'counters say what the entries say': (sql, caseId) => sql<Breach[]>`
    WITH entries AS (
      SELECT 'cash' AS side, case_id, book, channel, '' AS period, direction, amount_fen FROM cash_entries
      UNION ALL SELECT 'ledger', case_id, book, channel, '', direction, amount_fen FROM vouchers
      UNION ALL SELECT 'ledger', case_id, book, '', period, direction, 0 FROM vouchers
    ), sums AS (
      SELECT side, case_id, book, channel, period, count(*) AS n,
        sum(CASE direction WHEN 'in' THEN amount_fen ELSE -amount_fen END) AS fen
      FROM entries GROUP BY side, case_id, book, channel, period)
    SELECT coalesce(c.case_id, s.case_id) AS case_id, coalesce(c.book, s.book) AS book,
      format('%s %s%s: counter %s and %s fen, entries %s and %s fen', coalesce(c.side, s.side), c.channel, c.period, c.no,
        c.balance_fen, s.n, s.fen) AS detail
    FROM book_counters c FULL JOIN sums s USING (side, case_id, book, channel, period)
    WHERE (${caseId}::text IS NULL OR case_id = ${caseId})
      AND (c.no, c.balance_fen) IS DISTINCT FROM (coalesce(s.n, 0), coalesce(s.fen, 0)) LIMIT 100`,

  'who recorded it had the duty': (sql, caseId) => sql<Breach[]>`
    SELECT e.case_id, e.book, format('%s entry %s at %s', e.side, e.id, e.recorded_at) AS detail FROM (
      SELECT 'cash' AS side, case_id, book, id, recorded_by, recorded_at FROM cash_entries
      UNION ALL SELECT 'ledger', case_id, book, id, recorded_by, recorded_at FROM vouchers) e
    WHERE (${caseId}::text IS NULL OR e.case_id = ${caseId}) AND NOT EXISTS (
      SELECT FROM book_duties d WHERE d.case_id = e.case_id AND d.book = e.book AND d.person = e.recorded_by
        AND d.duty = e.side AND d.during @> e.recorded_at) LIMIT 100`,

  'one person has one duty on one book': (sql, caseId) => sql<Breach[]>`
    SELECT a.case_id, a.book, format('%s: %s and %s', a.person, a.duty, b.duty) AS detail
    FROM book_duties a JOIN book_duties b ON a.case_id = b.case_id AND a.book = b.book AND a.person = b.person
      AND a.during && b.during AND a.ctid < b.ctid
    WHERE ${caseId}::text IS NULL OR a.case_id = ${caseId} LIMIT 100`,

  'nobody wrote both sides of a document': (sql, caseId) => sql<Breach[]>`
    SELECT c.case_id, c.book, format('%s: entries %s and %s', c.source_doc, c.entry, l.entry) AS detail
    FROM book_documents c JOIN book_documents l ON l.case_id = c.case_id AND l.book = c.book AND l.source_doc = c.source_doc
      AND l.side = 'ledger' AND c.side = 'cash'
      JOIN cash_entries e ON e.case_id = c.case_id AND e.id = c.entry
      JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.entry
    WHERE (${caseId}::text IS NULL OR c.case_id = ${caseId}) AND e.recorded_by = v.recorded_by LIMIT 100`,

  'payouts are asked for, approved by another and paid as approved': (sql, caseId) => sql<Breach[]>`
    SELECT p.case_id, p.book, format('payout %s (%s), entry %s', p.id, p.state, p.entry) AS detail
    FROM book_payouts p LEFT JOIN cash_entries e ON e.case_id = p.case_id AND e.id = p.entry
      LEFT JOIN cash_entries r ON r.case_id = p.case_id AND r.reverses = p.entry
    WHERE (${caseId}::text IS NULL OR p.case_id = ${caseId})
      AND (p.decided_by IN (p.requested_by, p.asked_by) OR p.paid_by IN (p.decided_by, p.confirmed_by)
      OR p.state IN ('paid', 'confirmed') AND (p.decided_by IS NULL OR r.id IS NOT NULL
        OR (e.book, e.channel, e.direction, e.amount_fen, e.payout, e.recorded_by)
          IS DISTINCT FROM (p.book, p.channel, 'out', p.amount_fen, p.id, p.paid_by)))
    LIMIT 100`,

  'money held for a person leaves by an approved payout': (sql, caseId) => sql<Breach[]>`
    SELECT e.case_id, e.book, format('entry %s, payout %s', e.id, e.payout) AS detail
    FROM cash_entries e JOIN books b ON b.case_id = e.case_id AND b.book = e.book AND b.keeps = 'held for beneficiary'
      LEFT JOIN book_payouts p ON p.case_id = e.case_id AND p.id = e.payout
    WHERE (${caseId}::text IS NULL OR e.case_id = ${caseId}) AND e.direction = 'out' AND e.reverses IS NULL
      AND (p.id IS NULL OR p.state IN ('requested', 'refused')) LIMIT 100`,

  'every payout is what its events tell': (sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, convert_from(payload, 'UTF8')::json #>> '{data,id}' AS id, type, actor_id, seq FROM events
      WHERE type LIKE 'payout.%' AND type <> 'payout.codeIssued' AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), sums AS (
      SELECT case_id, id, max(actor_id) FILTER (WHERE type = 'payout.requested') AS requested,
        max(actor_id) FILTER (WHERE type IN ('payout.approved', 'payout.refused')) AS decided,
        max(actor_id) FILTER (WHERE type = 'payout.confirmed') AS confirmed,
        (array_agg(type ORDER BY seq DESC))[1] AS last
      FROM told GROUP BY case_id, id)
    SELECT coalesce(p.case_id, s.case_id) AS case_id, coalesce(p.book, '') AS book,
      format('payout %s (%s), last event %s', coalesce(p.id, s.id), p.state, s.last) AS detail
    FROM (SELECT * FROM book_payouts WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) p
      FULL JOIN sums s ON s.case_id = p.case_id AND s.id = p.id
    WHERE (p.requested_by, p.decided_by, p.confirmed_by,
        'payout.' || p.state)
      IS DISTINCT FROM (s.requested, s.decided, s.confirmed,
        CASE s.last WHEN 'payout.unpaid' THEN 'payout.approved' ELSE s.last END) LIMIT 100`,

  'every entry is what its event tells': (sql, caseId) => sql<Breach[]>`
    WITH entries AS (
      SELECT 'cash' AS side, case_id, book, id, seq, no, channel, direction, amount_fen, balance_fen, source_doc, occurred_date,
        reverses, recorded_by, NULL AS reviewed_by, recorded_at, NULL::bigint AS lines FROM cash_entries
      UNION ALL SELECT 'ledger', case_id, book, id, seq, no, channel, direction, amount_fen, balance_fen, source_doc,
        occurred_date, reverses, recorded_by, reviewed_by, recorded_at, line_count FROM vouchers)
    SELECT coalesce(x.case_id, e.case_id) AS case_id, coalesce(x.book, '') AS book,
      format('entry %s, event %s', x.id, coalesce(e.seq, x.seq)) AS detail
    FROM entries x FULL JOIN (
        SELECT case_id, seq, type, actor_id, recorded_at, convert_from(payload, 'UTF8')::json #> '{data,entry}' AS entry
        FROM events WHERE type IN ('cash.recorded', 'cash.reversed', 'ledger.recorded', 'ledger.reversed')
      ) e ON e.case_id = x.case_id AND e.seq = x.seq
    WHERE (${caseId}::text IS NULL OR coalesce(x.case_id, e.case_id) = ${caseId})
      AND (x.side || CASE WHEN x.reverses IS NULL THEN '.recorded' ELSE '.reversed' END, x.recorded_by, x.reviewed_by, x.recorded_at, x.id,
           x.book, x.channel, x.no::text, x.direction, x.amount_fen::text, x.balance_fen::text, x.source_doc,
           x.occurred_date::text, x.reverses, x.lines)
        IS DISTINCT FROM (e.type, coalesce(e.entry ->> 'madeBy', e.actor_id),
           CASE WHEN e.entry ->> 'madeBy' IS NOT NULL THEN e.actor_id END, e.recorded_at, e.entry ->> 'id', e.entry ->> 'book', e.entry ->> 'channel',
           e.entry ->> 'no', e.entry ->> 'direction', e.entry ->> 'amountFen', e.entry ->> 'balanceFen',
           e.entry ->> 'sourceDoc', e.entry ->> 'occurredDate', e.entry ->> 'reverses',
           json_array_length(e.entry -> 'lines')::bigint) LIMIT 100`,

  'every line is what its event tells': (sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT e.case_id, e.entry ->> 'id' AS voucher, l.n AS line, l.line AS data FROM (
        SELECT case_id, convert_from(payload, 'UTF8')::json #> '{data,entry}' AS entry FROM events
        WHERE type IN ('ledger.recorded', 'ledger.reversed') AND (${caseId}::text IS NULL OR case_id = ${caseId})) e,
        json_array_elements(e.entry -> 'lines') WITH ORDINALITY AS l (line, n))
    SELECT coalesce(l.case_id, t.case_id) AS case_id, '' AS book, format('voucher %s, line %s', coalesce(l.voucher, t.voucher),
      coalesce(l.line, t.line)) AS detail
    FROM (SELECT * FROM voucher_lines WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) l
      FULL JOIN told t ON t.case_id = l.case_id AND t.voucher = l.voucher AND t.line = l.line
    WHERE (l.text, l.account, l.side, l.amount_fen::text, l.item, l.buyer, l.price_fen::text, l.party) IS DISTINCT FROM
      (t.data ->> 'text', t.data ->> 'account', t.data ->> 'side', t.data ->> 'amountFen', t.data ->> 'item',
       t.data ->> 'buyer', t.data ->> 'priceFen', t.data ->> 'party') LIMIT 100`,

  ...voucherRules,
  ...registerRules,
  ...statementRules,

  ...closingRules,
  ...archiveRules,
  ...recordRules,
};
