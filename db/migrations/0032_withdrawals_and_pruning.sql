CREATE TABLE "delivery_days" (
	"endpoint_id" text NOT NULL,
	"day" date NOT NULL,
	"outcome" text NOT NULL,
	"attempts" integer NOT NULL,
	CONSTRAINT "delivery_days_endpoint_id_day_outcome_pk" PRIMARY KEY("endpoint_id","day","outcome"),
	CONSTRAINT "delivery_days_outcome" CHECK ("delivery_days"."outcome" IN ('sent', 'again', 'refused')),
	CONSTRAINT "delivery_days_attempts" CHECK ("delivery_days"."attempts" > 0)
);
--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "delivery_days" ADD CONSTRAINT "delivery_days_endpoint_id_channel_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "person"."channel_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_words" ON "events" USING btree ("case_id","seq") WHERE "events"."type" IN ('complaint.made', 'emergency.reported');--> statement-breakpoint
CREATE INDEX "outbox_never_sent" ON "outbox" USING btree ("created_at") WHERE "outbox"."sending_id" IS NULL AND "outbox"."state" = 'failed';--> statement-breakpoint
CREATE INDEX "sendings_ended" ON "sendings" USING btree ("ended_at") WHERE "sendings"."outcome" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal'));--> statement-breakpoint
DROP TRIGGER delivery_attempts_never_change ON delivery_attempts;
--> statement-breakpoint
CREATE TRIGGER delivery_attempts_never_change BEFORE UPDATE OR TRUNCATE ON delivery_attempts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- what is young, or belongs to something still on its way, is never taken away, whatever was configured
CREATE FUNCTION refuse_recent_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.at > now() - interval '90 days' THEN
    RAISE EXCEPTION 'attempts of the last 90 days stay' USING ERRCODE = '23514';
  END IF;
  IF EXISTS (SELECT FROM sendings s WHERE s.id = OLD.sending_id AND (s.outcome IS NULL OR s.ended_at > now() - interval '90 days')) THEN
    RAISE EXCEPTION 'attempts of what is on its way, or ended in the last 90 days, stay' USING ERRCODE = '23514';
  END IF;
  RETURN OLD;
END $$;
--> statement-breakpoint
CREATE TRIGGER delivery_attempts_old_go BEFORE DELETE ON delivery_attempts FOR EACH ROW EXECUTE FUNCTION refuse_recent_attempt();
--> statement-breakpoint
-- no attempt is taken away without being counted, whoever does it
CREATE FUNCTION count_attempts_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO delivery_days AS d (endpoint_id, day, outcome, attempts)
  SELECT endpoint_id, (at AT TIME ZONE 'Asia/Shanghai')::date, outcome, count(*) FROM gone
  GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (endpoint_id, day, outcome) DO UPDATE SET attempts = d.attempts + excluded.attempts;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER delivery_attempts_counted AFTER DELETE ON delivery_attempts REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION count_attempts_gone();
--> statement-breakpoint
CREATE TRIGGER delivery_days_stay BEFORE DELETE OR TRUNCATE ON delivery_days
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION refuse_fewer_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.endpoint_id <> OLD.endpoint_id OR NEW.day <> OLD.day OR NEW.outcome <> OLD.outcome OR NEW.attempts < OLD.attempts THEN
    RAISE EXCEPTION 'figures of a day only grow' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER delivery_days_grow BEFORE UPDATE ON delivery_days FOR EACH ROW EXECUTE FUNCTION refuse_fewer_attempts();
--> statement-breakpoint
GRANT SELECT ON delivery_days TO linli_door, linli_read;
