CREATE TABLE "person"."identities" (
	"person" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "identities_form" CHECK ("person"."identities"."hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "sign_in_rules" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"identity_required" boolean DEFAULT false NOT NULL,
	CONSTRAINT "sign_in_rules_one" CHECK ("sign_in_rules"."one")
);
--> statement-breakpoint
ALTER TABLE "person"."identities" ADD CONSTRAINT "identities_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "identities_hash" ON "person"."identities" USING btree ("hash");--> statement-breakpoint
GRANT SELECT ON person.identities, sign_in_rules TO linli_door, linli_read;
