CREATE TABLE "backups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"begun_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"keep_until" date NOT NULL
);
--> statement-breakpoint
GRANT SELECT ON backups TO linli_door, linli_read;
