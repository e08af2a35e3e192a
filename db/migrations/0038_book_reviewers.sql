-- Who reviewed a voucher does not record the money of its document either, whichever comes first.
CREATE OR REPLACE FUNCTION book_entry_unmatched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.reverses IS NOT NULL AND EXISTS (
      SELECT FROM book_match_entries m JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL
      WHERE m.case_id = NEW.case_id AND m.entry = NEW.reverses) THEN
    RAISE EXCEPTION 'entry % is reversed and still matched', NEW.reverses;
  END IF;
  IF NEW.reverses IS NULL AND EXISTS (
      SELECT FROM book_documents d JOIN book_match_entries m ON m.case_id = d.case_id AND m.entry = d.entry AND m.side = d.side
        JOIN book_matches b ON b.case_id = m.case_id AND b.id = m.match AND b.ended_at IS NULL AND b.seq < NEW.seq
      WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.source_doc = NEW.source_doc) THEN
    RAISE EXCEPTION 'document % is matched with other papers already', NEW.source_doc;
  END IF;
  IF TG_TABLE_NAME = 'cash_entries' AND NEW.reverses IS NULL AND EXISTS (
      SELECT FROM book_documents d JOIN vouchers v ON v.case_id = d.case_id AND v.id = d.entry
      WHERE d.case_id = NEW.case_id AND d.book = NEW.book AND d.side = 'ledger' AND d.source_doc = NEW.source_doc
        AND v.reviewed_by = NEW.recorded_by) THEN
    RAISE EXCEPTION 'who made, who reviewed and who recorded the money of document % are three people', NEW.source_doc;
  END IF;
  RETURN NULL;
END $$;
