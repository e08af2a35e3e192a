CREATE TABLE "book_advances" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"no" bigint NOT NULL,
	"paid" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"helper" text,
	"party" text,
	"text" text NOT NULL,
	"households" json,
	"source_doc" text NOT NULL,
	"occurred_date" date NOT NULL,
	"evidence" json,
	"recorded_by" text NOT NULL,
	"actor_kind" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"how" text,
	CONSTRAINT "book_advances_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "book_advances_no" UNIQUE("case_id","book","no"),
	CONSTRAINT "book_advances_paid" CHECK ("book_advances"."paid" IN ('into the book', 'to others')),
	CONSTRAINT "book_advances_amount" CHECK ("book_advances"."amount_fen" BETWEEN 1 AND 10000000000000),
	CONSTRAINT "book_advances_actor" CHECK ("book_advances"."actor_kind" IN ('person', 'import')),
	CONSTRAINT "book_advances_helper" CHECK ("book_advances"."helper" IS NULL OR "book_advances"."helper" <> "book_advances"."recorded_by"),
	CONSTRAINT "book_advances_settled" CHECK (num_nonnulls("book_advances"."settled_at", "book_advances"."how") IN (0, 2) AND ("book_advances"."how" IS NULL OR "book_advances"."how" IN ('repaid', 'withdrawn')))
);
--> statement-breakpoint
CREATE TABLE "book_gift_thanks" (
	"case_id" text NOT NULL,
	"gift" text NOT NULL,
	"how" text NOT NULL,
	"sent_date" date NOT NULL,
	"evidence" json,
	"recorded_by" text NOT NULL,
	"actor_kind" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	CONSTRAINT "book_gift_thanks_case_id_gift_pk" PRIMARY KEY("case_id","gift"),
	CONSTRAINT "book_gift_thanks_how" CHECK ("book_gift_thanks"."how" IN ('letter', 'message', 'visit', 'notice'))
);
--> statement-breakpoint
CREATE TABLE "book_gifts" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"no" bigint NOT NULL,
	"kind" text NOT NULL,
	"giver_kind" text NOT NULL,
	"anonymous_year" text,
	"anonymous_n" integer,
	"item" text,
	"quantity" numeric,
	"unit" text,
	"value_fen" bigint NOT NULL,
	"channel" text,
	"entry" text,
	"source_doc" text,
	"purpose" text,
	"occurred_date" date NOT NULL,
	"evidence" json,
	"reverses" text,
	"recorded_by" text NOT NULL,
	"actor_kind" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	CONSTRAINT "book_gifts_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "book_gifts_no" UNIQUE("case_id","book","no"),
	CONSTRAINT "book_gifts_reverses" UNIQUE("case_id","reverses"),
	CONSTRAINT "book_gifts_entry" UNIQUE("case_id","entry"),
	CONSTRAINT "book_gifts_kind" CHECK ("book_gifts"."kind" IN ('cash', 'inKind')),
	CONSTRAINT "book_gifts_giver" CHECK ("book_gifts"."giver_kind" IN ('person', 'unit', 'anonymous')),
	CONSTRAINT "book_gifts_anonymous_no" CHECK (num_nonnulls("book_gifts"."anonymous_year", "book_gifts"."anonymous_n") = CASE "book_gifts"."giver_kind" WHEN 'anonymous' THEN 2 ELSE 0 END),
	CONSTRAINT "book_gifts_form" CHECK (CASE "book_gifts"."kind" WHEN 'cash' THEN num_nonnulls("book_gifts"."entry", "book_gifts"."channel", "book_gifts"."source_doc") = 3 AND num_nonnulls("book_gifts"."item", "book_gifts"."quantity", "book_gifts"."unit") = 0
        ELSE num_nonnulls("book_gifts"."entry", "book_gifts"."channel", "book_gifts"."source_doc") = 0 AND num_nonnulls("book_gifts"."item", "book_gifts"."quantity", "book_gifts"."unit") = 3 END),
	CONSTRAINT "book_gifts_value" CHECK ("book_gifts"."value_fen" <> 0 AND "book_gifts"."value_fen" BETWEEN -10000000000000 AND 10000000000000 AND ("book_gifts"."reverses" IS NULL) = ("book_gifts"."value_fen" > 0)),
	CONSTRAINT "book_gifts_quantity" CHECK ("book_gifts"."quantity" IS NULL OR ("book_gifts"."reverses" IS NULL) = ("book_gifts"."quantity" > 0)),
	CONSTRAINT "book_gifts_actor" CHECK ("book_gifts"."actor_kind" IN ('person', 'import'))
);
--> statement-breakpoint
CREATE TABLE "person"."book_names" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"what" text NOT NULL,
	"name" text NOT NULL,
	"contact" text,
	CONSTRAINT "book_names_case_id_id_what_pk" PRIMARY KEY("case_id","id","what"),
	CONSTRAINT "book_names_what" CHECK ("person"."book_names"."what" IN ('giver', 'receiver', 'helper'))
);
--> statement-breakpoint
CREATE TABLE "cash_lines" (
	"case_id" text NOT NULL,
	"entry" text NOT NULL,
	"line" integer NOT NULL,
	"book" text NOT NULL,
	"payer" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"receipt" text NOT NULL,
	CONSTRAINT "cash_lines_case_id_entry_line_pk" PRIMARY KEY("case_id","entry","line"),
	CONSTRAINT "cash_lines_once" UNIQUE("case_id","entry","receipt"),
	CONSTRAINT "cash_lines_line" CHECK ("cash_lines"."line" BETWEEN 1 AND 200),
	CONSTRAINT "cash_lines_amount" CHECK ("cash_lines"."amount_fen" BETWEEN 1 AND 10000000000000)
);
--> statement-breakpoint
ALTER TABLE "book_payouts" ADD COLUMN "allowance" json;--> statement-breakpoint
ALTER TABLE "cash_entries" ADD COLUMN "advance" text;--> statement-breakpoint
ALTER TABLE "cash_entries" ADD COLUMN "receipts" text;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD COLUMN "kind" text;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD COLUMN "payer" text;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD COLUMN "receipt" text;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD COLUMN "purpose" text;--> statement-breakpoint
ALTER TABLE "vouchers" ADD COLUMN "advance" text;--> statement-breakpoint
ALTER TABLE "vouchers" ADD COLUMN "receipts" text;--> statement-breakpoint
ALTER TABLE "book_advances" ADD CONSTRAINT "book_advances_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_gift_thanks" ADD CONSTRAINT "book_gift_thanks_case_id_gift_book_gifts_case_id_id_fk" FOREIGN KEY ("case_id","gift") REFERENCES "public"."book_gifts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_gifts" ADD CONSTRAINT "book_gifts_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_gifts" ADD CONSTRAINT "book_gifts_case_id_entry_cash_entries_case_id_id_fk" FOREIGN KEY ("case_id","entry") REFERENCES "public"."cash_entries"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_gifts" ADD CONSTRAINT "book_gifts_case_id_reverses_book_gifts_case_id_id_fk" FOREIGN KEY ("case_id","reverses") REFERENCES "public"."book_gifts"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."book_names" ADD CONSTRAINT "book_names_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cash_lines" ADD CONSTRAINT "cash_lines_case_id_entry_cash_entries_case_id_id_fk" FOREIGN KEY ("case_id","entry") REFERENCES "public"."cash_entries"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "book_advances_open" ON "book_advances" USING btree ("case_id") WHERE "book_advances"."settled_at" IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "book_gifts_anonymous" ON "book_gifts" USING btree ("case_id","book","anonymous_year","anonymous_n") WHERE "book_gifts"."reverses" IS NULL AND "book_gifts"."anonymous_n" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "cash_lines_receipt" ON "cash_lines" USING btree ("case_id","book","receipt");--> statement-breakpoint
ALTER TABLE "cash_entries" ADD CONSTRAINT "cash_entries_advance_fk" FOREIGN KEY ("case_id","advance") REFERENCES "public"."book_advances"("case_id","id");--> statement-breakpoint
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_advance_fk" FOREIGN KEY ("case_id","advance") REFERENCES "public"."book_advances"("case_id","id");--> statement-breakpoint
CREATE INDEX cash_entries_advance ON cash_entries (case_id, advance) WHERE advance IS NOT NULL;--> statement-breakpoint
CREATE INDEX vouchers_advance ON vouchers (case_id, advance) WHERE advance IS NOT NULL;--> statement-breakpoint
CREATE INDEX voucher_lines_receipt ON voucher_lines (case_id, receipt) WHERE receipt IS NOT NULL;--> statement-breakpoint
-- A gift is numbered without gap, and so is a giver without a name in his year. Money is an entry of the journal that brought
-- it in; a counter entry mirrors one gift that is none itself, and of money its red entry. The case's row lock lets one at a
-- time count.
CREATE FUNCTION book_gift_registers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  next_no bigint;
  original record;
