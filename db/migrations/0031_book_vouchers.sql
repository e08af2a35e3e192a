CREATE TABLE "book_match_entries" (
	"case_id" text NOT NULL,
	"match" text NOT NULL,
	"side" text NOT NULL,
	"entry" text NOT NULL,
	CONSTRAINT "book_match_entries_case_id_match_entry_pk" PRIMARY KEY("case_id","match","entry"),
	CONSTRAINT "book_match_entries_side" CHECK ("book_match_entries"."side" IN ('cash', 'ledger'))
);
--> statement-breakpoint
CREATE TABLE "book_matches" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"direction" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"entries" integer NOT NULL,
	"matched_by" text NOT NULL,
	"matched_at" timestamp (3) with time zone NOT NULL,
	"seq" bigint NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_entry" text,
	CONSTRAINT "book_matches_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "book_matches_ended" CHECK (("book_matches"."ended_at" IS NULL) = ("book_matches"."ended_entry" IS NULL))
);
--> statement-breakpoint
CREATE TABLE "book_persons" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"party" text NOT NULL,
	"recorded_fen" bigint NOT NULL,
	"paid_fen" bigint NOT NULL,
	CONSTRAINT "book_persons_case_id_book_party_pk" PRIMARY KEY("case_id","book","party")
);
--> statement-breakpoint
CREATE TABLE "person"."payout_codes" (
	"case_id" text NOT NULL,
	"payout" text NOT NULL,
	"id" text NOT NULL,
	"salt" text NOT NULL,
	"hash" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "payout_codes_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "payout_codes_hash" CHECK ("person"."payout_codes"."hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "payout_codes_tries" CHECK ("person"."payout_codes"."tries" BETWEEN 0 AND 5)
);
--> statement-breakpoint
CREATE TABLE "voucher_drafts" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"book" text NOT NULL,
	"channel" text NOT NULL,
	"direction" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"source_doc" text NOT NULL,
	"occurred_date" date NOT NULL,
	"text" text,
	"payout" text,
	"reverses" text,
	"lines" json NOT NULL,
	"made_by" text NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	"act_id" text,
	"seq" bigint NOT NULL,
	"state" text NOT NULL,
	"reviewed_by" text,
	"reviewed_at" timestamp (3) with time zone,
	"voucher" text,
	CONSTRAINT "voucher_drafts_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "voucher_drafts_voucher" UNIQUE("case_id","voucher"),
	CONSTRAINT "voucher_drafts_state" CHECK ("voucher_drafts"."state" IN ('waiting', 'posted', 'returned')),
	CONSTRAINT "voucher_drafts_direction" CHECK ("voucher_drafts"."direction" IN ('in', 'out')),
	CONSTRAINT "voucher_drafts_red" CHECK (("voucher_drafts"."reverses" IS NULL) = ("voucher_drafts"."amount_fen" > 0)),
	CONSTRAINT "voucher_drafts_apart" CHECK ("voucher_drafts"."reviewed_by" <> "voucher_drafts"."made_by"),
	CONSTRAINT "voucher_drafts_reviewed" CHECK (("voucher_drafts"."state" = 'waiting') = ("voucher_drafts"."reviewed_by" IS NULL)),
	CONSTRAINT "voucher_drafts_posted" CHECK (("voucher_drafts"."state" = 'posted') = ("voucher_drafts"."voucher" IS NOT NULL))
);
--> statement-breakpoint
ALTER TABLE "book_payouts" ADD COLUMN "party" text;--> statement-breakpoint
ALTER TABLE "books" ADD COLUMN "profile" text DEFAULT 'two-person' NOT NULL;--> statement-breakpoint
ALTER TABLE "books" ADD COLUMN "many" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD COLUMN "party" text;--> statement-breakpoint
ALTER TABLE "vouchers" ADD COLUMN "draft" text;--> statement-breakpoint
ALTER TABLE "vouchers" ADD COLUMN "reviewed_by" text;--> statement-breakpoint
ALTER TABLE "book_match_entries" ADD CONSTRAINT "book_match_entries_case_id_match_book_matches_case_id_id_fk" FOREIGN KEY ("case_id","match") REFERENCES "public"."book_matches"("case_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_matches" ADD CONSTRAINT "book_matches_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_persons" ADD CONSTRAINT "book_persons_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voucher_drafts" ADD CONSTRAINT "voucher_drafts_case_id_book_books_case_id_book_fk" FOREIGN KEY ("case_id","book") REFERENCES "public"."books"("case_id","book") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "book_match_entries_entry" ON "book_match_entries" USING btree ("case_id","entry");--> statement-breakpoint
CREATE INDEX "payout_codes_payout" ON "person"."payout_codes" USING btree ("case_id","payout");--> statement-breakpoint
CREATE INDEX "voucher_drafts_waiting" ON "voucher_drafts" USING btree ("case_id","book") WHERE "voucher_drafts"."state" = 'waiting';--> statement-breakpoint
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_review" CHECK (("vouchers"."draft" IS NULL) = ("vouchers"."reviewed_by" IS NULL) AND "vouchers"."reviewed_by" IS DISTINCT FROM "vouchers"."recorded_by");--> statement-breakpoint
-- Vouchers under review, matches by hand, sub-ledgers per person and codes: what holds, whoever asks.
CREATE TRIGGER a_role BEFORE INSERT OR UPDATE ON voucher_drafts FOR EACH STATEMENT EXECUTE FUNCTION book_side_role('ledger');
--> statement-breakpoint
CREATE FUNCTION voucher_draft_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sums record;
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
  IF (NEW.case_id, NEW.id, NEW.book, NEW.channel, NEW.direction, NEW.amount_fen, NEW.source_doc, NEW.occurred_date, NEW.text,
      NEW.payout, NEW.reverses, NEW.lines::text, NEW.made_by, NEW.made_at, NEW.act_id, NEW.seq)
     IS DISTINCT FROM (OLD.case_id, OLD.id, OLD.book, OLD.channel, OLD.direction, OLD.amount_fen, OLD.source_doc,
      OLD.occurred_date, OLD.text, OLD.payout, OLD.reverses, OLD.lines::text, OLD.made_by, OLD.made_at, OLD.act_id, OLD.seq) THEN
    RAISE EXCEPTION 'what voucher % says does not change: it goes back and is made anew', NEW.id;
  END IF;
  IF NOT EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = NEW.reviewed_by
      AND d.duty = 'reviewer' AND d.during @> NEW.reviewed_at) THEN
    RAISE EXCEPTION 'who reviewed voucher % has no reviewer duty on book %', NEW.id, NEW.book;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER b_move BEFORE INSERT OR UPDATE ON voucher_drafts FOR EACH ROW EXECUTE FUNCTION voucher_draft_moves();
