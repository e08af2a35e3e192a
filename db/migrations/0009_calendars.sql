CREATE TABLE "calendar_effects" (
	"seq" bigint NOT NULL,
	"case_id" text NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "calendar_effects_seq_case_id_pk" PRIMARY KEY("seq","case_id")
);
--> statement-breakpoint
CREATE TABLE "calendar_projections" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"days" json NOT NULL,
	"barrier" bigint,
	"cursor" text DEFAULT '' NOT NULL,
	"affected" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"began_at" timestamp (3) with time zone,
	"found_at" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "calendar_records" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"area" text,
	"year" integer NOT NULL,
	"version" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"hash" text NOT NULL,
	"prev" text NOT NULL,
	"loaded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "calendar_records_hash" CHECK ("calendar_records"."hash" = encode(sha256("calendar_records"."content"), 'hex')),
	CONSTRAINT "calendar_records_year" CHECK ("calendar_records"."year" BETWEEN 1900 AND 2999)
);
--> statement-breakpoint
ALTER TABLE "calendar_effects" ADD CONSTRAINT "calendar_effects_seq_calendar_projections_seq_fk" FOREIGN KEY ("seq") REFERENCES "public"."calendar_projections"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_effects" ADD CONSTRAINT "calendar_effects_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_projections" ADD CONSTRAINT "calendar_projections_seq_calendar_records_seq_fk" FOREIGN KEY ("seq") REFERENCES "public"."calendar_records"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_records" ADD CONSTRAINT "calendar_records_area_units_id_fk" FOREIGN KEY ("area") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "calendar_effects_waiting" ON "calendar_effects" USING btree ("next_try") WHERE "calendar_effects"."done_at" IS NULL;--> statement-breakpoint
CREATE INDEX "calendar_projections_open" ON "calendar_projections" USING btree ("seq") WHERE "calendar_projections"."done_at" IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "calendar_records_version" ON "calendar_records" USING btree (coalesce("area", ''),"year","version");