CREATE TABLE "data_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"yearly_key" text NOT NULL,
	"wrapped" "bytea",
	"made_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"destroyed_at" timestamp (3) with time zone,
	CONSTRAINT "data_keys_destroyed" CHECK (("data_keys"."wrapped" IS NULL) = ("data_keys"."destroyed_at" IS NOT NULL)),
	CONSTRAINT "data_keys_wrapped" CHECK (octet_length("data_keys"."wrapped") = 60)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "data_keys_in_use" ON "data_keys" USING btree ("owner") WHERE "data_keys"."destroyed_at" IS NULL;--> statement-breakpoint
CREATE INDEX "data_keys_owner" ON "data_keys" USING btree ("owner");--> statement-breakpoint
-- A key is wrapped anew or destroyed, once for all; nothing else of it changes, and no row goes. No role of ours may read it: keys
-- are for the login of the processes alone.
CREATE FUNCTION data_keys_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW.owner <> OLD.owner OR NEW.made_at <> OLD.made_at OR OLD.destroyed_at IS NOT NULL THEN
    RAISE EXCEPTION 'data key % is only wrapped anew or destroyed', OLD.id USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER data_keys_stay BEFORE UPDATE ON data_keys FOR EACH ROW EXECUTE FUNCTION data_keys_stay();
--> statement-breakpoint
CREATE TRIGGER data_keys_never_vanish BEFORE DELETE OR TRUNCATE ON data_keys
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
