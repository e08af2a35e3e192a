-- Roles belong to the whole server: another database of it may have made them, or be making them right now.
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['linli_door', 'linli_cash', 'linli_ledger', 'linli_read'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = r) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', r);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    -- who makes a role on PostgreSQL 16 and newer may grant it, but not take it on
    IF NOT pg_has_role(current_user, r, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', r);
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public, person TO linli_door, linli_cash, linli_ledger, linli_read;
--> statement-breakpoint
GRANT SELECT ON ALL TABLES IN SCHEMA public, person TO linli_door, linli_read;
--> statement-breakpoint
REVOKE ALL ON api_keys FROM linli_read;
--> statement-breakpoint
GRANT INSERT ON events, acts, programs, documents, document_contents, org_events, cases, effects, wakes, messages, items,
  deadlines, rungs, assignments, accountability, person.parties, units, posts, appointments, person.people TO linli_door;
--> statement-breakpoint
GRANT UPDATE ON cases, effects, wakes, messages, items, deadlines, assignments, accountability, person.parties, units,
  posts, appointments, person.people TO linli_door;
--> statement-breakpoint
GRANT DELETE ON wakes TO linli_door;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE case_numbers TO linli_door;
--> statement-breakpoint
INSERT INTO installation (id) VALUES (gen_random_uuid()::text);