--> statement-breakpoint
CREATE TRIGGER voucher_drafts_never_vanish BEFORE DELETE OR TRUNCATE ON voucher_drafts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A voucher of a book that reviews is the one that was made and reviewed, by three people; of another book it never was.
CREATE FUNCTION voucher_is_reviewed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reviewed boolean := (SELECT b.profile = 'vouchers' FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book);
  made record;
BEGIN
  IF NOT reviewed THEN
    IF num_nonnulls(NEW.draft, NEW.reviewed_by) > 0 THEN
      RAISE EXCEPTION 'book % posts its vouchers without review', NEW.book;
    END IF;
    RETURN NULL;
  END IF;
  SELECT * INTO made FROM voucher_drafts d WHERE d.case_id = NEW.case_id AND d.id = NEW.draft;
  IF NOT FOUND OR (made.state, made.voucher, made.reviewed_by, made.reviewed_at, made.made_by, made.book, made.channel,
      made.direction, made.amount_fen, made.source_doc, made.occurred_date, made.text, made.payout, made.reverses)
     IS DISTINCT FROM ('posted', NEW.id, NEW.reviewed_by, NEW.recorded_at, NEW.recorded_by, NEW.book, NEW.channel,
      NEW.direction, NEW.amount_fen, NEW.source_doc, NEW.occurred_date, NEW.text, NEW.payout, NEW.reverses) THEN
    RAISE EXCEPTION 'voucher % is not the one that was reviewed', NEW.id;
  END IF;
  IF EXISTS (SELECT FROM (SELECT * FROM voucher_lines WHERE case_id = NEW.case_id AND voucher = NEW.id) l
        FULL JOIN json_array_elements(made.lines) WITH ORDINALITY AS j (line, n) ON j.n = l.line
      WHERE (l.text, l.account, l.side, l.amount_fen, l.party) IS DISTINCT FROM (j.line ->> 'text', j.line ->> 'account',
          j.line ->> 'side', (j.line ->> 'amountFen')::bigint, j.line ->> 'party')) THEN
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
CREATE CONSTRAINT TRIGGER voucher_is_reviewed AFTER INSERT ON vouchers DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION voucher_is_reviewed();
--> statement-breakpoint
-- Sub-ledgers. Lines on the account of entrusted money name the person exactly where the book is one of several persons.
CREATE TRIGGER book_persons_follow BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON book_persons
  FOR EACH STATEMENT EXECUTE FUNCTION only_by_triggers();
