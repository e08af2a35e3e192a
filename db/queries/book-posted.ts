import type { Sql } from '../client.ts';

/** A payout and what the vouchers for it come to; red ink takes off. */
export interface VouchedPayoutRow {
  readonly id: string;
  readonly book: string;
  readonly amountFen: number;
  readonly vouchersFen: number;
  readonly party: string | null;
}

/** Payouts by id, and those of vouchers that wait for their review (`drafts`, by id). */
export async function vouchedPayouts(
  sql: Sql,
  caseId: string,
  ids: readonly string[],
  drafts: readonly string[],
): Promise<VouchedPayoutRow[]> {
  if (ids.length + drafts.length === 0) return [];
  return sql<VouchedPayoutRow[]>`
    SELECT p.id, p.book, p.amount_fen AS "amountFen", p.party,
      coalesce((SELECT sum(v.amount_fen) FROM vouchers v WHERE v.case_id = p.case_id AND v.payout = p.id), 0)::bigint AS "vouchersFen"
    FROM book_payouts p
    WHERE p.case_id = ${caseId} AND p.id IN (
      SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json)
      UNION SELECT d.payout FROM voucher_drafts d
        WHERE d.case_id = ${caseId} AND d.id IN (SELECT json_array_elements_text(${JSON.stringify(drafts)}::text::json)))`;
}

/** A receipt on a side of a book. */
export interface ReceiptRow {
  readonly book: string;
  readonly side: 'cash' | 'ledger';
  readonly receipt: string;
}

/** Which of these receipts, and of those of vouchers under review, stand on their side already, and in which document. */
export async function standingReceipts(
  sql: Sql,
  caseId: string,
  receipts: readonly ReceiptRow[],
  drafts: readonly string[],
): Promise<(ReceiptRow & { readonly sourceDoc: string })[]> {
  if (receipts.length + drafts.length === 0) return [];
  const ofDrafts = sql`
      UNION SELECT d.book, 'ledger', l ->> 'receipt' FROM voucher_drafts d, json_array_elements(d.lines) l
        WHERE d.case_id = ${caseId} AND d.id IN (SELECT json_array_elements_text(${JSON.stringify(drafts)}::text::json))`;
  return sql<(ReceiptRow & { sourceDoc: string })[]>`
    WITH asked AS (
      SELECT book, side, receipt FROM json_to_recordset(${JSON.stringify(receipts)}::text::json) AS r (book text, side text, receipt text)
      ${drafts.length > 0 ? ofDrafts : sql``}
    )
    SELECT a.book, a.side, a.receipt, d.source_doc AS "sourceDoc"
    FROM asked a JOIN cash_lines l ON a.side = 'cash' AND l.case_id = ${caseId} AND l.book = a.book AND l.receipt = a.receipt
      JOIN cash_entries e ON e.case_id = l.case_id AND e.id = l.entry
      JOIN book_documents d ON d.case_id = e.case_id AND d.book = e.book AND d.side = 'cash' AND d.source_doc = e.source_doc AND d.entry = e.id
    UNION ALL SELECT a.book, a.side, a.receipt, d.source_doc
    FROM asked a JOIN voucher_lines l ON a.side = 'ledger' AND l.case_id = ${caseId} AND l.receipt = a.receipt
      JOIN vouchers v ON v.case_id = l.case_id AND v.id = l.voucher AND v.book = a.book
      JOIN book_documents d ON d.case_id = v.case_id AND d.book = v.book AND d.side = 'ledger' AND d.source_doc = v.source_doc AND d.entry = v.id`;
}
