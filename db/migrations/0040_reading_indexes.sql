-- The ids an event of the organisation names: whatever stands in quotation marks, so that no altered bytes can stop it.
CREATE FUNCTION org_subjects(payload bytea) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array(SELECT DISTINCT left(found[1], 2000)
    FROM regexp_matches(encode(payload, 'escape'), '"([\\A-Za-z0-9_.:/@-]+)(?=")', 'g') AS f (found))
$$;
--> statement-breakpoint
CREATE INDEX "delivery_attempts_day" ON "delivery_attempts" USING btree ("endpoint_id","at");--> statement-breakpoint
CREATE INDEX "org_events_subjects" ON "org_events" USING gin (org_subjects("payload"));--> statement-breakpoint
CREATE INDEX "appointments_from" ON "appointments" USING btree ("from_at");--> statement-breakpoint
CREATE INDEX "appointments_until" ON "appointments" USING btree ("until_at");--> statement-breakpoint
CREATE INDEX "handovers_from" ON "handovers" USING btree ("from_at");--> statement-breakpoint
CREATE INDEX "case_moves_into" ON "case_moves" USING btree ("into","move");