BEGIN
  SELECT coalesce(max(no), 0) + 1 INTO next_no FROM book_gifts WHERE case_id = NEW.case_id AND book = NEW.book;
  IF NEW.no <> next_no THEN
    RAISE EXCEPTION 'the next number of the register of gifts is %, not %', next_no, NEW.no;
  END IF;
  IF NEW.reverses IS NULL THEN
    IF NEW.giver_kind = 'anonymous' THEN
      SELECT coalesce(max(anonymous_n), 0) + 1 INTO next_no FROM book_gifts WHERE case_id = NEW.case_id AND book = NEW.book
        AND anonymous_year = NEW.anonymous_year AND reverses IS NULL;
      IF NEW.anonymous_n <> next_no OR NEW.anonymous_year <> to_char(NEW.recorded_at AT TIME ZONE 'Asia/Shanghai', 'YYYY') THEN
        RAISE EXCEPTION 'the next anonymous giver of the year is number %', next_no;
      END IF;
    END IF;
    IF NEW.kind = 'cash' AND NOT EXISTS (SELECT FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.id = NEW.entry
        AND (e.book, e.channel, e.direction, e.amount_fen, e.source_doc) = (NEW.book, NEW.channel, 'in', NEW.value_fen, NEW.source_doc)) THEN
      RAISE EXCEPTION 'no entry of the journal brought in gift %', NEW.id;
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO original FROM book_gifts g WHERE g.case_id = NEW.case_id AND g.id = NEW.reverses;
  IF NOT FOUND OR original.reverses IS NOT NULL
     OR (original.book, original.kind, original.giver_kind, original.anonymous_year, original.anonymous_n, original.item,
         -original.quantity, original.unit, -original.value_fen, original.channel, original.source_doc)
        IS DISTINCT FROM (NEW.book, NEW.kind, NEW.giver_kind, NEW.anonymous_year, NEW.anonymous_n, NEW.item,
         NEW.quantity, NEW.unit, NEW.value_fen, NEW.channel, NEW.source_doc)
     OR NEW.kind = 'cash' AND NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = NEW.case_id AND r.id = NEW.entry
         AND r.reverses = original.entry) THEN
    RAISE EXCEPTION 'gift % is not the counter entry of a gift %', NEW.id, NEW.reverses;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_gift_registers BEFORE INSERT ON book_gifts FOR EACH ROW EXECUTE FUNCTION book_gift_registers();
