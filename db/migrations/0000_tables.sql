CREATE SCHEMA "person";
--> statement-breakpoint
CREATE TABLE "accountability" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"deadline_id" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"post" text NOT NULL,
	"holders" json NOT NULL,
	"promised_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"result" text,
	"settled_at" timestamp (3) with time zone,
	"answer" text,
	"answered_at" timestamp (3) with time zone,
	"outcome" text,
	"decided_at" timestamp (3) with time zone,
	"decided_by" text,
	"appeal" text,
	"appealed_at" timestamp (3) with time zone,
	CONSTRAINT "accountability_case_id_id_pk" PRIMARY KEY("case_id","id")
);
--> statement-breakpoint
CREATE TABLE "assignments" (
	"case_id" text NOT NULL,
	"role" text NOT NULL,
	"post" text,
	"person" text,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "assignments_case_id_role_pk" PRIMARY KEY("case_id","role")
);
--> statement-breakpoint
CREATE TABLE "deadlines" (
	"case_id" text NOT NULL,
	"deadline_id" text NOT NULL,
	"of" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"answers_role" text NOT NULL,
	"answering_post" text,
	"state" text NOT NULL,
	"generation" integer NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"provisional" boolean NOT NULL,
	"met_at" timestamp (3) with time zone,
	"late" boolean,
	"data" json NOT NULL,
	CONSTRAINT "deadlines_case_id_deadline_id_pk" PRIMARY KEY("case_id","deadline_id"),
	CONSTRAINT "deadlines_state" CHECK ("deadlines"."state" IN ('running', 'paused', 'met', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "document_contents" (
	"document_id" text PRIMARY KEY NOT NULL,
	"bytes" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"media_type" text NOT NULL,
	"kind" text NOT NULL,
	"uploaded_by" text NOT NULL,
	"uploaded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "documents_sha256" CHECK ("documents"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "documents_kind" CHECK ("documents"."kind" IN ('photo', 'file')),
	CONSTRAINT "documents_size" CHECK ("documents"."size_bytes" > 0)
);
--> statement-breakpoint
CREATE TABLE "items" (
	"case_id" text NOT NULL,
	"item_id" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"stage" text,
	"state" text NOT NULL,
	"required" boolean NOT NULL,
	"by_role" text NOT NULL,
	"by_post" text,
	"by_person" text,
	"answers_role" text NOT NULL,
	"answering_post" text,
	"assignee_post" text,
	"assignee_person" text,
	"planned_date" date,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone,
	"missed_at" timestamp (3) with time zone,
	"done_at" timestamp (3) with time zone,
	"done_by" text,
	CONSTRAINT "items_case_id_item_id_pk" PRIMARY KEY("case_id","item_id"),
	CONSTRAINT "items_state" CHECK ("items"."state" IN ('open', 'done', 'missed', 'cancelled', 'skipped'))
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"n" integer NOT NULL,
	"kind" text NOT NULL,
	"about" text,
	"post" text,
	"person" text,
	"unit" text NOT NULL,
	"level" text NOT NULL,
	"text_zh" text NOT NULL,
	"text_en" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	"acknowledged_by" text,
	CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint'))
);
--> statement-breakpoint
CREATE TABLE "person"."parties" (
	"case_id" text NOT NULL,
	"party_id" text NOT NULL,
	"role" text NOT NULL,
	"person" text,
	"name" text,
	"birth_date" date,
	"since" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "parties_case_id_party_id_pk" PRIMARY KEY("case_id","party_id")
);
--> statement-breakpoint
CREATE TABLE "rungs" (
	"case_id" text NOT NULL,
	"deadline_id" text NOT NULL,
	"generation" integer NOT NULL,
	"rung" integer NOT NULL,
	"tell" text NOT NULL,
	"planned_at" timestamp (3) with time zone NOT NULL,
	"fired_at" timestamp (3) with time zone NOT NULL,
	"seq" bigint NOT NULL,
	"told" json NOT NULL,
	CONSTRAINT "rungs_case_id_deadline_id_generation_rung_pk" PRIMARY KEY("case_id","deadline_id","generation","rung")
);
--> statement-breakpoint
CREATE TABLE "acts" (
	"act_id" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"type" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" text NOT NULL,
	"refusal" json,
	"seq" bigint NOT NULL,
	"first_seq" bigint,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_post" text,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"after" json,
	CONSTRAINT "acts_status" CHECK ("acts"."status" IN ('recorded', 'refused')),
	CONSTRAINT "acts_outcome" CHECK (("acts"."status" = 'refused') = ("acts"."refusal" IS NOT NULL)),
	CONSTRAINT "acts_body_hash" CHECK ("acts"."body_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"case_id" text PRIMARY KEY NOT NULL,
	"case_no" text NOT NULL,
	"unit" text NOT NULL,
	"program_id" text NOT NULL,
	"program_version" text NOT NULL,
	"program_hash" text NOT NULL,
	"status" text NOT NULL,
	"stage" text,
	"imported" boolean NOT NULL,
	"seq" bigint NOT NULL,
	"head" text NOT NULL,
	"state" json NOT NULL,
	"state_version" integer NOT NULL,
	"calendar_version" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"next_due" timestamp (3) with time zone,
	"wake_at" timestamp (3) with time zone,
	"witnessed_seq" bigint DEFAULT 0 NOT NULL,
	"lagging_since" timestamp (3) with time zone,
	"frozen_at" timestamp (3) with time zone,
	"frozen_seq" bigint,
	"frozen_head" text,
	"stuck_since" timestamp (3) with time zone,
	"stuck_reason" text,
	"run_id" text,
	CONSTRAINT "cases_status" CHECK ("cases"."status" IN ('proposed', 'open', 'suspended', 'followUp', 'closed')),
	CONSTRAINT "cases_witnessed" CHECK ("cases"."witnessed_seq" >= 0)
);
--> statement-breakpoint
CREATE TABLE "effects" (
	"id" text PRIMARY KEY NOT NULL,
	"case_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"n" integer NOT NULL,
	"kind" text NOT NULL,
	"payload" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	"answer" json
);
--> statement-breakpoint
CREATE TABLE "events" (
	"case_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"type" text NOT NULL,
	"header" "bytea" NOT NULL,
	"hash" text NOT NULL,
	"prev" text NOT NULL,
	"payload" "bytea" NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_post" text,
	"act_id" text,
	"program_hash" text NOT NULL,
	CONSTRAINT "events_case_id_seq_pk" PRIMARY KEY("case_id","seq"),
	CONSTRAINT "events_hash" CHECK ("events"."hash" = encode(sha256("events"."header"), 'hex')),
	CONSTRAINT "events_seq" CHECK ("events"."seq" >= 1),
	CONSTRAINT "events_header_size" CHECK (octet_length("events"."header") <= 4096),
	CONSTRAINT "events_payload_size" CHECK (octet_length("events"."payload") <= 786432),
	CONSTRAINT "events_actor_kind" CHECK ("events"."actor_kind" IN ('person', 'system', 'import'))
);
--> statement-breakpoint
CREATE TABLE "wakes" (
	"case_id" text PRIMARY KEY NOT NULL,
	"why" text NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_try" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "wakes_why" CHECK ("wakes"."why" IN ('lagging', 'overslept'))
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "installation_one" CHECK ("installation"."one")
);
--> statement-breakpoint
CREATE TABLE "org_events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"header" "bytea" NOT NULL,
	"hash" text NOT NULL,
	"prev" text NOT NULL,
	"payload" "bytea" NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "org_events_hash" CHECK ("org_events"."hash" = encode(sha256("org_events"."header"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "programs" (
	"hash" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"version" text NOT NULL,
	"content" "bytea" NOT NULL,
	"installed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "programs_hash" CHECK ("programs"."hash" = encode(sha256("programs"."content"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"role" text NOT NULL,
	"person" text NOT NULL,
	"post" text,
	"unit" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash_form" CHECK ("api_keys"."hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "appointments" (
	"id" text PRIMARY KEY NOT NULL,
	"post" text NOT NULL,
	"person" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"until_at" timestamp (3) with time zone,
	CONSTRAINT "appointments_range" CHECK ("appointments"."until_at" > "appointments"."from_at")
);
--> statement-breakpoint
CREATE TABLE "person"."people" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"unit" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "units" (
	"id" text PRIMARY KEY NOT NULL,
	"level" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"above" text,
	"head_post" text,
	CONSTRAINT "units_level" CHECK ("units"."level" IN ('grid', 'community', 'sub-district', 'district'))
);
--> statement-breakpoint
ALTER TABLE "accountability" ADD CONSTRAINT "accountability_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deadlines" ADD CONSTRAINT "deadlines_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_contents" ADD CONSTRAINT "document_contents_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "items" ADD CONSTRAINT "items_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."parties" ADD CONSTRAINT "parties_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rungs" ADD CONSTRAINT "rungs_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acts" ADD CONSTRAINT "acts_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_program_hash_programs_hash_fk" FOREIGN KEY ("program_hash") REFERENCES "public"."programs"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "effects" ADD CONSTRAINT "effects_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wakes" ADD CONSTRAINT "wakes_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_post_posts_id_fk" FOREIGN KEY ("post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_post_posts_id_fk" FOREIGN KEY ("post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "units" ADD CONSTRAINT "units_above_units_id_fk" FOREIGN KEY ("above") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "accountability_post" ON "accountability" USING btree ("post","opened_at");--> statement-breakpoint
CREATE INDEX "assignments_post" ON "assignments" USING btree ("post");--> statement-breakpoint
CREATE INDEX "assignments_person" ON "assignments" USING btree ("person");--> statement-breakpoint
CREATE INDEX "deadlines_due" ON "deadlines" USING btree ("due_at") WHERE "deadlines"."state" = 'running';--> statement-breakpoint
CREATE INDEX "documents_case" ON "documents" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "items_open" ON "items" USING btree ("due_at") WHERE "items"."state" = 'open';--> statement-breakpoint
CREATE INDEX "items_by_post" ON "items" USING btree ("by_post") WHERE "items"."state" = 'open';--> statement-breakpoint
CREATE INDEX "items_by_person" ON "items" USING btree ("by_person") WHERE "items"."state" = 'open';--> statement-breakpoint
CREATE INDEX "items_answering_post" ON "items" USING btree ("answering_post") WHERE "items"."state" = 'open';--> statement-breakpoint
CREATE INDEX "messages_case" ON "messages" USING btree ("case_id","seq");--> statement-breakpoint
CREATE INDEX "messages_post" ON "messages" USING btree ("post","created_at");--> statement-breakpoint
CREATE INDEX "messages_person" ON "messages" USING btree ("person","created_at");--> statement-breakpoint
CREATE INDEX "parties_person" ON "person"."parties" USING btree ("person");--> statement-breakpoint
CREATE INDEX "acts_case" ON "acts" USING btree ("case_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "cases_case_no" ON "cases" USING btree ("case_no");--> statement-breakpoint
CREATE INDEX "cases_unit" ON "cases" USING btree ("unit","status");--> statement-breakpoint
CREATE INDEX "cases_next_due" ON "cases" USING btree ("next_due","case_id");--> statement-breakpoint
CREATE INDEX "cases_wake_at" ON "cases" USING btree ("wake_at") WHERE "cases"."wake_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "cases_lagging" ON "cases" USING btree ("lagging_since") WHERE "cases"."lagging_since" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "cases_set_aside" ON "cases" USING btree ("case_id") WHERE "cases"."frozen_at" IS NOT NULL OR "cases"."stuck_since" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "effects_source" ON "effects" USING btree ("case_id","seq","n");--> statement-breakpoint
CREATE INDEX "effects_waiting" ON "effects" USING btree ("next_try") WHERE "effects"."done_at" IS NULL;--> statement-breakpoint
CREATE INDEX "wakes_waiting" ON "wakes" USING btree ("next_try");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "appointments_person" ON "appointments" USING btree ("person");--> statement-breakpoint
CREATE INDEX "appointments_post" ON "appointments" USING btree ("post");--> statement-breakpoint
CREATE INDEX "posts_unit" ON "posts" USING btree ("unit");--> statement-breakpoint
CREATE INDEX "units_above" ON "units" USING btree ("above");