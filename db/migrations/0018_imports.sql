CREATE TABLE "person"."import_rows" (
	"import_id" text NOT NULL,
	"sheet" text DEFAULT '' NOT NULL,
	"row" integer NOT NULL,
	"cells" json,
	"rounded" json,
	"request" json,
	"state" text NOT NULL,
	"problems" json,
	"case_id" text,
	CONSTRAINT "import_rows_import_id_sheet_row_pk" PRIMARY KEY("import_id","sheet","row"),
	CONSTRAINT "import_rows_state" CHECK ("person"."import_rows"."state" IN ('ready', 'duplicate', 'refused', 'opened', 'failed', 'skipped')),
	CONSTRAINT "import_rows_opened" CHECK (("person"."import_rows"."state" <> 'opened') OR ("person"."import_rows"."cells" IS NULL AND "person"."import_rows"."request" IS NULL))
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"person" text NOT NULL,
	"key" text NOT NULL,
	"program" text,
	"unit" text,
	"imported" boolean DEFAULT false NOT NULL,
	"body_hash" text NOT NULL,
	"columns" json NOT NULL,
	"mapping" json NOT NULL,
	"status" text NOT NULL,
	"duplicates" boolean DEFAULT false NOT NULL,
	"stopped" json,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"forget_at" timestamp (3) with time zone NOT NULL,
	"forgotten_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try" timestamp (3) with time zone,
	CONSTRAINT "imports_kind" CHECK ("imports"."kind" IN ('cases', 'organisation')),
	CONSTRAINT "imports_status" CHECK ("imports"."status" IN ('checked', 'running', 'done', 'cancelled', 'stopped')),
	CONSTRAINT "imports_of_cases" CHECK ("imports"."kind" <> 'cases' OR ("imports"."program" IS NOT NULL AND "imports"."unit" IS NOT NULL)),
	CONSTRAINT "imports_body_hash" CHECK ("imports"."body_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "person"."import_rows" ADD CONSTRAINT "import_rows_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_key_api_keys_id_fk" FOREIGN KEY ("key") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_rows_waiting" ON "person"."import_rows" USING btree ("import_id","row") WHERE "person"."import_rows"."state" IN ('ready', 'duplicate');--> statement-breakpoint
CREATE INDEX "imports_person" ON "imports" USING btree ("person","created_at");--> statement-breakpoint
CREATE INDEX "imports_running" ON "imports" USING btree ("next_try") WHERE "imports"."status" = 'running';--> statement-breakpoint
CREATE INDEX "imports_forget" ON "imports" USING btree ("forget_at") WHERE "imports"."forgotten_at" IS NULL;--> statement-breakpoint
GRANT SELECT ON imports TO linli_door, linli_read;
