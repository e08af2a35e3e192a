-- The second wall (docs/database-roles.md): whatever a query of the API asks, it is shown rows of cases in the reader's sight and no others. Who
-- reads is said in each transaction (db/walled.ts); nothing said, nothing seen. The wall is coarser than the rules: it stands between units.
-- Says in this transaction who reads, and finds what is in his sight: the units whose every case he may see (that of his login, `of_unit`, and those
-- whose head he is or stands in for, each with the units below), and the cases elsewhere that have to do with him: he is a party, has work of
-- them, by name or by a post, was told of them, keeps their books; they are offered from or to a unit in sight; or an emergency that the
-- application has looked up opens them to him. With the owner's rights, as it looks for what the caller does not see yet.
CREATE FUNCTION see_as(reader text, of_unit text, opened json, all_people boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, person, pg_temp
  -- making its plans takes longer than they take
  SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  names text[];
  held text[];
  units_seen text[];
  cases_seen text[];
  everywhere boolean := false;
BEGIN
  IF reader <> '' THEN
    held := ARRAY(SELECT DISTINCT post FROM stand_ins WHERE person = reader AND from_at <= now() AND (until_at IS NULL OR until_at > now()));
    names := ARRAY(SELECT g.person FROM given_to(reader, now(), true) g) || reader;
    units_seen := ARRAY(
      WITH RECURSIVE reach (unit) AS (
        SELECT id FROM units WHERE id = of_unit OR head_post = ANY (held)
        UNION SELECT u.id FROM units u JOIN reach r ON u.above = r.unit
      ) SELECT unit FROM reach);
    everywhere := cardinality(units_seen) > 0 AND cardinality(units_seen) = (SELECT count(*) FROM units);
  END IF;
  -- whoever sees every unit needs no list of cases elsewhere, nor a look at each row
  IF reader <> '' AND NOT everywhere THEN
    cases_seen := ARRAY(
      SELECT case_id FROM parties WHERE person = reader
      UNION SELECT case_id FROM assignments WHERE person = ANY (names) OR post = ANY (held)
      UNION SELECT case_id FROM items WHERE state = 'open' AND by_person = ANY (names)
      UNION SELECT case_id FROM items WHERE state = 'open' AND by_post = ANY (held)
      UNION SELECT case_id FROM items WHERE state = 'open' AND answering_post = ANY (held)
      UNION SELECT case_id FROM items WHERE state = 'open' AND assignee_person = ANY (names)
      UNION SELECT case_id FROM items WHERE state = 'open' AND assignee_post = ANY (held)
      UNION SELECT case_id FROM messages WHERE case_id IS NOT NULL AND (person = ANY (names) OR post = ANY (held))
      UNION SELECT case_id FROM book_keepers WHERE keeper = reader AND (remains OR waits)
      UNION SELECT case_id FROM transfers WHERE to_unit = ANY (units_seen) OR from_unit = ANY (units_seen)
      UNION SELECT json_array_elements_text(opened));
  END IF;
  PERFORM set_config('linli.person', coalesce(reader, ''), true), set_config('linli.people', CASE WHEN all_people THEN 'yes' ELSE '' END, true),
    set_config('linli.units', coalesce(units_seen, '{}')::text, true),
    set_config('linli.cases', coalesce(cases_seen, '{}')::text, true),
    set_config('linli.everywhere', CASE WHEN everywhere THEN 'yes' ELSE '' END, true);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION see_as(text, text, json, boolean) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION see_as(text, text, json, boolean) TO linli_api;
--> statement-breakpoint
-- what somebody was given, to look for it by whom
CREATE INDEX items_assignee_post ON person.items (assignee_post) WHERE state = 'open' AND assignee_post IS NOT NULL;
--> statement-breakpoint
CREATE INDEX items_assignee_person ON person.items (assignee_person) WHERE state = 'open' AND assignee_person IS NOT NULL;
--> statement-breakpoint
-- A read that was refused is noted of cases that exist, whoever may see them.
CREATE FUNCTION case_exists(of_case text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, person, pg_temp AS $$
  SELECT EXISTS (SELECT FROM cases WHERE case_id = of_case)
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION case_exists(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION case_exists(text) TO linli_api;
--> statement-breakpoint
-- Every table that names a case, and every one with words of people: whoever works on them as a role has what its rights say, and so has who owns
-- them; all others, and the API, see nothing that no policy shows them.
DO $$
DECLARE t regclass;
BEGIN
  FOR t IN
    SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND (c.relnamespace = 'person'::regnamespace
      OR c.relnamespace = 'public'::regnamespace AND EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'case_id' AND NOT a.attisdropped))
    ORDER BY c.oid
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY work ON %s TO linli_worker, linli_organisation, linli_door, linli_cash, linli_ledger, linli_log, linli_read
      USING (true) WITH CHECK (true)', t);
    IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t AND a.attname = 'case_id' AND NOT a.attisdropped)
      AND t <> ALL (ARRAY['cases', 'calendar_effects', 'case_moves', 'person.messages', 'person.accountability', 'person.outbox', 'person.import_rows']::regclass[])
    THEN
      EXECUTE format('CREATE POLICY sight ON %s FOR SELECT TO linli_api USING ((SELECT current_setting(''linli.everywhere'', true)) = ''yes''
        OR EXISTS (SELECT FROM cases c WHERE c.case_id = %s.case_id))', t, t);
    END IF;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY sight ON cases FOR SELECT TO linli_api USING ((SELECT current_setting('linli.everywhere', true)) = 'yes'
  OR unit IN (SELECT unnest(nullif(current_setting('linli.units', true), '')::text[]))
  OR case_id IN (SELECT unnest(nullif(current_setting('linli.cases', true), '')::text[])));
--> statement-breakpoint
-- How far calendars and moves of units have come is counted over all units: ids and times alone.
CREATE POLICY open ON calendar_effects FOR SELECT TO linli_api USING (true);
--> statement-breakpoint
CREATE POLICY open ON case_moves FOR SELECT TO linli_api USING (true);
--> statement-breakpoint
-- What somebody was told is his, also of a case that has gone elsewhere since.
CREATE POLICY sight ON person.messages FOR SELECT TO linli_api USING (
  CASE WHEN case_id IS NULL THEN (SELECT current_setting('linli.person', true)) <> '' ELSE EXISTS (SELECT FROM cases c WHERE c.case_id = messages.case_id) END);
--> statement-breakpoint
CREATE POLICY acknowledge ON person.messages FOR UPDATE TO linli_api USING (case_id IS NULL AND (SELECT current_setting('linli.person', true)) <> '');
--> statement-breakpoint
-- What a post answered for stays in its own record.
CREATE POLICY sight ON person.accountability FOR SELECT TO linli_api USING (
  EXISTS (SELECT FROM cases c WHERE c.case_id = accountability.case_id)
  OR post IN (SELECT a.post FROM person.appointments a WHERE a.person = (SELECT current_setting('linli.person', true))));
--> statement-breakpoint
-- What waits to be sent: of cases in sight, by one's own endpoint, and by any to who looks after them.
CREATE POLICY sight ON person.outbox TO linli_api USING ((SELECT current_setting('linli.people', true)) = 'yes'
  OR EXISTS (SELECT FROM person.channel_endpoints e WHERE e.id = outbox.endpoint_id AND e.person = (SELECT current_setting('linli.person', true)))
  OR EXISTS (SELECT FROM cases c WHERE c.case_id = outbox.case_id) OR case_id IS NULL AND (SELECT current_setting('linli.person', true)) <> '');
--> statement-breakpoint
CREATE POLICY upload ON documents FOR INSERT TO linli_api WITH CHECK (EXISTS (SELECT FROM cases c WHERE c.case_id = documents.case_id));
--> statement-breakpoint
CREATE POLICY sight ON person.document_contents FOR SELECT TO linli_api USING (EXISTS (SELECT FROM documents d WHERE d.id = document_contents.document_id));
--> statement-breakpoint
CREATE POLICY upload ON person.document_contents FOR INSERT TO linli_api WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY issue ON person.payout_codes FOR INSERT TO linli_api WITH CHECK (EXISTS (SELECT FROM cases c WHERE c.case_id = payout_codes.case_id));
--> statement-breakpoint
-- Lists are whose who brought them.
CREATE POLICY own ON person.imports TO linli_api USING (person = (SELECT current_setting('linli.person', true))) WITH CHECK (person = (SELECT current_setting('linli.person', true)));
--> statement-breakpoint
CREATE POLICY own ON person.import_rows TO linli_api USING (EXISTS (SELECT FROM person.imports i WHERE i.id = import_rows.import_id)) WITH CHECK (true);
--> statement-breakpoint
-- Names: to who looks after people, all; to others those of whoever is in office or was, of whoever signs in, and of the parties of cases in sight; to everybody, of who has them on a card.
CREATE POLICY sight ON person.people FOR SELECT TO linli_api USING (
  (SELECT current_setting('linli.person', true)) <> '' AND ((SELECT current_setting('linli.people', true)) = 'yes' OR
    id = (SELECT current_setting('linli.person', true)) OR EXISTS (SELECT FROM person.appointments a WHERE a.person = people.id)
    OR EXISTS (SELECT FROM api_keys k WHERE k.person = people.id) OR EXISTS (SELECT FROM person.parties p WHERE p.person = people.id))
  OR EXISTS (SELECT FROM person.post_cards c WHERE c.holder = people.id AND c.shows_name));
--> statement-breakpoint
-- Tables of no case that the application's rules alone divide: who is in office, cards, what was published, sign-ins and channels.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['appointments', 'handovers', 'identities', 'post_cards', 'audit_bulletins', 'organisation_requests', 'channel_endpoints', 'channel_codes',
    'sendings', 'deliveries', 'security_events', 'login_keys', 'sign_in_users', 'sign_in_sessions', 'sign_in_accounts', 'sign_in_verifications',
    'sign_in_two_factors', 'sign_in_passkeys', 'sign_in_links', 'sign_in_tries', 'sign_in_used_codes']
  LOOP
    EXECUTE format('CREATE POLICY open ON person.%I TO linli_api USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- Views show what their reader may see, not what their owner may.
ALTER VIEW stand_ins SET (security_invoker = true);
--> statement-breakpoint
-- The run of a case is noted with the rights of the door.
REVOKE UPDATE (run_id) ON cases FROM linli_api;
--> statement-breakpoint
-- What the API reads for nobody in particular, it reads with the rights of linli_read: figures about channels as well, without addresses.
GRANT SELECT (id, channel, disabled_at, removed_at) ON person.channel_endpoints TO linli_read;
