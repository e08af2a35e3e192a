CREATE TABLE "audit_bulletins" (
	"id" text PRIMARY KEY NOT NULL,
	"unit" text NOT NULL,
	"sample" text,
	"month" text,
	"corrects" text,
	"language" text NOT NULL,
	"content" "bytea" NOT NULL,
	"hash" text NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_bulletins_matter" CHECK (("audit_bulletins"."sample" IS NULL) <> ("audit_bulletins"."month" IS NULL)),
	CONSTRAINT "audit_bulletins_hash" CHECK ("audit_bulletins"."hash" = encode(sha256("audit_bulletins"."content"), 'hex'))
);
--> statement-breakpoint
ALTER TABLE "audit_bulletins" ADD CONSTRAINT "audit_bulletins_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_bulletins" ADD CONSTRAINT "audit_bulletins_sample_audit_samples_id_fk" FOREIGN KEY ("sample") REFERENCES "public"."audit_samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_bulletins" ADD CONSTRAINT "audit_bulletins_corrects" FOREIGN KEY ("corrects") REFERENCES "public"."audit_bulletins"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_bulletins_corrected" ON "audit_bulletins" USING btree ("corrects");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_bulletins_month" ON "audit_bulletins" USING btree ("unit","month") WHERE "audit_bulletins"."corrects" IS NULL AND "audit_bulletins"."month" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_bulletins_sample" ON "audit_bulletins" USING btree ("sample") WHERE "audit_bulletins"."corrects" IS NULL AND "audit_bulletins"."sample" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_bulletins_unit" ON "audit_bulletins" USING btree ("unit","published_at");
--> statement-breakpoint
-- A bulletin is published once, and stays what was published.
CREATE TRIGGER audit_bulletins_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_bulletins
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON audit_bulletins TO linli_read;
