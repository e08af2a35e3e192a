import type { Breach, Rule } from './book-rule.ts';
import type { Sql } from './client.ts';

/** What the tables of the books say beside amounts, numbers and sides, against the events that told it; by name. */
export const recordRules: Readonly<Record<string, Rule>> = {
  'entries say who acted, by which act and what for': (sql: Sql, caseId) => sql<Breach[]>`
    WITH entries AS (
      SELECT case_id, book, id, seq, actor_kind, act_id, text, payout FROM cash_entries
      UNION ALL SELECT case_id, book, id, seq, actor_kind, act_id, text, payout FROM vouchers)
    SELECT x.case_id, x.book, format('entry %s', x.id) AS detail FROM entries x
      JOIN events e ON e.case_id = x.case_id AND e.seq = x.seq CROSS JOIN LATERAL (SELECT convert_from(e.payload, 'UTF8')::json AS p) told
    WHERE (${caseId}::text IS NULL OR x.case_id = ${caseId})
      AND (x.actor_kind, x.act_id, x.text, x.payout)
        IS DISTINCT FROM (e.actor_kind, e.act_id, p #>> '{data,entry,text}', p #>> '{data,entry,payout}')
    UNION ALL
    SELECT d.case_id, d.book, format('voucher %s under review', d.id) FROM voucher_drafts d
      JOIN events e ON e.case_id = d.case_id AND e.seq = d.seq CROSS JOIN LATERAL (SELECT convert_from(e.payload, 'UTF8')::json AS p) told
    WHERE (${caseId}::text IS NULL OR d.case_id = ${caseId})
      AND (d.act_id, d.text) IS DISTINCT FROM (e.act_id, p #>> '{data,draft,text}')
    UNION ALL
    SELECT g.case_id, g.book, format('register, %s', g.id)
    FROM (SELECT case_id, book, id, seq, actor_kind, act_id, evidence, reverses FROM book_gifts
        UNION ALL SELECT case_id, book, id, seq, actor_kind, act_id, evidence, NULL FROM book_advances) g
      JOIN events e ON e.case_id = g.case_id AND e.seq = g.seq CROSS JOIN LATERAL (SELECT convert_from(e.payload, 'UTF8')::json AS p) told
    WHERE (${caseId}::text IS NULL OR g.case_id = ${caseId})
      AND ((g.actor_kind, g.act_id) IS DISTINCT FROM (e.actor_kind, e.act_id)
        OR g.reverses IS NULL AND g.evidence::jsonb IS DISTINCT FROM (p #> '{data,evidence}')::jsonb) LIMIT 100`,

  'lines say how much of what': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT e.case_id, e.entry ->> 'id' AS voucher, l.n AS line, l.line AS d FROM (
        SELECT case_id, convert_from(payload, 'UTF8')::json #> '{data,entry}' AS entry FROM events
        WHERE type IN ('ledger.recorded', 'ledger.reversed') AND (${caseId}::text IS NULL OR case_id = ${caseId})) e,
        json_array_elements(e.entry -> 'lines') WITH ORDINALITY AS l (line, n))
    SELECT l.case_id, '' AS book, format('voucher %s, line %s', l.voucher, l.line) AS detail
    FROM voucher_lines l JOIN told t ON t.case_id = l.case_id AND t.voucher = l.voucher AND t.line = l.line
    WHERE (l.quantity, l.kind, l.payer, l.receipt, l.purpose) IS DISTINCT FROM
      ((t.d ->> 'quantity')::numeric, t.d ->> 'kind', t.d ->> 'payer', t.d ->> 'receipt', t.d ->> 'purpose') LIMIT 100`,

  'payouts say what was asked for, by whom and when': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, type, seq, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
      WHERE type LIKE 'payout.%' AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), last AS (
      SELECT DISTINCT ON (case_id, d ->> 'id', kind) case_id, d ->> 'id' AS id, kind, type, actor_id, recorded_at, d FROM (
        SELECT *, CASE WHEN type IN ('payout.approved', 'payout.refused') THEN 'decided'
          WHEN type IN ('payout.paid', 'payout.unpaid') THEN 'paid' ELSE type END AS kind FROM told) k
      ORDER BY case_id, d ->> 'id', kind, seq DESC)
    SELECT p.case_id, p.book, format('payout %s', p.id) AS detail FROM book_payouts p
      LEFT JOIN last a ON a.case_id = p.case_id AND a.id = p.id AND a.kind = 'payout.requested'
      LEFT JOIN last d ON d.case_id = p.case_id AND d.id = p.id AND d.kind = 'decided'
      LEFT JOIN last m ON m.case_id = p.case_id AND m.id = p.id AND m.kind = 'paid' AND m.type = 'payout.paid'
      LEFT JOIN last c ON c.case_id = p.case_id AND c.id = p.id AND c.kind = 'payout.confirmed'
    WHERE (${caseId}::text IS NULL OR p.case_id = ${caseId})
      AND (p.book, p.channel, p.amount_fen::text, p.text, p.party, p.on_behalf_of, p.asked_by, p.requested_at, p.decided_at,
           p.paid_by, p.paid_at, p.entry, p.confirmed_at, p.allowance::jsonb)
        IS DISTINCT FROM (a.d ->> 'book', a.d ->> 'channel', a.d ->> 'amountFen', a.d ->> 'text', a.d ->> 'party',
           a.d ->> 'onBehalfOf', a.d ->> 'askedBy', a.recorded_at, d.recorded_at, m.actor_id, m.recorded_at, m.d ->> 'entry',
           c.recorded_at, coalesce(d.d -> 'allowance', a.d -> 'allowance')::jsonb) LIMIT 100`,

  'a payment is the only one of its payout': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT e.case_id, e.book, format('entry %s, payout %s', e.id, e.payout) AS detail FROM cash_entries e
      LEFT JOIN book_payouts p ON p.case_id = e.case_id AND p.id = e.payout
    WHERE (${caseId}::text IS NULL OR e.case_id = ${caseId}) AND e.payout IS NOT NULL AND e.reverses IS NULL
      AND (e.direction = 'in' OR p.entry IS DISTINCT FROM e.id
        AND NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = e.case_id AND r.reverses = e.id))
    UNION ALL
    SELECT v.case_id, v.book, format('vouchers of payout %s: %s fen', v.payout, sum(v.amount_fen)) FROM vouchers v
      LEFT JOIN book_payouts p ON p.case_id = v.case_id AND p.id = v.payout
    WHERE (${caseId}::text IS NULL OR v.case_id = ${caseId}) AND v.payout IS NOT NULL
    GROUP BY v.case_id, v.book, v.payout, p.amount_fen
    HAVING sum(v.amount_fen) > coalesce(p.amount_fen, 0) OR bool_or(v.direction = 'in') LIMIT 100`,

  'every difference is what its events tell': (sql: Sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, type, seq, actor_id, recorded_at, d, coalesce(d #>> '{document,discrepancy}', d ->> 'id') AS id FROM (
        SELECT case_id, type, seq, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
        WHERE (type LIKE 'discrepancy.%' OR type = 'document.opened') AND (${caseId}::text IS NULL OR case_id = ${caseId})) e
    ), last AS (
      SELECT DISTINCT ON (case_id, id, kind) * FROM (
        SELECT *, CASE type WHEN 'document.opened' THEN 'figures' ELSE type END AS kind FROM told WHERE id IS NOT NULL) k
      ORDER BY case_id, id, kind, seq DESC)
    SELECT coalesce(b.case_id, f.case_id) AS case_id, coalesce(b.book, '') AS book, format('difference %s', coalesce(b.id, f.id)) AS detail
    FROM (SELECT * FROM book_discrepancies WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) b
      FULL JOIN (SELECT * FROM last WHERE kind = 'discrepancy.found') f ON f.case_id = b.case_id AND f.id = b.id
      LEFT JOIN last o ON o.case_id = b.case_id AND o.id = b.id AND o.kind = 'figures' AND o.seq > f.seq
      LEFT JOIN last x ON x.case_id = b.case_id AND x.id = b.id AND x.kind = 'discrepancy.explained'
      LEFT JOIN last d ON d.case_id = b.case_id AND d.id = b.id AND d.kind = 'discrepancy.decided'
      LEFT JOIN last s ON s.case_id = b.case_id AND s.id = b.id AND s.kind = 'discrepancy.settled'
    WHERE (b.book, b.source_doc, b.why, b.found, b.found_at, b.cash_fen::text, b.ledger_fen::text, b.explained_by, b.explained_at,
        b.decision, b.decided_by, b.decided_at, b.how, b.settled_at, b.channel, b.off_fen, b.period, b.count)
      IS DISTINCT FROM (f.d ->> 'book', f.d ->> 'sourceDoc', f.d ->> 'why', f.d ->> 'found', f.recorded_at,
        CASE WHEN o.seq IS NULL THEN f.d #>> '{cash,amountFen}' ELSE o.d #>> '{document,cash,amountFen}' END,
        CASE WHEN o.seq IS NULL THEN f.d #>> '{ledger,amountFen}' ELSE o.d #>> '{document,ledger,amountFen}' END,
        x.actor_id, x.recorded_at, d.d ->> 'decision', d.actor_id, d.recorded_at, s.d ->> 'how', s.recorded_at,
        coalesce(f.d #>> '{count,channel}', f.d #>> '{month,channel}'),
        coalesce((f.d #>> '{count,countedFen}')::bigint - (f.d #>> '{count,bookedFen}')::bigint,
          (f.d #>> '{month,cashFen}')::bigint - (f.d #>> '{month,ledgerFen}')::bigint), f.d #>> '{month,period}',
        -- events of before this was told do not name the count: that it is the right one has its own rule
        coalesce(f.d #>> '{count,id}', CASE b.found WHEN 'at count' THEN b.count END)) LIMIT 100`,

  'every comparison is what its event tells': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT coalesce(r.case_id, e.case_id) AS case_id, coalesce(r.book, '') AS book, format('comparison %s', coalesce(r.seq, e.seq)) AS detail
    FROM (SELECT * FROM book_reconciliations WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) r
      FULL JOIN (SELECT case_id, seq, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
        WHERE type = 'books.reconciled' AND (${caseId}::text IS NULL OR case_id = ${caseId})) e ON e.case_id = r.case_id AND e.seq = r.seq
    WHERE (r.book, r.compared_by, r.compared_at, r.cash_fen::text, r.ledger_fen::text, r.matched::text, r.unmatched::text, r.result::jsonb)
      IS DISTINCT FROM (e.d ->> 'book', e.actor_id, e.recorded_at, e.d ->> 'cashFen', e.d ->> 'ledgerFen', e.d ->> 'matched',
        e.d ->> 'unmatched', e.d::jsonb) LIMIT 100`,

  'counts and closings say who, when and with what': (sql: Sql, caseId) => sql<Breach[]>`
    WITH rows AS (
      SELECT case_id, book, seq, at, act_id, id AS what, json_build_object('kind', kind, 'day', day, 'present', present,
        'witness', (SELECT w.name FROM person.book_names w WHERE w.case_id = k.case_id AND w.id = k.id AND w.what = 'witness'),
        'text', text, 'denominations', denominations) AS says FROM book_counts k
      UNION ALL SELECT case_id, book, seq, at, act_id, day::text, '{}' FROM book_days
      UNION ALL SELECT case_id, book, seq, at, act_id, period, json_build_object('resultFen', result_fen, 'carry', carry, 'signed', signed)
        FROM book_months)
    SELECT r.case_id, r.book, format('%s, event %s', r.what, r.seq) AS detail FROM rows r
      LEFT JOIN events e ON e.case_id = r.case_id AND e.seq = r.seq
      LEFT JOIN LATERAL (SELECT convert_from(e.payload, 'UTF8')::json -> 'data' AS d) p ON true
    WHERE (${caseId}::text IS NULL OR r.case_id = ${caseId})
      AND ((r.at, r.act_id) IS DISTINCT FROM (e.recorded_at, e.act_id)
        OR jsonb_strip_nulls(r.says::jsonb) IS DISTINCT FROM jsonb_strip_nulls(CASE e.type
          WHEN 'cash.counted' THEN json_build_object('kind', p.d -> 'kind', 'day', p.d -> 'day', 'present', p.d -> 'present',
            'witness', p.d -> 'witness', 'text', p.d -> 'text', 'denominations', p.d -> 'denominations')
          WHEN 'month.closed' THEN json_build_object('resultFen', p.d #> '{year,resultFen}', 'carry', p.d -> 'carry', 'signed', p.d -> 'signed')
          ELSE '{}' END::jsonb)) LIMIT 100`,

  'books, channels and counters belong together': (sql: Sql, caseId) => sql<Breach[]>`
    SELECT x.case_id, x.book, x.detail FROM (
      SELECT b.case_id, b.book, 'the book is not as its case was opened' AS detail FROM books b
        LEFT JOIN events e ON e.case_id = b.case_id AND e.seq = 1
        WHERE b.opened_at IS DISTINCT FROM e.recorded_at
          OR NOT EXISTS (SELECT FROM book_channels c WHERE c.case_id = b.case_id AND c.book = b.book)
      UNION ALL SELECT b.case_id, b.book, 'the book is not as its program says' FROM books b
        JOIN events e ON e.case_id = b.case_id AND e.seq = 1 JOIN programs p ON p.hash = e.program_hash
        JOIN LATERAL json_array_elements(convert_from(p.content, 'UTF8')::json -> 'books') AS d (says) ON says ->> 'book' = b.book
        WHERE (b.keeps, b.profile, b.name_zh, b.name_en, b.daily) IS DISTINCT FROM (says ->> 'keeps',
          coalesce(says ->> 'profile', 'two-person'), says #>> '{name,0}', says #>> '{name,1}', says ->> 'closeDayWithin' IS NOT NULL)
      UNION ALL SELECT c.case_id, c.book, format('channel %s without its book or its counters', c.channel) FROM book_channels c
        WHERE NOT EXISTS (SELECT FROM books b WHERE b.case_id = c.case_id AND b.book = c.book)
          OR (SELECT count(*) FROM book_counters n WHERE n.case_id = c.case_id AND n.book = c.book AND n.channel = c.channel) <> 2
      UNION ALL SELECT n.case_id, n.book, format('counter of %s without its channel', n.channel) FROM book_counters n
        WHERE n.channel <> '' AND NOT EXISTS (SELECT FROM book_channels c WHERE c.case_id = n.case_id AND c.book = n.book AND c.channel = n.channel)
      UNION ALL SELECT n.case_id, n.book, format('%s counter of %s%s: last at %s', n.side, n.channel, n.period, n.last_at) FROM book_counters n
        WHERE n.last_at IS DISTINCT FROM CASE n.side
          WHEN 'cash' THEN (SELECT max(e.recorded_at) FROM cash_entries e WHERE e.case_id = n.case_id AND e.book = n.book AND e.channel = n.channel)
          ELSE (SELECT max(v.recorded_at) FROM vouchers v WHERE v.case_id = n.case_id AND v.book = n.book
            AND (n.channel = '' OR v.channel = n.channel) AND (n.period = '' OR v.period = n.period)) END) x
    WHERE ${caseId}::text IS NULL OR x.case_id = ${caseId} LIMIT 100`,
};
