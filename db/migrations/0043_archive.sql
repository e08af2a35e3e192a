CREATE TABLE "archive_scan" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"holder" text,
	"lease_until" timestamp (3) with time zone,
	"complete_until" timestamp (3) with time zone,
	"full_at" timestamp (3) with time zone,
	CONSTRAINT "archive_scan_one" CHECK ("archive_scan"."one")
);
--> statement-breakpoint
CREATE TABLE "archived_run_parts" (
	"run_id" text NOT NULL,
	"part" integer NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "archived_run_parts_run_id_part_pk" PRIMARY KEY("run_id","part")
);
--> statement-breakpoint
CREATE TABLE "archived_runs" (
	"n" bigint PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"case_id" text NOT NULL,
	"first_run" text NOT NULL,
	"previous_run" text,
	"next_run" text,
	"status" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	"first_seq" bigint,
	"first_head" text,
	"last_seq" bigint,
	"last_head" text,
	"events" integer NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"archived_at" timestamp (3) with time zone NOT NULL,
	"manifest" "bytea" NOT NULL,
	"hash" text NOT NULL,
	"prev" text NOT NULL,
	CONSTRAINT "archived_runs_run_id_unique" UNIQUE("run_id"),
	CONSTRAINT "archived_runs_hash" CHECK ("archived_runs"."hash" = encode(sha256("archived_runs"."manifest"), 'hex')),
	CONSTRAINT "archived_runs_status" CHECK ("archived_runs"."status" IN ('completed', 'continuedAsNew', 'failed', 'terminated', 'timedOut', 'canceled'))
);
--> statement-breakpoint
CREATE TABLE "runs_to_archive" (
	"run_id" text PRIMARY KEY NOT NULL,
	"workflow_id" text NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try" timestamp (3) with time zone NOT NULL,
	"lost_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "archived_run_parts" ADD CONSTRAINT "archived_run_parts_run_id_archived_runs_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."archived_runs"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "archived_runs_case" ON "archived_runs" USING btree ("case_id","last_seq");--> statement-breakpoint
CREATE INDEX "runs_to_archive_waiting" ON "runs_to_archive" USING btree ("next_try");--> statement-breakpoint
CREATE INDEX "runs_to_archive_closed" ON "runs_to_archive" USING btree ("closed_at");
--> statement-breakpoint
-- The archive only grows, each row following the one before it by number and by hash.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['archived_runs', 'archived_run_parts'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION archived_runs_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
  SELECT n.n INTO bad FROM added n LEFT JOIN archived_runs p ON p.n = n.n - 1
    WHERE CASE WHEN n.n = 1 THEN n.prev <> repeat('0', 64) ELSE p.hash IS NULL OR p.hash <> n.prev END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'number % of the archive does not follow the one before it', bad.n USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER archived_runs_follow AFTER INSERT ON archived_runs REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION archived_runs_follow();
--> statement-breakpoint
-- A history is written whole, with its row, and nothing is added to it afterwards.
CREATE FUNCTION archived_parts_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM archived_runs r WHERE r.run_id = NEW.run_id AND written_now(r.xmin)) THEN
    RAISE EXCEPTION 'nothing is added to archived run %', NEW.run_id USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER archived_parts_at_once AFTER INSERT ON archived_run_parts FOR EACH ROW EXECUTE FUNCTION archived_parts_at_once();
--> statement-breakpoint
INSERT INTO archive_scan (one) VALUES (true);
--> statement-breakpoint
GRANT SELECT ON archived_runs, archived_run_parts, runs_to_archive, archive_scan TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT ON archived_runs, archived_run_parts, runs_to_archive TO linli_door;
--> statement-breakpoint
GRANT UPDATE ON runs_to_archive, archive_scan TO linli_door;
--> statement-breakpoint
GRANT DELETE ON runs_to_archive TO linli_door;
