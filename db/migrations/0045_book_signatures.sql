ALTER TABLE "book_discrepancies" ADD COLUMN "count" text;--> statement-breakpoint
ALTER TABLE "book_discrepancies" ADD COLUMN "channel" text;--> statement-breakpoint
ALTER TABLE "book_discrepancies" ADD COLUMN "off_fen" bigint;--> statement-breakpoint
ALTER TABLE "book_discrepancies" ADD COLUMN "period" text;--> statement-breakpoint
ALTER TABLE "book_months" ADD COLUMN "signed" json;--> statement-breakpoint
ALTER TABLE "books" ADD COLUMN "daily" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "voucher_drafts" ADD COLUMN "advance" text;--> statement-breakpoint
ALTER TABLE "voucher_drafts" ADD COLUMN "receipts" text;--> statement-breakpoint
-- what was found before says so from its events; a difference of a count is that of the last one before it
ALTER TABLE "book_discrepancies" DISABLE TRIGGER USER;--> statement-breakpoint
UPDATE book_discrepancies d SET channel = e.d #>> '{count,channel}',
  off_fen = (e.d #>> '{count,countedFen}')::bigint - (e.d #>> '{count,bookedFen}')::bigint,
  count = CASE d.found WHEN 'at count' THEN (
    SELECT k.id FROM book_counts k JOIN book_count_channels c ON c.case_id = k.case_id AND c.count = k.id
    WHERE k.case_id = d.case_id AND k.book = d.book AND c.channel = e.d #>> '{count,channel}' AND k.seq < e.seq
    ORDER BY k.seq DESC LIMIT 1) END
FROM (SELECT case_id, seq, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events WHERE type = 'discrepancy.found') e
WHERE e.case_id = d.case_id AND e.d ->> 'id' = d.id AND e.d #>> '{count,channel}' IS NOT NULL;--> statement-breakpoint
ALTER TABLE "book_discrepancies" ENABLE TRIGGER USER;--> statement-breakpoint
-- and of a voucher under review what its event has told of the advance and the receipts
ALTER TABLE "voucher_drafts" DISABLE TRIGGER USER;--> statement-breakpoint
UPDATE voucher_drafts d SET advance = e.d #>> '{draft,advance}', receipts = e.d #>> '{draft,receipts}'
FROM (SELECT case_id, seq, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events WHERE type = 'voucher.drafted') e
WHERE e.case_id = d.case_id AND e.seq = d.seq;--> statement-breakpoint
ALTER TABLE "voucher_drafts" ENABLE TRIGGER USER;--> statement-breakpoint
ALTER TABLE "book_discrepancies" ADD CONSTRAINT "book_discrepancies_counted" CHECK (("book_discrepancies"."channel" IS NULL) = ("book_discrepancies"."off_fen" IS NULL) AND "book_discrepancies"."off_fen" <> 0 AND ("book_discrepancies"."count" IS NULL OR "book_discrepancies"."channel" IS NOT NULL)
        AND ("book_discrepancies"."why" <> 'count' OR "book_discrepancies"."channel" IS NOT NULL)
        AND CASE "book_discrepancies"."found" WHEN 'at count' THEN "book_discrepancies"."why" = 'count' AND "book_discrepancies"."count" IS NOT NULL
          WHEN 'at hand-over' THEN "book_discrepancies"."why" = 'count' AND "book_discrepancies"."count" IS NULL ELSE true END);--> statement-breakpoint
ALTER TABLE "book_discrepancies" ADD CONSTRAINT "book_discrepancies_month" CHECK (("book_discrepancies"."why" = 'balance') = ("book_discrepancies"."period" IS NOT NULL) AND ("book_discrepancies"."period" IS NULL OR "book_discrepancies"."channel" IS NOT NULL AND "book_discrepancies"."count" IS NULL));
--> statement-breakpoint
-- Counts. What a count found over or short is a difference: one of its own, or, where the last count of the channel found the
-- same, the one that count's difference is and that was not mended before.
CREATE FUNCTION book_count_told(k book_counts, c book_count_channels) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.counted_fen = c.booked_fen OR EXISTS (
    SELECT FROM book_discrepancies d WHERE d.case_id = k.case_id AND d.book = k.book AND d.count = k.id AND d.channel = c.channel
      AND d.found = 'at count' AND d.off_fen = c.counted_fen - c.booked_fen
  ) OR c.counted_fen - c.booked_fen = (
    SELECT o.counted_fen - o.booked_fen FROM book_counts b JOIN book_count_channels o ON o.case_id = b.case_id AND o.count = b.id
    WHERE b.case_id = k.case_id AND b.book = k.book AND o.channel = c.channel AND b.seq < k.seq ORDER BY b.seq DESC LIMIT 1
  ) AND EXISTS (
    SELECT FROM book_discrepancies d JOIN book_counts b ON b.case_id = d.case_id AND b.id = d.count
    WHERE d.case_id = k.case_id AND d.book = k.book AND d.channel = c.channel AND d.found = 'at count'
      AND d.off_fen = c.counted_fen - c.booked_fen AND b.seq < k.seq
      AND (d.how IS DISTINCT FROM 'corrected' OR d.settled_at >= k.at))
$$;
--> statement-breakpoint
-- A difference of a count is what that count found on its channel, and was found by it; a later one of the same document may
-- name it. One of a hand-over has none.
CREATE FUNCTION book_difference_counted(d book_discrepancies) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN d.count IS NULL THEN d.found <> 'at count' AND d.off_fen IS NOT NULL ELSE EXISTS (
    SELECT FROM book_counts k JOIN book_count_channels c ON c.case_id = k.case_id AND c.count = k.id
    WHERE k.case_id = d.case_id AND k.id = d.count AND k.book = d.book AND c.channel = d.channel
      AND c.counted_fen - c.booked_fen = d.off_fen AND CASE d.found WHEN 'at count' THEN k.at = d.found_at ELSE k.at <= d.found_at END) END
$$;
--> statement-breakpoint
CREATE FUNCTION book_count_differs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  IF TG_TABLE_NAME = 'book_discrepancies' THEN
    IF NOT book_difference_counted(NEW) THEN
      RAISE EXCEPTION 'difference % is not what a count of book % has found', NEW.id, NEW.book;
    END IF;
    RETURN NULL;
  END IF;
  SELECT c.count, c.channel INTO bad FROM book_counts k JOIN book_count_channels c ON c.case_id = k.case_id AND c.count = k.id
    WHERE k.case_id = NEW.case_id AND k.id = NEW.count AND c.channel = NEW.channel AND NOT book_count_told(k, c);
  IF FOUND THEN
    RAISE EXCEPTION 'what count % found on % became no difference', bad.count, bad.channel;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- after book_count_is_true, which looks at the count itself
CREATE CONSTRAINT TRIGGER book_count_differs AFTER INSERT ON book_count_channels DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.counted_fen <> NEW.booked_fen) EXECUTE FUNCTION book_count_differs();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_count_differs AFTER INSERT ON book_discrepancies DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.why = 'count' OR NEW.count IS NOT NULL) EXECUTE FUNCTION book_count_differs();
--> statement-breakpoint
-- What a difference is about, and what a voucher under review says, never changes: every column but those of its way.
CREATE OR REPLACE FUNCTION book_discrepancy_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  moves text[] := '{cash_fen,ledger_fen,explained_by,explained_at,decision,decided_by,decided_at,how,settled_at}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF num_nonnulls(NEW.explained_by, NEW.explained_at, NEW.decision, NEW.decided_by, NEW.decided_at, NEW.how, NEW.settled_at) > 0 THEN
      RAISE EXCEPTION 'difference % has to be found first', NEW.id;
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.settled_at IS NOT NULL THEN
    RAISE EXCEPTION 'difference % is settled', NEW.id;
  END IF;
  IF to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves THEN
    RAISE EXCEPTION 'what difference % is about does not change', NEW.id;
  END IF;
  IF num_nonnulls(NEW.how, NEW.settled_at) = 1 OR num_nonnulls(NEW.decision, NEW.decided_by, NEW.decided_at) IN (1, 2)
      OR num_nulls(NEW.explained_by, NEW.decided_by) > num_nulls(OLD.explained_by, OLD.decided_by) THEN
    RAISE EXCEPTION 'difference % is explained, decided or settled by halves', NEW.id;
  END IF;
  IF NEW.decided_by IS DISTINCT FROM OLD.decided_by AND EXISTS (
      SELECT FROM book_documents d LEFT JOIN cash_entries e ON d.side = 'cash' AND e.case_id = d.case_id AND e.id = d.entry
        LEFT JOIN vouchers v ON d.side = 'ledger' AND v.case_id = d.case_id AND v.id = d.entry
      WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.source_doc = NEW.source_doc
        AND coalesce(e.recorded_by, v.recorded_by) = NEW.decided_by) THEN
    RAISE EXCEPTION 'who recorded document % does not decide on its difference', NEW.source_doc;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
