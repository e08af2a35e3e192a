-- Words of people lie in the schema `person` and nowhere else in clear: tables whose rows hold some move there as they are, with
-- their rules, rights and rows (ADR 32).
ALTER TABLE public.items SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.deadlines SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.messages SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.accountability SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.transfers SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.document_contents SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.appointments SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.handovers SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.organisation_requests SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.audit_bulletins SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.deliveries SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.sendings SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.outbox SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.imports SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.book_payouts SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.cash_entries SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.cash_lines SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.vouchers SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.voucher_lines SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.voucher_drafts SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.book_reconciliations SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.book_counts SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.book_gifts SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.book_advances SET SCHEMA person;
--> statement-breakpoint
ALTER TABLE public.book_archives SET SCHEMA person;
--> statement-breakpoint
-- Rules that name these tables look for them there as well; for those without a path of their own the connection says it.
DO $$
DECLARE rule regprocedure;
BEGIN
  FOR rule IN
    SELECT oid FROM pg_proc
    WHERE pronamespace IN ('public'::regnamespace, 'person'::regnamespace) AND proconfig @> ARRAY['search_path=public, pg_temp']
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = public, person, pg_temp', rule);
  END LOOP;
END $$;
