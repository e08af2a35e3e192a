CREATE TABLE "handovers" (
	"id" text PRIMARY KEY NOT NULL,
	"post" text NOT NULL,
	"person" text NOT NULL,
	"to_person" text,
	"to_post" text,
	"from_at" timestamp (3) with time zone NOT NULL,
	"by_name" boolean NOT NULL,
	"reason" text,
	"note" text,
	"words_hash" text,
	"recorded_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "handovers_one_heir" CHECK (num_nonnulls("handovers"."to_person", "handovers"."to_post") = 1)
);
--> statement-breakpoint
ALTER TABLE "assignments" ADD COLUMN "given_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "items" ADD COLUMN "by_given_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "items" ADD COLUMN "assignee_given_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "pledge_text" text;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "pledge_document" text;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "pledge_hash" text;--> statement-breakpoint
ALTER TABLE "appointments" ADD COLUMN "pledge_on" date;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_post_posts_id_fk" FOREIGN KEY ("post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_to_person_people_id_fk" FOREIGN KEY ("to_person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_to_post_posts_id_fk" FOREIGN KEY ("to_post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "handovers_person" ON "handovers" USING btree ("person");--> statement-breakpoint
CREATE INDEX "handovers_post" ON "handovers" USING btree ("post");--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_pledge" CHECK (num_nonnulls("appointments"."pledge_hash", "appointments"."pledge_on") IN (0, 2) AND num_nonnulls("appointments"."pledge_text", "appointments"."pledge_document") = num_nonnulls("appointments"."pledge_hash"));--> statement-breakpoint
CREATE TRIGGER handovers_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON handovers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT, INSERT ON handovers TO linli_door;
--> statement-breakpoint
GRANT SELECT ON handovers TO linli_read;
--> statement-breakpoint
-- What a person was given by name in [after_at, from_at) went over at from_at; as ownerOf in engine/succession.ts.
CREATE VIEW successions AS
  SELECT person, to_person, to_post, from_at,
    coalesce(lag(from_at) OVER (PARTITION BY person ORDER BY from_at, recorded_at), '-infinity') AS after_at
  FROM handovers WHERE by_name;
--> statement-breakpoint
GRANT SELECT ON successions TO linli_door, linli_read;
--> statement-breakpoint
-- Whose it is at a moment what a person was given by name: a person's, or a post's.
CREATE FUNCTION owner_of(given_to text, given_at timestamptz, at timestamptz, OUT person text, OUT post text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  next record;
BEGIN
  person := given_to;
  given_at := coalesce(given_at, '-infinity');
  LOOP
    SELECT s.to_person, s.to_post, s.from_at INTO next FROM handovers s
      WHERE s.by_name AND s.person = owner_of.person AND s.from_at > given_at AND s.from_at <= at
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
-- The other way round: all that is a person's at a moment, as who was given it, in [after_at, before_at). `deputies`: also
-- what is with posts he stands in for.
CREATE FUNCTION given_to(who text, at timestamptz, deputies boolean)
RETURNS TABLE (person text, after_at timestamptz, before_at timestamptz) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE moved AS (
    SELECT s.person, s.to_person, s.to_post, s.from_at, s.after_at FROM successions s WHERE s.from_at <= at
  ), mine (person, after_at, before_at) AS (
    (SELECT who, coalesce((SELECT max(m.from_at) FROM moved m WHERE m.person = who), '-infinity'), 'infinity'::timestamptz
    UNION ALL
    SELECT m.person, m.after_at, m.from_at FROM moved m WHERE m.to_post IN (
      SELECT t.post FROM stand_ins t WHERE t.person = who AND (deputies OR NOT t.deputy)
        AND t.from_at <= at AND (t.until_at IS NULL OR t.until_at > at)))
    UNION
    SELECT m.person, m.after_at, m.from_at
    FROM mine i JOIN moved m ON m.to_person = i.person AND m.from_at >= i.after_at AND m.from_at < i.before_at
  )
  SELECT person, after_at, before_at FROM mine WHERE after_at < before_at
$$;
