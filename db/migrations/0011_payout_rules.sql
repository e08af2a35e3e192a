ALTER TABLE "book_payouts" DROP CONSTRAINT "book_payouts_apart";--> statement-breakpoint
ALTER TABLE "book_payouts" ADD COLUMN "on_behalf_of" text;--> statement-breakpoint
ALTER TABLE "book_payouts" ADD COLUMN "asked_by" text;--> statement-breakpoint
-- Whoever recorded a payout stands there himself now, as in its event; for whom he did it, beside it.
UPDATE book_payouts p SET on_behalf_of = p.requested_by, requested_by = e.actor_id
  FROM events e WHERE e.case_id = p.case_id AND e.type = 'payout.requested' AND e.actor_id <> p.requested_by
    AND convert_from(e.payload, 'UTF8')::json #>> '{data,id}' = p.id;--> statement-breakpoint
-- Rows from before these rules stay as they are; the proof of the books (db/books-rules.ts) finds those that break them.
ALTER TABLE "book_payouts" ADD CONSTRAINT "book_payouts_requested_by_people_id_fk" FOREIGN KEY ("requested_by") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action NOT VALID;--> statement-breakpoint
ALTER TABLE "book_payouts" ADD CONSTRAINT "book_payouts_payer" CHECK ("book_payouts"."paid_by" <> "book_payouts"."decided_by" AND ("book_payouts"."confirmed_by" IS NULL OR "book_payouts"."paid_by" <> "book_payouts"."confirmed_by")) NOT VALID;--> statement-breakpoint
ALTER TABLE "book_payouts" ADD CONSTRAINT "book_payouts_apart" CHECK ("book_payouts"."decided_by" <> "book_payouts"."requested_by" AND ("book_payouts"."asked_by" IS NULL OR "book_payouts"."decided_by" <> "book_payouts"."asked_by")) NOT VALID;--> statement-breakpoint
ALTER TABLE "voucher_lines" ADD CONSTRAINT "voucher_lines_product" CHECK (abs("voucher_lines"."price_fen" * "voucher_lines"."quantity" - abs("voucher_lines"."amount_fen")) < 1) NOT VALID;--> statement-breakpoint
-- A payout goes one way: asked for, approved or refused, paid by an entry of the journal, confirmed. Only the reversal of
-- that entry takes the payment back.
CREATE FUNCTION book_payout_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  step text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'requested' OR num_nonnulls(NEW.decided_by, NEW.decided_at, NEW.paid_by, NEW.paid_at, NEW.entry,
        NEW.confirmed_by, NEW.confirmed_at) > 0 THEN
      RAISE EXCEPTION 'payout % has to be asked for first', NEW.id;
    END IF;
    RETURN NEW;
  END IF;
  step := OLD.state || ' to ' || NEW.state;
  IF step NOT IN ('requested to approved', 'requested to refused', 'approved to paid', 'paid to approved', 'paid to confirmed') THEN
    RAISE EXCEPTION 'a payout does not go from %', step;
  END IF;
  IF (NEW.case_id, NEW.id, NEW.book, NEW.channel, NEW.amount_fen, NEW.text, NEW.requested_by, NEW.on_behalf_of, NEW.asked_by,
      NEW.requested_at) IS DISTINCT FROM (OLD.case_id, OLD.id, OLD.book, OLD.channel, OLD.amount_fen, OLD.text,
      OLD.requested_by, OLD.on_behalf_of, OLD.asked_by, OLD.requested_at) THEN
    RAISE EXCEPTION 'what payout % asks for does not change', NEW.id;
  END IF;
  IF OLD.state = 'requested' THEN
    IF num_nonnulls(NEW.decided_by, NEW.decided_at) < 2 THEN
      RAISE EXCEPTION 'payout % is decided by nobody', NEW.id;
    END IF;
  ELSIF (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at) THEN
    RAISE EXCEPTION 'who decided payout % does not change', NEW.id;
  END IF;
  IF step = 'approved to paid' THEN
    IF NEW.paid_at IS NULL OR NOT EXISTS (SELECT FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.id = NEW.entry
        AND (e.book, e.channel, e.direction, e.amount_fen, e.payout, e.recorded_by)
          = (NEW.book, NEW.channel, 'out', NEW.amount_fen, NEW.id, NEW.paid_by)) THEN
      RAISE EXCEPTION 'no entry of the journal pays payout %', NEW.id;
    END IF;
  ELSIF step = 'paid to approved' THEN
    IF num_nonnulls(NEW.paid_by, NEW.paid_at, NEW.entry) > 0
        OR NOT EXISTS (SELECT FROM cash_entries r WHERE r.case_id = OLD.case_id AND r.reverses = OLD.entry) THEN
      RAISE EXCEPTION 'the payment of payout % is not reversed', NEW.id;
    END IF;
  ELSIF (NEW.paid_by, NEW.paid_at, NEW.entry) IS DISTINCT FROM (OLD.paid_by, OLD.paid_at, OLD.entry) THEN
    RAISE EXCEPTION 'who paid payout % does not change', NEW.id;
  END IF;
  IF step = 'paid to confirmed' THEN
    IF num_nonnulls(NEW.confirmed_by, NEW.confirmed_at) < 2
        OR EXISTS (SELECT FROM cash_entries r WHERE r.case_id = OLD.case_id AND r.reverses = OLD.entry) THEN
      RAISE EXCEPTION 'payout % is confirmed by nobody, or its payment is reversed', NEW.id;
    END IF;
  ELSIF num_nonnulls(NEW.confirmed_by, NEW.confirmed_at) > 0 THEN
    RAISE EXCEPTION 'payout % is not paid and confirmed at once', NEW.id;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_payout_moves BEFORE INSERT OR UPDATE ON book_payouts FOR EACH ROW EXECUTE FUNCTION book_payout_moves();
