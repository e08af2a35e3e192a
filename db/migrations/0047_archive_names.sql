-- Functions of triggers look names up in our own schema only, whoever's statement fires them.
ALTER FUNCTION archived_runs_follow() SET search_path = public, pg_temp;
--> statement-breakpoint
ALTER FUNCTION archived_parts_at_once() SET search_path = public, pg_temp;