--> statement-breakpoint
CREATE FUNCTION voucher_lines_persons() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT v.id, v.book INTO bad FROM added l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher
      JOIN books b ON b.case_id = v.case_id AND b.book = v.book
      LEFT JOIN book_payouts p ON p.case_id = v.case_id AND p.id = v.payout
    WHERE (l.party IS NOT NULL) <> (b.many AND l.account = '2601')
      OR l.party IS NOT NULL AND ((l.side = 'debit' AND v.payout IS NULL) OR (v.payout IS NOT NULL AND p.party IS DISTINCT FROM l.party))
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'voucher % does not say whose money it is, or not as its payout does', bad.id;
  END IF;
  SELECT l.voucher INTO bad FROM added l WHERE l.party IS NOT NULL
    GROUP BY l.case_id, l.voucher HAVING count(DISTINCT l.side) > 1 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'voucher % sets the money of one person off against that of another', bad.voucher;
  END IF;
  INSERT INTO book_persons AS p (case_id, book, party, recorded_fen, paid_fen)
    SELECT v.case_id, v.book, l.party, sum(CASE l.side WHEN 'credit' THEN l.amount_fen ELSE -l.amount_fen END), 0
    FROM added l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher
    WHERE l.party IS NOT NULL AND v.payout IS NULL GROUP BY v.case_id, v.book, l.party
    ON CONFLICT (case_id, book, party) DO UPDATE SET recorded_fen = p.recorded_fen + excluded.recorded_fen;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER voucher_lines_persons AFTER INSERT ON voucher_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION voucher_lines_persons();
--> statement-breakpoint
CREATE FUNCTION book_payout_persons() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE account record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW.party IS NOT NULL) <> (SELECT b.many FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book) THEN
      RAISE EXCEPTION 'payout % does not say whose money it is', NEW.id;
    END IF;
    RETURN NULL;
  END IF;
  IF NEW.party IS DISTINCT FROM OLD.party THEN
    RAISE EXCEPTION 'whose payout % is does not change', NEW.id;
  END IF;
  IF NEW.party IS NULL OR (OLD.state || ' to ' || NEW.state) NOT IN ('approved to paid', 'paid to approved') THEN
    RETURN NULL;
  END IF;
  INSERT INTO book_persons AS p (case_id, book, party, recorded_fen, paid_fen)
    VALUES (NEW.case_id, NEW.book, NEW.party, 0, CASE NEW.state WHEN 'paid' THEN NEW.amount_fen ELSE -NEW.amount_fen END)
    ON CONFLICT (case_id, book, party) DO UPDATE SET paid_fen = p.paid_fen + excluded.paid_fen
    RETURNING p.recorded_fen, p.paid_fen INTO account;
  IF NEW.state = 'paid' AND account.paid_fen > account.recorded_fen THEN
    RAISE EXCEPTION 'payout % takes % fen more than is kept for the person', NEW.id, account.paid_fen - account.recorded_fen;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_payout_persons AFTER INSERT OR UPDATE ON book_payouts FOR EACH ROW EXECUTE FUNCTION book_payout_persons();
