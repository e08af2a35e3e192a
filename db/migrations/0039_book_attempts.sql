-- What attempts to get round the rules of the books have shown to be open.
ALTER TABLE "book_channels" ADD CONSTRAINT "book_channels_account" CHECK (("book_channels"."channel", "book_channels"."account") IN (('cash', '1001'), ('bank', '1002'), ('wechat', '1009')));--> statement-breakpoint
ALTER TABLE "cash_entries" ADD CONSTRAINT "cash_entries_payout" CHECK ("cash_entries"."payout" IS NULL OR "cash_entries"."direction" = 'out') NOT VALID;--> statement-breakpoint
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_payout" CHECK ("vouchers"."payout" IS NULL OR "vouchers"."direction" = 'out') NOT VALID;--> statement-breakpoint
-- A name a caller chose hides none of ours: what a trigger reads is looked up in our own schema, whoever fired it.
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
      AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') AND p.proconfig IS NULL LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', f);
  END LOOP;
END $$;
--> statement-breakpoint
-- Whether a row that can be seen was written by the transaction that asks, in a savepoint or not: `xmin` is its own, still in progress.
CREATE FUNCTION written_now(writer xid) RETURNS boolean LANGUAGE sql VOLATILE SET search_path = pg_catalog AS $$
  SELECT CASE WHEN age(writer) > 0 THEN false
    ELSE pg_xact_status((pg_current_xact_id()::text::bigint - age(writer))::text::xid8) = 'in progress' END
$$;
--> statement-breakpoint
-- One transaction, one side: told from what it wrote, since a setting can be set by anybody. And one person, one side of a document.
CREATE FUNCTION book_sides_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  other_side text := CASE TG_ARGV[0] WHEN 'cash' THEN 'ledger' ELSE 'cash' END;
BEGIN
  IF EXISTS (SELECT FROM book_counters c WHERE c.case_id = NEW.case_id AND c.book = NEW.book AND c.side = other_side
      AND c.no > 0 AND written_now(c.xmin)) THEN
    RAISE EXCEPTION 'one transaction writes one side of the books: it has written the % side', other_side;
  END IF;
  IF NEW.reverses IS NULL AND EXISTS (
      SELECT FROM book_documents d LEFT JOIN cash_entries e ON d.side = 'cash' AND e.case_id = d.case_id AND e.id = d.entry
        LEFT JOIN vouchers v ON d.side = 'ledger' AND v.case_id = d.case_id AND v.id = d.entry
      WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.side = other_side AND d.source_doc = NEW.source_doc
        AND coalesce(e.recorded_by, v.recorded_by) = NEW.recorded_by) THEN
    RAISE EXCEPTION 'one person does not record both sides of document %', NEW.source_doc;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER d_apart AFTER INSERT ON cash_entries FOR EACH ROW EXECUTE FUNCTION book_sides_apart('cash');
--> statement-breakpoint
CREATE TRIGGER d_apart AFTER INSERT ON vouchers FOR EACH ROW EXECUTE FUNCTION book_sides_apart('ledger');
--> statement-breakpoint
-- The vouchers of a payout come to no more than the payout.
CREATE INDEX vouchers_of_payout ON vouchers (case_id, payout) WHERE payout IS NOT NULL;
--> statement-breakpoint
CREATE FUNCTION voucher_of_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT sum(v.amount_fen) FROM vouchers v WHERE v.case_id = NEW.case_id AND v.payout = NEW.payout)
      > (SELECT p.amount_fen FROM book_payouts p WHERE p.case_id = NEW.case_id AND p.id = NEW.payout) THEN
    RAISE EXCEPTION 'the vouchers of payout % come to more than it', NEW.payout;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER e_payout AFTER INSERT ON vouchers FOR EACH ROW WHEN (NEW.payout IS NOT NULL) EXECUTE FUNCTION voucher_of_payout();
--> statement-breakpoint
-- A duty begins when it begins: not before the book, nor before what is recorded in it already; and ends not before what its
-- holder recorded.
CREATE FUNCTION book_duties_begin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT upper_inf(NEW.during) OR lower(NEW.during) IS NULL
     OR lower(NEW.during) < (SELECT b.opened_at FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book)
     OR EXISTS (SELECT FROM book_counters c WHERE c.case_id = NEW.case_id AND c.book = NEW.book AND c.last_at > lower(NEW.during)) THEN
    RAISE EXCEPTION 'a duty on book % begins before what is recorded in it, or has ended before it begins', NEW.book;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_duties_begin BEFORE INSERT ON book_duties FOR EACH ROW EXECUTE FUNCTION book_duties_begin();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION book_duties_only_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  until timestamptz := coalesce(upper(NEW.during), lower(OLD.during));
