CREATE TABLE "person"."login_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"login" text NOT NULL,
	"label" text NOT NULL,
	"scope" text NOT NULL,
	"hash" text NOT NULL,
	"old_hash" text,
	"old_until" timestamp (3) with time zone,
	"rotation" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"rotated_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "login_keys_form" CHECK ("person"."login_keys"."hash" ~ '^[0-9a-f]{64}$' AND "person"."login_keys"."old_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "login_keys_old" CHECK (num_nonnulls("person"."login_keys"."old_hash", "person"."login_keys"."old_until") IN (0, 2)),
	CONSTRAINT "login_keys_scope" CHECK ("person"."login_keys"."scope" IN ('all', 'read')),
	CONSTRAINT "login_keys_label" CHECK (char_length("person"."login_keys"."label") BETWEEN 1 AND 60)
);
--> statement-breakpoint
ALTER TABLE "api_keys" DROP CONSTRAINT "api_keys_old";--> statement-breakpoint
DROP INDEX "api_keys_old_hash";--> statement-breakpoint
ALTER TABLE "sign_in_rules" ADD COLUMN "factor_required" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "person"."security_events" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "person"."sign_in_sessions" ADD COLUMN "proven_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "person"."sign_in_sessions" ADD COLUMN "strong" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "person"."login_keys" ADD CONSTRAINT "login_keys_login_api_keys_id_fk" FOREIGN KEY ("login") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "login_keys_login" ON "person"."login_keys" USING btree ("login");--> statement-breakpoint
CREATE UNIQUE INDEX "login_keys_hash" ON "person"."login_keys" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "login_keys_old_hash" ON "person"."login_keys" USING btree ("old_hash");--> statement-breakpoint
-- Keys before a change made by hand are good for as long as they were to be.
INSERT INTO person.login_keys (id, login, label, scope, hash, expires_at)
SELECT gen_random_uuid()::text, id, '更换前的密钥', scope, old_hash, old_until FROM api_keys WHERE old_until > now() AND revoked_at IS NULL;
--> statement-breakpoint
ALTER TABLE "api_keys" DROP COLUMN "old_hash";--> statement-breakpoint
ALTER TABLE "api_keys" DROP COLUMN "old_until";
--> statement-breakpoint
-- The API alone sees and changes keys; of a key of the first run it takes away what it is told by.
GRANT SELECT, INSERT, UPDATE ON person.login_keys TO linli_api;
--> statement-breakpoint
GRANT UPDATE (hash) ON api_keys TO linli_api;
