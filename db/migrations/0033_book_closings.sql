CREATE TABLE "book_count_channels" (
	"case_id" text NOT NULL,
	"count" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"booked_fen" bigint NOT NULL,
	"counted_fen" bigint NOT NULL,
	CONSTRAINT "book_count_channels_case_id_count_channel_pk" PRIMARY KEY("case_id","count","channel"),
	CONSTRAINT "book_count_channels_counted" CHECK ("book_count_channels"."counted_fen" BETWEEN 0 AND 10000000000000)
);
--> statement-breakpoint
CREATE TABLE "book_counts" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"day" date NOT NULL,
	"present" text,
	"witness" text,
	"denominations" json,
	"drawn" text,
	"text" text,
	CONSTRAINT "book_counts_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "book_counts_kind" CHECK ("book_counts"."kind" IN ('day', 'scheduled', 'surprise')),
	CONSTRAINT "book_counts_apart" CHECK ("book_counts"."present" <> "book_counts"."by"),
	CONSTRAINT "book_counts_third" CHECK ("book_counts"."kind" = 'day' OR "book_counts"."witness" IS NOT NULL)
);
--> statement-breakpoint
CREATE TABLE "book_day_channels" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"day" date NOT NULL,
	"channel" text NOT NULL,
	"opening_fen" bigint NOT NULL,
	"in_fen" bigint NOT NULL,
	"out_fen" bigint NOT NULL,
	"closing_fen" bigint NOT NULL,
	CONSTRAINT "book_day_channels_case_id_book_day_channel_pk" PRIMARY KEY("case_id","book","day","channel"),
	CONSTRAINT "book_day_channels_sum" CHECK ("book_day_channels"."closing_fen" = "book_day_channels"."opening_fen" + "book_day_channels"."in_fen" - "book_day_channels"."out_fen")
);
--> statement-breakpoint
CREATE TABLE "book_days" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	"day" date NOT NULL,
	"after" date,
	"count" text,
	CONSTRAINT "book_days_case_id_book_day_pk" PRIMARY KEY("case_id","book","day"),
	CONSTRAINT "book_days_follow" UNIQUE NULLS NOT DISTINCT("case_id","book","after"),
	CONSTRAINT "book_days_over" CHECK ("book_days"."day" <= ("book_days"."at" AT TIME ZONE 'Asia/Shanghai')::date),
	CONSTRAINT "book_days_order" CHECK ("book_days"."after" < "book_days"."day")
);
--> statement-breakpoint
CREATE TABLE "book_draws" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"span" text NOT NULL,
	"day" date NOT NULL,
	"seed" text NOT NULL,
	"clock" text NOT NULL,
	"drawn_at" timestamp (3) with time zone NOT NULL,
	"seq" bigint NOT NULL,
	"missed_at" timestamp (3) with time zone,
	"count" text,
	CONSTRAINT "book_draws_case_id_book_span_pk" PRIMARY KEY("case_id","book","span"),
	CONSTRAINT "book_draws_seed" CHECK ("book_draws"."seed" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "book_month_accounts" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"period" text NOT NULL,
	"account" text NOT NULL,
	"opening_fen" bigint NOT NULL,
	"debit_fen" bigint NOT NULL,
	"credit_fen" bigint NOT NULL,
	"closing_fen" bigint NOT NULL,
	"carried_fen" bigint NOT NULL,
	CONSTRAINT "book_month_accounts_case_id_book_period_account_pk" PRIMARY KEY("case_id","book","period","account"),
	CONSTRAINT "book_month_accounts_sum" CHECK ("book_month_accounts"."closing_fen" = "book_month_accounts"."opening_fen" + "book_month_accounts"."debit_fen" - "book_month_accounts"."credit_fen"),
	CONSTRAINT "book_month_accounts_carried" CHECK ("book_month_accounts"."carried_fen" = 0 OR right("book_month_accounts"."period", 2) = '12')
);
--> statement-breakpoint
CREATE TABLE "book_month_channels" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"period" text NOT NULL,
	"side" text NOT NULL,
	"channel" text NOT NULL,
	"opening_fen" bigint NOT NULL,
	"in_fen" bigint NOT NULL,
	"out_fen" bigint NOT NULL,
	"closing_fen" bigint NOT NULL,
	CONSTRAINT "book_month_channels_case_id_book_period_side_channel_pk" PRIMARY KEY("case_id","book","period","side","channel"),
	CONSTRAINT "book_month_channels_side" CHECK ("book_month_channels"."side" IN ('cash', 'ledger')),
	CONSTRAINT "book_month_channels_sum" CHECK ("book_month_channels"."closing_fen" = "book_month_channels"."opening_fen" + "book_month_channels"."in_fen" - "book_month_channels"."out_fen")
);
--> statement-breakpoint
CREATE TABLE "book_months" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	"period" text NOT NULL,
	"carry" json,
	"result_fen" bigint,
	CONSTRAINT "book_months_case_id_book_period_pk" PRIMARY KEY("case_id","book","period"),
	CONSTRAINT "book_months_period" CHECK ("book_months"."period" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
	CONSTRAINT "book_months_over" CHECK ("book_months"."period" < to_char("book_months"."at" AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')),
	CONSTRAINT "book_months_year" CHECK (("book_months"."result_fen" IS NOT NULL) = (right("book_months"."period", 2) = '12'))
);
--> statement-breakpoint
CREATE TABLE "count_lots" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"secret" text NOT NULL,
	"commitment" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "count_lots_one" CHECK ("count_lots"."one"),
	CONSTRAINT "count_lots_commitment" CHECK ("count_lots"."commitment" = encode(sha256(convert_to("count_lots"."secret", 'UTF8')), 'hex'))
);
--> statement-breakpoint
ALTER TABLE "cash_entries" ADD COLUMN "booked_date" date;--> statement-breakpoint
ALTER TABLE "cash_entries" ADD COLUMN "late" boolean;--> statement-breakpoint
-- nothing is closed yet: what is there is booked on the day it was recorded
ALTER TABLE "cash_entries" DISABLE TRIGGER USER;--> statement-breakpoint
UPDATE "cash_entries" SET booked_date = (recorded_at AT TIME ZONE 'Asia/Shanghai')::date, late = false;--> statement-breakpoint
ALTER TABLE "cash_entries" ENABLE TRIGGER USER;--> statement-breakpoint
ALTER TABLE "cash_entries" ALTER COLUMN "booked_date" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "cash_entries" ALTER COLUMN "late" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "vouchers" ADD COLUMN "booked_date" date;--> statement-breakpoint
ALTER TABLE "vouchers" ADD COLUMN "late" boolean;--> statement-breakpoint
-- nothing is closed yet: what is there is booked on the day it was recorded
ALTER TABLE "vouchers" DISABLE TRIGGER USER;--> statement-breakpoint
UPDATE "vouchers" SET booked_date = (recorded_at AT TIME ZONE 'Asia/Shanghai')::date, late = false;--> statement-breakpoint
ALTER TABLE "vouchers" ENABLE TRIGGER USER;--> statement-breakpoint
ALTER TABLE "vouchers" ALTER COLUMN "booked_date" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "vouchers" ALTER COLUMN "late" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "book_count_channels" ADD CONSTRAINT "book_count_channels_case_id_count_book_counts_case_id_id_fk" FOREIGN KEY ("case_id","count") REFERENCES "public"."book_counts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_count_channels" ADD CONSTRAINT "book_count_channels_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_counts" ADD CONSTRAINT "book_counts_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_day_channels" ADD CONSTRAINT "book_day_channels_case_id_book_day_book_days_case_id_book_day_fk" FOREIGN KEY ("case_id","book","day") REFERENCES "public"."book_days"("case_id","book","day") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_day_channels" ADD CONSTRAINT "book_day_channels_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_days" ADD CONSTRAINT "book_days_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_days" ADD CONSTRAINT "book_days_case_id_count_book_counts_case_id_id_fk" FOREIGN KEY ("case_id","count") REFERENCES "public"."book_counts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_draws" ADD CONSTRAINT "book_draws_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_draws" ADD CONSTRAINT "book_draws_case_id_count_book_counts_case_id_id_fk" FOREIGN KEY ("case_id","count") REFERENCES "public"."book_counts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_month_accounts" ADD CONSTRAINT "book_month_accounts_case_id_book_period_book_months_case_id_book_period_fk" FOREIGN KEY ("case_id","book","period") REFERENCES "public"."book_months"("case_id","book","period") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_month_channels" ADD CONSTRAINT "book_month_channels_case_id_book_period_book_months_case_id_book_period_fk" FOREIGN KEY ("case_id","book","period") REFERENCES "public"."book_months"("case_id","book","period") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_month_channels" ADD CONSTRAINT "book_month_channels_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_months" ADD CONSTRAINT "book_months_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cash_entries_booked" ON "cash_entries" USING btree ("case_id","book","booked_date");--> statement-breakpoint
CREATE INDEX "vouchers_month" ON "vouchers" USING btree ("case_id","book","period");--> statement-breakpoint
-- Counts and closings. Every writer of a book holds its lock shared until it commits, who closes takes it exclusively:
-- Postgres hands it out in turn, so that a closing waits for those that write already and is not overtaken by those that come.
INSERT INTO count_lots (secret, commitment)
  SELECT secret, encode(sha256(convert_to(secret, 'UTF8')), 'hex')
  FROM (SELECT replace(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, '-', '') AS secret) s;
--> statement-breakpoint
CREATE FUNCTION book_lock(of_case text, of_book text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended(of_case || E'\n' || of_book, 2060)
$$;
--> statement-breakpoint
-- The day and the lateness of an entry, of either side; nothing falls into what is closed.
CREATE FUNCTION book_entry_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_ledger boolean := TG_ARGV[0] = 'ledger';
  closed_day date;
  closed_month text;
  booked date;
  comes_late boolean;
  original text;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'books are written at READ COMMITTED only';
  END IF;
  PERFORM pg_advisory_xact_lock_shared(book_lock(NEW.case_id, NEW.book));
  SELECT max(d.day) INTO closed_day FROM book_days d WHERE d.case_id = NEW.case_id AND d.book = NEW.book;
  SELECT max(m.period) INTO closed_month FROM book_months m WHERE m.case_id = NEW.case_id AND m.book = NEW.book;
  booked := greatest((NEW.recorded_at AT TIME ZONE 'Asia/Shanghai')::date, closed_day + 1);
  comes_late := coalesce(CASE WHEN is_ledger THEN to_char(NEW.occurred_date, 'YYYY-MM') <= closed_month
    ELSE NEW.occurred_date <= closed_day END, false);
  IF NEW.booked_date <> booked OR NEW.late <> comes_late THEN
    RAISE EXCEPTION 'entry % is booked on %, late %, and not on %, late %', NEW.id, booked, comes_late, NEW.booked_date, NEW.late;
  END IF;
  IF to_char(booked, 'YYYY-MM') <= closed_month THEN
    RAISE EXCEPTION 'month % of book % is closed', closed_month, NEW.book;
  END IF;
  IF NEW.reverses IS NOT NULL THEN
    IF is_ledger THEN
      SELECT left(v.period, 4) INTO original FROM vouchers v WHERE v.case_id = NEW.case_id AND v.id = NEW.reverses;
    ELSE
      SELECT to_char(e.booked_date, 'YYYY') INTO original FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.id = NEW.reverses;
    END IF;
    IF original || '-12' <= closed_month THEN
      RAISE EXCEPTION 'entry % is of %, a closed year: red ink does not cross it', NEW.reverses, original;
    END IF;
  END IF;
  NEW.booked_date := booked;
  NEW.late := comes_late;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER a_open BEFORE INSERT ON cash_entries FOR EACH ROW EXECUTE FUNCTION book_entry_is_open('cash');
--> statement-breakpoint
CREATE TRIGGER a_open BEFORE INSERT ON vouchers FOR EACH ROW EXECUTE FUNCTION book_entry_is_open('ledger');
--> statement-breakpoint
-- A count stands beside what the journal says at that moment; notes and coins come to the cash that was counted. By the cash
-- holder for the day, by nobody who keeps a side otherwise.
CREATE FUNCTION book_count_is_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  bad text;
  notes bigint;
BEGIN
  IF (NEW.kind = 'day') <> EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book
      AND d.person = NEW.by AND d.duty = 'cash' AND d.during @> NEW.at)
    OR NEW.kind <> 'day' AND EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book
      AND d.person = NEW.by AND d.duty = 'ledger' AND d.during @> NEW.at) THEN
    RAISE EXCEPTION 'count % (%) is not for who made it', NEW.id, NEW.kind;
  END IF;
  SELECT c.channel INTO bad FROM book_count_channels c
    WHERE c.case_id = NEW.case_id AND c.count = NEW.id AND c.booked_fen <> coalesce((
      SELECT e.balance_fen FROM cash_entries e WHERE e.case_id = c.case_id AND e.book = c.book AND e.channel = c.channel
        AND e.seq < NEW.seq ORDER BY e.no DESC LIMIT 1), 0);
  IF FOUND THEN
    RAISE EXCEPTION 'count % does not say what stands in the journal on %', NEW.id, bad;
  END IF;
  SELECT sum(n.key::bigint * n.value::bigint) INTO notes FROM json_each_text(NEW.denominations) n;
  IF NOT EXISTS (SELECT FROM book_count_channels c WHERE c.case_id = NEW.case_id AND c.count = NEW.id AND c.book = NEW.book)
    OR EXISTS (SELECT FROM book_count_channels c WHERE c.case_id = NEW.case_id AND c.count = NEW.id
      AND (c.book <> NEW.book OR c.channel = 'cash' AND (NEW.denominations IS NULL OR c.counted_fen <> coalesce(notes, 0)))) THEN
    RAISE EXCEPTION 'count % is not what its notes and coins come to', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_count_is_true AFTER INSERT ON book_counts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_count_is_true();
