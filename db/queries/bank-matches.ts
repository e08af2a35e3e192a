import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { Sql } from '../client.ts';

/** A line of the bank or an entry of the journal in a match. `doc` is the reference or the paper. */
export interface MatchMember {
  readonly side: 'bank' | 'book';
  readonly id: string;
  readonly date: CalendarDate;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly doc?: string;
  readonly text?: string;
}

/** Lines of the bank and entries of the journal that were found to be one movement. */
export interface BankMatchRow {
  readonly id: string;
  readonly book: string;
  readonly channel: Channel;
  readonly how: string;
  readonly matchedBy: string;
  readonly matchedAt: Instant;
  readonly members: readonly MatchMember[];
}

/** Which matches to list: of a channel of a book, or the one of an id. */
export interface MatchFilter {
  readonly book: string;
  readonly channel?: string | undefined;
  readonly id?: string | undefined;
  readonly limit: number;
}

/** The matches of a bank's statement that hold, newest first. */
export async function bankMatches(
  sql: Sql,
  caseId: string,
  { book, channel, id, limit }: MatchFilter,
): Promise<BankMatchRow[]> {
  return sql<BankMatchRow[]>`
    SELECT m.id, m.book, m.channel, m.how, m.matched_by AS "matchedBy", m.matched_at AS "matchedAt",
      (SELECT json_agg(json_strip_nulls(json_build_object('side', CASE WHEN x.line IS NULL THEN 'book' ELSE 'bank' END,
          'id', coalesce(x.line, x.entry), 'date', coalesce(l.date, e.occurred_date), 'direction', coalesce(l.direction, e.direction),
          'amountFen', coalesce(l.amount_fen, e.amount_fen), 'doc', coalesce(l.reference, e.source_doc), 'text', coalesce(w.text, e.text)))
          ORDER BY x.n)
        FROM bank_match_members x
          LEFT JOIN bank_lines l ON l.case_id = x.case_id AND l.id = x.line
          LEFT JOIN person.bank_line_names w ON w.case_id = x.case_id AND w.line = x.line
          LEFT JOIN cash_entries e ON e.case_id = x.case_id AND e.id = x.entry
        WHERE x.case_id = m.case_id AND x.match = m.id) AS members
    FROM bank_matches m
    WHERE m.case_id = ${caseId} AND m.book = ${book} AND m.ended_at IS NULL
      AND (${channel ?? null}::text IS NULL OR m.channel = ${channel ?? null}) AND (${id ?? null}::text IS NULL OR m.id = ${id ?? null})
    ORDER BY m.seq DESC, m.id DESC LIMIT ${limit}`;
}
