CREATE TABLE "bank_lines" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"statement" text NOT NULL,
	"no" integer NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"date" date NOT NULL,
	"direction" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"balance_fen" bigint,
	"counterparty" text,
	"text" text,
	"reference" text,
	"key" text NOT NULL,
	"nth" integer NOT NULL,
	CONSTRAINT "bank_lines_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "bank_lines_once" UNIQUE("case_id","book","channel","key","nth"),
	CONSTRAINT "bank_lines_no" UNIQUE("case_id","statement","no"),
	CONSTRAINT "bank_lines_direction" CHECK ("bank_lines"."direction" IN ('in', 'out')),
	CONSTRAINT "bank_lines_amount" CHECK ("bank_lines"."amount_fen" BETWEEN 1 AND 10000000000000),
	CONSTRAINT "bank_lines_balance" CHECK ("bank_lines"."balance_fen" BETWEEN -10000000000000 AND 10000000000000),
	CONSTRAINT "bank_lines_key" CHECK ("bank_lines"."key" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "bank_match_members" (
	"case_id" text NOT NULL,
	"match" text NOT NULL,
	"n" integer NOT NULL,
	"line" text,
	"entry" text,
	CONSTRAINT "bank_match_members_case_id_match_n_pk" PRIMARY KEY("case_id","match","n"),
	CONSTRAINT "bank_match_members_one" CHECK (num_nonnulls("bank_match_members"."line", "bank_match_members"."entry") = 1)
);
--> statement-breakpoint
CREATE TABLE "bank_matches" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"how" text NOT NULL,
	"members" integer NOT NULL,
	"matched_by" text NOT NULL,
	"matched_at" timestamp (3) with time zone NOT NULL,
	"seq" bigint NOT NULL,
	"ended_by" text,
	"ended_at" timestamp (3) with time zone,
	"why" text,
	CONSTRAINT "bank_matches_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "bank_matches_how" CHECK ("bank_matches"."how" IN ('reference', 'amount and date', 'by hand')),
	CONSTRAINT "bank_matches_members" CHECK ("bank_matches"."members" BETWEEN 2 AND 200),
	CONSTRAINT "bank_matches_ended" CHECK (num_nonnulls("bank_matches"."ended_by", "bank_matches"."ended_at", "bank_matches"."why") IN (0, 3)),
	CONSTRAINT "bank_matches_why" CHECK ("bank_matches"."why" IN ('by hand', 'reversed'))
);
--> statement-breakpoint
CREATE TABLE "bank_statements" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"document" text,
	"lines" integer NOT NULL,
	"skipped" integer NOT NULL,
	"recorded_by" text NOT NULL,
	"actor_kind" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	CONSTRAINT "bank_statements_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "bank_statements_channel" CHECK ("bank_statements"."channel" IN ('bank', 'wechat')),
	CONSTRAINT "bank_statements_lines" CHECK ("bank_statements"."lines" BETWEEN 0 AND 200 AND "bank_statements"."skipped" BETWEEN 0 AND 200),
	CONSTRAINT "bank_statements_actor" CHECK ("bank_statements"."actor_kind" IN ('person', 'import'))
);
--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_case_id_statement_bank_statements_case_id_id_fk" FOREIGN KEY ("case_id","statement") REFERENCES "public"."bank_statements"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_match_members" ADD CONSTRAINT "bank_match_members_case_id_match_bank_matches_case_id_id_fk" FOREIGN KEY ("case_id","match") REFERENCES "public"."bank_matches"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_match_members" ADD CONSTRAINT "bank_match_members_case_id_line_bank_lines_case_id_id_fk" FOREIGN KEY ("case_id","line") REFERENCES "public"."bank_lines"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_match_members" ADD CONSTRAINT "bank_match_members_case_id_entry_cash_entries_case_id_id_fk" FOREIGN KEY ("case_id","entry") REFERENCES "public"."cash_entries"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_matches" ADD CONSTRAINT "bank_matches_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_statements" ADD CONSTRAINT "bank_statements_case_id_book_channel_book_channels_case_id_book_channel_fk" FOREIGN KEY ("case_id","book","channel") REFERENCES "public"."book_channels"("case_id","book","channel") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bank_lines_date" ON "bank_lines" USING btree ("case_id","book","channel","date");--> statement-breakpoint
CREATE INDEX "bank_match_members_line" ON "bank_match_members" USING btree ("case_id","line");--> statement-breakpoint
CREATE INDEX "bank_match_members_entry" ON "bank_match_members" USING btree ("case_id","entry");--> statement-breakpoint
-- Who brings statements in and matches them keeps the accounts then, and never holds the money of the book.
CREATE FUNCTION bank_by_accountant(the_case text, the_book text, who text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM book_duties d WHERE d.case_id = the_case AND d.book = the_book AND d.person = who
    AND d.duty = 'ledger' AND d.during @> moment)
$$;
--> statement-breakpoint
CREATE FUNCTION bank_statement_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT bank_by_accountant(NEW.case_id, NEW.book, NEW.recorded_by, NEW.recorded_at) THEN
    RAISE EXCEPTION 'who brings in statement % does not keep the accounts of book %', NEW.id, NEW.book;
  END IF;
  IF (SELECT count(*) FROM bank_lines l WHERE l.case_id = NEW.case_id AND l.statement = NEW.id
      AND (l.book, l.channel) = (NEW.book, NEW.channel)) <> NEW.lines
    OR EXISTS (SELECT FROM bank_lines l WHERE l.case_id = NEW.case_id AND l.statement = NEW.id
      AND ((l.book, l.channel) <> (NEW.book, NEW.channel) OR l.date > (NEW.recorded_at AT TIME ZONE 'Asia/Shanghai')::date)) THEN
    RAISE EXCEPTION 'statement % does not have the lines it says', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER bank_statement_holds AFTER INSERT ON bank_statements DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION bank_statement_holds();
