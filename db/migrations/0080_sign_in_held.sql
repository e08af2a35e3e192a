ALTER TABLE "person"."messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "person"."messages" DROP CONSTRAINT "messages_caseless";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "id" text DEFAULT gen_random_uuid()::text NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "person"."sign_in_users" ADD COLUMN "enrol_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_id_unique" UNIQUE("id");--> statement-breakpoint
ALTER TABLE "person"."messages" ADD CONSTRAINT "messages_kind" CHECK ("person"."messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access', 'erasure', 'destruction', 'uninspected', 'reads', 'objection', 'signIn'));--> statement-breakpoint
ALTER TABLE "person"."messages" ADD CONSTRAINT "messages_caseless" CHECK (("person"."messages"."kind" IN ('undelivered', 'uninspected', 'reads', 'signIn')) = ("person"."messages"."case_id" IS NULL));--> statement-breakpoint
-- a session of a key ends when nobody uses it
GRANT UPDATE (seen_at) ON sessions TO linli_api;
--> statement-breakpoint
-- Roles that the worker takes on look at logins and at whose identity was verified, and never at what either is told by: keys and identity
-- numbers are hashed, and a hash can be tried against.
REVOKE SELECT ON api_keys, person.identities FROM linli_door, linli_organisation;
--> statement-breakpoint
GRANT SELECT (id, role, person, post, unit, scope, created_at, expires_at, revoked_at) ON api_keys TO linli_door, linli_organisation;
--> statement-breakpoint
GRANT SELECT (person, at) ON person.identities TO linli_door, linli_organisation;
--> statement-breakpoint
GRANT DELETE ON person.identities TO linli_organisation;
--> statement-breakpoint
-- it is entered once, and taken back by somebody else
REVOKE UPDATE ON person.identities FROM linli_organisation;