GRANT INSERT (count, channel, off_fen) ON book_discrepancies TO linli_door;
--> statement-breakpoint
-- Vouchers. All a voucher says, its lines with it, beside what posting adds; and all that was reviewed, beside what the review
-- adds, in the same words: a column that one of the two tables gets later is compared with the rest.
CREATE FUNCTION voucher_says(v vouchers) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_strip_nulls(to_jsonb(v) - '{id,no,balance_fen,booked_date,late,recorded_by,actor_kind,recorded_at,act_id,seq,period,line_count,total_fen,draft,reviewed_by}'::text[]
    || jsonb_build_object('lines', (
      SELECT jsonb_agg((to_jsonb(l) - '{case_id,voucher,amount_fen,price_fen}'::text[])
        || jsonb_build_object('amountFen', l.amount_fen, 'priceFen', l.price_fen) ORDER BY l.line)
      FROM voucher_lines l WHERE l.case_id = v.case_id AND l.voucher = v.id)))
$$;
--> statement-breakpoint
CREATE FUNCTION voucher_draft_says(d voucher_drafts) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_strip_nulls(to_jsonb(d) - '{id,made_by,made_at,act_id,seq,state,reviewed_by,reviewed_at,voucher}'::text[]
    || jsonb_build_object('lines', (
      SELECT jsonb_agg(l.line || jsonb_build_object('line', l.n) ORDER BY l.n) FROM jsonb_array_elements(d.lines::jsonb) WITH ORDINALITY l (line, n))))
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION voucher_is_reviewed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reviewed boolean := (SELECT b.profile = 'vouchers' FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book);
  made voucher_drafts;
