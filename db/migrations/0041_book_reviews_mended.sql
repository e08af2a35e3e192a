-- Money held for a person is nobody else's: beside the money of its channel a voucher has only what is owed to the person, or,
-- for an advance paid into the book, to the helper. Red ink mirrors what was there.
CREATE FUNCTION voucher_lines_held() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT v.id, l.account INTO bad FROM added l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher
      JOIN books b ON b.case_id = v.case_id AND b.book = v.book AND b.keeps = 'held for beneficiary'
      LEFT JOIN book_channels c ON c.case_id = v.case_id AND c.book = v.book AND c.channel = v.channel
      LEFT JOIN book_advances a ON a.case_id = v.case_id AND a.id = v.advance
    WHERE v.reverses IS NULL AND l.account IS DISTINCT FROM c.account
      AND l.account <> CASE a.paid WHEN 'into the book' THEN '2209' ELSE '2601' END
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'voucher % puts money held for a person on account %', bad.id, bad.account;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER voucher_lines_held AFTER INSERT ON voucher_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION voucher_lines_held();
--> statement-breakpoint
-- A helper's money is not put among that of several persons: whatever leaves such a book is charged to one of them.
CREATE FUNCTION book_advance_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book AND b.many) THEN
    RAISE EXCEPTION 'advance % is paid into a book that keeps money of several persons', NEW.id;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER d_apart BEFORE INSERT ON book_advances FOR EACH ROW WHEN (NEW.paid = 'into the book') EXECUTE FUNCTION book_advance_apart();
--> statement-breakpoint
-- No red ink takes from a person what he was paid already.
CREATE FUNCTION book_person_covered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM book_persons p WHERE p.case_id = NEW.case_id AND p.book = NEW.book AND p.party = NEW.party
      AND p.recorded_fen < p.paid_fen) THEN
    RAISE EXCEPTION 'a person of book % was paid more than is kept for him', NEW.book;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_person_covered AFTER UPDATE ON book_persons DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.recorded_fen < OLD.recorded_fen) EXECUTE FUNCTION book_person_covered();
--> statement-breakpoint
-- Who reviewed a voucher does not match it by hand, as who recorded it does not.
CREATE FUNCTION book_match_by_another() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM book_match_entries m JOIN vouchers v ON v.case_id = m.case_id AND v.id = m.entry
      WHERE m.case_id = NEW.case_id AND m.match = NEW.id AND m.side = 'ledger' AND v.reviewed_by = NEW.matched_by) THEN
    RAISE EXCEPTION 'who reviewed a voucher of match % does not make it', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_match_by_another AFTER INSERT ON book_matches DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_match_by_another();
--> statement-breakpoint
-- What keeps a month open, as it was before an event: a month with movement before the first to be closed, a channel nobody
-- else has counted since it last moved, a document that waits for its other side or differs, a voucher under review. A
-- document waits since the last time it came to wait: recorded, its other side reversed, or its match by hand taken apart.
CREATE FUNCTION book_month_open(of_case text, of_book text, of_period text, before bigint, moment timestamptz) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH month AS (
    SELECT (of_period || '-01')::date AS first, ((of_period || '-01')::date + interval '1 month' - interval '1 day')::date AS last
  ), entries AS (
    SELECT 'cash' AS side, id, source_doc, channel, direction, amount_fen, reverses, recorded_at, seq, to_char(booked_date, 'YYYY-MM') AS period
      FROM cash_entries WHERE case_id = of_case AND book = of_book AND seq < before
    UNION ALL SELECT 'ledger', id, source_doc, channel, direction, amount_fen, reverses, recorded_at, seq, period
      FROM vouchers WHERE case_id = of_case AND book = of_book AND seq < before
  ), live AS (
    SELECT e.* FROM entries e LEFT JOIN entries r ON r.side = e.side AND r.reverses = e.id WHERE e.reverses IS NULL AND r.id IS NULL
  ), red AS (
    SELECT source_doc, max(recorded_at) AS at FROM entries WHERE reverses IS NOT NULL GROUP BY source_doc
  ), matches AS (
    SELECT m.entry, max(b.ended_at) AS apart, bool_or(b.ended_entry IS NULL OR EXISTS (SELECT FROM live l WHERE l.id = b.ended_entry)) AS holds
    FROM book_matches b JOIN book_match_entries m ON m.case_id = b.case_id AND m.match = b.id
    WHERE b.case_id = of_case AND b.book = of_book AND b.seq < before GROUP BY m.entry
  )
  SELECT 'money moved before it, in ' || min(e.period) FROM entries e
    WHERE e.period < of_period AND NOT EXISTS (SELECT FROM book_months m WHERE m.case_id = of_case AND m.book = of_book AND m.period < of_period)
    HAVING count(*) > 0
  UNION ALL
  SELECT 'not counted since it last moved: ' || c.channel FROM month, LATERAL (
      SELECT e.channel, max(e.booked_date) AS last FROM cash_entries e
      WHERE e.case_id = of_case AND e.book = of_book AND e.seq < before AND e.booked_date BETWEEN month.first AND month.last GROUP BY e.channel) c
    WHERE NOT EXISTS (SELECT FROM book_counts k JOIN book_count_channels x ON x.case_id = k.case_id AND x.count = k.id
      WHERE k.case_id = of_case AND k.book = of_book AND k.kind <> 'day' AND x.channel = c.channel AND k.seq < before
        AND (k.at AT TIME ZONE 'Asia/Shanghai')::date >= c.last)
  UNION ALL
  SELECT DISTINCT 'document ' || l.source_doc FROM month, live l LEFT JOIN red ON red.source_doc = l.source_doc
      LEFT JOIN matches m ON m.entry = l.id
      LEFT JOIN live o ON o.side <> l.side AND o.source_doc = l.source_doc AND (o.channel, o.direction, o.amount_fen) = (l.channel, l.direction, l.amount_fen)
    WHERE (greatest(l.recorded_at, red.at, m.apart) AT TIME ZONE 'Asia/Shanghai')::date <= month.last
      AND o.id IS NULL AND m.holds IS NOT TRUE
      AND NOT EXISTS (SELECT FROM book_discrepancies d WHERE d.case_id = of_case AND d.book = of_book AND d.source_doc = l.source_doc
        AND d.how = 'carried' AND d.settled_at <= moment)
  UNION ALL
  SELECT 'voucher under review ' || d.id FROM month, voucher_drafts d
    WHERE d.case_id = of_case AND d.book = of_book AND d.seq < before AND (d.made_at AT TIME ZONE 'Asia/Shanghai')::date <= month.last
      AND (d.reviewed_at IS NULL OR d.reviewed_at > moment)
$$;
--> statement-breakpoint
CREATE FUNCTION book_month_is_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE why text;
BEGIN
  SELECT o INTO why FROM book_month_open(NEW.case_id, NEW.book, NEW.period, NEW.seq, NEW.at) o LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'month % of book % is not to be closed: %', NEW.period, NEW.book, why;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- after book_month_is_true, in the order of names
CREATE CONSTRAINT TRIGGER book_month_is_whole AFTER INSERT ON book_months DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_month_is_whole();
--> statement-breakpoint
REVOKE ALL ON FUNCTION voucher_lines_held(), book_advance_apart(), book_person_covered(), book_match_by_another(),
  book_month_open(text, text, text, bigint, timestamptz), book_month_is_whole() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION book_month_open(text, text, text, bigint, timestamptz) TO linli_door, linli_read;
