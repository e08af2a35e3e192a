CREATE TABLE "organisation_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"body_hash" text NOT NULL,
	"answer" json,
	"recorded_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
GRANT SELECT ON organisation_requests TO linli_door, linli_read;
--> statement-breakpoint
GRANT INSERT, UPDATE (answer) ON organisation_requests TO linli_door;