--> statement-breakpoint
-- No line is added to a statement afterwards, no member to a match.
CREATE FUNCTION bank_lines_with_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT case_id, statement FROM added) a
      JOIN bank_statements s ON s.case_id = a.case_id AND s.id = a.statement
      WHERE (SELECT count(*) FROM bank_lines l WHERE l.case_id = s.case_id AND l.statement = s.id) > s.lines) THEN
    RAISE EXCEPTION 'a statement already has all its lines';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER bank_lines_with_statement AFTER INSERT ON bank_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION bank_lines_with_statement();
--> statement-breakpoint
CREATE FUNCTION bank_members_with_match() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT case_id, match FROM added) a
      JOIN bank_matches b ON b.case_id = a.case_id AND b.id = a.match
      WHERE (SELECT count(*) FROM bank_match_members m WHERE m.case_id = b.case_id AND m.match = b.id) > b.members) THEN
    RAISE EXCEPTION 'a match already has all its members';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER bank_members_with_match AFTER INSERT ON bank_match_members REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION bank_members_with_match();
--> statement-breakpoint
-- A match has at least one line and one entry of its channel, of equal sums, none of them in another; the entries stand.
CREATE FUNCTION bank_match_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sums record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
       OR (NEW.case_id, NEW.id, NEW.book, NEW.channel, NEW.how, NEW.members, NEW.matched_by, NEW.matched_at, NEW.seq)
          IS DISTINCT FROM (OLD.case_id, OLD.id, OLD.book, OLD.channel, OLD.how, OLD.members, OLD.matched_by, OLD.matched_at, OLD.seq)
       OR NOT bank_by_accountant(NEW.case_id, NEW.book, NEW.ended_by, NEW.ended_at) THEN
      RAISE EXCEPTION 'match % only ends, once, by who keeps the accounts', OLD.id;
    END IF;
    RETURN NULL;
  END IF;
  IF NOT bank_by_accountant(NEW.case_id, NEW.book, NEW.matched_by, NEW.matched_at) THEN
    RAISE EXCEPTION 'who makes match % does not keep the accounts of book %', NEW.id, NEW.book;
  END IF;
  SELECT count(*) AS members, count(l.id) AS lines, count(e.id) AS entries,
      coalesce(sum(CASE l.direction WHEN 'in' THEN l.amount_fen ELSE -l.amount_fen END), 0) AS bank_fen,
      coalesce(sum(CASE e.direction WHEN 'in' THEN e.amount_fen ELSE -e.amount_fen END), 0) AS book_fen
    INTO sums
    FROM bank_match_members m
      LEFT JOIN bank_lines l ON l.case_id = m.case_id AND l.id = m.line AND (l.book, l.channel) = (NEW.book, NEW.channel)
      LEFT JOIN (cash_entries e JOIN book_documents d ON d.case_id = e.case_id AND d.entry = e.id AND d.side = 'cash'
          AND d.source_doc = e.source_doc AND d.book = e.book)
        ON e.case_id = m.case_id AND e.id = m.entry AND (e.book, e.channel) = (NEW.book, NEW.channel)
    WHERE m.case_id = NEW.case_id AND m.match = NEW.id;
  IF sums.members <> NEW.members OR sums.lines + sums.entries <> NEW.members OR least(sums.lines, sums.entries) = 0
     OR sums.bank_fen <> sums.book_fen THEN
    RAISE EXCEPTION 'match % does not hold: % fen at the bank, % in the journal', NEW.id, sums.bank_fen, sums.book_fen;
  END IF;
  IF NEW.ended_at IS NULL AND EXISTS (SELECT FROM bank_match_members m
      JOIN bank_match_members o ON o.case_id = m.case_id AND (o.line = m.line OR o.entry = m.entry) AND o.match <> m.match
      JOIN bank_matches other ON other.case_id = o.case_id AND other.id = o.match AND other.ended_at IS NULL
      WHERE m.case_id = NEW.case_id AND m.match = NEW.id) THEN
    RAISE EXCEPTION 'something of match % stands in another match', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER bank_match_holds AFTER INSERT OR UPDATE ON bank_matches DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION bank_match_holds();
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['bank_statements', 'bank_lines', 'bank_match_members'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TRIGGER bank_matches_never_vanish BEFORE DELETE OR TRUNCATE ON bank_matches
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON bank_statements, bank_lines, bank_matches, bank_match_members TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON bank_statements, bank_lines, bank_match_members TO linli_door;
--> statement-breakpoint
GRANT INSERT (case_id, id, book, channel, how, members, matched_by, matched_at, seq) ON bank_matches TO linli_door;
--> statement-breakpoint
GRANT UPDATE (ended_by, ended_at, why) ON bank_matches TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION bank_by_accountant(text, text, text, timestamptz), bank_statement_holds(), bank_lines_with_statement(),
  bank_members_with_match(), bank_match_holds() FROM PUBLIC;
