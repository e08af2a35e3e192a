import { bookRules } from './books-rules.ts';
import type { Sql } from './client.ts';
import { inClear, TOLD_OF_BOOKS, type UnreadEvents } from './events-in-clear.ts';
import { createTransactions } from './transactions.ts';

/** Something in the tables of the books that cannot be. */
export interface BookFinding {
  readonly rule: string;
  readonly caseId: string;
  readonly book: string;
  /** The entry, document, person … it is about, and figures in fen. Never personal data beyond ids. */
  readonly detail: string;
}

/** What was looked at, and what does not hold. */
export interface BookProof {
  readonly holds: boolean;
  readonly checked: {
    readonly cases: number;
    readonly books: number;
    readonly cashEntries: number;
    readonly vouchers: number;
    readonly voucherLines: number;
    readonly rules: readonly string[];
  };
  /** Not wrong, but unfinished: differences nobody has mended yet. */
  readonly openDiscrepancies: number;
  /** At most 100 of each rule; none of a case with events that could not be read. */
  readonly findings: readonly BookFinding[];
  /** Cases that are not proven, because events of theirs could not be read. */
  readonly unread: readonly UnreadEvents[];
}

/**
 * Proves the books from the tables alone, of one case or of all: balances and numbers counted again, vouchers and red ink,
 * who wrote what under which duty, and that every entry is the one its event tells of. Changes nothing. Over a client in a
 * transaction of its own.
 */
export async function verifyBooks(sql: Sql, only?: { readonly caseId: string }): Promise<BookProof> {
  // a transaction under way is not begun again
  if (!('begin' in sql)) return proofIn(sql, only?.caseId ?? null);
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 3_600_000 });
  try {
    return await transactions.run(async (tx) => {
      // what is opened stays in memory: beyond this it would go to a file, in clear, until the transaction ends
      await tx.unsafe("SET LOCAL temp_buffers = '512MB'");
      return proofIn(tx, only?.caseId ?? null);
    });
  } finally {
    await transactions.end();
  }
}

function proofIn(sql: Sql, caseId: string | null): Promise<BookProof> {
  return inClear(sql, { caseId, types: TOLD_OF_BOOKS }, async (unread) => {
    const proof = await prove(sql, caseId);
    const unproven = new Set(unread.map((each) => each.caseId));
    const findings = proof.findings.filter((each) => !unproven.has(each.caseId));
    return { ...proof, findings, unread, holds: findings.length === 0 && unread.length === 0 };
  });
}

async function prove(sql: Sql, caseId: string | null): Promise<Omit<BookProof, 'unread'>> {
  const findings: BookFinding[] = [];
  for (const [rule, query] of Object.entries(bookRules)) {
    const rows = await query(sql, caseId);
    findings.push(...rows.map(({ case_id, book, detail }) => ({ rule, caseId: case_id, book, detail })));
  }
  const [counts] = await sql<[Record<'cases' | 'books' | 'cash' | 'vouchers' | 'lines' | 'open', number>]>`
    SELECT (SELECT count(DISTINCT case_id) FROM books WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) AS cases,
      (SELECT count(*) FROM books WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) AS books,
      (SELECT count(*) FROM cash_entries WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) AS cash,
      (SELECT count(*) FROM vouchers WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) AS vouchers,
      (SELECT count(*) FROM voucher_lines WHERE ${caseId}::text IS NULL OR case_id = ${caseId}) AS lines,
      (SELECT count(*) FROM book_discrepancies WHERE settled_at IS NULL AND (${caseId}::text IS NULL OR case_id = ${caseId})) AS open`;
  return {
    holds: findings.length === 0,
    checked: {
      cases: counts.cases,
      books: counts.books,
      cashEntries: counts.cash,
      vouchers: counts.vouchers,
      voucherLines: counts.lines,
      rules: Object.keys(bookRules),
    },
    openDiscrepancies: counts.open,
    findings,
  };
}
