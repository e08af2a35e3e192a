CREATE TABLE "retention_periods" (
	"id" text PRIMARY KEY NOT NULL,
	"unit" text NOT NULL,
	"class" text NOT NULL,
	"years" integer NOT NULL,
	"source" text NOT NULL,
	"set_by" text NOT NULL,
	"set_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "retention_periods_years" CHECK ("retention_periods"."years" BETWEEN 1 AND 100)
);
--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "retention_periods" ADD CONSTRAINT "retention_periods_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "retention_periods_unit" ON "retention_periods" USING btree ("unit");--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access', 'erasure'));--> statement-breakpoint
-- What a unit keeps longer it does not keep shorter again.
CREATE TRIGGER retention_periods_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON retention_periods
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON retention_periods TO linli_door, linli_read;
