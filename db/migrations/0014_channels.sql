CREATE TABLE "person"."channel_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"person" text,
	"unit" text,
	"post" text,
	"channel" text NOT NULL,
	"settings" json NOT NULL,
	"hint" text NOT NULL,
	"request_hash" text NOT NULL,
	"language" text NOT NULL,
	"trusted" boolean DEFAULT false NOT NULL,
	"quiet_from" text,
	"quiet_to" text,
	"digest" text NOT NULL,
	"daily_at" text,
	"code" text,
	"code_until" timestamp (3) with time zone,
	"code_tries" integer DEFAULT 0 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone,
	"disabled_reason" text,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "channel_endpoints_owner" CHECK (num_nonnulls("person"."channel_endpoints"."person", "person"."channel_endpoints"."unit", "person"."channel_endpoints"."post") = 1),
	CONSTRAINT "channel_endpoints_channel" CHECK ("person"."channel_endpoints"."channel" IN ('email', 'sms', 'webhook', 'wecom', 'dingtalk', 'feishu')),
	CONSTRAINT "channel_endpoints_language" CHECK ("person"."channel_endpoints"."language" IN ('zh', 'en')),
	CONSTRAINT "channel_endpoints_quiet" CHECK (num_nulls("person"."channel_endpoints"."quiet_from", "person"."channel_endpoints"."quiet_to") IN (0, 2)),
	CONSTRAINT "channel_endpoints_digest" CHECK (("person"."channel_endpoints"."digest" IN ('atOnce', 'hourly') AND "person"."channel_endpoints"."daily_at" IS NULL) OR ("person"."channel_endpoints"."digest" = 'daily' AND "person"."channel_endpoints"."daily_at" IS NOT NULL)),
	CONSTRAINT "channel_endpoints_disabled" CHECK (("person"."channel_endpoints"."disabled_at" IS NULL) = ("person"."channel_endpoints"."disabled_reason" IS NULL))
);
--> statement-breakpoint
CREATE TABLE "channel_states" (
	"endpoint_id" text PRIMARY KEY NOT NULL,
	"lease" text,
	"lease_until" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "delivery_attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delivery_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"sending_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"n" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"reference" text,
	"duration_ms" integer NOT NULL,
	CONSTRAINT "delivery_attempts_outcome" CHECK ("delivery_attempts"."outcome" IN ('sent', 'again', 'refused'))
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"delivery_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"personal" boolean NOT NULL,
	"count" integer NOT NULL,
	"text_zh" text NOT NULL,
	"text_en" text NOT NULL,
	"case_id" text,
	"case_no" text,
	"urgent" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"sending_id" text,
	"reviewed_at" timestamp (3) with time zone,
	"unreached" boolean DEFAULT false NOT NULL,
	CONSTRAINT "outbox_state" CHECK ("outbox"."state" IN ('waiting', 'sending', 'sent', 'failed')),
	CONSTRAINT "outbox_count" CHECK ("outbox"."count" > 0)
);
--> statement-breakpoint
CREATE TABLE "sendings" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"kind" text NOT NULL,
	"count" integer NOT NULL,
	"text_zh" text NOT NULL,
	"text_en" text NOT NULL,
	"path" text NOT NULL,
	"urgent" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"began_at" timestamp (3) with time zone NOT NULL,
	"next_try" timestamp (3) with time zone NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"outcome" text,
	"reason" text,
	"reference" text,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "sendings_kind" CHECK ("sendings"."kind" IN ('messages', 'test', 'code')),
	CONSTRAINT "sendings_outcome" CHECK ("sendings"."outcome" IN ('sent', 'failed')),
	CONSTRAINT "sendings_ended" CHECK (("sendings"."outcome" IS NULL) = ("sendings"."ended_at" IS NULL))
);
--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "messages" ALTER COLUMN "case_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "person"."channel_endpoints" ADD CONSTRAINT "channel_endpoints_person_people_id_fk" FOREIGN KEY ("person") REFERENCES "person"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."channel_endpoints" ADD CONSTRAINT "channel_endpoints_unit_units_id_fk" FOREIGN KEY ("unit") REFERENCES "public"."units"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person"."channel_endpoints" ADD CONSTRAINT "channel_endpoints_post_posts_id_fk" FOREIGN KEY ("post") REFERENCES "public"."posts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_states" ADD CONSTRAINT "channel_states_endpoint_id_channel_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "person"."channel_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_sending_id_sendings_id_fk" FOREIGN KEY ("sending_id") REFERENCES "public"."sendings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_endpoint_id_channel_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "person"."channel_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_endpoint_id_channel_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "person"."channel_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_sending_id_sendings_id_fk" FOREIGN KEY ("sending_id") REFERENCES "public"."sendings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sendings" ADD CONSTRAINT "sendings_endpoint_id_channel_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "person"."channel_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channel_endpoints_person" ON "person"."channel_endpoints" USING btree ("person");--> statement-breakpoint
CREATE INDEX "channel_endpoints_unit" ON "person"."channel_endpoints" USING btree ("unit");--> statement-breakpoint
CREATE INDEX "channel_endpoints_post" ON "person"."channel_endpoints" USING btree ("post");--> statement-breakpoint
CREATE INDEX "delivery_attempts_endpoint" ON "delivery_attempts" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "delivery_attempts_sending" ON "delivery_attempts" USING btree ("sending_id");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_once" ON "outbox" USING btree ("delivery_id","endpoint_id");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("due_at") WHERE "outbox"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "outbox_endpoint" ON "outbox" USING btree ("endpoint_id") WHERE "outbox"."state" IN ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "outbox_sending" ON "outbox" USING btree ("sending_id");--> statement-breakpoint
CREATE INDEX "outbox_unsettled" ON "outbox" USING btree ("due_at") WHERE "outbox"."reviewed_at" IS NULL AND "outbox"."personal";--> statement-breakpoint
CREATE INDEX "sendings_due" ON "sendings" USING btree ("next_try") WHERE "sendings"."outcome" IS NULL;--> statement-breakpoint
CREATE INDEX "sendings_endpoint" ON "sendings" USING btree ("endpoint_id","created_at");--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_caseless" CHECK (("messages"."kind" = 'undelivered') = ("messages"."case_id" IS NULL));--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint', 'undelivered'));--> statement-breakpoint
CREATE TRIGGER delivery_attempts_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery_attempts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
GRANT SELECT ON outbox, channel_states, delivery_attempts TO linli_door, linli_read;
