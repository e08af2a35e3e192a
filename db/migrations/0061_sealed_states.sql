ALTER TABLE "cases" ADD COLUMN "outline" json DEFAULT '{}'::json NOT NULL;--> statement-breakpoint
CREATE INDEX "cases_in_clear" ON "cases" USING btree ("case_id") WHERE json_typeof("cases"."state") <> 'string' AND ("cases"."state" -> 'destroyed') IS NULL;--> statement-breakpoint
-- What is sealed cannot be made smaller: no time is lost on trying.
ALTER TABLE cases ALTER COLUMN state SET STORAGE EXTERNAL;
--> statement-breakpoint
-- What SQL has to find in a state once it is sealed (door/outline.ts says the same); a test compares both.
UPDATE cases c SET outline = json_strip_nulls(json_build_object(
  'duties', CASE WHEN (c.state -> 'duties')::text <> '{}' THEN c.state -> 'duties' END,
  'serial', (SELECT json_object_agg(s.key, s.value) FROM json_each(c.state -> 'serial') s WHERE c.state -> 'duties' -> s.key IS NOT NULL),
  'plannedAt', (SELECT json_object_agg(i.key, i.value -> 'plannedAt') FROM json_each(c.state -> 'items') i WHERE i.value -> 'plannedAt' IS NOT NULL),
  'gridFrom', (SELECT min(g.after) FROM (
    SELECT d.value ->> 'after' AS after FROM json_each(c.state -> 'duties') d
    UNION ALL SELECT i.value -> 'grid' ->> 'after' FROM json_each(c.state -> 'items') i) g),
  'minorAccess', c.state -> 'minorAccess',
  'limited', CASE WHEN c.state -> 'erasure' ->> 'decision' = 'limited' THEN true END,
  'emergency', CASE WHEN c.state -> 'emergencyAccess' IS NOT NULL THEN true END,
  'offers', (SELECT json_object_agg(o.key, o.value -> 'assignments') FROM json_each(c.state -> 'offers') o WHERE o.value -> 'assignments' IS NOT NULL)))
WHERE json_typeof(c.state) = 'object';
