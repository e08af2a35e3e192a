-- Whether a case may be emptied is asked once a statement and not once a row: of thousands of events the question took longer than
-- the destruction itself. A row still changes only in the case that is named, and only so.
CREATE OR REPLACE FUNCTION events_only_emptied() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  IF NOT destruction_goes_on() THEN RETURN NEW; END IF;
  IF NEW.case_id = current_setting('linli.destroying')
     AND (CASE WHEN OLD.type = 'record.destroyed' THEN encode(sha256(NEW.payload), 'hex') = convert_from(OLD.header, 'UTF8')::json ->> 'commitment'
       ELSE NEW.payload = '{"data":{}}'::bytea END)
     AND to_jsonb(NEW) - 'payload' = to_jsonb(OLD) - 'payload' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'event % of case % is only emptied when the case is destroyed', OLD.seq, OLD.case_id USING ERRCODE = 'P0001';
END $$;
--> statement-breakpoint
CREATE FUNCTION events_emptied_rightly() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  IF destruction_goes_on() AND NOT destruction_holds(current_setting('linli.destroying')) THEN
    RAISE EXCEPTION 'events of case % are only emptied when the case is destroyed', current_setting('linli.destroying') USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER events_emptied_rightly BEFORE UPDATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_emptied_rightly();
