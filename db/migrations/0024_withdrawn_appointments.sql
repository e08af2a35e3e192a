-- An appointment that has not begun can be withdrawn; those that have begun are history.
GRANT DELETE ON appointments TO linli_door;
--> statement-breakpoint
CREATE FUNCTION refuse_begun_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.from_at <= now() THEN
    RAISE EXCEPTION 'an appointment that has begun is ended, not withdrawn' USING ERRCODE = '23514';
  END IF;
  RETURN OLD;
END $$;
--> statement-breakpoint
CREATE TRIGGER appointments_begun_stay BEFORE DELETE ON appointments FOR EACH ROW EXECUTE FUNCTION refuse_begun_appointment();
