CREATE TABLE "calendar_feeds" (
	"id" text PRIMARY KEY NOT NULL,
	"person" text NOT NULL,
	"hash" text NOT NULL,
	"nonce" text NOT NULL,
	"body_hash" text NOT NULL,
	"language" text NOT NULL,
	"months" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"rotated_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "calendar_feeds_hash_form" CHECK ("calendar_feeds"."hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "calendar_feeds_language" CHECK ("calendar_feeds"."language" IN ('zh', 'en')),
	CONSTRAINT "calendar_feeds_months" CHECK ("calendar_feeds"."months" BETWEEN 1 AND 12)
);
--> statement-breakpoint
CREATE TABLE "person"."post_cards" (
	"post" text PRIMARY KEY NOT NULL,
	"holder" text,
	"shows_name" boolean NOT NULL,
	"telephone" text,
	"services" json NOT NULL,
	"languages" json NOT NULL,
	"salt" text NOT NULL,
	"personal_hash" text NOT NULL,
	"revision" integer NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL,
	"published_by" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "calendar_feeds" ADD CONSTRAINT "calendar_feeds_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."post_cards" ADD CONSTRAINT "post_cards_post_posts_id_fk" FOREIGN KEY ("post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."post_cards" ADD CONSTRAINT "post_cards_holder_people_id_fk" FOREIGN KEY ("holder") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "calendar_feeds_hash" ON "calendar_feeds" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "calendar_feeds_person" ON "calendar_feeds" USING btree ("person");--> statement-breakpoint
CREATE INDEX "cases_last_at" ON "cases" USING btree ("last_at");
--> statement-breakpoint
-- feeds belong to their owners and are read by their token's hash alone: neither the door nor readers have a part in them
GRANT SELECT, INSERT, UPDATE, DELETE ON person.post_cards TO linli_door;
--> statement-breakpoint
GRANT SELECT ON person.post_cards TO linli_read;
