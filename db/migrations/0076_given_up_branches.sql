CREATE TABLE "given_up_branches" (
	"case_id" text NOT NULL,
	"n" integer NOT NULL,
	"after" bigint NOT NULL,
	"given_up_at" timestamp (3) with time zone NOT NULL,
	"kept" json NOT NULL,
	"sha256" text NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"settled" json,
	CONSTRAINT "given_up_branches_case_id_n_pk" PRIMARY KEY("case_id","n"),
	CONSTRAINT "given_up_branches_sha256" CHECK (encode(sha256(convert_to("given_up_branches"."kept"::text, 'UTF8')), 'hex') = "given_up_branches"."sha256"),
	CONSTRAINT "given_up_branches_settled" CHECK (num_nonnulls("given_up_branches"."settled_at", "given_up_branches"."settled") IN (0, 2))
);
--> statement-breakpoint
ALTER TABLE "given_up_branches" ADD CONSTRAINT "given_up_branches_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Written by who mends the record alone, with the owner's rights; read like the rest of the record.
GRANT SELECT ON given_up_branches TO linli_read, linli_worker;
--> statement-breakpoint
CREATE TRIGGER given_up_branches_never_vanish BEFORE DELETE OR TRUNCATE ON given_up_branches
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- What was put aside never changes; what became of its acts is said once.
CREATE FUNCTION given_up_settled_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, person, pg_temp AS $$
BEGIN
  IF OLD.settled_at IS NOT NULL
     OR (NEW.case_id, NEW.n, NEW.after, NEW.given_up_at, NEW.kept::text, NEW.sha256)
        IS DISTINCT FROM (OLD.case_id, OLD.n, OLD.after, OLD.given_up_at, OLD.kept::text, OLD.sha256) THEN
    RAISE EXCEPTION 'branch % of case % was put aside and never changes', OLD.n, OLD.case_id USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER given_up_settled_once BEFORE UPDATE ON given_up_branches FOR EACH ROW EXECUTE FUNCTION given_up_settled_once();
--> statement-breakpoint
-- It goes with the contents of its case. Otherwise as in 0058.
CREATE OR REPLACE FUNCTION destruction_tables() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, person, pg_temp AS $$
  SELECT ARRAY['parties', 'payout_codes', 'book_names', 'bank_line_names', 'import_rows',
    'assignments', 'items', 'deadlines', 'rungs', 'accountability', 'transfers', 'effects', 'wakes', 'calendar_effects',
    'bank_match_members', 'bank_matches', 'bank_lines', 'bank_statements', 'book_advances', 'book_archives', 'book_match_entries',
    'book_matches', 'book_month_accounts', 'book_month_channels', 'book_months', 'book_day_channels', 'book_days', 'book_draws',
    'book_count_channels', 'book_counts', 'book_discrepancies', 'book_documents', 'book_duties', 'book_gift_thanks', 'book_gifts',
    'book_keepers', 'book_reconciliations', 'voucher_lines', 'vouchers', 'voucher_drafts', 'cash_lines', 'cash_entries',
    'book_payouts', 'book_persons', 'book_counters', 'book_channels', 'books', 'given_up_branches']
$$;
