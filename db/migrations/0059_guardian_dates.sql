ALTER TABLE "person"."parties" ADD COLUMN "guardian_from" date;--> statement-breakpoint
ALTER TABLE "person"."parties" ADD COLUMN "guardian_until" date;--> statement-breakpoint
UPDATE person.parties p SET guardian_from = (g.dates ->> 'from')::date, guardian_until = (g.dates ->> 'until')::date
FROM (SELECT c.case_id, e.key AS party_id, e.value -> 'guardian' AS dates FROM cases c, json_each(c.state -> 'parties') e
  WHERE e.value -> 'guardian' IS NOT NULL) g
WHERE g.case_id = p.case_id AND g.party_id = p.party_id;
