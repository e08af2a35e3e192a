-- What the processes sign in as (docs/database-roles.md): nobody of them owns a table. They have the rights below by themselves and take on
-- linli_door and the others for a transaction. Who owns the tables migrates, and runs the commands of an operator.
DO $$
DECLARE
  r text;
  of_whom text;
  todo text := '';
BEGIN
  FOREACH r IN ARRAY ARRAY['linli_api', 'linli_worker', 'linli_sealer', 'linli_organisation'] LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN CONTINUE; END IF;
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', r);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
      WHEN insufficient_privilege THEN todo := todo || format(' CREATE ROLE %I NOLOGIN NOINHERIT;', r);
    END;
  END LOOP;
  FOR r, of_whom IN SELECT * FROM (VALUES
    ('linli_door', 'linli_api'), ('linli_cash', 'linli_api'), ('linli_ledger', 'linli_api'), ('linli_organisation', 'linli_api'),
    ('linli_read', 'linli_api'),
    ('linli_door', 'linli_worker'), ('linli_cash', 'linli_worker'), ('linli_ledger', 'linli_worker'), ('linli_organisation', 'linli_worker'),
    ('linli_log', 'linli_sealer')) AS m (role, member) LOOP
    -- the roles that are missing above are asked for already
    IF EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = to_regrole(r) AND m.member = to_regrole(of_whom)) THEN CONTINUE; END IF;
    BEGIN
      EXECUTE format('GRANT %I TO %I', r, of_whom);
    EXCEPTION WHEN insufficient_privilege OR undefined_object THEN todo := todo || format(' GRANT %I TO %I;', r, of_whom);
    END;
  END LOOP;
  FOREACH r IN ARRAY ARRAY['linli_api', 'linli_worker', 'linli_sealer', 'linli_organisation'] LOOP
    IF to_regrole(r) IS NOT NULL AND pg_has_role(current_user, r, CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
    THEN CONTINUE; END IF;
    BEGIN
      EXECUTE format('GRANT %I TO CURRENT_USER', r);
    EXCEPTION WHEN insufficient_privilege OR undefined_object THEN todo := todo || format(' GRANT %I TO %I;', r, current_user);
    END;
  END LOOP;
  IF todo <> '' THEN
    RAISE EXCEPTION 'this login may not make or grant the roles of Linli''s processes. Way out: somebody who may runs once, as an administrator of the server:% Then migrate again', todo
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public, person TO linli_api, linli_worker, linli_organisation;
--> statement-breakpoint
-- The API reads what it answers with. Its own are sign-ins, the access log, lists that are brought, endpoints and feeds.
GRANT SELECT ON ALL TABLES IN SCHEMA public, person TO linli_api;
--> statement-breakpoint
REVOKE SELECT ON wakes, wheels, reminders, delivery_turns FROM linli_api;
--> statement-breakpoint
GRANT INSERT ON accesses, programs, documents, person.document_contents, sessions, api_keys, calendar_feeds, person.security_events,
  person.imports, person.import_rows, person.channel_endpoints, person.channel_codes, person.payout_codes, person.sendings,
  person.sign_in_users, person.sign_in_sessions, person.sign_in_accounts, person.sign_in_verifications, person.sign_in_two_factors,
  person.sign_in_passkeys, person.sign_in_links, person.sign_in_tries, person.sign_in_used_codes TO linli_api;
--> statement-breakpoint
GRANT UPDATE ON calendar_feeds, person.imports, person.import_rows, person.channel_endpoints,
  person.sign_in_users, person.sign_in_sessions, person.sign_in_accounts, person.sign_in_verifications, person.sign_in_two_factors,
  person.sign_in_passkeys, person.sign_in_links, person.sign_in_tries TO linli_api;
--> statement-breakpoint
GRANT UPDATE (failing_since, failures) ON channel_states TO linli_api;
--> statement-breakpoint
GRANT UPDATE (state, due_at, reviewed_at, unreached) ON person.outbox TO linli_api;
--> statement-breakpoint
GRANT UPDATE (outcome, ended_at, reason, tries, began_at, next_try) ON person.sendings TO linli_api;
--> statement-breakpoint
GRANT UPDATE (acknowledged_at, acknowledged_by) ON person.messages TO linli_api;
--> statement-breakpoint
GRANT DELETE ON sessions, person.channel_codes, person.sign_in_users, person.sign_in_sessions, person.sign_in_accounts, person.sign_in_verifications,
  person.sign_in_two_factors, person.sign_in_passkeys, person.sign_in_links, person.sign_in_tries, person.sign_in_used_codes TO linli_api;
--> statement-breakpoint
-- The worker reads what its loops look at: nothing anybody signs in with, nothing of who has read what.
GRANT SELECT ON ALL TABLES IN SCHEMA public, person TO linli_worker;
--> statement-breakpoint
REVOKE SELECT ON sessions, calendar_feeds, accesses, access_blocks, person.security_events, person.channel_codes, person.payout_codes,
  person.post_cards, person.sign_in_users, person.sign_in_sessions, person.sign_in_accounts, person.sign_in_verifications, person.sign_in_two_factors,
  person.sign_in_passkeys, person.sign_in_links, person.sign_in_tries, person.sign_in_used_codes FROM linli_worker;
--> statement-breakpoint
-- An import goes on with the rights of the key it was let run with: whether that still holds, and not how it is told.
REVOKE SELECT ON api_keys FROM linli_worker;
--> statement-breakpoint
GRANT SELECT (id, role, person, post, unit, scope, created_at, expires_at, revoked_at) ON api_keys TO linli_worker;
--> statement-breakpoint
GRANT SELECT (id, stopped_at) ON person.sign_in_users TO linli_worker;
--> statement-breakpoint
REVOKE SELECT ON person.identities FROM linli_worker;
--> statement-breakpoint
GRANT SELECT (person) ON person.identities TO linli_worker;
--> statement-breakpoint
GRANT INSERT ON programs, wakes, calendar_effects, case_moves, channel_states, person.sendings, delivery_attempts, delivery_days,
  person.deliveries, delivery_messages, delivery_turns, person.outbox, reminders, person.messages, runs_to_archive TO linli_worker;
--> statement-breakpoint
GRANT UPDATE ON wakes, calendar_projections, calendar_effects, case_moves, channel_states, person.sendings, delivery_days, delivery_turns,
  person.outbox, reminders, runs_to_archive, archive_scan, person.imports, person.import_rows TO linli_worker;
--> statement-breakpoint
GRANT UPDATE (done_at) ON unit_moves TO linli_worker;
--> statement-breakpoint
GRANT UPDATE (lease_until, tries, next_try, done_at, answer) ON effects TO linli_worker;
--> statement-breakpoint
GRANT UPDATE (run_id, frozen_at, frozen_seq, frozen_head) ON cases TO linli_worker;
--> statement-breakpoint
GRANT UPDATE (text_zh, text_en) ON person.messages TO linli_worker;
--> statement-breakpoint
GRANT UPDATE (disabled_at, disabled_reason, left_at, trusted, code, code_until, verified_at) ON person.channel_endpoints TO linli_worker;
--> statement-breakpoint
GRANT UPDATE (lease_until, lost, listed_at, compared_at) ON restores TO linli_worker;
--> statement-breakpoint
-- no number of a case that a restored record lacks is given again
GRANT SELECT, UPDATE ON SEQUENCE case_numbers TO linli_worker;
--> statement-breakpoint
GRANT DELETE ON wakes, person.outbox, delivery_attempts, person.sendings, reminders TO linli_worker;
--> statement-breakpoint
-- What a case that was destroyed has left behind elsewhere goes as well; the function itself asks whether two people have decided it.
GRANT EXECUTE ON FUNCTION destroy_case(text, text), destruction_holds(text) TO linli_worker;
--> statement-breakpoint
-- Both watch over the stores; whoever finds a restore holds everything, with the rights of the door.
GRANT UPDATE (n, nonce, kept_at, place, lease_until, system, timeline) ON store_marks TO linli_api, linli_worker, linli_door;
--> statement-breakpoint
GRANT UPDATE (restored) ON store_marks TO linli_door;
--> statement-breakpoint
GRANT INSERT ON restores TO linli_door;
--> statement-breakpoint
GRANT SELECT, UPDATE (outcome, ended_at, reason) ON person.sendings TO linli_door;
--> statement-breakpoint
GRANT UPDATE (state, reviewed_at) ON person.outbox TO linli_door;
--> statement-breakpoint
GRANT UPDATE (next_at) ON reminders TO linli_door;
--> statement-breakpoint
GRANT SELECT, INSERT (id, owner, yearly_key, wrapped, made_at) ON data_keys TO linli_api, linli_worker;
--> statement-breakpoint
-- The first wake of a case notes its run.
GRANT UPDATE (run_id) ON cases TO linli_api;
--> statement-breakpoint
-- Who changes the organisation: its chain and its tables, and what follows from them.
GRANT SELECT ON ALL TABLES IN SCHEMA public, person TO linli_organisation;
--> statement-breakpoint
REVOKE SELECT ON data_keys, sessions, calendar_feeds, accesses, access_blocks, count_lots, person.security_events, person.channel_codes,
  person.payout_codes, person.sign_in_users, person.sign_in_sessions, person.sign_in_accounts, person.sign_in_verifications,
  person.sign_in_two_factors, person.sign_in_passkeys, person.sign_in_links, person.sign_in_tries, person.sign_in_used_codes FROM linli_organisation;
--> statement-breakpoint
GRANT INSERT ON org_events, person.organisation_requests, units, posts, person.people, person.appointments, person.handovers, substitutions,
  person.post_cards, audit_samples, audit_sample_cases, person.audit_bulletins, retention_periods, unit_moves, case_moves,
  calendar_records, calendar_projections TO linli_organisation;
--> statement-breakpoint
GRANT INSERT, UPDATE ON person.identities, sign_in_rules TO linli_organisation;
--> statement-breakpoint
GRANT UPDATE ON units, posts, person.people, person.appointments, substitutions, person.post_cards TO linli_organisation;
--> statement-breakpoint
GRANT UPDATE (answer) ON person.organisation_requests TO linli_organisation;
--> statement-breakpoint
GRANT UPDATE (unit) ON api_keys TO linli_organisation;
--> statement-breakpoint
GRANT UPDATE (left_at, trusted, code, code_until, verified_at) ON person.channel_endpoints TO linli_organisation;
--> statement-breakpoint
GRANT UPDATE ON person.imports, person.import_rows TO linli_organisation;
--> statement-breakpoint
-- who is told that the channels of a unit fall silent
GRANT INSERT ON person.messages, reminders TO linli_organisation;
--> statement-breakpoint
GRANT UPDATE (text_zh, text_en) ON person.messages TO linli_organisation;
--> statement-breakpoint
GRANT DELETE ON person.appointments, person.post_cards TO linli_organisation;
--> statement-breakpoint
-- The organisation was meant to be changed with the rights of the door once; it has a role of its own by now. The door still holds
-- appointments while an act is recorded, for which PostgreSQL asks the right to change a column.
REVOKE INSERT, UPDATE, DELETE ON org_events, person.organisation_requests, units, posts, person.people, person.appointments, person.handovers,
  substitutions, person.post_cards FROM linli_door;
--> statement-breakpoint
REVOKE UPDATE (answer) ON person.organisation_requests FROM linli_door;
--> statement-breakpoint
GRANT UPDATE (until_at) ON person.appointments, substitutions TO linli_door;
--> statement-breakpoint
-- What linli_read may ask, the API may: both are given out by name alone.
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace IN ('public'::regnamespace, 'person'::regnamespace) AND p.prokind = 'f'
      AND EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 'linli_read'::regrole)
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO linli_api, linli_worker', f);
  END LOOP;
END $$;
--> statement-breakpoint
-- `/readyz` compares how far the database is with the release.
DO $$ BEGIN
  IF to_regclass('drizzle.__drizzle_migrations') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA drizzle TO linli_api, linli_worker;
    GRANT SELECT ON drizzle.__drizzle_migrations TO linli_api, linli_worker;
  END IF;
END $$;
