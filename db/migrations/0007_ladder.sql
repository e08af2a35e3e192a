CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"person" text NOT NULL,
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"count" integer NOT NULL,
	"text_zh" text NOT NULL,
	"text_en" text NOT NULL,
	"delivered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "deliveries_channel" CHECK ("deliveries"."channel" = 'inbox'),
	CONSTRAINT "deliveries_kind" CHECK ("deliveries"."kind" IN ('message', 'digest')),
	CONSTRAINT "deliveries_count" CHECK ("deliveries"."count" > 0)
);
--> statement-breakpoint
CREATE TABLE "delivery_messages" (
	"message_id" text NOT NULL,
	"person" text NOT NULL,
	"channel" text NOT NULL,
	"reason" text NOT NULL,
	"day" date NOT NULL,
	"delivery_id" text NOT NULL,
	CONSTRAINT "delivery_messages_message_id_person_channel_reason_day_pk" PRIMARY KEY("message_id","person","channel","reason","day"),
	CONSTRAINT "delivery_messages_reason" CHECK ("delivery_messages"."reason" IN ('first', 'repeat', 'weekly'))
);
--> statement-breakpoint
CREATE TABLE "delivery_turns" (
	"person" text PRIMARY KEY NOT NULL,
	"lease" text NOT NULL,
	"lease_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reminders" (
	"message_id" text PRIMARY KEY NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "substitutions" (
	"id" text PRIMARY KEY NOT NULL,
	"post" text NOT NULL,
	"person" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"until_at" timestamp (3) with time zone,
	CONSTRAINT "substitutions_range" CHECK ("substitutions"."until_at" > "substitutions"."from_at")
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deputy_for" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "generation" integer;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "top" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "units" ADD COLUMN "hours_from" text;--> statement-breakpoint
ALTER TABLE "units" ADD COLUMN "hours_to" text;--> statement-breakpoint
ALTER TABLE "delivery_messages" ADD CONSTRAINT "delivery_messages_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_messages" ADD CONSTRAINT "delivery_messages_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "substitutions" ADD CONSTRAINT "substitutions_post_posts_id_fk" FOREIGN KEY ("post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "substitutions" ADD CONSTRAINT "substitutions_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_person" ON "deliveries" USING btree ("person","delivered_at");--> statement-breakpoint
CREATE INDEX "delivery_messages_delivery" ON "delivery_messages" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "reminders_next" ON "reminders" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "substitutions_person" ON "substitutions" USING btree ("person");--> statement-breakpoint
CREATE INDEX "substitutions_post" ON "substitutions" USING btree ("post");--> statement-breakpoint
ALTER TABLE "units" ADD CONSTRAINT "units_hours" CHECK (("units"."hours_from" IS NULL AND "units"."hours_to" IS NULL) OR ("units"."hours_from" ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND "units"."hours_to" ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND "units"."hours_from" < "units"."hours_to"));