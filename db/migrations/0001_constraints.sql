-- What the application may not do, whoever asks: rows of the record never change, chains have no gap, one holder a post.
CREATE EXTENSION IF NOT EXISTS btree_gist;
--> statement-breakpoint
ALTER TABLE appointments ADD CONSTRAINT appointments_one_holder
  EXCLUDE USING gist (post WITH =, tstzrange(from_at, until_at, '[)') WITH &&);
--> statement-breakpoint
ALTER TABLE units ADD CONSTRAINT units_head_post FOREIGN KEY (head_post) REFERENCES posts (id);
--> statement-breakpoint
CREATE SEQUENCE case_numbers;
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: its rows never change', TG_OP, TG_TABLE_NAME USING ERRCODE = 'P0001';
END $$;
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['events', 'acts', 'programs', 'documents', 'org_events', 'installation'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- One look-up for all rows of an INSERT: each must follow the row before it, by number and by hash.
CREATE FUNCTION events_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.case_id, n.seq INTO bad FROM added n
    LEFT JOIN events p ON p.case_id = n.case_id AND p.seq = n.seq - 1
    WHERE CASE WHEN n.seq = 1 THEN n.prev <> repeat('0', 64) ELSE p.hash IS NULL OR p.hash <> n.prev END
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'event % of case % does not follow the event before it', bad.seq, bad.case_id USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER events_follow AFTER INSERT ON events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION events_follow();
--> statement-breakpoint
CREATE FUNCTION org_events_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.seq INTO bad FROM added n
    LEFT JOIN org_events p ON p.seq = n.seq - 1
    WHERE CASE WHEN n.seq = 1 THEN n.prev <> repeat('0', 64) ELSE p.hash IS NULL OR p.hash <> n.prev END
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'organisation event % does not follow the event before it', bad.seq USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER org_events_follow AFTER INSERT ON org_events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION org_events_follow();
--> statement-breakpoint
-- A case's row may only move forward, and only together with its chain.
CREATE FUNCTION cases_move_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.head <> OLD.head) OR NEW.witnessed_seq < OLD.witnessed_seq
     OR NEW.last_at < OLD.last_at OR NEW.case_no <> OLD.case_no THEN
    RAISE EXCEPTION 'case % may only move forward', OLD.case_id USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER cases_move_forward BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION cases_move_forward();
