-- What the two books hold to, whoever asks. Entries never change; each side is written under its own role, by who has the
-- duty; numbers have no gap; balances follow; vouchers balance; red ink mirrors one original; one transaction, one side.
INSERT INTO accounts (code, name_zh, name_en) VALUES
  -- the accounting system for private non-profit bodies (民间非营利组织会计制度, 财会〔2004〕7号, part two)
  ('1001', '库存现金', 'cash on hand'), ('1002', '银行存款', 'bank deposits'),
  ('1009', '其他货币资金', 'other monetary funds (WeChat)'), ('1122', '其他应收款', 'other receivables'),
  ('2209', '其他应付款', 'other payables'), ('2601', '受托代理负债', 'entrusted liabilities'),
  ('3102', '限定性净资产', 'restricted net assets'), ('4101', '捐赠收入', 'income from gifts'),
  ('4401', '政府补助收入', 'government subsidies'), ('4501', '商品销售收入', 'income from sales'),
  ('4901', '其他收入', 'other income'), ('5101', '业务活动成本', 'cost of activities'),
  ('5201', '管理费用', 'administrative expenses'), ('5401', '其他费用', 'other expenses');
--> statement-breakpoint
-- One person has at most one duty on one book at any instant.
ALTER TABLE book_duties ADD CONSTRAINT book_duties_one_a_person
  EXCLUDE USING gist (case_id WITH =, book WITH =, person WITH =, during WITH &&);