BEGIN
  IF NOT reviewed THEN
    IF num_nonnulls(NEW.draft, NEW.reviewed_by) > 0 THEN
      RAISE EXCEPTION 'book % posts its vouchers without review', NEW.book;
    END IF;
    RETURN NULL;
  END IF;
  SELECT * INTO made FROM voucher_drafts d WHERE d.case_id = NEW.case_id AND d.id = NEW.draft;
  IF NOT FOUND OR (made.state, made.voucher, made.reviewed_by, made.reviewed_at, made.made_by)
      IS DISTINCT FROM ('posted', NEW.id, NEW.reviewed_by, NEW.recorded_at, NEW.recorded_by)
    OR voucher_says(NEW) - 'lines' IS DISTINCT FROM voucher_draft_says(made) - 'lines' THEN
    RAISE EXCEPTION 'voucher % is not the one that was reviewed', NEW.id;
  END IF;
  IF voucher_says(NEW) IS DISTINCT FROM voucher_draft_says(made) THEN
    RAISE EXCEPTION 'the lines of voucher % are not those that were reviewed', NEW.id;
  END IF;
  IF EXISTS (SELECT FROM book_documents d JOIN cash_entries e ON e.case_id = d.case_id AND e.id = d.entry
      WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.side = 'cash' AND d.source_doc = NEW.source_doc
        AND e.recorded_by IN (NEW.recorded_by, NEW.reviewed_by)) THEN
    RAISE EXCEPTION 'who made, who reviewed and who recorded the money of document % are three people', NEW.source_doc;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION voucher_draft_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  sums record;
  moves text[] := '{state,reviewed_by,reviewed_at,voucher}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'waiting' OR num_nonnulls(NEW.reviewed_by, NEW.reviewed_at, NEW.voucher) > 0 THEN
      RAISE EXCEPTION 'voucher % has to be reviewed first', NEW.id;
    END IF;
    IF NOT EXISTS (SELECT FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book AND b.profile = 'vouchers') THEN
      RAISE EXCEPTION 'book % posts its vouchers without review', NEW.book;
    END IF;
    IF NOT EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = NEW.made_by
        AND d.duty = 'ledger' AND d.during @> NEW.made_at) THEN
      RAISE EXCEPTION 'who made voucher % has no ledger duty on book %', NEW.id, NEW.book;
    END IF;
    SELECT count(*) AS lines, coalesce(sum((l ->> 'amountFen')::bigint) FILTER (WHERE l ->> 'side' = 'debit'), 0) AS debit,
        coalesce(sum((l ->> 'amountFen')::bigint) FILTER (WHERE l ->> 'side' = 'credit'), 0) AS credit,
        count(*) FILTER (WHERE ((l ->> 'amountFen')::bigint < 0) <> (NEW.reverses IS NOT NULL)) AS wrong_ink
      INTO sums FROM json_array_elements(NEW.lines) l;
    IF sums.lines < 2 OR sums.debit <> sums.credit OR sums.wrong_ink > 0 THEN
      RAISE EXCEPTION 'voucher % does not balance: % lines, debit %, credit % fen', NEW.id, sums.lines, sums.debit, sums.credit;
    END IF;
    IF EXISTS (SELECT FROM voucher_drafts o WHERE o.case_id = NEW.case_id AND o.book = NEW.book AND o.state = 'waiting'
        AND o.source_doc = NEW.source_doc AND o.reverses IS NOT DISTINCT FROM NEW.reverses) THEN
      RAISE EXCEPTION 'document % already has a voucher that waits', NEW.source_doc;
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'waiting' THEN
    RAISE EXCEPTION 'voucher % is reviewed already', OLD.id;
  END IF;
  IF to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves THEN
    RAISE EXCEPTION 'what voucher % says does not change: it goes back and is made anew', NEW.id;
  END IF;
  IF NOT EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = NEW.reviewed_by
      AND d.duty = 'reviewer' AND d.during @> NEW.reviewed_at) THEN
    RAISE EXCEPTION 'who reviewed voucher % has no reviewer duty on book %', NEW.id, NEW.book;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_count_differs(), book_count_told(book_counts, book_count_channels), book_difference_counted(book_discrepancies),
  voucher_says(vouchers), voucher_draft_says(voucher_drafts) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION book_count_told(book_counts, book_count_channels), book_difference_counted(book_discrepancies),
  voucher_says(vouchers), voucher_draft_says(voucher_drafts) TO linli_door, linli_read;
