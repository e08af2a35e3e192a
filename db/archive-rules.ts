import type { Breach } from './book-rule.ts';
import type { Sql } from './client.ts';

/** What the archives of books must hold to; the same form as the other rules of the books. */
export const archiveRules = {
  'what lies in the archive is what was taken over': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT a.case_id, a.book, format('up to %s: %s vouchers and %s entries, the archive says %s and %s', a.period, f.vouchers, f.entries,
      a.vouchers, a.entries) AS detail
    FROM book_archives a CROSS JOIN LATERAL book_archive(a.case_id, a.book, a.after, a.period) f
    WHERE (${caseId}::text IS NULL OR a.case_id = ${caseId})
      AND (a.vouchers, a.entries, a.sha256) IS DISTINCT FROM (f.vouchers, f.entries, f.sha256) LIMIT 100`,

  'archives follow one another and hold closed months only': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT a.case_id, a.book, format('up to %s, after %s', a.period, coalesce(a.after, 'nothing')) AS detail
    FROM (SELECT *, lag(period) OVER (PARTITION BY case_id, book ORDER BY period) AS before FROM book_archives) a
      LEFT JOIN book_months m ON m.case_id = a.case_id AND m.book = a.book AND m.period = a.period
    WHERE (${caseId}::text IS NULL OR a.case_id = ${caseId})
      AND (a.after IS DISTINCT FROM a.before OR m.seq IS NULL OR m.seq >= a.seq) LIMIT 100`,

  'who takes over an archive keeps it, and holds no money': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT a.case_id, a.book, format('up to %s', a.period) AS detail FROM book_archives a
    WHERE (${caseId}::text IS NULL OR a.case_id = ${caseId}) AND NOT book_archive_keeper(a.case_id, a.book, a.by, a.at) LIMIT 100`,

  'every archive is what its event tells': (sql: Sql, caseId: string | null) => sql<Breach[]>`
    SELECT coalesce(a.case_id, e.case_id) AS case_id, coalesce(a.book, '') AS book, format('up to %s, event %s', a.period, coalesce(a.seq, e.seq)) AS detail
    FROM (SELECT * FROM book_archives WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) a
      FULL JOIN (SELECT case_id, seq, actor_id, act_id, recorded_at, convert_from(payload, 'UTF8')::json -> 'data' AS d FROM events
        WHERE type = 'books.archived' AND (${caseId}::text IS NULL OR case_id = ${caseId})) e ON e.case_id = a.case_id AND e.seq = a.seq
    WHERE (a.book, a.period, a.after, a.vouchers::text, a.entries::text, a.sha256, a.place, a.by, a.at, a.act_id)
      IS DISTINCT FROM (e.d ->> 'book', e.d ->> 'period', e.d ->> 'after', e.d ->> 'vouchers', e.d ->> 'entries', e.d ->> 'sha256',
        e.d ->> 'place', e.actor_id, e.recorded_at, e.act_id) LIMIT 100`,
} as const;
