ALTER TABLE "handovers" ADD COLUMN "unit" text;--> statement-breakpoint
ALTER TABLE "handovers" ADD COLUMN "keeps" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
DROP FUNCTION owner_of(text, timestamptz, timestamptz);
--> statement-breakpoint
DROP FUNCTION given_to(text, timestamptz, boolean);
--> statement-breakpoint
DROP VIEW successions;
--> statement-breakpoint
-- Whether what lies in cases of a unit goes over with a handover: who has left altogether keeps nothing; of who stays in
-- office elsewhere only what lies under the unit of the post goes on. The nearest unit decides, and keeps where it is both.
-- A closed unit is the one it went into.
CREATE FUNCTION goes_over(case_unit text, of_post text, keeps text[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF cardinality(keeps) = 0 THEN
    RETURN true;
  END IF;
  RETURN (
    WITH RECURSIVE homes (start, at) AS (
      SELECT u.id, u.id FROM units u WHERE u.id = of_post OR u.id = ANY (keeps)
      UNION SELECT h.start, u.above FROM homes h JOIN units u ON u.id = h.at
      WHERE u.closed_at IS NOT NULL AND u.above IS NOT NULL
    ), up (at, n) AS (
      SELECT case_unit, 0
      UNION ALL SELECT u.above, up.n + 1 FROM up JOIN units u ON u.id = up.at WHERE u.above IS NOT NULL AND up.n < 20
    ), met AS (
      SELECT h.start = of_post AND NOT h.start = ANY (keeps) AS goes, up.n
      FROM up JOIN units u ON u.id = up.at AND u.closed_at IS NULL JOIN homes h ON h.at = up.at
    )
    SELECT coalesce(bool_and(met.goes), false) FROM met WHERE met.n = (SELECT min(least.n) FROM met least));
END $$;
--> statement-breakpoint
-- Whose it is at a moment what a person was given by name in a case of a unit: a person's, or a post's.
CREATE FUNCTION owner_of(given_to text, given_at timestamptz, at timestamptz, case_unit text, OUT person text, OUT post text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  next record;
BEGIN
  person := given_to;
  given_at := coalesce(given_at, '-infinity');
  LOOP
    SELECT s.to_person, s.to_post, s.from_at INTO next FROM handovers s
      WHERE s.by_name AND s.person = owner_of.person AND s.from_at > given_at AND s.from_at <= at
        AND goes_over(case_unit, s.unit, s.keeps)
      ORDER BY s.from_at, s.recorded_at LIMIT 1;
    EXIT WHEN NOT FOUND;
    person := next.to_person;
    IF person IS NULL THEN
      post := next.to_post;
      EXIT;
    END IF;
    given_at := next.from_at;
  END LOOP;
END $$;
--> statement-breakpoint
-- The other way round: under which names something may be a person's at a moment, which owner_of then tells. What he was
-- given himself since `surely_from` is his. `deputies`: also what is with posts he stands in for.
CREATE FUNCTION given_to(who text, at timestamptz, deputies boolean)
RETURNS TABLE (person text, surely_from timestamptz) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE moved AS (
    SELECT h.person, h.to_person, h.to_post, h.from_at FROM handovers h WHERE h.by_name AND h.from_at <= at
  ), mine (person) AS (
    (SELECT who
    UNION SELECT m.person FROM moved m WHERE m.to_post IN (
      SELECT t.post FROM stand_ins t WHERE t.person = who AND (deputies OR NOT t.deputy)
        AND t.from_at <= at AND (t.until_at IS NULL OR t.until_at > at)))
    UNION SELECT m.person FROM mine i JOIN moved m ON m.to_person = i.person
  )
  SELECT mine.person, CASE WHEN mine.person = who
    THEN coalesce((SELECT max(m.from_at) FROM moved m WHERE m.person = who), '-infinity') ELSE 'infinity' END
  FROM mine
$$;