--> statement-breakpoint
-- Months. What the two sides of a channel differ by at the end of a month in which it moved is signed before by another than who
-- closes it: as a difference of that month, channel and sum, which the closing names. A channel that did not move ends as before.
CREATE FUNCTION book_month_unsigned(m book_months) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.channel FROM book_month_channels c
    JOIN book_month_channels l ON l.case_id = c.case_id AND l.book = c.book AND l.period = c.period AND l.channel = c.channel AND l.side = 'ledger'
  WHERE c.case_id = m.case_id AND c.book = m.book AND c.period = m.period AND c.side = 'cash'
    AND c.closing_fen <> l.closing_fen AND (c.in_fen, c.out_fen, l.in_fen, l.out_fen) IS DISTINCT FROM (0, 0, 0, 0)
    AND NOT EXISTS (SELECT FROM book_discrepancies d
      WHERE d.case_id = m.case_id AND d.book = m.book AND d.id = m.signed ->> c.channel AND d.why = 'balance' AND d.period = m.period
        AND d.channel = c.channel AND d.off_fen = c.closing_fen - l.closing_fen AND d.decision = 'carry' AND d.how = 'carried'
        AND d.decided_by <> m."by" AND d.settled_at <= m.at)
$$;
--> statement-breakpoint
CREATE FUNCTION book_month_of_two() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad text;
BEGIN
  SELECT o INTO bad FROM book_month_unsigned(NEW) o LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'what the sides of book % differ by on % at the end of % is signed by nobody else', NEW.book, bad, NEW.period;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- after book_month_is_true and book_month_is_whole, in the order of names
