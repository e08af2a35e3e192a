-- The door makes a data key together with its case: it has nothing to say about when one was destroyed.
REVOKE INSERT ON data_keys FROM linli_door;
--> statement-breakpoint
GRANT INSERT (id, owner, yearly_key, wrapped, made_at) ON data_keys TO linli_door;
--> statement-breakpoint
COMMENT ON TABLE data_keys IS 'Data keys, wrapped by yearly keys that no database sees. Read by the login of the processes and by linli_door, which takes a case''s key with its lock and makes one with a case; wrapped anew by that login alone, destroyed by destroy_case() alone.';
--> statement-breakpoint
-- Every function of ours that looks into tables finds ours, whatever whoever calls it has set: those for triggers and with the
-- owner's rights did already. A function IMMUTABLE looks into none.
DO $$
DECLARE f regprocedure;
BEGIN
  FOR f IN
    SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace IN ('public'::regnamespace, 'person'::regnamespace) AND p.prokind = 'f' AND p.provolatile <> 'i'
      AND p.prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql'))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
      AND NOT coalesce(p.proconfig, '{}') && ARRAY['search_path=public, person, pg_temp', 'search_path=pg_catalog']
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = public, person, pg_temp', f);
  END LOOP;
END $$;
--> statement-breakpoint
-- it is planned by itself from now on, and answers a handful
ALTER FUNCTION given_to(text, timestamptz, boolean) ROWS 5;
