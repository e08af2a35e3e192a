ALTER TABLE "person"."messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "person"."messages" ADD CONSTRAINT "messages_kind" CHECK ("person"."messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access', 'erasure', 'destruction'));--> statement-breakpoint
-- What becomes of the tables that name a case when its contents are destroyed (docs/retention.md). Their rows go; in `events`, `acts`,
-- `document_contents`, `deliveries`, `outbox`, `sendings` and `archived_run_parts` what they say goes. Every other table that names
-- a case keeps ids and times alone. test: door/destroy.pg.test.ts looks through all tables.
CREATE FUNCTION destruction_tables() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, person, pg_temp AS $$
  SELECT ARRAY['parties', 'payout_codes', 'book_names', 'bank_line_names', 'import_rows',
    'assignments', 'items', 'deadlines', 'rungs', 'accountability', 'transfers', 'effects', 'wakes', 'calendar_effects',
    'bank_match_members', 'bank_matches', 'bank_lines', 'bank_statements', 'book_advances', 'book_archives', 'book_match_entries',
    'book_matches', 'book_month_accounts', 'book_month_channels', 'book_months', 'book_day_channels', 'book_days', 'book_draws',
    'book_count_channels', 'book_counts', 'book_discrepancies', 'book_documents', 'book_duties', 'book_gift_thanks', 'book_gifts',
    'book_keepers', 'book_reconciliations', 'voucher_lines', 'vouchers', 'voucher_drafts', 'cash_lines', 'cash_entries',
    'book_payouts', 'book_persons', 'book_counters', 'book_channels', 'books']
$$;
--> statement-breakpoint
-- Whether a destruction goes on in this transaction. Only the owner of the tables could change their rows with it, and he can
-- switch triggers off anyway: what he does is found by `linli audit verify`.
CREATE FUNCTION destruction_goes_on() RETURNS boolean LANGUAGE sql STABLE SET search_path = public, person, pg_temp AS $$
  SELECT coalesce(current_setting('linli.destroying', true), '') <> ''
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  IF TG_OP <> 'TRUNCATE' AND destruction_goes_on() AND (
    TG_TABLE_NAME = ANY (ARRAY['events', 'acts', 'deliveries', 'delivery_messages', 'archived_run_parts'])
    OR TG_OP = 'DELETE' AND TG_TABLE_NAME = ANY (destruction_tables())) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% on % is refused: its rows never change', TG_OP, TG_TABLE_NAME USING ERRCODE = 'P0001';
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION only_by_triggers() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  IF pg_trigger_depth() < 2 AND NOT (TG_OP = 'DELETE' AND destruction_goes_on()) THEN
    RAISE EXCEPTION '% on % is refused: it follows the entries', TG_OP, TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Whether the chain of a case says that two people have decided it, that the wait is over, and nothing came in between; and its key
-- is gone. Keys are for nobody's eyes, so this asks with the owner's rights.
CREATE FUNCTION destruction_holds(of_case text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, person, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM cases c
    JOIN events d ON d.case_id = c.case_id AND d.seq = c.seq AND d.type = 'record.destroyed' AND d.actor_kind = 'system'
    JOIN events a ON a.case_id = c.case_id AND a.type = 'destruction.approved' AND a.seq < d.seq AND a.actor_kind = 'person'
      AND a.recorded_at + interval '7 days' <= d.recorded_at
    JOIN events r ON r.case_id = c.case_id AND r.type = 'destruction.requested' AND r.seq < a.seq AND r.actor_kind = 'person'
      AND r.actor_id <> a.actor_id
    WHERE c.case_id = of_case AND c.status = 'closed' AND NOT EXISTS (
      SELECT FROM events e WHERE e.case_id = of_case AND e.seq > r.seq AND e.type IN ('destruction.requested', 'destruction.refused',
        'destruction.revoked', 'hold.set', 'case.reopened', 'case.handedAway', 'case.received', 'case.moved')))
    AND EXISTS (SELECT FROM data_keys WHERE owner = of_case) AND NOT EXISTS (SELECT FROM data_keys WHERE owner = of_case AND wrapped IS NOT NULL)
