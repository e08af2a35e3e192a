-- Whoever writes the log enters archived histories too: of the archive he sees what makes it a chain, and no history.
GRANT SELECT (n, hash, prev, archived_at) ON archived_runs TO linli_log;
--> statement-breakpoint
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
      LEFT JOIN archived_runs a ON c.id = 'archive' AND a.n = n.seq
    WHERE encode(n.hash, 'hex') IS DISTINCT FROM coalesce(e.hash, o.hash, k.hash, b.hash, a.hash) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'leaf % is no event of the record', bad USING ERRCODE = 'P0001';
  END IF;
  RETURN NULL;
END $$;
