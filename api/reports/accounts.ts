import type { AccountOpeningRow, LedgerLineRow } from '../../db/queries/book-reports.ts';
import { ENTRUSTED } from '../../engine/books/accounts.ts';
import type { Text } from '../../sdk/program.ts';
import { plusFen } from './model.ts';

/** An account of the chart with its name. */
export interface AccountName {
  readonly code: string;
  readonly name: Text;
}

/** A line of a posted voucher, or one that the end of a year moved and no voucher made: that one has no number. */
export interface LedgerLine extends Omit<LedgerLineRow, 'voucher' | 'no' | 'channel' | 'summary' | 'seq'> {
  readonly no: number | undefined;
}

/** Debit and credit of an account (and person, where it is held for several) before a report's year. */
export type AccountOpening = Omit<AccountOpeningRow, 'seq'>;

/**
 * What of the ledger a reader may see: the lines of the year up to the end of the report, what stood before, and the first
 * month with a voucher he may not see yet: sums and balances from then on are unknown, of every account, for which accounts
 * it moved is hidden too.
 */
export interface LedgerSight {
  readonly accounts: readonly AccountName[];
  readonly openings: readonly AccountOpening[];
  readonly lines: readonly LedgerLine[];
  /** Absent: nothing is hidden. `''`: already before the year. */
  readonly hiddenFrom?: string;
}

/** Debit and credit of a span; null where they may not be seen. */
export interface Movement {
  readonly debitFen: number | null;
  readonly creditFen: number | null;
}

/** What an account moved in the months from one to another. */
export function movementOf(ledger: LedgerSight, account: string, from: string, to: string): Movement {
  if (isHidden(ledger, to)) return { debitFen: null, creditFen: null };
  let [debitFen, creditFen] = [0, 0];
  for (const line of ledger.lines) {
    if (line.account !== account || line.month < from || line.month > to) continue;
    if (line.side === 'debit') debitFen += line.amountFen;
    else creditFen += line.amountFen;
  }
  return { debitFen, creditFen };
}

/** Debit less credit of an account before a month, or at its end. */
export function balanceBefore(ledger: LedgerSight, account: string, month: string): number | null {
  if (ledger.hiddenFrom !== undefined && ledger.hiddenFrom < month) return null;
  let fen = 0;
  for (const opening of ledger.openings) if (opening.account === account) fen += opening.debitFen - opening.creditFen;
  for (const line of ledger.lines) {
    if (line.account === account && line.month < month) fen += line.side === 'debit' ? line.amountFen : -line.amountFen;
  }
  return fen;
}

/** The balance of an account at the end of a month. */
export function balanceAfter(ledger: LedgerSight, account: string, month: string): number | null {
  const before = balanceBefore(ledger, account, month);
  const { debitFen, creditFen } = movementOf(ledger, account, month, month);
  return plusFen(before, debitFen === null || creditFen === null ? null : debitFen - creditFen);
}

/** The accounts that have moved at all, or one that was asked for. */
export function accountsIn(ledger: LedgerSight, only: string | undefined): AccountName[] {
  const used = new Set([...ledger.openings, ...ledger.lines].map(({ account }) => account));
  return ledger.accounts.filter(({ code }) => (only === undefined ? used.has(code) : code === only));
}

/** The persons for whom something is or was held; null stands for the only one of a book for one person. */
export function personsIn(ledger: LedgerSight): (string | null)[] {
  const held = [...ledger.openings, ...ledger.lines].filter(({ account }) => account === ENTRUSTED);
  return [...new Set(held.map(({ person }) => person))];
}

/** On which side a balance stands, and how much: 借, 贷 or 平. */
export function sided(balanceFen: number | null): { readonly side: Text | null; readonly balanceFen: number | null } {
  if (balanceFen === null) return { side: null, balanceFen: null };
  if (balanceFen === 0) return { side: ['平', 'nil'], balanceFen: 0 };
  return balanceFen > 0 ? { side: ['借', 'Dr'], balanceFen } : { side: ['贷', 'Cr'], balanceFen: -balanceFen };
}

/** Whether a voucher made a line, and not the end of a year. */
export function isVoucher({ no }: LedgerLine): boolean {
  return no !== undefined;
}

/** A voucher as bookkeepers call it: 记-3 of its month. */
export function voucherName({ month, no }: { readonly month: string; readonly no: number | undefined }): string {
  return no === undefined ? '' : `${month} 记-${no}`;
}

function isHidden({ hiddenFrom }: LedgerSight, to: string): boolean {
  return hiddenFrom !== undefined && hiddenFrom <= to;
}
