-- What 0076 and 0079 each added goes with the contents of a case.
CREATE OR REPLACE FUNCTION destruction_tables() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, person, pg_temp AS $$
  SELECT ARRAY['parties', 'payout_codes', 'book_names', 'bank_line_names', 'import_rows',
    'assignments', 'items', 'deadlines', 'rungs', 'accountability', 'transfers', 'disclosures', 'effects', 'wakes', 'calendar_effects',
    'bank_match_members', 'bank_matches', 'bank_lines', 'bank_statements', 'book_advances', 'book_archives', 'book_match_entries',
    'book_matches', 'book_month_accounts', 'book_month_channels', 'book_months', 'book_day_channels', 'book_days', 'book_draws',
    'book_count_channels', 'book_counts', 'book_discrepancies', 'book_documents', 'book_duties', 'book_gift_thanks', 'book_gifts',
    'book_keepers', 'book_reconciliations', 'voucher_lines', 'vouchers', 'voucher_drafts', 'cash_lines', 'cash_entries',
    'book_payouts', 'book_persons', 'book_counters', 'book_channels', 'books', 'given_up_branches']
$$;
