CREATE TABLE "access_blocks" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"header" "bytea" NOT NULL,
	"hash" text NOT NULL,
	"prev" text NOT NULL,
	"count" integer NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "access_blocks_full" CHECK ("access_blocks"."seq" >= 1 AND "access_blocks"."count" >= 1)
);
--> statement-breakpoint
CREATE TABLE "accesses" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "accesses_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"person" text NOT NULL,
	"role" text NOT NULL,
	"post" text,
	"unit" text,
	"kind" text NOT NULL,
	"cases" text[] NOT NULL,
	"purpose" text NOT NULL,
	"relation" text NOT NULL,
	"emergency" text,
	"status" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"block" bigint
);
--> statement-breakpoint
ALTER TABLE "messages" DROP CONSTRAINT "messages_kind";--> statement-breakpoint
ALTER TABLE "accesses" ADD CONSTRAINT "accesses_block_access_blocks_seq_fk" FOREIGN KEY ("block") REFERENCES "public"."access_blocks"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "accesses_at" ON "accesses" USING btree ("at");--> statement-breakpoint
CREATE INDEX "accesses_person" ON "accesses" USING btree ("person","id");--> statement-breakpoint
CREATE INDEX "accesses_cases" ON "accesses" USING gin ("cases");--> statement-breakpoint
CREATE INDEX "accesses_block" ON "accesses" USING btree ("block","id");--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_kind" CHECK ("messages"."kind" IN ('rung', 'nudge', 'complaint', 'emergency', 'transfer', 'undelivered', 'withdrawal', 'finding', 'access'));--> statement-breakpoint
-- Whoever writes the log seals what was read into blocks, and can do nothing else to it.
GRANT SELECT ON access_blocks TO linli_log, linli_read, linli_door;
--> statement-breakpoint
GRANT INSERT ON access_blocks TO linli_log;
--> statement-breakpoint
GRANT SELECT (id, at, content, block), UPDATE (block) ON accesses TO linli_log;
--> statement-breakpoint
CREATE TRIGGER access_blocks_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON access_blocks
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER accesses_never_vanish BEFORE DELETE OR TRUNCATE ON accesses
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A read changes once, when it is sealed, and in nothing but that.
CREATE FUNCTION accesses_only_sealed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.block IS NOT NULL THEN
      RAISE EXCEPTION 'a read is sealed after it is noted' USING ERRCODE = 'P0001';
    END IF;
  ELSIF OLD.block IS NOT NULL OR NEW.block IS NULL OR to_jsonb(NEW) - 'block' <> to_jsonb(OLD) - 'block' THEN
    RAISE EXCEPTION 'read % may not be changed', OLD.id USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER accesses_only_sealed BEFORE INSERT OR UPDATE ON accesses FOR EACH ROW EXECUTE FUNCTION accesses_only_sealed();
--> statement-breakpoint
CREATE FUNCTION access_blocks_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE before record;
BEGIN
  SELECT seq, hash INTO before FROM access_blocks ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> coalesce(before.seq, 0) + 1 OR NEW.prev <> coalesce(before.hash, repeat('0', 64))
     OR NEW.hash <> encode(sha256(NEW.header), 'hex') THEN
    RAISE EXCEPTION 'block % of the access log does not follow the one before it', NEW.seq USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER access_blocks_follow BEFORE INSERT ON access_blocks FOR EACH ROW EXECUTE FUNCTION access_blocks_follow();
--> statement-breakpoint
-- The log takes in the blocks of the access log too.
CREATE OR REPLACE FUNCTION log_leaves_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  span record;
  bad bigint;
BEGIN
  SELECT min(position) AS first, max(position) AS last, count(*) AS n INTO span FROM added;
  IF span.n = 0 THEN
    RETURN NULL;
  END IF;
  IF span.last - span.first + 1 <> span.n
     OR span.first <> coalesce((SELECT max(position) + 1 FROM log_leaves WHERE position < span.first), 0) THEN
    RAISE EXCEPTION 'leaves % to % do not follow the log', span.first, span.last USING ERRCODE = 'P0001';
  END IF;
  SELECT n.position INTO bad FROM added n LEFT JOIN log_leaves p ON p.chain = n.chain AND p.seq = n.seq - 1
    WHERE n.seq > 1 AND (p.position IS NULL OR p.position >= n.position) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'leaf % is not the next of its chain', bad USING ERRCODE = 'P0001';
  END IF;
  SELECT n.position INTO bad FROM added n JOIN log_chains c ON c.number = n.chain
      LEFT JOIN events e ON e.case_id = c.id AND e.seq = n.seq
      LEFT JOIN org_events o ON c.id = 'organisation' AND o.seq = n.seq
      LEFT JOIN calendar_records k ON c.id = 'calendar' AND k.seq = n.seq
      LEFT JOIN access_blocks b ON c.id = 'accesses' AND b.seq = n.seq
    WHERE encode(n.hash, 'hex') IS DISTINCT FROM coalesce(e.hash, o.hash, k.hash, b.hash) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'leaf % is no event of the record', bad USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
