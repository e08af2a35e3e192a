CREATE TABLE "case_moves" (
	"move" text NOT NULL,
	"case_id" text NOT NULL,
	"into" text NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "case_moves_move_case_id_pk" PRIMARY KEY("move","case_id")
);
--> statement-breakpoint
CREATE TABLE "unit_moves" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"unit" text NOT NULL,
	"found" integer NOT NULL,
	"began_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "unit_moves_kind" CHECK ("unit_moves"."kind" IN ('merge', 'split'))
);
--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "closed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "units" ADD COLUMN "closed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "case_moves" ADD CONSTRAINT "case_moves_move_unit_moves_id_fk" FOREIGN KEY ("move") REFERENCES "public"."unit_moves"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_moves" ADD CONSTRAINT "case_moves_into_units_id_fk" FOREIGN KEY ("into") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unit_moves" ADD CONSTRAINT "unit_moves_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "case_moves_waiting" ON "case_moves" USING btree ("next_try") WHERE "case_moves"."done_at" IS NULL;--> statement-breakpoint
CREATE INDEX "case_moves_case" ON "case_moves" USING btree ("case_id") WHERE "case_moves"."done_at" IS NULL;--> statement-breakpoint
CREATE INDEX "unit_moves_unit" ON "unit_moves" USING btree ("unit");--> statement-breakpoint
CREATE INDEX "unit_moves_open" ON "unit_moves" USING btree ("id") WHERE "unit_moves"."done_at" IS NULL;--> statement-breakpoint
CREATE INDEX "units_closed" ON "units" USING btree ("id") WHERE "units"."closed_at" IS NOT NULL;--> statement-breakpoint
GRANT SELECT ON unit_moves, case_moves TO linli_door, linli_read;