--> statement-breakpoint
-- Red ink of the money of a gift has its counter entry in the register, at commit at the latest.
CREATE FUNCTION book_gift_goes_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM book_gifts g WHERE g.case_id = NEW.case_id AND g.entry = NEW.reverses)
     AND NOT EXISTS (SELECT FROM book_gifts r WHERE r.case_id = NEW.case_id AND r.entry = NEW.id) THEN
    RAISE EXCEPTION 'entry % reverses a gift that stays in the register', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_gift_goes_back AFTER INSERT ON cash_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION book_gift_goes_back();
--> statement-breakpoint
-- An advance begins unsettled, numbered without gap, and is settled once: repaid in both books, or withdrawn with nothing of
-- it left in them.
CREATE FUNCTION book_advance_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  next_no bigint;
  sums record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT coalesce(max(no), 0) + 1 INTO next_no FROM book_advances WHERE case_id = NEW.case_id AND book = NEW.book;
    IF NEW.no <> next_no OR NEW.settled_at IS NOT NULL THEN
      RAISE EXCEPTION 'the next advance is number %, and begins unsettled', next_no;
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.settled_at IS NOT NULL OR NEW.settled_at IS NULL
     OR (to_jsonb(NEW) - 'settled_at' - 'how') IS DISTINCT FROM (to_jsonb(OLD) - 'settled_at' - 'how') THEN
    RAISE EXCEPTION 'an advance is settled once, and nothing else of it changes';
  END IF;
  SELECT coalesce((SELECT sum(CASE direction WHEN 'in' THEN amount_fen ELSE 0 END) FROM cash_entries WHERE case_id = NEW.case_id AND advance = NEW.id), 0) AS cash_in,
    coalesce((SELECT sum(CASE direction WHEN 'out' THEN amount_fen ELSE 0 END) FROM cash_entries WHERE case_id = NEW.case_id AND advance = NEW.id), 0) AS cash_out,
    coalesce((SELECT sum(CASE direction WHEN 'in' THEN amount_fen ELSE 0 END) FROM vouchers WHERE case_id = NEW.case_id AND advance = NEW.id), 0) AS ledger_in,
    coalesce((SELECT sum(CASE direction WHEN 'out' THEN amount_fen ELSE 0 END) FROM vouchers WHERE case_id = NEW.case_id AND advance = NEW.id), 0) AS ledger_out
    INTO sums;
  IF sums.cash_out <> sums.ledger_out
     OR NEW.how = 'repaid' AND sums.cash_out <> NEW.amount_fen
     OR NEW.paid = 'into the book' AND (sums.cash_in <> sums.cash_out OR sums.ledger_in <> sums.ledger_out) THEN
    RAISE EXCEPTION 'advance % is not settled in both books', NEW.id;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_advance_moves BEFORE INSERT OR UPDATE ON book_advances FOR EACH ROW EXECUTE FUNCTION book_advance_moves();