CREATE CONSTRAINT TRIGGER book_month_of_two AFTER INSERT ON book_months DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_month_of_two();
--> statement-breakpoint
GRANT INSERT (period) ON book_discrepancies TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_month_of_two(), book_month_unsigned(book_months) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION book_month_unsigned(book_months) TO linli_door, linli_read;
--> statement-breakpoint
-- Days. In a book that closes each day within its time a day on which money moved has a count of its own: of the cash, where it has
-- any, after the day's last entry and before the first entry of a later day.
CREATE FUNCTION book_day_counts(of_case text, of_book text, of_day date) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT k.id FROM book_counts k WHERE k.case_id = of_case AND k.book = of_book
    AND k.seq > (SELECT max(e.seq) FROM cash_entries e WHERE e.case_id = of_case AND e.book = of_book AND e.booked_date = of_day)
    AND k.seq < coalesce((SELECT min(e.seq) FROM cash_entries e WHERE e.case_id = of_case AND e.book = of_book AND e.booked_date > of_day), k.seq + 1)
    AND (EXISTS (SELECT FROM book_count_channels c WHERE c.case_id = k.case_id AND c.count = k.id AND c.channel = 'cash')
      OR NOT EXISTS (SELECT FROM book_channels b WHERE b.case_id = of_case AND b.book = of_book AND b.channel = 'cash'))
$$;
--> statement-breakpoint
CREATE FUNCTION book_day_of_its_own() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before date;
BEGIN
  IF NOT (SELECT b.daily FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book) THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME = 'cash_entries' THEN
    SELECT max(e.booked_date) INTO before FROM cash_entries e
      WHERE e.case_id = NEW.case_id AND e.book = NEW.book AND e.booked_date < NEW.booked_date;
    IF before IS NOT NULL AND NOT EXISTS (SELECT FROM book_day_counts(NEW.case_id, NEW.book, before)) THEN
      RAISE EXCEPTION 'entry % follows %, a day of book % that was not counted', NEW.id, before, NEW.book;
    END IF;
    RETURN NULL;
  END IF;
  SELECT min(e.booked_date) INTO before FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.book = NEW.book
    AND e.booked_date <= NEW.day AND (NEW.after IS NULL OR e.booked_date > NEW.after);
  IF before < NEW.day OR before IS NOT NULL
      AND NOT EXISTS (SELECT FROM book_day_counts(NEW.case_id, NEW.book, NEW.day) k WHERE k = NEW.count) THEN
    RAISE EXCEPTION 'day % of book % has no count of its own', before, NEW.book;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_day_of_its_own AFTER INSERT ON cash_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_day_of_its_own();
--> statement-breakpoint
-- after book_day_is_true, in the order of names
CREATE CONSTRAINT TRIGGER book_day_of_its_own AFTER INSERT ON book_days DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_day_of_its_own();
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_day_of_its_own(), book_day_counts(text, text, date) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION book_day_counts(text, text, date) TO linli_door, linli_read;
