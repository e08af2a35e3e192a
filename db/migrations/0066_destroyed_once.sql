-- Destroys what a case holds, in the transaction that has recorded `record.destroyed`: the key first, then everything it says. The
-- payload of that event, which is the certificate, stays and is kept in clear. Done again it writes no row:
-- every worker does it again for every destroyed case when it starts.
CREATE OR REPLACE FUNCTION destroy_case(of_case text, certificate text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, person, pg_temp AS $$
DECLARE last bigint; gone text[];
  refused CONSTANT text := '{"code":"CASE_DESTROYED","kind":"conflict","detail":["个案内容已依法销毁。","The contents of the case are destroyed."],"waysOut":[]}';
BEGIN
  UPDATE data_keys SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = of_case AND wrapped IS NOT NULL;
  -- one that never had a key gets none any more
  INSERT INTO data_keys (id, owner, yearly_key, wrapped, destroyed_at)
    SELECT of_case || '.00000000', of_case, 'none', NULL, clock_timestamp()
    WHERE NOT EXISTS (SELECT FROM data_keys WHERE owner = of_case);
  IF NOT destruction_holds(of_case) THEN
    RAISE EXCEPTION 'case % may not be destroyed: its chain does not say that two people have decided it', of_case USING ERRCODE = 'P0001';
  END IF;
  SELECT seq INTO last FROM cases WHERE case_id = of_case;
  PERFORM set_config('linli.destroying', of_case, true);
  UPDATE events SET payload = '{"data":{}}'::bytea WHERE case_id = of_case AND seq < last AND payload <> '{"data":{}}'::bytea;
  UPDATE events SET payload = convert_to(certificate, 'UTF8') WHERE case_id = of_case AND seq = last AND payload <> convert_to(certificate, 'UTF8');
  UPDATE acts SET body_hash = repeat('0', 64), after = NULL,
    refusal = CASE WHEN refusal IS NULL THEN NULL ELSE refused::json END
    WHERE case_id = of_case AND (body_hash <> repeat('0', 64) OR after IS NOT NULL OR refusal::text <> refused);
  DELETE FROM document_contents WHERE document_id IN (SELECT id FROM documents WHERE case_id = of_case);
  -- a digest of several cases is emptied with each of them
  SELECT array_agg(DISTINCT d.delivery_id) INTO gone FROM delivery_messages d JOIN messages m ON m.id = d.message_id
    WHERE m.case_id = of_case AND m.seq < last;
  UPDATE sendings SET text_zh = '（已销毁）', text_en = '(destroyed)', path = '/'
    WHERE id IN (SELECT sending_id FROM outbox WHERE case_id = of_case OR delivery_id = ANY (gone))
      AND (text_zh, text_en, path) IS DISTINCT FROM ('（已销毁）', '(destroyed)', '/');
  UPDATE outbox SET text_zh = '（已销毁）', text_en = '(destroyed)' WHERE (case_id = of_case OR delivery_id = ANY (gone))
    AND (text_zh, text_en) IS DISTINCT FROM ('（已销毁）', '(destroyed)');
  UPDATE deliveries SET text_zh = '（已销毁）', text_en = '(destroyed)' WHERE id = ANY (gone)
    AND (text_zh, text_en) IS DISTINCT FROM ('（已销毁）', '(destroyed)');
  DELETE FROM delivery_messages WHERE message_id IN (SELECT id FROM messages WHERE case_id = of_case AND seq < last);
  DELETE FROM reminders WHERE message_id IN (SELECT id FROM messages WHERE case_id = of_case AND seq < last);
  DELETE FROM messages WHERE case_id = of_case AND seq < last;
  DELETE FROM archived_run_parts WHERE run_id IN (SELECT run_id FROM archived_runs WHERE case_id = of_case);
  -- one statement, so that rows that refer to each other go at once
  EXECUTE (SELECT 'WITH ' || string_agg(format('d%s AS (DELETE FROM %s WHERE case_id = $1)', n, t), ', ') || ' SELECT'
    FROM unnest(destruction_tables()) WITH ORDINALITY AS each (t, n)) USING of_case;
  UPDATE cases SET witnessed_seq = seq, lagging_since = NULL, stuck_since = NULL, stuck_reason = NULL WHERE case_id = of_case
    AND (witnessed_seq <> seq OR lagging_since IS NOT NULL OR stuck_since IS NOT NULL OR stuck_reason IS NOT NULL);
  PERFORM set_config('linli.destroying', '', true);
END $$;