BEGIN
  IF NOT upper_inf(OLD.during) OR NOT (NEW.during <@ OLD.during)
     OR (NOT isempty(NEW.during) AND lower(NEW.during) <> lower(OLD.during))
     OR (NEW.case_id, NEW.book, NEW.person, NEW.duty) IS DISTINCT FROM (OLD.case_id, OLD.book, OLD.person, OLD.duty) THEN
    RAISE EXCEPTION 'a duty on a book may only be ended, once';
  END IF;
  IF NOT upper_inf(NEW.during) AND EXISTS (
      SELECT FROM cash_entries e WHERE OLD.duty = 'cash' AND e.case_id = OLD.case_id AND e.book = OLD.book AND e.recorded_by = OLD.person
        AND e.booked_date >= (until AT TIME ZONE 'Asia/Shanghai')::date AND e.recorded_at > until AND e.recorded_at >= lower(OLD.during)
      UNION ALL
      SELECT FROM vouchers v WHERE OLD.duty = 'ledger' AND v.case_id = OLD.case_id AND v.book = OLD.book AND v.recorded_by = OLD.person
        AND v.period >= to_char(until AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AND v.draft IS NULL AND v.recorded_at > until
        AND v.recorded_at >= lower(OLD.during)) THEN
    RAISE EXCEPTION 'a duty on book % does not end before what its holder has recorded', OLD.book;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- A payout is paid once: by the one entry it names, or by one that is reversed. Red ink of a payment takes the payment back.
CREATE OR REPLACE FUNCTION cash_leaves_by_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.payout IS NULL THEN
    IF EXISTS (SELECT FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book AND b.keeps = 'held for beneficiary') THEN
      RAISE EXCEPTION 'entry %: money held for a person leaves by an approved payout only', NEW.id;
    END IF;
  ELSIF NOT EXISTS (SELECT FROM book_payouts p WHERE p.case_id = NEW.case_id AND p.id = NEW.payout
      AND p.state IN ('approved', 'paid', 'confirmed')
      AND (p.book, p.channel, p.amount_fen) = (NEW.book, NEW.channel, NEW.amount_fen)) THEN
    RAISE EXCEPTION 'entry % pays payout %, which is not approved like that', NEW.id, NEW.payout;
  ELSIF NOT EXISTS (SELECT FROM book_payouts p WHERE p.case_id = NEW.case_id AND p.id = NEW.payout AND p.entry = NEW.id)
      AND NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = NEW.case_id AND r.reverses = NEW.id) THEN
    RAISE EXCEPTION 'entry % pays payout %, which does not say so', NEW.id, NEW.payout;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION cash_comes_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM book_payouts p WHERE p.case_id = NEW.case_id AND p.id = NEW.payout AND p.entry = NEW.reverses) THEN
    RAISE EXCEPTION 'entry % reverses the payment of payout %, which stays paid', NEW.id, NEW.payout;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER cash_comes_back AFTER INSERT ON cash_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.reverses IS NOT NULL AND NEW.payout IS NOT NULL) EXECUTE FUNCTION cash_comes_back();
--> statement-breakpoint
-- Who keeps a side of a book, reviews or archives it decides neither on its payouts nor on its differences, and registers no advance.
CREATE FUNCTION book_keeps_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  given jsonb := to_jsonb(NEW);
  who text := given ->> TG_ARGV[0];
  moment timestamptz := given ->> TG_ARGV[1];
BEGIN
  IF who IS NULL OR TG_OP = 'UPDATE' AND who = to_jsonb(OLD) ->> TG_ARGV[0] THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = who
      AND d.duty IN ('cash', 'ledger', TG_ARGV[2], TG_ARGV[3]) AND d.during @> moment) THEN
    RAISE EXCEPTION 'who keeps a side of book % does not do this with %', NEW.book, NEW.id;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_apart BEFORE UPDATE ON book_payouts FOR EACH ROW EXECUTE FUNCTION book_keeps_apart('decided_by', 'decided_at', 'reviewer', 'archive');
