ALTER TABLE "imports" ADD COLUMN "waiting_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "waiting" json;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "place" smallint;--> statement-breakpoint
-- lists that are there take their places in the order they came; of a person who has too many the last have none
UPDATE imports SET place = taken.n FROM (
  SELECT id, row_number() OVER (PARTITION BY person ORDER BY created_at, id) AS n FROM imports WHERE forgotten_at IS NULL
) AS taken WHERE imports.id = taken.id AND taken.n <= 20;--> statement-breakpoint
CREATE UNIQUE INDEX "imports_place" ON "imports" USING btree ("person","place") WHERE "imports"."forgotten_at" IS NULL;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_places" CHECK ("imports"."place" BETWEEN 1 AND 20);
