-- 三员分立: nobody is two of system, security and audit administrator at once. Logins from before the rule stay as they are.
CREATE FUNCTION administrators_apart() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  -- one after another for one person: two that come at once would not see each other
  PERFORM pg_advisory_xact_lock(hashtextextended('administrators_apart ' || NEW.person, 0));
  IF (NEW.expires_at IS NULL OR NEW.expires_at > clock_timestamp()) AND EXISTS (SELECT FROM api_keys k WHERE k.person = NEW.person AND k.id <> NEW.id AND k.role <> NEW.role AND k.post IS NULL
      AND k.role IN ('admin', 'securityAdmin', 'auditor') AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())) THEN
    RAISE EXCEPTION 'one person is not two of system, security and audit administrator; revoke the other login first'
      USING ERRCODE = '23514', CONSTRAINT = 'api_keys_apart', TABLE = 'api_keys';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER api_keys_apart BEFORE INSERT OR UPDATE OF role, person, post, revoked_at, expires_at ON api_keys FOR EACH ROW
  WHEN (NEW.role IN ('admin', 'securityAdmin', 'auditor') AND NEW.post IS NULL AND NEW.revoked_at IS NULL)
  EXECUTE FUNCTION administrators_apart();
