CREATE TABLE "transfers" (
	"case_id" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"from_unit" text NOT NULL,
	"to_unit" text NOT NULL,
	"state" text NOT NULL,
	"program_id" text,
	"text" text,
	"reason" text,
	"consent" text,
	"ground" text,
	"offered_at" timestamp (3) with time zone NOT NULL,
	"offered_by" text NOT NULL,
	"answered_at" timestamp (3) with time zone,
	"answered_by" text,
	"answer" text,
	"closed_at" timestamp (3) with time zone,
	"child_case" text,
	CONSTRAINT "transfers_case_id_id_pk" PRIMARY KEY("case_id","id"),
	CONSTRAINT "transfers_kind" CHECK ("transfers"."kind" IN ('transfer', 'referral', 'escalation')),
	CONSTRAINT "transfers_state" CHECK ("transfers"."state" IN ('offered', 'accepted', 'refused', 'revoked', 'lapsed', 'returned', 'done', 'failed')),
	CONSTRAINT "transfers_consent" CHECK (("transfers"."consent" = 'overridden') = ("transfers"."ground" IS NOT NULL))
);
--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "transfers_to" ON "transfers" USING btree ("to_unit","offered_at");--> statement-breakpoint
CREATE INDEX "transfers_from" ON "transfers" USING btree ("from_unit","offered_at");--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered'));--> statement-breakpoint
GRANT SELECT, INSERT ON transfers TO linli_door;
--> statement-breakpoint
GRANT UPDATE (state, answered_at, answered_by, answer, closed_at, child_case) ON transfers TO linli_door;
--> statement-breakpoint
GRANT SELECT ON transfers TO linli_read;
