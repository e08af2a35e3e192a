CREATE TABLE "book_archives" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"period" text NOT NULL,
	"after" text,
	"vouchers" integer NOT NULL,
	"entries" integer NOT NULL,
	"sha256" text NOT NULL,
	"place" text,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	CONSTRAINT "book_archives_case_id_book_period_pk" PRIMARY KEY("case_id","book","period"),
	CONSTRAINT "book_archives_follow" UNIQUE NULLS NOT DISTINCT("case_id","book","after"),
	CONSTRAINT "book_archives_order" CHECK ("book_archives"."after" < "book_archives"."period"),
	CONSTRAINT "book_archives_sha256" CHECK ("book_archives"."sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "book_archives" ADD CONSTRAINT "book_archives_case_id_book_period_book_months_case_id_book_period_fk" FOREIGN KEY ("case_id","book","period") REFERENCES "public"."book_months"("case_id","book","period") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- What closed months hold, in an order and a form that never change: vouchers with their lines, the journal, the closed days, and
-- the closings of the months with their trial balances. Moments are in milliseconds and dates as in
-- ISO 8601, so that no setting of a session shows.
CREATE FUNCTION book_archive(of_case text, of_book text, since text, upto text, OUT vouchers integer, OUT entries integer, OUT sha256 text)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET DateStyle = 'ISO' AS $$
  WITH v AS (
    SELECT * FROM vouchers v WHERE v.case_id = of_case AND v.book = of_book AND v.period > coalesce(since, '') AND v.period <= upto
  ), c AS (
    SELECT * FROM cash_entries c WHERE c.case_id = of_case AND c.book = of_book
      AND to_char(c.booked_date, 'YYYY-MM') > coalesce(since, '') AND to_char(c.booked_date, 'YYYY-MM') <= upto
  ), m AS (
    SELECT * FROM book_months m WHERE m.case_id = of_case AND m.book = of_book AND m.period > coalesce(since, '') AND m.period <= upto
  ), said (kind, place, n, name, words) AS (
    SELECT 1, v.seq, 0, '', jsonb_build_array('voucher', v.id, v.period, v.no, v.channel, v.direction, v.amount_fen, v.source_doc,
      v.occurred_date::text, v.text, v.payout, v.reverses, v.advance, v.receipts, v.draft, v.recorded_by, v.reviewed_by, v.act_id,
      (extract(epoch FROM v.recorded_at) * 1000)::bigint) FROM v
    UNION ALL SELECT 1, v.seq, l.line, '', jsonb_build_array('line', l.voucher, l.line, l.text, l.account, l.side, l.amount_fen, l.item,
      l.quantity, l.price_fen, l.buyer, l.kind, l.payer, l.receipt, l.purpose, l.party)
      FROM v JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
    UNION ALL SELECT 2, c.seq, 0, c.id, jsonb_build_array('entry', c.id, c.no, c.channel, c.direction, c.amount_fen, c.balance_fen, c.source_doc,
      c.occurred_date::text, c.booked_date::text, c.text, c.payout, c.reverses, c.advance, c.receipts, c.recorded_by, c.act_id,
      (extract(epoch FROM c.recorded_at) * 1000)::bigint) FROM c
    UNION ALL SELECT 3, d.seq, 0, x.channel, jsonb_build_array('day', d.day::text, d.after::text, d.count, d."by", x.channel, x.opening_fen,
      x.in_fen, x.out_fen, x.closing_fen)
      FROM book_days d JOIN book_day_channels x ON x.case_id = d.case_id AND x.book = d.book AND x.day = d.day
      WHERE d.case_id = of_case AND d.book = of_book AND to_char(d.day, 'YYYY-MM') > coalesce(since, '') AND to_char(d.day, 'YYYY-MM') <= upto
    UNION ALL SELECT 4, m.seq, 0, m.period, jsonb_build_array('month', m.period, m.carry::jsonb, m.result_fen, m."by",
      (extract(epoch FROM m.at) * 1000)::bigint) FROM m
    UNION ALL SELECT 5, m.seq, 0, m.period || ' ' || x.side || ' ' || x.channel, jsonb_build_array('channel', m.period, x.side, x.channel,
      x.opening_fen, x.in_fen, x.out_fen, x.closing_fen)
      FROM m JOIN book_month_channels x ON x.case_id = m.case_id AND x.book = m.book AND x.period = m.period
    UNION ALL SELECT 6, m.seq, 0, m.period || ' ' || x.account, jsonb_build_array('account', m.period, x.account, x.opening_fen, x.debit_fen,
      x.credit_fen, x.closing_fen, x.carried_fen)
      FROM m JOIN book_month_accounts x ON x.case_id = m.case_id AND x.book = m.book AND x.period = m.period)
  SELECT (SELECT count(*) FROM v)::integer, (SELECT count(*) FROM c)::integer,
    encode(sha256(convert_to(coalesce(string_agg(words::text, E'\n' ORDER BY kind, place, n, name COLLATE "C"), ''), 'UTF8')), 'hex') FROM said
$$;
--> statement-breakpoint
-- The keeper of the archive, and in a book without one its approver; one person has one duty on a book, so never who holds the money.
CREATE FUNCTION book_archive_keeper(of_case text, of_book text, who text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM book_duties d WHERE d.case_id = of_case AND d.book = of_book AND d.person = who AND d.during @> moment
    AND (d.duty = 'archive' OR d.duty = 'approver' AND NOT EXISTS (
      SELECT FROM book_duties k WHERE k.case_id = d.case_id AND k.book = d.book AND k.duty = 'archive')))
$$;
--> statement-breakpoint
CREATE FUNCTION book_archive_is_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found_there record;
BEGIN
  IF NOT book_archive_keeper(NEW.case_id, NEW.book, NEW."by", NEW.at) THEN
    RAISE EXCEPTION 'who takes over the archive of book % does not keep it', NEW.book;
  END IF;
  IF NEW.after IS DISTINCT FROM (SELECT max(a.period) FROM book_archives a
      WHERE a.case_id = NEW.case_id AND a.book = NEW.book AND a.period < NEW.period)
    OR EXISTS (SELECT FROM book_archives a WHERE a.case_id = NEW.case_id AND a.book = NEW.book AND a.period > NEW.period) THEN
    RAISE EXCEPTION 'the archive of book % up to % does not follow the one before', NEW.book, NEW.period;
  END IF;
  SELECT * INTO found_there FROM book_archive(NEW.case_id, NEW.book, NEW.after, NEW.period);
  IF (NEW.vouchers, NEW.entries, NEW.sha256) IS DISTINCT FROM (found_there.vouchers, found_there.entries, found_there.sha256) THEN
    RAISE EXCEPTION 'the archive of book % up to % is not what the tables hold', NEW.book, NEW.period;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_archive_is_true AFTER INSERT ON book_archives DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_archive_is_true();
--> statement-breakpoint
CREATE TRIGGER book_archives_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON book_archives
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON book_archives TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON book_archives TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_archive_is_true() FROM PUBLIC;
