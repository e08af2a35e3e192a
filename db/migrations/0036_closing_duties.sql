-- "by" is a word of PL/pgSQL: a column of that name has to be quoted to be found.
CREATE OR REPLACE FUNCTION book_count_is_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  bad text;
  notes bigint;
BEGIN
  IF (NEW.kind = 'day') <> EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book
      AND d.person = NEW."by" AND d.duty = 'cash' AND d.during @> NEW.at)
    OR NEW.kind <> 'day' AND EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book
      AND d.person = NEW."by" AND d.duty = 'ledger' AND d.during @> NEW.at) THEN
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
CREATE OR REPLACE FUNCTION book_closing_locks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  duty_needed text := CASE TG_TABLE_NAME WHEN 'book_days' THEN 'cash' ELSE 'ledger' END;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'books are closed at READ COMMITTED only';
  END IF;
  PERFORM pg_advisory_xact_lock(book_lock(NEW.case_id, NEW.book));
  IF NOT EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.person = NEW."by"
      AND d.duty = duty_needed AND d.during @> NEW.at) THEN
    RAISE EXCEPTION 'who closes book % has no % duty on it', NEW.book, duty_needed;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- A voucher's month is that of the day it is booked on, whatever it says of when it was recorded.
CREATE OR REPLACE FUNCTION book_entry_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  IF is_ledger THEN
    IF NEW.period <> to_char(booked, 'YYYY-MM') THEN
      RAISE EXCEPTION 'voucher % is of %, and booked on %', NEW.id, NEW.period, booked;
    END IF;
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
