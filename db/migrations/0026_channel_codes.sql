CREATE TABLE "person"."channel_codes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "person"."channel_codes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"asked_by" text NOT NULL,
	"address_hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "channel_codes_asked" ON "person"."channel_codes" USING btree ("asked_by");--> statement-breakpoint
CREATE INDEX "channel_codes_address" ON "person"."channel_codes" USING btree ("address_hash");