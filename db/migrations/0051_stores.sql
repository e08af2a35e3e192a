CREATE TABLE "restores" (
	"n" integer PRIMARY KEY NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"why" text NOT NULL,
	"as_of" timestamp (3) with time zone,
	"listed_at" timestamp (3) with time zone,
	"lost" json NOT NULL,
	"compared_at" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "store_marks" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"n" bigint DEFAULT 0 NOT NULL,
	"nonce" text,
	"kept_at" timestamp (3) with time zone,
	"place" text,
	"lease_until" timestamp (3) with time zone,
	"system" text,
	"timeline" integer,
	"restored" boolean DEFAULT false NOT NULL,
	CONSTRAINT "store_marks_one" CHECK ("store_marks"."one")
);
--> statement-breakpoint
INSERT INTO store_marks (one) VALUES (true);--> statement-breakpoint
GRANT SELECT ON store_marks, restores TO linli_door, linli_read;
