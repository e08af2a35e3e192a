DROP INDEX "book_keepers_kept";--> statement-breakpoint
CREATE INDEX "book_keepers_keeper" ON "book_keepers" USING btree ("keeper","case_id") WHERE "book_keepers"."remains" OR "book_keepers"."waits";