--> statement-breakpoint
-- Matches by hand: checked when everything of the transaction is there.
CREATE FUNCTION book_match_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sums record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
       OR (NEW.case_id, NEW.id, NEW.book, NEW.channel, NEW.direction, NEW.amount_fen, NEW.entries, NEW.matched_by, NEW.matched_at, NEW.seq)
          IS DISTINCT FROM (OLD.case_id, OLD.id, OLD.book, OLD.channel, OLD.direction, OLD.amount_fen, OLD.entries, OLD.matched_by,
          OLD.matched_at, OLD.seq) THEN
      RAISE EXCEPTION 'match % only ends, once', OLD.id;
    END IF;
    IF NOT EXISTS (SELECT FROM book_match_entries m WHERE m.case_id = NEW.case_id AND m.match = NEW.id AND m.entry = NEW.ended_entry)
       OR NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = NEW.case_id AND r.reverses = NEW.ended_entry
         UNION ALL SELECT FROM vouchers r WHERE r.case_id = NEW.case_id AND r.reverses = NEW.ended_entry) THEN
      RAISE EXCEPTION 'match % ends by the reversal of one of its entries', NEW.id;
    END IF;
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = NEW.matched_by
      AND d.duty IN ('cash', 'ledger') AND d.during @> NEW.matched_at) THEN
    RAISE EXCEPTION 'who keeps a side of book % does not match its entries by hand', NEW.book;
  END IF;
  SELECT count(*) FILTER (WHERE m.side = 'cash') AS cash, count(*) FILTER (WHERE m.side = 'ledger') AS ledger,
      coalesce(sum(x.amount_fen) FILTER (WHERE m.side = 'cash'), 0) AS cash_fen,
      coalesce(sum(x.amount_fen) FILTER (WHERE m.side = 'ledger'), 0) AS ledger_fen,
      count(*) FILTER (WHERE x.id IS NULL OR (x.book, x.channel, x.direction) IS DISTINCT FROM (NEW.book, NEW.channel, NEW.direction)
        OR x.recorded_by = NEW.matched_by) AS wrong
    INTO sums
    FROM book_match_entries m LEFT JOIN LATERAL (
        SELECT e.id, e.book, e.channel, e.direction, e.amount_fen, e.recorded_by FROM cash_entries e
          JOIN book_documents d ON d.case_id = e.case_id AND d.entry = e.id AND d.side = 'cash' AND d.source_doc = e.source_doc
          WHERE m.side = 'cash' AND e.case_id = m.case_id AND e.id = m.entry
        UNION ALL SELECT v.id, v.book, v.channel, v.direction, v.amount_fen, v.recorded_by FROM vouchers v
          JOIN book_documents d ON d.case_id = v.case_id AND d.entry = v.id AND d.side = 'ledger' AND d.source_doc = v.source_doc
          WHERE m.side = 'ledger' AND v.case_id = m.case_id AND v.id = m.entry) x ON true
    WHERE m.case_id = NEW.case_id AND m.match = NEW.id;
  IF sums.wrong > 0 OR least(sums.cash, sums.ledger) <> 1 OR sums.cash + sums.ledger <> NEW.entries OR sums.cash_fen <> sums.ledger_fen OR sums.cash_fen <> NEW.amount_fen THEN
    RAISE EXCEPTION 'match % does not hold: % fen in the journal, % in the ledger', NEW.id, sums.cash_fen, sums.ledger_fen;
  END IF;
  IF EXISTS (SELECT FROM book_match_entries m JOIN book_match_entries o ON o.case_id = m.case_id AND o.entry = m.entry AND o.match <> m.match
      JOIN book_matches other ON other.case_id = o.case_id AND other.id = o.match AND other.ended_at IS NULL
      WHERE m.case_id = NEW.case_id AND m.match = NEW.id) THEN
    RAISE EXCEPTION 'an entry of match % stands in another match', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_match_holds AFTER INSERT OR UPDATE ON book_matches DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_match_holds();
--> statement-breakpoint
CREATE FUNCTION book_match_entries_complete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT case_id, match FROM added) a
      JOIN book_matches b ON b.case_id = a.case_id AND b.id = a.match
      WHERE (SELECT count(*) FROM book_match_entries m WHERE m.case_id = b.case_id AND m.match = b.id) > b.entries) THEN
    RAISE EXCEPTION 'a match already has all its entries';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_match_entries_complete AFTER INSERT ON book_match_entries REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION book_match_entries_complete();
--> statement-breakpoint
-- What is reversed stands in no match any more, and no document of a match is recorded on its other side.
CREATE FUNCTION book_entry_unmatched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.reverses IS NOT NULL AND EXISTS (
      SELECT FROM book_match_entries m JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL
      WHERE m.case_id = NEW.case_id AND m.entry = NEW.reverses) THEN
    RAISE EXCEPTION 'entry % is reversed and still matched', NEW.reverses;
  END IF;
  IF NEW.reverses IS NULL AND EXISTS (
      SELECT FROM book_documents d JOIN book_match_entries m ON m.case_id = d.case_id AND m.entry = d.entry AND m.side = d.side
        JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL AND b.seq < NEW.seq
      WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.source_doc = NEW.source_doc) THEN
    RAISE EXCEPTION 'document % is matched with other papers already', NEW.source_doc;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_entry_unmatched AFTER INSERT ON cash_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_entry_unmatched();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_entry_unmatched AFTER INSERT ON vouchers DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_entry_unmatched();
--> statement-breakpoint
CREATE TRIGGER book_match_entries_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON book_match_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER book_matches_never_vanish BEFORE DELETE OR TRUNCATE ON book_matches
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON voucher_drafts, book_matches, book_match_entries, book_persons TO linli_door, linli_read;
--> statement-breakpoint
GRANT SELECT, INSERT ON voucher_drafts TO linli_ledger;
--> statement-breakpoint
GRANT UPDATE (state, reviewed_by, reviewed_at, voucher) ON voucher_drafts TO linli_ledger;
--> statement-breakpoint
GRANT INSERT ON book_matches, book_match_entries TO linli_door;
--> statement-breakpoint
GRANT UPDATE (ended_at, ended_entry) ON book_matches TO linli_door;
--> statement-breakpoint
GRANT INSERT (party) ON book_payouts TO linli_door;
--> statement-breakpoint
GRANT SELECT, UPDATE (tries) ON person.payout_codes TO linli_door;
--> statement-breakpoint
REVOKE ALL ON FUNCTION voucher_draft_moves(), voucher_is_reviewed(), voucher_lines_persons(), book_payout_persons(),
  book_match_holds(), book_match_entries_complete(), book_entry_unmatched() FROM PUBLIC;
