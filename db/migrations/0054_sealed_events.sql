ALTER TABLE "events" DROP CONSTRAINT "events_payload_size";--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_payload_size" CHECK (octet_length("events"."payload") <= 786526);--> statement-breakpoint
-- The key of a case comes with its lock, and is made with its opening. What it is wrapped with lies outside the database.
GRANT SELECT, INSERT ON data_keys TO linli_door;
--> statement-breakpoint
-- What is sealed cannot be made smaller: no time is lost on trying.
ALTER TABLE events ALTER COLUMN payload SET STORAGE EXTERNAL;