--> statement-breakpoint
-- What an entry moves of an advance: never more in than was advanced, never more out than came in (or, paid to others, than
-- was advanced), nothing once it is settled; red ink is of the advance of its original.
CREATE FUNCTION book_advance_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  claim record;
  came bigint;
  went bigint;
  was text;
BEGIN
  IF NEW.reverses IS NOT NULL THEN
    EXECUTE format('SELECT advance FROM %I WHERE case_id = $1 AND id = $2', TG_TABLE_NAME) INTO was USING NEW.case_id, NEW.reverses;
    IF was IS DISTINCT FROM NEW.advance THEN
      RAISE EXCEPTION 'entry % is of another advance than its original', NEW.id;
    END IF;
  END IF;
  IF NEW.advance IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT * INTO claim FROM book_advances a WHERE a.case_id = NEW.case_id AND a.id = NEW.advance;
  IF NOT FOUND OR claim.book <> NEW.book OR claim.settled_at IS NOT NULL THEN
    RAISE EXCEPTION 'book % has no open advance %', NEW.book, NEW.advance;
  END IF;
  EXECUTE format('SELECT coalesce(sum(amount_fen) FILTER (WHERE direction = ''in''), 0), coalesce(sum(amount_fen) FILTER (WHERE direction = ''out''), 0)
    FROM %I WHERE case_id = $1 AND advance = $2', TG_TABLE_NAME) INTO came, went USING NEW.case_id, NEW.advance;
  IF came < 0 OR went < 0 OR came > (CASE claim.paid WHEN 'into the book' THEN claim.amount_fen ELSE 0 END)
     OR went > (CASE claim.paid WHEN 'into the book' THEN came ELSE claim.amount_fen END) THEN
    RAISE EXCEPTION 'entry % moves more of advance % than is owed', NEW.id, NEW.advance;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER c_advance AFTER INSERT ON cash_entries FOR EACH ROW WHEN (NEW.advance IS NOT NULL OR NEW.reverses IS NOT NULL)
  EXECUTE FUNCTION book_advance_entry();
--> statement-breakpoint
CREATE TRIGGER c_advance AFTER INSERT ON vouchers FOR EACH ROW WHEN (NEW.advance IS NOT NULL OR NEW.reverses IS NOT NULL)
  EXECUTE FUNCTION book_advance_entry();
--> statement-breakpoint
-- The households behind an amount make the amount, at commit at the latest, and none is added to it later.
CREATE FUNCTION cash_lines_make_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT coalesce(sum(l.amount_fen), 0) FROM cash_lines l WHERE l.case_id = NEW.case_id AND l.entry = NEW.id)
     <> (CASE WHEN NEW.receipts IS NULL THEN 0 ELSE NEW.amount_fen END) THEN
    RAISE EXCEPTION 'the households of entry % do not make its amount', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER cash_lines_make_entry AFTER INSERT ON cash_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION cash_lines_make_entry();
