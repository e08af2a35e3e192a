import type { Breach, Rule } from './book-rule.ts';

/** What counts and closings must hold to, by name. Sums are counted again from the entries. */
export const closingRules: Readonly<Record<string, Rule>> = {
  'entries are booked in the open day': (sql, caseId) => sql<Breach[]>`
    SELECT e.case_id, e.book, format('%s entry %s is booked on %s, late %s', e.side, e.id, e.booked_date, e.late) AS detail
    FROM (SELECT 'cash' AS side, case_id, book, id, seq, occurred_date, booked_date, late, recorded_at FROM cash_entries
      UNION ALL SELECT 'ledger', case_id, book, id, seq, occurred_date, booked_date, late, recorded_at FROM vouchers) e
      LEFT JOIN LATERAL (SELECT max(day) AS day FROM book_days d WHERE d.case_id = e.case_id AND d.book = e.book AND d.seq < e.seq) d ON true
      LEFT JOIN LATERAL (SELECT max(period) AS period FROM book_months m WHERE m.case_id = e.case_id AND m.book = e.book AND m.seq < e.seq) m ON true
    WHERE (${caseId}::text IS NULL OR e.case_id = ${caseId})
      AND (e.booked_date <> greatest((e.recorded_at AT TIME ZONE 'Asia/Shanghai')::date, d.day + 1)
        OR to_char(e.booked_date, 'YYYY-MM') <= m.period
        OR e.late <> coalesce(CASE e.side WHEN 'cash' THEN e.occurred_date <= d.day ELSE to_char(e.occurred_date, 'YYYY-MM') <= m.period END, false))
    LIMIT 100`,

  'red ink crosses no closed year': (sql, caseId) => sql<Breach[]>`
    SELECT r.case_id, r.book, format('entry %s reverses %s of %s', r.id, r.reverses, r.year) AS detail FROM (
      SELECT r.case_id, r.book, r.id, r.reverses, r.seq, to_char(o.booked_date, 'YYYY') AS year
        FROM cash_entries r JOIN cash_entries o ON o.case_id = r.case_id AND o.id = r.reverses
      UNION ALL SELECT r.case_id, r.book, r.id, r.reverses, r.seq, left(o.period, 4)
        FROM vouchers r JOIN vouchers o ON o.case_id = r.case_id AND o.id = r.reverses) r
    WHERE (${caseId}::text IS NULL OR r.case_id = ${caseId}) AND EXISTS (
      SELECT FROM book_months m WHERE m.case_id = r.case_id AND m.book = r.book AND m.seq < r.seq AND m.period >= r.year || '-12')
    LIMIT 100`,

  'counts stand beside what the journal said': (sql, caseId) => sql<Breach[]>`
    SELECT k.case_id, k.book, format('count %s on %s: %s booked, %s counted', k.id, c.channel, c.booked_fen, c.counted_fen) AS detail
    FROM book_counts k LEFT JOIN book_count_channels c ON c.case_id = k.case_id AND c.count = k.id
      LEFT JOIN LATERAL (SELECT sum(CASE e.direction WHEN 'in' THEN e.amount_fen ELSE -e.amount_fen END) AS fen FROM cash_entries e
        WHERE e.case_id = k.case_id AND e.book = k.book AND e.channel = c.channel AND e.seq < k.seq) e ON true
      LEFT JOIN LATERAL (SELECT sum(n.key::bigint * n.value::bigint) AS fen FROM json_each_text(k.denominations) n) n ON true
    WHERE (${caseId}::text IS NULL OR k.case_id = ${caseId})
      AND (c.channel IS NULL OR c.book <> k.book OR c.booked_fen <> coalesce(e.fen, 0)
        OR c.channel = 'cash' AND (k.denominations IS NULL OR c.counted_fen <> coalesce(n.fen, 0))) LIMIT 100`,

  'what is over or short became a difference': (sql, caseId) => sql<Breach[]>`
    SELECT k.case_id, k.book, format('count %s on %s: %s booked, %s counted', k.id, c.channel, c.booked_fen, c.counted_fen) AS detail
    FROM book_counts k JOIN book_count_channels c ON c.case_id = k.case_id AND c.count = k.id
    WHERE (${caseId}::text IS NULL OR k.case_id = ${caseId}) AND c.counted_fen <> c.booked_fen
      AND NOT book_count_told(k, c) LIMIT 100`,

  'a difference of a count has its count': (sql, caseId) => sql<Breach[]>`
    SELECT d.case_id, d.book, format('difference %s of %s fen on %s, %s', d.id, d.off_fen, d.channel, coalesce(d.count, d.found)) AS detail
    FROM book_discrepancies d
    WHERE (${caseId}::text IS NULL OR d.case_id = ${caseId})
      AND (d.why = 'count' OR d.count IS NOT NULL OR d.found IN ('at count', 'at hand-over')) AND NOT book_difference_counted(d)
    LIMIT 100`,

  'what a hand-over found became a difference': (sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS data FROM events
      WHERE type = 'book.handedOver' AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), off AS (
      SELECT case_id, recorded_at, data ->> 'book' AS book, c ->> 'channel' AS channel,
        (c ->> 'countedFen')::bigint - (c ->> 'bookedFen')::bigint AS fen FROM told, json_array_elements(data -> 'channels') c)
    SELECT coalesce(o.case_id, d.case_id) AS case_id, coalesce(o.book, d.book) AS book,
      format('difference %s on %s: %s fen', d.id, coalesce(o.channel, d.channel), coalesce(o.fen, d.off_fen)) AS detail
    FROM (SELECT * FROM off WHERE fen <> 0) o
      FULL JOIN (SELECT * FROM book_discrepancies WHERE found = 'at hand-over' AND (${caseId}::text IS NULL OR case_id = ${caseId})) d
        ON (d.case_id, d.book, d.channel, d.found_at, d.off_fen) = (o.case_id, o.book, o.channel, o.recorded_at, o.fen)
    WHERE d.id IS NULL OR o.case_id IS NULL LIMIT 100`,

  'the cash holder counts for the day, others for themselves': (sql, caseId) => sql<Breach[]>`
    SELECT k.case_id, k.book, format('count %s (%s)', k.id, k.kind) AS detail FROM book_counts k
    WHERE (${caseId}::text IS NULL OR k.case_id = ${caseId})
      AND ((k.kind = 'day') <> EXISTS (SELECT FROM book_duties d WHERE d.case_id = k.case_id AND d.book = k.book AND d.person = k.by
          AND d.duty = 'cash' AND d.during @> k.at)
        OR k.kind <> 'day' AND EXISTS (SELECT FROM book_duties d WHERE d.case_id = k.case_id AND d.book = k.book AND d.person = k.by
          AND d.duty = 'ledger' AND d.during @> k.at)) LIMIT 100`,

  'days are closed one after the other, counted, as the journal says': (sql, caseId) => sql<Breach[]>`
    WITH days AS (
      SELECT d.*, lag(day) OVER (PARTITION BY case_id, book ORDER BY day) AS before,
        lag(seq) OVER (PARTITION BY case_id, book ORDER BY day) AS seq_before FROM book_days d
      WHERE ${caseId}::text IS NULL OR case_id = ${caseId})
    SELECT d.case_id, d.book, format('day %s, %s', d.day, c.channel) AS detail
    FROM days d JOIN book_channels c ON c.case_id = d.case_id AND c.book = d.book
      LEFT JOIN book_day_channels x ON x.case_id = d.case_id AND x.book = d.book AND x.day = d.day AND x.channel = c.channel
      LEFT JOIN book_day_channels o ON o.case_id = d.case_id AND o.book = d.book AND o.day = d.before AND o.channel = c.channel
      LEFT JOIN LATERAL (SELECT coalesce(sum(e.amount_fen) FILTER (WHERE e.direction = 'in'), 0) AS came,
          coalesce(sum(e.amount_fen) FILTER (WHERE e.direction = 'out'), 0) AS went, max(e.seq) AS last
        FROM cash_entries e WHERE e.case_id = d.case_id AND e.book = d.book AND e.channel = c.channel AND e.booked_date <= d.day
          AND (d.before IS NULL OR e.booked_date > d.before)) e ON true
    WHERE d.after IS DISTINCT FROM d.before OR d.seq_before >= d.seq
      OR (x.opening_fen, x.in_fen, x.out_fen, x.closing_fen)
        IS DISTINCT FROM (coalesce(o.closing_fen, 0), e.came, e.went, coalesce(o.closing_fen, 0) + e.came - e.went)
      OR e.last IS NOT NULL AND NOT EXISTS (SELECT FROM book_counts k WHERE k.case_id = d.case_id AND k.id = d.count
        AND k.book = d.book AND k.day >= d.day AND k.seq > e.last AND k.seq < d.seq) LIMIT 100`,

  'each day has a count of its own, in a book that closes each': (sql, caseId) => sql<Breach[]>`
    WITH days AS (
      SELECT e.case_id, e.book, e.booked_date AS day, lead(e.booked_date) OVER (PARTITION BY e.case_id, e.book ORDER BY e.booked_date) AS next
      FROM cash_entries e JOIN books b ON b.case_id = e.case_id AND b.book = e.book AND b.daily
      WHERE ${caseId}::text IS NULL OR e.case_id = ${caseId} GROUP BY e.case_id, e.book, e.booked_date)
    SELECT d.case_id, d.book, format('day %s, closed by %s', d.day, x.count) AS detail FROM days d
      LEFT JOIN book_days x ON x.case_id = d.case_id AND x.book = d.book AND x.day = d.day
    WHERE d.next IS NOT NULL AND NOT EXISTS (SELECT FROM book_day_counts(d.case_id, d.book, d.day))
      OR x.day IS NOT NULL AND NOT EXISTS (SELECT FROM book_day_counts(d.case_id, d.book, d.day) k WHERE k = x.count)
      OR x.day IS NULL AND EXISTS (SELECT FROM book_days o WHERE o.case_id = d.case_id AND o.book = d.book AND o.day > d.day) LIMIT 100`,

  'months are closed one after the other, as both sides say': (sql, caseId) => sql<Breach[]>`
    WITH months AS (
      SELECT m.*, lag(period) OVER (PARTITION BY case_id, book ORDER BY period) AS before,
        lag(seq) OVER (PARTITION BY case_id, book ORDER BY period) AS seq_before FROM book_months m
      WHERE ${caseId}::text IS NULL OR case_id = ${caseId})
    SELECT m.case_id, m.book, format('month %s, %s %s', m.period, s.side, c.channel) AS detail
    FROM months m JOIN book_channels c ON c.case_id = m.case_id AND c.book = m.book CROSS JOIN (VALUES ('cash'), ('ledger')) s (side)
      LEFT JOIN book_month_channels x ON x.case_id = m.case_id AND x.book = m.book AND x.period = m.period AND x.side = s.side AND x.channel = c.channel
      LEFT JOIN book_month_channels o ON o.case_id = m.case_id AND o.book = m.book AND o.period = m.before AND o.side = s.side AND o.channel = c.channel
      LEFT JOIN LATERAL (SELECT coalesce(sum(fen) FILTER (WHERE direction = 'in'), 0) AS came, coalesce(sum(fen) FILTER (WHERE direction = 'out'), 0) AS went
        FROM (SELECT direction, amount_fen AS fen, to_char(booked_date, 'YYYY-MM') AS period FROM cash_entries
            WHERE s.side = 'cash' AND case_id = m.case_id AND book = m.book AND channel = c.channel
          UNION ALL SELECT direction, amount_fen, v.period FROM vouchers v
            WHERE s.side = 'ledger' AND case_id = m.case_id AND book = m.book AND channel = c.channel) e
        WHERE e.period <= m.period AND (m.before IS NULL OR e.period > m.before)) e ON true
    WHERE m.before <> to_char((m.period || '-01')::date - interval '1 month', 'YYYY-MM') OR m.seq_before >= m.seq
      OR (x.opening_fen, x.in_fen, x.out_fen, x.closing_fen)
        IS DISTINCT FROM (coalesce(o.closing_fen, 0), e.came, e.went, coalesce(o.closing_fen, 0) + e.came - e.went) LIMIT 100`,

  'the trial balance of every closed month holds': (sql, caseId) => sql<Breach[]>`
    WITH months AS (
      SELECT m.*, b.keeps, lag(period) OVER (PARTITION BY m.case_id, m.book ORDER BY period) AS before
      FROM book_months m JOIN books b ON b.case_id = m.case_id AND b.book = m.book
      WHERE ${caseId}::text IS NULL OR m.case_id = ${caseId}),
    told AS (
      SELECT m.case_id, m.book, m.period, m.before, m.keeps, m.result_fen, a.code AS account, x.opening_fen, x.debit_fen, x.credit_fen,
        x.closing_fen, x.carried_fen, coalesce(o.closing_fen + o.carried_fen, 0) AS opening, l.debit, l.credit
      FROM months m CROSS JOIN accounts a
        LEFT JOIN book_month_accounts x ON x.case_id = m.case_id AND x.book = m.book AND x.period = m.period AND x.account = a.code
        LEFT JOIN book_month_accounts o ON o.case_id = m.case_id AND o.book = m.book AND o.period = m.before AND o.account = a.code
        LEFT JOIN LATERAL (SELECT coalesce(sum(l.amount_fen) FILTER (WHERE l.side = 'debit'), 0) AS debit,
            coalesce(sum(l.amount_fen) FILTER (WHERE l.side = 'credit'), 0) AS credit
          FROM vouchers v JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
          WHERE v.case_id = m.case_id AND v.book = m.book AND l.account = a.code AND v.period <= m.period
            AND (m.before IS NULL OR v.period > m.before)) l ON true)
    SELECT case_id, book, format('month %s, account %s: %s opened, %s closed, %s carried', period, account, opening_fen, closing_fen, carried_fen) AS detail
    FROM told
    WHERE (coalesce(opening_fen, 0), coalesce(debit_fen, 0), coalesce(credit_fen, 0)) IS DISTINCT FROM (opening, debit, credit)
      OR coalesce(closing_fen, 0) <> opening + debit - credit
      OR coalesce(carried_fen, 0) <> CASE WHEN keeps <> 'project funds' OR right(period, 2) <> '12' THEN 0
        WHEN account ~ '^[45]' THEN -(opening + debit - credit) WHEN account = '3102' THEN -result_fen ELSE 0 END
    UNION ALL
    SELECT case_id, book, format('month %s: the balances come to %s fen', period, sum(closing_fen)) FROM told
    GROUP BY case_id, book, period HAVING coalesce(sum(closing_fen), 0) <> 0 OR coalesce(sum(carried_fen), 0) <> 0
    LIMIT 100`,

  'a month is closed with its days, its count and its differences': (sql, caseId) => sql<Breach[]>`
    SELECT m.case_id, m.book, format('month %s: %s', m.period, why) AS detail FROM book_months m CROSS JOIN LATERAL (
      SELECT 'days are open' AS why WHERE EXISTS (SELECT FROM cash_entries e WHERE e.case_id = m.case_id AND e.book = m.book AND e.seq < m.seq)
        AND NOT EXISTS (SELECT FROM book_days d WHERE d.case_id = m.case_id AND d.book = m.book AND d.seq < m.seq
          AND d.day >= ((m.period || '-01')::date + interval '1 month' - interval '1 day'))
      UNION ALL SELECT 'not counted by another: ' || c.channel FROM book_channels c
        WHERE c.case_id = m.case_id AND c.book = m.book
          AND EXISTS (SELECT FROM cash_entries e WHERE e.case_id = m.case_id AND e.book = m.book AND e.channel = c.channel AND e.seq < m.seq)
          AND NOT EXISTS (SELECT FROM book_counts k JOIN book_count_channels x ON x.case_id = k.case_id AND x.count = k.id
            WHERE k.case_id = m.case_id AND k.book = m.book AND k.kind <> 'day' AND x.channel = c.channel AND k.seq < m.seq
              AND (k.at AT TIME ZONE 'Asia/Shanghai')::date >= (m.period || '-01')::date)
      UNION ALL SELECT 'difference ' || d.id FROM book_discrepancies d WHERE d.case_id = m.case_id AND d.book = m.book
        AND to_char(d.found_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') <= m.period AND (d.settled_at IS NULL OR d.settled_at > m.at)
      UNION ALL SELECT 'not signed: ' || c.channel FROM book_month_channels c JOIN book_month_channels l ON l.case_id = c.case_id
          AND l.book = c.book AND l.period = c.period AND l.channel = c.channel AND l.side = 'ledger'
        WHERE c.case_id = m.case_id AND c.book = m.book AND c.period = m.period AND c.side = 'cash'
          AND c.closing_fen - l.closing_fen <> coalesce((m.carry ->> c.channel)::bigint, 0)) x
    WHERE ${caseId}::text IS NULL OR m.case_id = ${caseId} LIMIT 100`,

  'what the sides of a closed month differ by is signed by another': (sql, caseId) => sql<Breach[]>`
    SELECT m.case_id, m.book, format('month %s, %s', m.period, channel) AS detail FROM book_months m CROSS JOIN LATERAL book_month_unsigned(m) channel
    WHERE ${caseId}::text IS NULL OR m.case_id = ${caseId} LIMIT 100`,

  'nothing kept a closed month open': (sql, caseId) => sql<Breach[]>`
    SELECT m.case_id, m.book, format('month %s: %s', m.period, why) AS detail
    FROM book_months m CROSS JOIN LATERAL book_month_open(m.case_id, m.book, m.period, m.seq, m.at) why
    WHERE ${caseId}::text IS NULL OR m.case_id = ${caseId} LIMIT 100`,

  'surprise counts fall as they were drawn': (sql, caseId) => sql<Breach[]>`
    SELECT case_id, book, format('%s: %s', span, day) AS detail FROM book_draws
    WHERE (${caseId}::text IS NULL OR case_id = ${caseId})
      AND (NOT count_seed_holds(case_id, book, span, seed) OR day IS DISTINCT FROM count_day(span, seed)) LIMIT 100`,

  'every count and closing is what its event tells': (sql, caseId) => sql<Breach[]>`
    WITH told AS (
      SELECT case_id, seq, type, actor_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS data FROM events
      WHERE type IN ('cash.counted', 'day.closed', 'month.closed', 'count.drawn') AND (${caseId}::text IS NULL OR case_id = ${caseId})
    ), rows AS (
      SELECT 'cash.counted' AS type, case_id, seq, book, id AS what, by, (SELECT sum(counted_fen)::text FROM book_count_channels c
          WHERE c.case_id = k.case_id AND c.count = k.id) AS fen FROM book_counts k
      UNION ALL SELECT 'day.closed', case_id, seq, book, day::text, by, (SELECT sum(closing_fen)::text FROM book_day_channels c
          WHERE c.case_id = d.case_id AND c.book = d.book AND c.day = d.day) FROM book_days d
      UNION ALL SELECT 'month.closed', case_id, seq, book, period, by, (SELECT sum(closing_fen)::text FROM book_month_channels c
          WHERE c.case_id = m.case_id AND c.book = m.book AND c.period = m.period AND c.side = 'cash') FROM book_months m
      UNION ALL SELECT 'count.drawn', case_id, seq, book, span, NULL, seed FROM book_draws)
    SELECT coalesce(r.case_id, t.case_id) AS case_id, coalesce(r.book, '') AS book,
      format('%s %s, event %s', coalesce(r.type, t.type), r.what, coalesce(t.seq, r.seq)) AS detail
    FROM (SELECT * FROM rows WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) r
      FULL JOIN told t ON t.case_id = r.case_id AND t.seq = r.seq AND t.type = r.type
    WHERE (r.book, r.what, r.fen) IS DISTINCT FROM (t.data ->> 'book', CASE t.type WHEN 'count.drawn' THEN t.data ->> 'span' ELSE coalesce(t.data ->> 'id', t.data ->> 'day', t.data ->> 'period') END,
        CASE t.type WHEN 'cash.counted' THEN (SELECT sum((c ->> 'countedFen')::bigint)::text FROM json_array_elements(t.data -> 'channels') c)
          WHEN 'day.closed' THEN (SELECT sum((c ->> 'closingFen')::bigint)::text FROM json_array_elements(t.data -> 'channels') c)
          WHEN 'month.closed' THEN (SELECT sum((c -> 'cash' ->> 'closingFen')::bigint)::text FROM json_array_elements(t.data -> 'channels') c)
          ELSE t.data ->> 'seed' END)
      OR r.by IS NOT NULL AND r.by <> t.actor_id LIMIT 100`,
};