--> statement-breakpoint
CREATE TRIGGER keeps_apart BEFORE UPDATE ON book_discrepancies FOR EACH ROW EXECUTE FUNCTION book_keeps_apart('decided_by', 'decided_at', 'reviewer', 'archive');
--> statement-breakpoint
CREATE TRIGGER keeps_apart BEFORE INSERT ON book_advances FOR EACH ROW EXECUTE FUNCTION book_keeps_apart('recorded_by', 'recorded_at', '', '');
--> statement-breakpoint
ALTER TABLE book_payouts ADD CONSTRAINT book_payouts_decided_by_people FOREIGN KEY (decided_by) REFERENCES person.people (id) NOT VALID;
--> statement-breakpoint
ALTER TABLE book_payouts ADD CONSTRAINT book_payouts_confirmed_by_people FOREIGN KEY (confirmed_by) REFERENCES person.people (id) NOT VALID;
--> statement-breakpoint
-- A difference is carried by a decision to carry it, and mended when the sides that stand say the same.
CREATE FUNCTION book_discrepancy_settles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.how = 'carried' AND NEW.decision IS DISTINCT FROM 'carry' OR NEW.how = 'corrected' AND EXISTS (
      SELECT FROM book_documents c JOIN cash_entries e ON e.case_id = c.case_id AND e.id = c.entry
        JOIN book_documents l ON l.case_id = c.case_id AND l.book = c.book AND l.source_doc = c.source_doc AND l.side = 'ledger'
        JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.entry
      WHERE c.case_id = NEW.case_id AND c.book = NEW.book AND c.source_doc = NEW.source_doc AND c.side = 'cash'
        AND (e.direction, e.amount_fen, e.channel) IS DISTINCT FROM (v.direction, v.amount_fen, v.channel)
        AND NOT EXISTS (SELECT FROM book_discrepancies o WHERE o.case_id = c.case_id AND o.book = c.book
          AND o.source_doc = c.source_doc AND o.settled_at IS NULL)) THEN
    RAISE EXCEPTION 'difference % is neither mended nor signed', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_discrepancy_settles AFTER UPDATE ON book_discrepancies DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.settled_at IS NULL AND NEW.settled_at IS NOT NULL) EXECUTE FUNCTION book_discrepancy_settles();
--> statement-breakpoint
-- What belongs to a count or to a closing is written with it, never added to it.
CREATE FUNCTION book_parts_at_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  given jsonb := to_jsonb(NEW);
  whole boolean;
BEGIN
  EXECUTE format('SELECT written_now(xmin) FROM %I WHERE case_id = $1 AND book = $2 AND %I::text = $3', TG_ARGV[0], TG_ARGV[1])
    INTO whole USING NEW.case_id, NEW.book, given ->> TG_ARGV[2];
  IF whole IS DISTINCT FROM true THEN
    RAISE EXCEPTION 'nothing is added to what is counted or closed in book %', NEW.book;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER at_once AFTER INSERT ON book_count_channels FOR EACH ROW EXECUTE FUNCTION book_parts_at_once('book_counts', 'id', 'count');
--> statement-breakpoint
CREATE TRIGGER at_once AFTER INSERT ON book_day_channels FOR EACH ROW EXECUTE FUNCTION book_parts_at_once('book_days', 'day', 'day');
--> statement-breakpoint
CREATE TRIGGER at_once AFTER INSERT ON book_month_channels FOR EACH ROW EXECUTE FUNCTION book_parts_at_once('book_months', 'period', 'period');
--> statement-breakpoint
CREATE TRIGGER at_once AFTER INSERT ON book_month_accounts FOR EACH ROW EXECUTE FUNCTION book_parts_at_once('book_months', 'period', 'period');
--> statement-breakpoint
-- A voucher that is said to be posted is posted.
CREATE FUNCTION voucher_draft_is_posted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM vouchers v WHERE v.case_id = NEW.case_id AND v.id = NEW.voucher AND v.draft = NEW.id) THEN
    RAISE EXCEPTION 'voucher % is posted as %, which is not there', NEW.id, NEW.voucher;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER voucher_draft_is_posted AFTER UPDATE ON voucher_drafts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'posted') EXECUTE FUNCTION voucher_draft_is_posted();
--> statement-breakpoint
-- Tries of a code are counted up, one at a time, and never back.
CREATE FUNCTION payout_code_tries() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.tries <> OLD.tries + 1 OR (to_jsonb(NEW) - 'tries') <> (to_jsonb(OLD) - 'tries') THEN
    RAISE EXCEPTION 'tries of code % only go up', OLD.id;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payout_code_tries BEFORE UPDATE ON person.payout_codes FOR EACH ROW EXECUTE FUNCTION payout_code_tries();
--> statement-breakpoint
CREATE TRIGGER payout_codes_never_vanish BEFORE DELETE OR TRUNCATE ON person.payout_codes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A giver who wants no name gets none.
CREATE FUNCTION book_giver_unnamed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM book_gifts g WHERE g.case_id = NEW.case_id AND g.id = NEW.id AND g.giver_kind = 'anonymous') THEN
    RAISE EXCEPTION 'gift % has a giver without a name', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_giver_unnamed AFTER INSERT ON person.book_names DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.what = 'giver') EXECUTE FUNCTION book_giver_unnamed();
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_sides_apart(), voucher_of_payout(), book_duties_begin(), book_duties_only_end(), cash_comes_back(), book_keeps_apart(),
  book_discrepancy_settles(), book_parts_at_once(), voucher_draft_is_posted(), book_giver_unnamed() FROM PUBLIC;