--> statement-breakpoint
CREATE FUNCTION cash_lines_complete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad text;
BEGIN
  SELECT e.id INTO bad FROM (SELECT DISTINCT case_id, entry, book FROM added) a
    LEFT JOIN cash_entries e ON e.case_id = a.case_id AND e.id = a.entry AND e.book = a.book
    WHERE e.id IS NULL OR e.receipts IS NULL OR e.reverses IS NOT NULL
      OR (SELECT sum(l.amount_fen) FROM cash_lines l WHERE l.case_id = e.case_id AND l.entry = e.id) > e.amount_fen LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % takes no more households', bad;
  END IF;
  SELECT a.receipt INTO bad FROM added a JOIN cash_lines l ON l.case_id = a.case_id AND l.book = a.book AND l.receipt = a.receipt AND l.entry <> a.entry
    JOIN book_documents d ON d.case_id = l.case_id AND d.side = 'cash' AND d.book = l.book AND d.entry = l.entry LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'receipt % stands in the journal already', bad;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER cash_lines_complete AFTER INSERT ON cash_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION cash_lines_complete();
--> statement-breakpoint
CREATE TRIGGER a_role BEFORE INSERT ON cash_lines FOR EACH STATEMENT EXECUTE FUNCTION book_side_role('cash');
--> statement-breakpoint
CREATE FUNCTION voucher_receipts_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad text;
BEGIN
  SELECT a.receipt INTO bad FROM added a JOIN vouchers v ON v.case_id = a.case_id AND v.id = a.voucher AND v.reverses IS NULL
    JOIN voucher_lines l ON l.case_id = a.case_id AND l.receipt = a.receipt AND (l.voucher, l.line) <> (a.voucher, a.line)
    JOIN book_documents d ON d.case_id = l.case_id AND d.side = 'ledger' AND d.book = v.book AND d.entry = l.voucher
    WHERE a.receipt IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'receipt % stands in the ledger already', bad;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER voucher_receipts_once AFTER INSERT ON voucher_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION voucher_receipts_once();
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['book_gifts', 'book_gift_thanks', 'cash_lines'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_advances_never_vanish BEFORE DELETE OR TRUNCATE ON book_advances FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON book_gifts, book_gift_thanks, book_advances, cash_lines, person.book_names TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON book_gifts, book_gift_thanks, person.book_names TO linli_door;
--> statement-breakpoint
GRANT INSERT (case_id, id, book, no, paid, amount_fen, helper, party, text, households, source_doc, occurred_date, evidence,
  recorded_by, actor_kind, recorded_at, act_id, seq) ON book_advances TO linli_door;
--> statement-breakpoint
GRANT UPDATE (settled_at, how) ON book_advances TO linli_door;
--> statement-breakpoint
GRANT SELECT, INSERT ON cash_lines TO linli_cash;
--> statement-breakpoint
GRANT INSERT (allowance), UPDATE (allowance) ON book_payouts TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_gift_registers(), book_gift_goes_back(), book_advance_moves(), book_advance_entry(),
  cash_lines_make_entry(), cash_lines_complete(), voucher_receipts_once() FROM PUBLIC;
