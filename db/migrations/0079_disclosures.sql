CREATE TABLE "person"."disclosures" (
	"case_id" text NOT NULL,
	"item_id" text NOT NULL,
	"id" text NOT NULL,
	"unit" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"text" text NOT NULL,
	"posted_at" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "disclosures_case_id_item_id_pk" PRIMARY KEY("case_id","item_id")
);
--> statement-breakpoint
ALTER TABLE "person"."messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "person"."disclosures" ADD CONSTRAINT "disclosures_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "disclosures_id" ON "person"."disclosures" USING btree ("id");--> statement-breakpoint
CREATE INDEX "disclosures_public" ON "person"."disclosures" USING btree ("posted_at","id") WHERE "person"."disclosures"."ended_at" IS NULL;--> statement-breakpoint
ALTER TABLE "person"."messages" ADD CONSTRAINT "messages_kind" CHECK ("person"."messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access', 'erasure', 'destruction', 'uninspected', 'reads', 'objection'));
--> statement-breakpoint
-- Written by the door like the other read models; what is public is read by everybody's requests.
GRANT SELECT, INSERT ON person.disclosures TO linli_door;
--> statement-breakpoint
GRANT UPDATE (id, unit, name_zh, name_en, text, posted_at, until, ended_at) ON person.disclosures TO linli_door;
--> statement-breakpoint
GRANT SELECT ON person.disclosures TO linli_read, linli_api, linli_worker, linli_organisation;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION destruction_tables() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, person, pg_temp AS $$
  SELECT ARRAY['parties', 'payout_codes', 'book_names', 'bank_line_names', 'import_rows',
    'assignments', 'items', 'deadlines', 'rungs', 'accountability', 'transfers', 'disclosures', 'effects', 'wakes', 'calendar_effects',
    'bank_match_members', 'bank_matches', 'bank_lines', 'bank_statements', 'book_advances', 'book_archives', 'book_match_entries',
    'book_matches', 'book_month_accounts', 'book_month_channels', 'book_months', 'book_day_channels', 'book_days', 'book_draws',
    'book_count_channels', 'book_counts', 'book_discrepancies', 'book_documents', 'book_duties', 'book_gift_thanks', 'book_gifts',
    'book_keepers', 'book_reconciliations', 'voucher_lines', 'vouchers', 'voucher_drafts', 'cash_lines', 'cash_entries',
    'book_payouts', 'book_persons', 'book_counters', 'book_channels', 'books']
$$;
--> statement-breakpoint
-- Where rows of cases are walled off from the API, what is public is not.
CREATE POLICY published ON person.disclosures FOR SELECT TO linli_api USING (ended_at IS NULL);
