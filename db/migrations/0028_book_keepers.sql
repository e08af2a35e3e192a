CREATE TABLE "book_keepers" (
	"case_id" text NOT NULL,
	"book" text NOT NULL,
	"side" text NOT NULL,
	"role" text NOT NULL,
	"keeper" text,
	"remains" boolean NOT NULL,
	"waits" boolean NOT NULL,
	CONSTRAINT "book_keepers_case_id_book_side_pk" PRIMARY KEY("case_id","book","side"),
	CONSTRAINT "book_keepers_side" CHECK ("book_keepers"."side" IN ('cash', 'ledger'))
);
--> statement-breakpoint
ALTER TABLE "book_keepers" ADD CONSTRAINT "book_keepers_case_id_cases_case_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("case_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "book_keepers_kept" ON "book_keepers" USING btree ("case_id") WHERE "book_keepers"."keeper" IS NOT NULL AND ("book_keepers"."remains" OR "book_keepers"."waits");--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON book_keepers TO linli_door;
--> statement-breakpoint
GRANT SELECT ON book_keepers TO linli_read;
--> statement-breakpoint
-- what the events of earlier cases say, as their states hold it
INSERT INTO book_keepers (case_id, book, side, role, keeper, remains, waits)
SELECT c.case_id, b ->> 'key', s.side, b ->> s.side, k.state -> 'keepers' ->> s.side,
  EXISTS (SELECT FROM json_each(k.state -> s.side) t WHERE (t.value ->> 'balanceFen')::bigint <> 0), false
FROM cases c JOIN events e ON e.case_id = c.case_id AND e.type = 'case.opened',
  json_array_elements(convert_from(e.payload, 'UTF8')::json -> 'data' -> 'books') b,
  LATERAL (SELECT c.state -> 'books' -> (b ->> 'key') AS state) k, (VALUES ('cash'), ('ledger')) s (side);
