CREATE TABLE "wheels" (
	"unit" text PRIMARY KEY NOT NULL,
	"turned_at" timestamp (3) with time zone NOT NULL,
	"armed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "wakes" DROP CONSTRAINT "wakes_why";--> statement-breakpoint
ALTER TABLE "wheels" ADD CONSTRAINT "wheels_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cases_unit_wake_at" ON "cases" USING btree ("unit","wake_at") WHERE "cases"."wake_at" IS NOT NULL AND "cases"."frozen_at" IS NULL AND "cases"."stuck_since" IS NULL;--> statement-breakpoint
ALTER TABLE "wakes" ADD CONSTRAINT "wakes_why" CHECK ("wakes"."why" IN ('lagging', 'overslept', 'fired'));--> statement-breakpoint
GRANT SELECT ON wheels TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT, UPDATE ON wheels TO linli_door;