--> statement-breakpoint
-- Who closes waits for those who write, and then nobody writes before it is done.
CREATE FUNCTION book_closing_locks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  duty_needed text := CASE TG_TABLE_NAME WHEN 'book_days' THEN 'cash' ELSE 'ledger' END;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'books are closed at READ COMMITTED only';
  END IF;
  PERFORM pg_advisory_xact_lock(book_lock(NEW.case_id, NEW.book));
  IF NOT EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = NEW.by
      AND d.duty = duty_needed AND d.during @> NEW.at) THEN
    RAISE EXCEPTION 'who closes book % has no % duty on it', NEW.book, duty_needed;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER a_lock BEFORE INSERT ON book_days FOR EACH ROW EXECUTE FUNCTION book_closing_locks();
--> statement-breakpoint
CREATE TRIGGER a_lock BEFORE INSERT ON book_months FOR EACH ROW EXECUTE FUNCTION book_closing_locks();
--> statement-breakpoint
-- Days follow one another; what they say is what the journal says; what moved was counted after its last entry.
CREATE FUNCTION book_day_is_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last_closed date;
  last_entry bigint;
  bad text;
BEGIN
  SELECT max(d.day) INTO last_closed FROM book_days d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.day < NEW.day;
  IF NEW.after IS DISTINCT FROM last_closed OR EXISTS (
      SELECT FROM book_days d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.day > NEW.day AND d.seq < NEW.seq) THEN
    RAISE EXCEPTION 'day % of book % does not follow %, the last closed', NEW.day, NEW.book, last_closed;
  END IF;
  SELECT max(e.seq) INTO last_entry FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.book = NEW.book
    AND e.booked_date <= NEW.day AND (NEW.after IS NULL OR e.booked_date > NEW.after);
  IF last_entry IS NOT NULL AND NOT EXISTS (SELECT FROM book_counts k WHERE k.case_id = NEW.case_id AND k.id = NEW.count
      AND k.book = NEW.book AND k.day >= NEW.day AND k.seq > last_entry AND k.seq < NEW.seq) THEN
    RAISE EXCEPTION 'day % of book % is not counted after its last entry', NEW.day, NEW.book;
  END IF;
  SELECT c.channel INTO bad
    FROM book_channels c LEFT JOIN book_day_channels d ON d.case_id = c.case_id AND d.book = c.book AND d.channel = c.channel AND d.day = NEW.day
      LEFT JOIN book_day_channels o ON o.case_id = c.case_id AND o.book = c.book AND o.channel = c.channel AND o.day = NEW.after
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(e.amount_fen) FILTER (WHERE e.direction = 'in'), 0) AS came,
          coalesce(sum(e.amount_fen) FILTER (WHERE e.direction = 'out'), 0) AS went
        FROM cash_entries e WHERE e.case_id = c.case_id AND e.book = c.book AND e.channel = c.channel
          AND e.booked_date <= NEW.day AND (NEW.after IS NULL OR e.booked_date > NEW.after)) s ON true
    WHERE c.case_id = NEW.case_id AND c.book = NEW.book
      AND (d.opening_fen, d.in_fen, d.out_fen) IS DISTINCT FROM (coalesce(o.closing_fen, 0), s.came, s.went);
  IF FOUND THEN
    RAISE EXCEPTION 'day % of book %: % is not what the journal says', NEW.day, NEW.book, bad;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_day_is_true AFTER INSERT ON book_days DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_day_is_true();
