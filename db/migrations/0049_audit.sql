CREATE TABLE "audit_sample_cases" (
	"sample" text NOT NULL,
	"position" integer NOT NULL,
	"case_id" text NOT NULL,
	"unit" text NOT NULL,
	CONSTRAINT "audit_sample_cases_sample_position_pk" PRIMARY KEY("sample","position")
);
--> statement-breakpoint
CREATE TABLE "audit_samples" (
	"id" text PRIMARY KEY NOT NULL,
	"unit" text NOT NULL,
	"query" json NOT NULL,
	"seed" text NOT NULL,
	"seed_hash" text NOT NULL,
	"size" integer NOT NULL,
	"frame" text NOT NULL,
	"frame_hash" text NOT NULL,
	"frame_count" integer NOT NULL,
	"drawn_by" text NOT NULL,
	"drawn_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_samples_seed_hash" CHECK ("audit_samples"."seed_hash" = encode(sha256(convert_to("audit_samples"."seed", 'UTF8')), 'hex')),
	CONSTRAINT "audit_samples_frame_hash" CHECK ("audit_samples"."frame_hash" = encode(sha256(convert_to("audit_samples"."frame", 'UTF8')), 'hex')),
	CONSTRAINT "audit_samples_size" CHECK ("audit_samples"."size" BETWEEN 1 AND 200)
);
--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "audit_sample_cases" ADD CONSTRAINT "audit_sample_cases_sample_audit_samples_id_fk" FOREIGN KEY ("sample") REFERENCES "public"."audit_samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_sample_cases" ADD CONSTRAINT "audit_sample_cases_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_samples" ADD CONSTRAINT "audit_samples_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_sample_cases_case" ON "audit_sample_cases" USING btree ("case_id","sample");--> statement-breakpoint
CREATE INDEX "audit_samples_unit" ON "audit_samples" USING btree ("unit","drawn_at");--> statement-breakpoint
CREATE INDEX "acts_person" ON "acts" USING btree ("actor_id","recorded_at") WHERE "acts"."actor_kind" <> 'system';--> statement-breakpoint
CREATE INDEX "acts_post" ON "acts" USING btree ("actor_post","recorded_at") WHERE "acts"."actor_post" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "acts_type" ON "acts" USING btree ("type","recorded_at");--> statement-breakpoint
CREATE INDEX "events_recorded" ON "events" USING btree ("recorded_at","case_id","seq");--> statement-breakpoint
CREATE INDEX "events_occurred" ON "events" USING btree ("occurred_at","case_id","seq");--> statement-breakpoint
CREATE INDEX "events_person" ON "events" USING btree ("actor_id","recorded_at") WHERE "events"."actor_kind" <> 'system';--> statement-breakpoint
CREATE INDEX "events_post" ON "events" USING btree ("actor_post","recorded_at") WHERE "events"."actor_post" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "events_type" ON "events" USING btree ("type","recorded_at");--> statement-breakpoint
CREATE INDEX "events_inspections" ON "events" USING btree ("case_id","seq") WHERE "events"."type" IN ('inspection.recorded', 'finding.recorded', 'finding.answered', 'finding.accepted', 'finding.returned');--> statement-breakpoint
CREATE INDEX "events_roles" ON "events" USING btree ("case_id","seq") WHERE "events"."type" IN ('case.opened', 'role.assigned', 'case.moved');--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding'));
--> statement-breakpoint
-- A sample is drawn once, and stays what was drawn.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_samples', 'audit_sample_cases'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Its cases are written with it, and none is added afterwards.
CREATE FUNCTION audit_cases_at_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM audit_samples s WHERE s.id = NEW.sample AND written_now(s.xmin)) THEN
    RAISE EXCEPTION 'nothing is added to sample %', NEW.sample USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_cases_at_once AFTER INSERT ON audit_sample_cases FOR EACH ROW EXECUTE FUNCTION audit_cases_at_once();
--> statement-breakpoint
GRANT SELECT ON audit_sample_cases TO linli_door, linli_read;
--> statement-breakpoint
GRANT SELECT ON audit_samples TO linli_read;