$$;
--> statement-breakpoint
-- An event only ever loses what it says, and only in such a case; its header, which is what was hashed, stays.
CREATE FUNCTION events_only_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  IF NOT destruction_goes_on() THEN RETURN NEW; END IF;
  IF NEW.case_id = current_setting('linli.destroying')
     AND (CASE WHEN OLD.type = 'record.destroyed' THEN encode(sha256(NEW.payload), 'hex') = convert_from(OLD.header, 'UTF8')::json ->> 'commitment'
       ELSE NEW.payload = '{"data":{}}'::bytea END)
     AND to_jsonb(NEW) - 'payload' = to_jsonb(OLD) - 'payload' AND destruction_holds(OLD.case_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'event % of case % is only emptied when the case is destroyed', OLD.seq, OLD.case_id USING ERRCODE = 'P0001';
END $$;
--> statement-breakpoint
CREATE TRIGGER events_only_emptied BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION events_only_emptied();
--> statement-breakpoint
-- SHA-256 over the hashes of a case's events and documents: engine/destruction.ts says the same.
CREATE FUNCTION destruction_digest(of_case text) RETURNS text LANGUAGE sql STABLE SET search_path = public, person, pg_temp AS $$
  SELECT encode(sha256(convert_to(
    coalesce((SELECT string_agg(seq || ' ' || hash || E'\n', '' ORDER BY seq) FROM events WHERE case_id = of_case AND type <> 'record.destroyed'), '')
    || coalesce((SELECT string_agg(id || ' ' || sha256 || E'\n', '' ORDER BY id COLLATE "C") FROM documents WHERE case_id = of_case), ''),
    'UTF8')), 'hex')
$$;
--> statement-breakpoint
CREATE FUNCTION destruction_person_rows(of_case text) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, person, pg_temp AS $$
DECLARE t text; n bigint; total bigint := 0;
BEGIN
  FOREACH t IN ARRAY destruction_tables() LOOP
    IF EXISTS (SELECT FROM pg_tables WHERE schemaname = 'person' AND tablename = t) THEN
      EXECUTE 'SELECT count(*) FROM ' || t || ' WHERE case_id = $1' INTO n USING of_case;
      total := total + n;
    END IF;
  END LOOP;
  RETURN total;
END $$;
--> statement-breakpoint
-- Destroys what a case holds, in the transaction that has recorded `record.destroyed`: the key first, then everything it says. The
-- payload of that event, which is the certificate, stays and is kept in clear. Done again it changes nothing more.
CREATE FUNCTION destroy_case(of_case text, certificate text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, person, pg_temp AS $$
DECLARE last bigint; gone text[];
BEGIN
  UPDATE data_keys SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = of_case AND wrapped IS NOT NULL;
  -- one that never had a key gets none any more
  INSERT INTO data_keys (id, owner, yearly_key, wrapped, destroyed_at)
    SELECT of_case || '.00000000', of_case, 'none', NULL, clock_timestamp()
    WHERE NOT EXISTS (SELECT FROM data_keys WHERE owner = of_case);
  IF NOT destruction_holds(of_case) THEN
    RAISE EXCEPTION 'case % may not be destroyed: its chain does not say that two people have decided it', of_case USING ERRCODE = 'P0001';
  END IF;
  SELECT seq INTO last FROM cases WHERE case_id = of_case;
  PERFORM set_config('linli.destroying', of_case, true);
  UPDATE events SET payload = '{"data":{}}'::bytea WHERE case_id = of_case AND seq < last AND payload <> '{"data":{}}'::bytea;
  UPDATE events SET payload = convert_to(certificate, 'UTF8') WHERE case_id = of_case AND seq = last AND payload <> convert_to(certificate, 'UTF8');
  UPDATE acts SET body_hash = repeat('0', 64), after = NULL,
    refusal = CASE WHEN refusal IS NULL THEN NULL ELSE '{"code":"CASE_DESTROYED","kind":"conflict","detail":["个案内容已依法销毁。","The contents of the case are destroyed."],"waysOut":[]}'::json END
    WHERE case_id = of_case;
  DELETE FROM document_contents WHERE document_id IN (SELECT id FROM documents WHERE case_id = of_case);
  -- a digest of several cases is emptied with each of them
  SELECT array_agg(DISTINCT d.delivery_id) INTO gone FROM delivery_messages d JOIN messages m ON m.id = d.message_id
    WHERE m.case_id = of_case AND m.seq < last;
  UPDATE sendings SET text_zh = '（已销毁）', text_en = '(destroyed)', path = '/'
    WHERE id IN (SELECT sending_id FROM outbox WHERE case_id = of_case OR delivery_id = ANY (gone));
  UPDATE outbox SET text_zh = '（已销毁）', text_en = '(destroyed)' WHERE case_id = of_case OR delivery_id = ANY (gone);
  UPDATE deliveries SET text_zh = '（已销毁）', text_en = '(destroyed)' WHERE id = ANY (gone);
  DELETE FROM delivery_messages WHERE message_id IN (SELECT id FROM messages WHERE case_id = of_case AND seq < last);
  DELETE FROM reminders WHERE message_id IN (SELECT id FROM messages WHERE case_id = of_case AND seq < last);
  DELETE FROM messages WHERE case_id = of_case AND seq < last;
  DELETE FROM archived_run_parts WHERE run_id IN (SELECT run_id FROM archived_runs WHERE case_id = of_case);
  -- one statement, so that rows that refer to each other go at once
  EXECUTE (SELECT 'WITH ' || string_agg(format('d%s AS (DELETE FROM %s WHERE case_id = $1)', n, t), ', ') || ' SELECT'
    FROM unnest(destruction_tables()) WITH ORDINALITY AS each (t, n)) USING of_case;
  UPDATE cases SET witnessed_seq = seq, lagging_since = NULL, stuck_since = NULL, stuck_reason = NULL WHERE case_id = of_case;
  PERFORM set_config('linli.destroying', '', true);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION destroy_case(text, text), destruction_holds(text), destruction_person_rows(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION destroy_case(text, text), destruction_holds(text), destruction_person_rows(text) TO linli_door;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION destruction_holds(text) TO linli_read;