--> statement-breakpoint
-- Months follow one another; days closed, counted by another, no difference open, both sides and the trial balance as the rows say.
CREATE FUNCTION book_month_is_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last_closed text;
  first_day date := (NEW.period || '-01')::date;
  last_day date := (NEW.period || '-01')::date + interval '1 month' - interval '1 day';
  bad text;
BEGIN
  SELECT max(m.period) INTO last_closed FROM book_months m WHERE m.case_id = NEW.case_id AND m.book = NEW.book AND m.period < NEW.period;
  IF last_closed <> to_char(first_day - interval '1 month', 'YYYY-MM') OR EXISTS (
      SELECT FROM book_months m WHERE m.case_id = NEW.case_id AND m.book = NEW.book AND m.period > NEW.period AND m.seq < NEW.seq) THEN
    RAISE EXCEPTION 'month % of book % does not follow %, the last closed', NEW.period, NEW.book, last_closed;
  END IF;
  IF EXISTS (SELECT FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.book = NEW.book)
      AND NOT EXISTS (SELECT FROM book_days d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.day >= last_day) THEN
    RAISE EXCEPTION 'not all days of % in book % are closed', NEW.period, NEW.book;
  END IF;
  SELECT b.channel INTO bad FROM book_counters b WHERE b.case_id = NEW.case_id AND b.book = NEW.book AND b.side = 'cash' AND b.no > 0
    AND NOT EXISTS (SELECT FROM book_counts k JOIN book_count_channels c ON c.case_id = k.case_id AND c.count = k.id
      WHERE k.case_id = NEW.case_id AND k.book = NEW.book AND k.kind <> 'day' AND c.channel = b.channel
        AND (k.at AT TIME ZONE 'Asia/Shanghai')::date >= first_day);
  IF FOUND THEN
    RAISE EXCEPTION 'nobody but the cash holder has counted % of book % since % began', bad, NEW.book, NEW.period;
  END IF;
  SELECT d.id INTO bad FROM book_discrepancies d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.settled_at IS NULL
    AND (d.found_at AT TIME ZONE 'Asia/Shanghai')::date <= last_day LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'difference % of % is neither mended nor signed', bad, NEW.period;
  END IF;
  SELECT s.side || ' ' || c.channel INTO bad
    FROM book_channels c CROSS JOIN (VALUES ('cash'), ('ledger')) s (side)
      LEFT JOIN book_month_channels m ON m.case_id = c.case_id AND m.book = c.book AND m.period = NEW.period AND m.side = s.side AND m.channel = c.channel
      LEFT JOIN book_month_channels o ON o.case_id = c.case_id AND o.book = c.book AND o.period = last_closed AND o.side = s.side AND o.channel = c.channel
      LEFT JOIN LATERAL (
        SELECT coalesce(sum(e.fen) FILTER (WHERE e.direction = 'in'), 0) AS came, coalesce(sum(e.fen) FILTER (WHERE e.direction = 'out'), 0) AS went
        FROM (SELECT direction, amount_fen AS fen, to_char(booked_date, 'YYYY-MM') AS period FROM cash_entries
            WHERE s.side = 'cash' AND case_id = c.case_id AND book = c.book AND channel = c.channel AND booked_date <= last_day
          UNION ALL SELECT direction, amount_fen, v.period FROM vouchers v
            WHERE s.side = 'ledger' AND case_id = c.case_id AND book = c.book AND channel = c.channel AND v.period <= NEW.period) e
        WHERE last_closed IS NULL OR e.period > last_closed) x ON true
    WHERE c.case_id = NEW.case_id AND c.book = NEW.book
      AND (m.opening_fen, m.in_fen, m.out_fen) IS DISTINCT FROM (coalesce(o.closing_fen, 0), x.came, x.went);
  IF FOUND THEN
    RAISE EXCEPTION 'month % of book %: % is not what the entries say', NEW.period, NEW.book, bad;
  END IF;
  SELECT c.channel INTO bad FROM book_month_channels c JOIN book_month_channels l ON l.case_id = c.case_id AND l.book = c.book
      AND l.period = c.period AND l.channel = c.channel AND l.side = 'ledger'
    WHERE c.case_id = NEW.case_id AND c.book = NEW.book AND c.period = NEW.period AND c.side = 'cash'
      AND c.closing_fen - l.closing_fen <> coalesce((NEW.carry ->> c.channel)::bigint, 0);
  IF FOUND THEN
    RAISE EXCEPTION 'month % of book %: the difference on % is not signed', NEW.period, NEW.book, bad;
  END IF;
  SELECT coalesce(m.account, x.account) INTO bad
    FROM (SELECT * FROM book_month_accounts WHERE case_id = NEW.case_id AND book = NEW.book AND period = NEW.period) m
      FULL JOIN (
        SELECT account, sum(opening) AS opening, sum(debit) AS debit, sum(credit) AS credit FROM (
          SELECT account, closing_fen + carried_fen AS opening, 0 AS debit, 0 AS credit FROM book_month_accounts
            WHERE case_id = NEW.case_id AND book = NEW.book AND period = last_closed
          UNION ALL SELECT l.account, 0, CASE l.side WHEN 'debit' THEN l.amount_fen ELSE 0 END, CASE l.side WHEN 'credit' THEN l.amount_fen ELSE 0 END
            FROM vouchers v JOIN voucher_lines l ON l.case_id = v.case_id AND l.voucher = v.id
            WHERE v.case_id = NEW.case_id AND v.book = NEW.book AND v.period <= NEW.period AND (last_closed IS NULL OR v.period > last_closed)
        ) all_of GROUP BY account) x ON x.account = m.account
    WHERE (coalesce(m.opening_fen, 0), coalesce(m.debit_fen, 0), coalesce(m.credit_fen, 0))
      IS DISTINCT FROM (coalesce(x.opening, 0), coalesce(x.debit, 0), coalesce(x.credit, 0));
  IF FOUND THEN
    RAISE EXCEPTION 'month % of book %: account % is not what the vouchers say', NEW.period, NEW.book, bad;
  END IF;
  IF EXISTS (SELECT FROM book_month_accounts m JOIN books b ON b.case_id = m.case_id AND b.book = m.book
      WHERE m.case_id = NEW.case_id AND m.book = NEW.book AND m.period = NEW.period
        AND m.carried_fen <> CASE WHEN b.keeps <> 'project funds' OR right(m.period, 2) <> '12' THEN 0
          WHEN m.account ~ '^[45]' THEN -m.closing_fen WHEN m.account = '3102' THEN -NEW.result_fen ELSE 0 END)
    OR (SELECT coalesce(sum(closing_fen), 0) <> 0 OR coalesce(sum(carried_fen), 0) <> 0 FROM book_month_accounts
      WHERE case_id = NEW.case_id AND book = NEW.book AND period = NEW.period) THEN
    RAISE EXCEPTION 'month % of book %: the trial balance does not hold', NEW.period, NEW.book;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_month_is_true AFTER INSERT ON book_months DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_month_is_true();
