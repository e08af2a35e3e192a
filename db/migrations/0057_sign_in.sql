CREATE TABLE "person"."security_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "person"."security_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"person" text,
	"by" text,
	"address" text,
	"method" text,
	CONSTRAINT "security_events_kind" CHECK ("person"."security_events"."kind" ~ '^[a-zA-Z]{3,40}$')
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"issuer" text,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_links" (
	"hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"person" text NOT NULL,
	"username" text NOT NULL,
	"made_by" text,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "sign_in_links_kind" CHECK ("person"."sign_in_links"."kind" IN ('invitation', 'reset')),
	CONSTRAINT "sign_in_links_hash" CHECK ("person"."sign_in_links"."hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"public_key" text NOT NULL,
	"user_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"counter" bigint NOT NULL,
	"device_type" text NOT NULL,
	"backed_up" boolean NOT NULL,
	"transports" text,
	"created_at" timestamp (3) with time zone DEFAULT now(),
	"aaguid" text,
	CONSTRAINT "sign_in_passkeys_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"user_id" text NOT NULL,
	"login" text NOT NULL,
	"csrf_token" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sign_in_sessions_token_unique" UNIQUE("token"),
	CONSTRAINT "sign_in_sessions_token" CHECK ("person"."sign_in_sessions"."token" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_tries" (
	"name" text PRIMARY KEY NOT NULL,
	"failed" integer NOT NULL,
	"since" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_two_factors" (
	"id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"user_id" text NOT NULL,
	"verified" boolean DEFAULT true NOT NULL,
	"failed_verification_count" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_used_codes" (
	"person" text NOT NULL,
	"code" text NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sign_in_used_codes_person_code_pk" PRIMARY KEY("person","code")
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"username" text NOT NULL,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"stopped_at" timestamp (3) with time zone,
	CONSTRAINT "sign_in_users_email_unique" UNIQUE("email"),
	CONSTRAINT "sign_in_users_username_unique" UNIQUE("username")
);
--> statement-breakpoint
CREATE TABLE "person"."sign_in_verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ALTER COLUMN "hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "old_hash" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "old_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "scope" text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE "person"."sign_in_accounts" ADD CONSTRAINT "sign_in_accounts_user_id_sign_in_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "person"."sign_in_users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."sign_in_links" ADD CONSTRAINT "sign_in_links_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."sign_in_passkeys" ADD CONSTRAINT "sign_in_passkeys_user_id_sign_in_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "person"."sign_in_users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."sign_in_sessions" ADD CONSTRAINT "sign_in_sessions_user_id_sign_in_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "person"."sign_in_users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."sign_in_sessions" ADD CONSTRAINT "sign_in_sessions_login_api_keys_id_fk" FOREIGN KEY ("login") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."sign_in_two_factors" ADD CONSTRAINT "sign_in_two_factors_user_id_sign_in_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "person"."sign_in_users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."sign_in_users" ADD CONSTRAINT "sign_in_users_id_people_id_fk" FOREIGN KEY ("id") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "security_events_person" ON "person"."security_events" USING btree ("person","id");--> statement-breakpoint
CREATE INDEX "sign_in_accounts_user" ON "person"."sign_in_accounts" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_accounts_one" ON "person"."sign_in_accounts" USING btree ("provider_id","account_id");--> statement-breakpoint
CREATE INDEX "sign_in_links_person" ON "person"."sign_in_links" USING btree ("person");--> statement-breakpoint
CREATE INDEX "sign_in_passkeys_user" ON "person"."sign_in_passkeys" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_in_sessions_user" ON "person"."sign_in_sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_in_sessions_login" ON "person"."sign_in_sessions" USING btree ("login");--> statement-breakpoint
CREATE UNIQUE INDEX "sign_in_two_factors_user" ON "person"."sign_in_two_factors" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sign_in_verifications_identifier" ON "person"."sign_in_verifications" USING btree ("identifier");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_old_hash" ON "api_keys" USING btree ("old_hash");--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_old" CHECK (num_nonnulls("api_keys"."old_hash", "api_keys"."old_until") IN (0, 2) AND "api_keys"."old_hash" ~ '^[0-9a-f]{64}$');--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_scope" CHECK ("api_keys"."scope" IN ('all', 'read'));--> statement-breakpoint
-- What happened about signing in is added to and never changed.
CREATE TRIGGER security_events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON person.security_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
