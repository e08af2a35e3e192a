import type { Breach, Rule } from './book-rule.ts';
import type { Sql } from './client.ts';

/** What vouchers under review, matches by hand and sub-ledgers per person must hold to, by name. */
export const voucherRules: Readonly<Record<string, Rule>> = {
  'a voucher was reviewed by another, where the book has it so': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s, made as %s, reviewed by %s', v.id, v.draft, v.reviewed_by) AS detail
    FROM vouchers v JOIN books b ON b.case_id = v.case_id AND b.book = v.book
      LEFT JOIN voucher_drafts d ON d.case_id = v.case_id AND d.id = v.draft
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId})
      AND CASE b.profile WHEN 'vouchers' THEN
        (d.state, d.voucher, d.made_by, d.reviewed_by, d.reviewed_at)
          IS DISTINCT FROM ('posted', v.id, v.recorded_by, v.reviewed_by, v.recorded_at)
        OR v.reviewed_by = v.recorded_by
        OR NOT EXISTS (SELECT FROM book_duties r WHERE r.case_id = v.case_id AND r.book = v.book AND r.person = v.reviewed_by
          AND r.duty = 'reviewer' AND r.during @> v.recorded_at)
      ELSE num_nonnulls(v.draft, v.reviewed_by) > 0 END LIMIT 100`,

  'who reviewed a voucher did not record its money': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('document %s: entry %s, voucher %s', v.source_doc, e.id, v.id) AS detail
    FROM vouchers v JOIN book_documents d ON d.case_id = v.case_id AND d.book = v.book AND d.source_doc = v.source_doc AND d.side = 'cash'
      JOIN cash_entries e ON e.case_id = d.case_id AND e.id = d.entry
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND v.reviewed_by = e.recorded_by LIMIT 100`,

  'a posted voucher says what was reviewed, line by line': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s, made as %s', v.id, v.draft) AS detail
    FROM vouchers v JOIN voucher_drafts d ON d.case_id = v.case_id AND d.id = v.draft
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND voucher_says(v) IS DISTINCT FROM voucher_draft_says(d) LIMIT 100`,

  'every voucher under review is what its events tell': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, seq, type, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS data FROM events
      WHERE type IN ('voucher.drafted', 'voucher.returned', 'ledger.recorded', 'ledger.reversed')
        AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), made AS (SELECT * FROM told WHERE type = 'voucher.drafted'
    ), ends AS (
      SELECT case_id, coalesce(data #>> '{entry,draft}', data ->> 'id') AS id, actor_id, recorded_at,
        CASE type WHEN 'voucher.returned' THEN 'returned' ELSE 'posted' END AS state, data #>> '{entry,id}' AS voucher
      FROM told WHERE type = 'voucher.returned' OR data #>> '{entry,draft}' IS NOT NULL)
    SELECT coalesce(d.case_id, m.case_id, e.case_id) AS case_id, coalesce(d.book, '') AS book,
      format('voucher %s (%s), events say %s', coalesce(d.id, m.data ->> 'id', e.id), d.state, coalesce(e.state, 'waiting')) AS detail
    FROM (SELECT * FROM voucher_drafts WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) d
      FULL JOIN made m ON m.case_id = d.case_id AND m.data ->> 'id' = d.id
      FULL JOIN ends e ON e.case_id = d.case_id AND e.id = d.id
    WHERE (d.book, d.seq, d.made_by, d.made_at, d.channel, d.direction, d.amount_fen::text, d.source_doc, d.occurred_date::text,
        d.payout, d.reverses, d.advance, d.receipts, d.lines::jsonb, d.state, d.reviewed_by, d.reviewed_at, d.voucher)
      IS DISTINCT FROM (m.data ->> 'book', m.seq, m.actor_id, m.recorded_at, m.data #>> '{draft,channel}',
        m.data #>> '{draft,direction}', m.data #>> '{draft,amountFen}', m.data #>> '{draft,sourceDoc}',
        m.data #>> '{draft,occurredDate}', m.data #>> '{draft,payout}', m.data #>> '{draft,reverses}',
        m.data #>> '{draft,advance}', m.data #>> '{draft,receipts}',
        (m.data #> '{draft,lines}')::jsonb, coalesce(e.state, 'waiting'), e.actor_id, e.recorded_at, e.voucher) LIMIT 100`,

  'every match by hand comes to zero': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT b.case_id, b.book, format('match %s: %s fen in the journal, %s in the ledger', b.id, s.cash_fen, s.ledger_fen) AS detail
    FROM book_matches b LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE m.side = 'cash') AS cash, count(*) FILTER (WHERE m.side = 'ledger') AS ledger,
        coalesce(sum(x.amount_fen) FILTER (WHERE m.side = 'cash'), 0) AS cash_fen,
        coalesce(sum(x.amount_fen) FILTER (WHERE m.side = 'ledger'), 0) AS ledger_fen,
        count(*) FILTER (WHERE x.id IS NULL OR (x.book, x.channel, x.direction) IS DISTINCT FROM (b.book, b.channel, b.direction)
          OR b.matched_by IN (x.recorded_by, x.reviewed_by) OR b.ended_at IS NULL AND EXISTS (SELECT FROM (
            SELECT case_id, reverses FROM cash_entries UNION ALL SELECT case_id, reverses FROM vouchers) r
            WHERE r.case_id = m.case_id AND r.reverses = m.entry)) AS wrong
      FROM book_match_entries m LEFT JOIN (
        SELECT 'cash' AS side, case_id, id, book, channel, direction, amount_fen, recorded_by, NULL AS reviewed_by FROM cash_entries
        UNION ALL SELECT 'ledger', case_id, id, book, channel, direction, amount_fen, recorded_by, reviewed_by FROM vouchers) x
        ON x.side = m.side AND x.case_id = m.case_id AND x.id = m.entry
      WHERE m.case_id = b.case_id AND m.match = b.id) s ON true
    WHERE (${caseId}::text IS NULL OR b.case_id = ${caseId})
      AND (s.wrong > 0 OR least(s.cash, s.ledger) <> 1 OR s.cash + s.ledger <> b.entries OR s.cash_fen <> s.ledger_fen
        OR s.cash_fen <> b.amount_fen) LIMIT 100`,

  'an entry stands in one match by hand at most, and not beside its own document': (sql: Sql, caseId) => sql<Breach[]>`
    WITH live AS (
      SELECT m.case_id, b.book, m.side, m.entry, m.match, d.source_doc FROM book_match_entries m
        JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL
        LEFT JOIN book_documents d ON d.case_id = m.case_id AND d.side = m.side AND d.entry = m.entry
      WHERE ${caseId}::text IS NULL OR m.case_id = ${caseId})
    SELECT a.case_id, a.book, format('entry %s in %s', a.entry, a.match) AS detail FROM live a
    WHERE EXISTS (SELECT FROM live o WHERE o.case_id = a.case_id AND o.entry = a.entry AND o.match <> a.match)
      OR EXISTS (SELECT FROM book_documents d WHERE d.case_id = a.case_id AND d.book = a.book AND d.source_doc = a.source_doc
        AND d.side <> a.side AND NOT EXISTS (SELECT FROM live o WHERE o.case_id = d.case_id AND o.match = a.match AND o.entry = d.entry))
    LIMIT 100`,

  'every match by hand is what its events tell': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, seq, type, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS data FROM events
      WHERE type IN ('books.matched', 'books.unmatched') AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), made AS (SELECT * FROM told WHERE type = 'books.matched'), ends AS (SELECT * FROM told WHERE type = 'books.unmatched'
    ), rows AS (
      SELECT b.*, (SELECT json_agg(m.side || ' ' || m.entry ORDER BY m.side || ' ' || m.entry COLLATE "C") FROM book_match_entries m
        WHERE m.case_id = b.case_id AND m.match = b.id)::text AS members
      FROM book_matches b WHERE ${caseId}::text IS NULL OR b.case_id = ${caseId})
    SELECT coalesce(r.case_id, m.case_id) AS case_id, coalesce(r.book, '') AS book, format('match %s', coalesce(r.id, m.data ->> 'id')) AS detail
    FROM rows r FULL JOIN made m ON m.case_id = r.case_id AND m.data ->> 'id' = r.id
      LEFT JOIN ends e ON e.case_id = r.case_id AND e.data ->> 'id' = r.id
    WHERE (r.book, r.seq, r.matched_by, r.matched_at, r.amount_fen::text, r.ended_entry, r.ended_at, r.members)
      IS DISTINCT FROM (m.data ->> 'book', m.seq, m.actor_id, m.recorded_at, m.data ->> 'amountFen', e.data ->> 'entry', e.recorded_at,
        (SELECT json_agg(x ORDER BY x COLLATE "C") FROM (
          SELECT 'cash ' || c FROM json_array_elements_text(m.data -> 'cash') c
          UNION ALL SELECT 'ledger ' || l FROM json_array_elements_text(m.data -> 'ledger') l) AS of (x))::text) LIMIT 100`,

  'entrusted money says whose it is, and nobody is set off against another': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s, line %s', v.id, l.line) AS detail
    FROM voucher_lines l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher
      JOIN books b ON b.case_id = v.case_id AND b.book = v.book
      LEFT JOIN book_payouts p ON p.case_id = v.case_id AND p.id = v.payout
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND ((l.party IS NOT NULL) <> (b.many AND l.account = '2601')
      OR l.party IS NOT NULL AND (l.side = 'debit' AND v.payout IS NULL OR v.payout IS NOT NULL AND p.party IS DISTINCT FROM l.party
        OR EXISTS (SELECT FROM voucher_lines o WHERE o.case_id = l.case_id AND o.voucher = l.voucher AND o.party IS NOT NULL
          AND o.side <> l.side))) LIMIT 100`,

  'sub-ledgers say what lines and payouts say': (sql: Sql, caseId) => sql<Breach[]>`
    WITH sums AS (
      SELECT case_id, book, party, sum(recorded) AS recorded, sum(paid) AS paid FROM (
        SELECT v.case_id, v.book, l.party, CASE l.side WHEN 'credit' THEN l.amount_fen ELSE -l.amount_fen END AS recorded, 0 AS paid
        FROM voucher_lines l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher
        WHERE l.party IS NOT NULL AND v.payout IS NULL
        UNION ALL SELECT case_id, book, party, 0, amount_fen FROM book_payouts
        WHERE party IS NOT NULL AND state IN ('paid', 'confirmed')) x GROUP BY case_id, book, party)
    SELECT coalesce(p.case_id, s.case_id) AS case_id, coalesce(p.book, s.book) AS book,
      format('%s: %s and %s fen, rows say %s and %s', coalesce(p.party, s.party), p.recorded_fen, p.paid_fen, s.recorded, s.paid) AS detail
    FROM book_persons p FULL JOIN sums s ON s.case_id = p.case_id AND s.book = p.book AND s.party = p.party
    WHERE (${caseId}::text IS NULL OR coalesce(p.case_id, s.case_id) = ${caseId})
      AND (coalesce(p.recorded_fen, 0), coalesce(p.paid_fen, 0)) IS DISTINCT FROM (coalesce(s.recorded, 0), coalesce(s.paid, 0)) LIMIT 100`,

  'nobody was paid more than was kept for him': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT p.case_id, p.book, format('payout %s of %s fen', p.id, p.amount_fen) AS detail
    FROM book_payouts p JOIN cash_entries e ON e.case_id = p.case_id AND e.id = p.entry
    WHERE (${caseId}::text IS NULL OR p.case_id = ${caseId}) AND p.party IS NOT NULL AND p.state IN ('paid', 'confirmed')
      AND coalesce((SELECT sum(CASE l.side WHEN 'credit' THEN l.amount_fen ELSE -l.amount_fen END)
          FROM voucher_lines l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher
          WHERE v.case_id = p.case_id AND v.book = p.book AND l.party = p.party AND v.payout IS NULL AND v.seq < e.seq), 0)
        < (SELECT sum(x.amount_fen) FROM cash_entries x JOIN book_payouts o ON o.case_id = x.case_id AND o.id = x.payout
          WHERE x.case_id = p.case_id AND o.book = p.book AND o.party = p.party AND x.seq <= e.seq) LIMIT 100`,

  'red ink takes from nobody what he was paid': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s, %s', v.id, l.party) AS detail
    FROM vouchers v JOIN LATERAL (SELECT DISTINCT party FROM voucher_lines WHERE case_id = v.case_id AND voucher = v.id AND party IS NOT NULL) l ON true
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND v.reverses IS NOT NULL AND v.payout IS NULL
      AND coalesce((SELECT sum(CASE x.side WHEN 'credit' THEN x.amount_fen ELSE -x.amount_fen END)
          FROM voucher_lines x JOIN vouchers o ON o.case_id = x.case_id AND o.id = x.voucher
          WHERE o.case_id = v.case_id AND o.book = v.book AND x.party = l.party AND o.payout IS NULL AND o.seq <= v.seq), 0)
        < coalesce((SELECT sum(e.amount_fen) FROM cash_entries e JOIN book_payouts p ON p.case_id = e.case_id AND p.id = e.payout
          WHERE e.case_id = v.case_id AND p.book = v.book AND p.party = l.party AND e.seq < v.seq), 0) LIMIT 100`,

  'money held for a person lies on no other account than his': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT v.case_id, v.book, format('voucher %s, line %s on %s', v.id, l.line, l.account) AS detail
    FROM vouchers v JOIN books b ON b.case_id = v.case_id AND b.book = v.book AND b.keeps = 'held for beneficiary'
      JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
      LEFT JOIN book_channels c ON c.case_id = v.case_id AND c.book = v.book AND c.channel = v.channel
      LEFT JOIN book_advances a ON a.case_id = v.case_id AND a.id = v.advance
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND v.reverses IS NULL AND l.account IS DISTINCT FROM c.account
      AND l.account <> CASE a.paid WHEN 'into the book' THEN '2209' ELSE '2601' END LIMIT 100`,

  'no helper paid into a book of several persons': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT a.case_id, a.book, format('advance %s', a.id) AS detail
    FROM book_advances a JOIN books b ON b.case_id = a.case_id AND b.book = a.book
    WHERE (${caseId}::text IS NULL OR a.case_id = ${caseId}) AND b.many AND a.paid = 'into the book' LIMIT 100`,
};