--> statement-breakpoint
-- What a surprise count was drawn with, without telling the secret; and the day a seed draws from a part of a year.
CREATE FUNCTION count_seed_holds(of_case text, of_book text, of_span text, told text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT told = encode(sha256(convert_to(concat_ws(E'\n', secret, of_case, of_book, of_span, secret), 'UTF8')), 'hex') FROM count_lots
$$;
--> statement-breakpoint
CREATE FUNCTION count_day(of_span text, seed text) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT s.first + (('x' || left(seed, 12))::bit(48)::bigint % (s.last - s.first + 1))::int FROM (
    SELECT make_date(m[1]::int, 12 * (m[2]::int - 1) / m[3]::int + 1, 1) AS first,
      (make_date(m[1]::int, 12 * m[2]::int / m[3]::int, 1) + interval '1 month' - interval '1 day')::date AS last
    FROM regexp_match(of_span, '^([0-9]{4})-([0-9]+)of([0-9]+)$') m) s
$$;
--> statement-breakpoint
CREATE FUNCTION book_draw_is_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT count_seed_holds(NEW.case_id, NEW.book, NEW.span, NEW.seed) OR NEW.day IS DISTINCT FROM count_day(NEW.span, NEW.seed)
        OR num_nonnulls(NEW.missed_at, NEW.count) > 0 THEN
      RAISE EXCEPTION 'the surprise count of % in book % is not the one that was drawn', NEW.span, NEW.book;
    END IF;
  ELSIF OLD.count IS NOT NULL OR (OLD.missed_at IS NOT NULL AND NEW.missed_at IS DISTINCT FROM OLD.missed_at)
      OR (NEW.case_id, NEW.book, NEW.span, NEW.day, NEW.seed, NEW.clock, NEW.drawn_at, NEW.seq)
        IS DISTINCT FROM (OLD.case_id, OLD.book, OLD.span, OLD.day, OLD.seed, OLD.clock, OLD.drawn_at, OLD.seq) THEN
    RAISE EXCEPTION 'what was drawn for % in book % does not change', OLD.span, OLD.book;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_draw_is_true BEFORE INSERT OR UPDATE ON book_draws FOR EACH ROW EXECUTE FUNCTION book_draw_is_true();
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['book_counts', 'book_count_channels', 'book_days', 'book_day_channels', 'book_months',
                           'book_month_channels', 'book_month_accounts', 'count_lots'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_draws_never_vanish BEFORE DELETE OR TRUNCATE ON book_draws FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON book_counts, book_count_channels, book_days, book_day_channels, book_months, book_month_channels,
  book_month_accounts, book_draws, count_lots TO linli_door;
--> statement-breakpoint
GRANT SELECT ON book_counts, book_count_channels, book_days, book_day_channels, book_months, book_month_channels,
  book_month_accounts, book_draws TO linli_read;
--> statement-breakpoint
GRANT SELECT (one, commitment, created_at) ON count_lots TO linli_read;
--> statement-breakpoint
GRANT INSERT ON book_counts, book_count_channels, book_days, book_day_channels, book_months, book_month_channels,
  book_month_accounts TO linli_door;
--> statement-breakpoint
GRANT INSERT (case_id, book, span, day, seed, clock, drawn_at, seq), UPDATE (missed_at, count) ON book_draws TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_entry_is_open(), book_count_is_true(), book_closing_locks(), book_day_is_true(),
  book_month_is_true(), book_draw_is_true(), count_seed_holds(text, text, text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION count_seed_holds(text, text, text, text) TO linli_door, linli_read;