--> statement-breakpoint
CREATE INDEX book_duties_open ON book_duties (case_id) WHERE upper_inf(during);
--> statement-breakpoint
CREATE FUNCTION book_duties_only_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT upper_inf(OLD.during) OR NOT (NEW.during <@ OLD.during)
     OR (NOT isempty(NEW.during) AND lower(NEW.during) <> lower(OLD.during))
     OR (NEW.case_id, NEW.book, NEW.person, NEW.duty) IS DISTINCT FROM (OLD.case_id, OLD.book, OLD.person, OLD.duty) THEN
    RAISE EXCEPTION 'a duty on a book may only be ended, once';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_duties_only_end BEFORE UPDATE ON book_duties FOR EACH ROW EXECUTE FUNCTION book_duties_only_end();
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['cash_entries', 'vouchers', 'voucher_lines', 'books', 'book_channels', 'accounts',
                           'book_reconciliations'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['book_duties', 'book_payouts', 'book_discrepancies'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_vanish', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Counters and the list of standing documents follow the entries: nobody writes them directly.
CREATE FUNCTION only_by_triggers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION '% on % is refused: it follows the entries', TG_OP, TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_counters_follow BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON book_counters
  FOR EACH STATEMENT EXECUTE FUNCTION only_by_triggers();
--> statement-breakpoint
CREATE TRIGGER book_documents_follow BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON book_documents
  FOR EACH STATEMENT EXECUTE FUNCTION only_by_triggers();
--> statement-breakpoint
CREATE FUNCTION book_channels_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO book_counters (case_id, book, side, channel, period, no, balance_fen)
    SELECT NEW.case_id, NEW.book, side, NEW.channel, '', 0, 0 FROM unnest(ARRAY['cash', 'ledger']) AS side;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER book_channels_open AFTER INSERT ON book_channels FOR EACH ROW EXECUTE FUNCTION book_channels_open();
--> statement-breakpoint
-- The writer must have taken the role of the side, and a transaction that wrote one side writes no other.
CREATE FUNCTION book_side_role() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE written text := coalesce(current_setting('linli.book_side', true), '');
BEGIN
  IF current_user <> 'linli_' || TG_ARGV[0] THEN
    RAISE EXCEPTION '% is written under the role linli_% only', TG_TABLE_NAME, TG_ARGV[0];
  END IF;
  IF written NOT IN ('', TG_ARGV[0]) THEN
    RAISE EXCEPTION 'one transaction writes one side of the books: it has written the % side', written;
  END IF;
  PERFORM set_config('linli.book_side', TG_ARGV[0], true);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER a_role BEFORE INSERT ON cash_entries FOR EACH STATEMENT EXECUTE FUNCTION book_side_role('cash');
--> statement-breakpoint
CREATE TRIGGER a_role BEFORE INSERT ON vouchers FOR EACH STATEMENT EXECUTE FUNCTION book_side_role('ledger');
--> statement-breakpoint
CREATE TRIGGER a_role BEFORE INSERT ON voucher_lines FOR EACH STATEMENT EXECUTE FUNCTION book_side_role('ledger');
--> statement-breakpoint
-- Every entry of either side, in the order of its number. The counter's row lock makes concurrent writers queue.
CREATE FUNCTION book_entry_posts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  this_side text := TG_ARGV[0];
  is_ledger boolean := TG_ARGV[0] = 'ledger';
  moved bigint := CASE NEW.direction WHEN 'in' THEN NEW.amount_fen ELSE -NEW.amount_fen END;
  counter record;
  original record;
  next_no bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM book_duties d WHERE d.case_id = NEW.case_id AND d.book = NEW.book
                 AND d.person = NEW.recorded_by AND d.duty = this_side AND d.during @> NEW.recorded_at) THEN
    RAISE EXCEPTION 'who recorded it has no % duty on book % of case %', this_side, NEW.book, NEW.case_id;
  END IF;

  UPDATE book_counters c SET no = c.no + 1, balance_fen = c.balance_fen + moved, last_at = NEW.recorded_at
    WHERE c.case_id = NEW.case_id AND c.book = NEW.book AND c.side = this_side AND c.channel = NEW.channel AND c.period = ''
      AND (c.last_at IS NULL OR c.last_at <= NEW.recorded_at)
    RETURNING c.no, c.balance_fen INTO counter;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'book % of case % has no channel %, or an entry recorded later', NEW.book, NEW.case_id, NEW.channel;
  END IF;
  next_no := counter.no;
  IF is_ledger THEN
    INSERT INTO book_counters AS c (case_id, book, side, channel, period, no, balance_fen, last_at)
      VALUES (NEW.case_id, NEW.book, this_side, '', NEW.period, 1, 0, NEW.recorded_at)
      ON CONFLICT (case_id, book, side, channel, period) DO UPDATE SET no = c.no + 1, last_at = NEW.recorded_at
      RETURNING c.no INTO next_no;
  END IF;
  IF NEW.no <> next_no THEN
    RAISE EXCEPTION 'the next number is %, not %', next_no, NEW.no;
  END IF;
  IF NEW.balance_fen <> counter.balance_fen THEN
    RAISE EXCEPTION 'the balance after entry % is % fen, not %', NEW.id, counter.balance_fen, NEW.balance_fen;
  END IF;

  IF NEW.reverses IS NULL THEN
    INSERT INTO book_documents (case_id, book, side, source_doc, entry)
      VALUES (NEW.case_id, NEW.book, this_side, NEW.source_doc, NEW.id);
    RETURN NEW;
  END IF;
  IF is_ledger THEN
    SELECT v.book, v.channel, v.direction, v.amount_fen, v.source_doc, v.payout, v.reverses INTO original
      FROM vouchers v WHERE v.case_id = NEW.case_id AND v.id = NEW.reverses;
  ELSE
    SELECT e.book, e.channel, e.direction, e.amount_fen, e.source_doc, e.payout, e.reverses INTO original
      FROM cash_entries e WHERE e.case_id = NEW.case_id AND e.id = NEW.reverses;
  END IF;
  IF NOT FOUND OR original.reverses IS NOT NULL
     OR (original.book, original.channel, original.direction, original.amount_fen, original.source_doc, original.payout)
        IS DISTINCT FROM (NEW.book, NEW.channel, NEW.direction, -NEW.amount_fen, NEW.source_doc, NEW.payout) THEN
    RAISE EXCEPTION 'entry % is not the mirror of an entry %', NEW.id, NEW.reverses;
  END IF;
  DELETE FROM book_documents d WHERE d.case_id = NEW.case_id AND d.side = this_side AND d.book = NEW.book
    AND d.source_doc = NEW.source_doc AND d.entry = NEW.reverses;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'entry % is already reversed', NEW.reverses;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER b_post BEFORE INSERT ON cash_entries FOR EACH ROW EXECUTE FUNCTION book_entry_posts('cash');
--> statement-breakpoint
CREATE TRIGGER b_post BEFORE INSERT ON vouchers FOR EACH ROW EXECUTE FUNCTION book_entry_posts('ledger');
--> statement-breakpoint
-- A voucher with its lines, checked at commit at the latest.
CREATE FUNCTION voucher_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sums record;
BEGIN
  SELECT count(*) AS lines, max(line) AS last_line,
      coalesce(sum(amount_fen) FILTER (WHERE l.side = 'debit'), 0) AS debit,
      coalesce(sum(amount_fen) FILTER (WHERE l.side = 'credit'), 0) AS credit,
      coalesce(sum(CASE l.side WHEN 'debit' THEN amount_fen ELSE -amount_fen END) FILTER (WHERE l.account = c.account), 0) AS money,
      count(*) FILTER (WHERE (amount_fen < 0) <> (NEW.reverses IS NOT NULL)) AS wrong_ink
    INTO sums
    FROM voucher_lines l, book_channels c
    WHERE l.case_id = NEW.case_id AND l.voucher = NEW.id
      AND c.case_id = NEW.case_id AND c.book = NEW.book AND c.channel = NEW.channel;
  IF sums.lines <> NEW.line_count OR sums.last_line <> NEW.line_count OR sums.wrong_ink > 0 THEN
    RAISE EXCEPTION 'voucher % does not have its % lines', NEW.id, NEW.line_count;
  END IF;
  IF sums.debit <> NEW.total_fen OR sums.credit <> NEW.total_fen THEN
    RAISE EXCEPTION 'voucher % does not balance: debit %, credit % fen', NEW.id, sums.debit, sums.credit;
  END IF;
  IF sums.money <> (CASE NEW.direction WHEN 'in' THEN NEW.amount_fen ELSE -NEW.amount_fen END) THEN
    RAISE EXCEPTION 'voucher % does not move % fen of its channel', NEW.id, NEW.amount_fen;
  END IF;
  IF NEW.reverses IS NOT NULL AND EXISTS (
      SELECT FROM (SELECT * FROM voucher_lines WHERE case_id = NEW.case_id AND voucher = NEW.id) red
        FULL JOIN (SELECT * FROM voucher_lines WHERE case_id = NEW.case_id AND voucher = NEW.reverses) o ON o.line = red.line
      WHERE (o.account, o.side, -o.amount_fen) IS DISTINCT FROM (red.account, red.side, red.amount_fen)) THEN
    RAISE EXCEPTION 'voucher % is not the exact mirror of %', NEW.id, NEW.reverses;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER voucher_balances AFTER INSERT ON vouchers DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION voucher_balances();
--> statement-breakpoint
-- No line is ever added to a finished voucher.
CREATE FUNCTION voucher_lines_complete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bad text;
BEGIN
  SELECT v.id INTO bad FROM (SELECT DISTINCT case_id, voucher FROM added) a
    JOIN vouchers v ON v.case_id = a.case_id AND v.id = a.voucher
    WHERE (SELECT count(*) FROM voucher_lines l WHERE l.case_id = v.case_id AND l.voucher = v.id) > v.line_count LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'voucher % already has all its lines', bad;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER voucher_lines_complete AFTER INSERT ON voucher_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION voucher_lines_complete();
--> statement-breakpoint
-- Rights. Neither keeper's role reads or writes the other's side.
GRANT SELECT ON accounts, books, book_channels, book_duties, book_counters, book_documents, book_payouts, cash_entries,
  vouchers, voucher_lines, book_reconciliations, book_discrepancies TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON books, book_channels, book_duties, book_payouts, book_reconciliations, book_discrepancies TO linli_door;
--> statement-breakpoint
GRANT UPDATE (during) ON book_duties TO linli_door;
--> statement-breakpoint
GRANT UPDATE (state, decided_by, decided_at, paid_by, paid_at, entry, confirmed_by, confirmed_at) ON book_payouts TO linli_door;
--> statement-breakpoint
GRANT UPDATE (why, cash_fen, ledger_fen, explained_by, explained_at, decision, decided_by, decided_at, how, settled_at)
  ON book_discrepancies TO linli_door;
--> statement-breakpoint
GRANT SELECT, INSERT ON cash_entries TO linli_cash;
--> statement-breakpoint
GRANT SELECT, INSERT ON vouchers, voucher_lines TO linli_ledger;
--> statement-breakpoint
-- Functions that run with the owner's rights are for triggers only.
REVOKE ALL ON FUNCTION book_entry_posts(), voucher_balances(), voucher_lines_complete(), book_channels_open() FROM PUBLIC;
