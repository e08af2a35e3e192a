CREATE TABLE "log_chains" (
	"number" integer PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"logged" bigint DEFAULT 0 NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"head" "bytea",
	CONSTRAINT "log_chains_order" CHECK ("log_chains"."seq" <= "log_chains"."logged")
);
--> statement-breakpoint
CREATE TABLE "log_checkpoints" (
	"number" bigint PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"key_id" integer NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_head_nodes" (
	"level" smallint NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "log_head_nodes_level_index_pk" PRIMARY KEY("level","index")
);
--> statement-breakpoint
CREATE TABLE "log_keys" (
	"id" integer PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"announced" boolean NOT NULL,
	"made_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_leaves" (
	"position" bigint PRIMARY KEY NOT NULL,
	"chain" integer NOT NULL,
	"seq" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "log_leaves_hash" CHECK (octet_length("log_leaves"."hash") = 32),
	CONSTRAINT "log_leaves_position" CHECK ("log_leaves"."position" >= 0 AND "log_leaves"."seq" >= 1)
);
--> statement-breakpoint
CREATE TABLE "log_nodes" (
	"level" smallint NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "log_nodes_level_index_pk" PRIMARY KEY("level","index")
);
--> statement-breakpoint
ALTER TABLE "log_checkpoints" ADD CONSTRAINT "log_checkpoints_key_id_log_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."log_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "log_leaves" ADD CONSTRAINT "log_leaves_chain_log_chains_number_fk" FOREIGN KEY ("chain") REFERENCES "public"."log_chains"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "log_chains_id" ON "log_chains" USING btree ("id");--> statement-breakpoint
CREATE INDEX "log_checkpoints_size" ON "log_checkpoints" USING btree ("size");--> statement-breakpoint
CREATE UNIQUE INDEX "log_leaves_event" ON "log_leaves" USING btree ("chain","seq");
--> statement-breakpoint
-- The log is written by a role of its own, which can do nothing else. Roles belong to the whole server (see 0002).
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'linli_log') THEN
    BEGIN
      CREATE ROLE linli_log NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role(current_user, 'linli_log', CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    GRANT linli_log TO CURRENT_USER;
  END IF;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO linli_log;
--> statement-breakpoint
GRANT SELECT ON log_chains, log_leaves, log_nodes, log_head_nodes, log_keys, log_checkpoints TO linli_log, linli_read, linli_door;
--> statement-breakpoint
GRANT SELECT ON installation TO linli_log;
--> statement-breakpoint
GRANT SELECT (case_id, seq, last_at) ON cases TO linli_log;
--> statement-breakpoint
GRANT SELECT (case_id, seq, hash, prev, recorded_at) ON events TO linli_log;
--> statement-breakpoint
GRANT SELECT (seq, hash, prev, recorded_at) ON org_events TO linli_log;
--> statement-breakpoint
GRANT SELECT (seq, hash, prev, loaded_at) ON calendar_records TO linli_log;
--> statement-breakpoint
GRANT INSERT ON log_chains, log_leaves, log_nodes, log_head_nodes, log_keys, log_checkpoints TO linli_log;
--> statement-breakpoint
GRANT UPDATE (logged, seq, head) ON log_chains TO linli_log;
--> statement-breakpoint
GRANT UPDATE (hash) ON log_head_nodes TO linli_log;
--> statement-breakpoint
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['log_leaves', 'log_nodes', 'log_keys', 'log_checkpoints'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_change', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['log_chains', 'log_head_nodes'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      t || '_never_vanish', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Leaves follow one another without a gap; each is an event of the record, the next of its chain.
CREATE FUNCTION log_leaves_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
    WHERE encode(n.hash, 'hex') IS DISTINCT FROM coalesce(e.hash, o.hash, k.hash) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'leaf % is no event of the record', bad USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER log_leaves_follow AFTER INSERT ON log_leaves REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION log_leaves_follow();
--> statement-breakpoint
-- A chain keeps its place and only moves forward.
CREATE FUNCTION log_chains_move_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.number <> coalesce((SELECT max(number) + 1 FROM log_chains), 0) THEN
      RAISE EXCEPTION 'chain % is not the next', NEW.number USING ERRCODE = 'P0001';
    END IF;
  ELSIF NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.logged < OLD.logged OR NEW.seq < OLD.seq
     OR (NEW.seq = OLD.seq AND NEW.head IS DISTINCT FROM OLD.head) THEN
    RAISE EXCEPTION 'chain % may only move forward', OLD.number USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER log_chains_move_forward BEFORE INSERT OR UPDATE ON log_chains
  FOR EACH ROW EXECUTE FUNCTION log_chains_move_forward();
--> statement-breakpoint
-- A checkpoint is of no smaller tree and no earlier time than the one before it, and of no more than the log holds.
CREATE FUNCTION log_checkpoints_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE before record;
BEGIN
  SELECT number, size, at, key_id INTO before FROM log_checkpoints ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(before.number, 0) + 1 OR NEW.size < before.size OR NEW.at <= before.at OR NEW.key_id < before.key_id
     OR NEW.size > coalesce((SELECT max(position) + 1 FROM log_leaves), 0) THEN
    RAISE EXCEPTION 'checkpoint % does not follow the one before it', NEW.number USING ERRCODE = 'P0001';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER log_checkpoints_follow BEFORE INSERT ON log_checkpoints FOR EACH ROW EXECUTE FUNCTION log_checkpoints_follow();