--> statement-breakpoint
-- Money held for a person leaves by an approved payout only. At commit: approval and payment may be written together.
CREATE FUNCTION cash_leaves_by_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.payout IS NULL THEN
    IF EXISTS (SELECT FROM books b WHERE b.case_id = NEW.case_id AND b.book = NEW.book AND b.keeps = 'held for beneficiary') THEN
      RAISE EXCEPTION 'entry %: money held for a person leaves by an approved payout only', NEW.id;
    END IF;
  ELSIF NOT EXISTS (SELECT FROM book_payouts p WHERE p.case_id = NEW.case_id AND p.id = NEW.payout
      AND p.state IN ('approved', 'paid', 'confirmed')
      AND (p.book, p.channel, p.amount_fen) = (NEW.book, NEW.channel, NEW.amount_fen)) THEN
    RAISE EXCEPTION 'entry % pays payout %, which is not approved like that', NEW.id, NEW.payout;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER cash_leaves_by_payout AFTER INSERT ON cash_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.direction = 'out' AND NEW.reverses IS NULL) EXECUTE FUNCTION cash_leaves_by_payout();
--> statement-breakpoint
-- A difference begins open, is decided by nobody who recorded a side of it, and what is settled stays as it is.
CREATE FUNCTION book_discrepancy_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  IF (NEW.case_id, NEW.id, NEW.book, NEW.source_doc, NEW.why, NEW.found, NEW.found_at)
      IS DISTINCT FROM (OLD.case_id, OLD.id, OLD.book, OLD.source_doc, OLD.why, OLD.found, OLD.found_at) THEN
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
CREATE TRIGGER book_discrepancy_moves BEFORE INSERT OR UPDATE ON book_discrepancies
  FOR EACH ROW EXECUTE FUNCTION book_discrepancy_moves();
--> statement-breakpoint
-- The figures of an open difference are those of the entries that stand, at commit at the latest.
CREATE FUNCTION book_discrepancy_figures() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT FROM book_discrepancies b
        LEFT JOIN (book_documents c JOIN cash_entries e ON e.case_id = c.case_id AND e.id = c.entry AND c.side = 'cash')
          ON c.case_id = b.case_id AND c.book = b.book AND c.source_doc = b.source_doc
        LEFT JOIN (book_documents l JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.entry AND l.side = 'ledger')
          ON l.case_id = b.case_id AND l.book = b.book AND l.source_doc = b.source_doc
      WHERE b.case_id = NEW.case_id AND b.id = NEW.id AND b.settled_at IS NULL
        AND (b.cash_fen, b.ledger_fen) IS DISTINCT FROM (e.amount_fen, v.amount_fen)) THEN
    RAISE EXCEPTION 'difference % does not say what stands in the books', NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER book_discrepancy_figures AFTER INSERT OR UPDATE ON book_discrepancies DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION book_discrepancy_figures();
--> statement-breakpoint
REVOKE ALL ON FUNCTION book_payout_moves(), cash_leaves_by_payout(), book_discrepancy_moves(), book_discrepancy_figures() FROM PUBLIC;
--> statement-breakpoint
-- The door writes what begins, and afterwards only what an act of somebody can change.
REVOKE INSERT ON book_payouts, book_discrepancies FROM linli_door;
--> statement-breakpoint
GRANT INSERT (case_id, id, book, channel, amount_fen, text, state, requested_by, on_behalf_of, asked_by, requested_at)
  ON book_payouts TO linli_door;
--> statement-breakpoint
GRANT INSERT (case_id, id, book, source_doc, why, found, found_at, cash_fen, ledger_fen) ON book_discrepancies TO linli_door;
--> statement-breakpoint
REVOKE UPDATE (why) ON book_discrepancies FROM linli_door;
