import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';

/** Money coming in or going out, as the side of the book sees it. */
export type Direction = 'in' | 'out';

/** `cash` is the journal of who keeps the money, `ledger` the vouchers of who keeps the accounts. */
export type Side = 'cash' | 'ledger';

/** No amount and no balance of a book goes beyond this, either way (100 milliard yuan). */
export const MOST_FEN = 10_000_000_000_000;

/** A posted line of a voucher. `amountFen` is negative in red ink (a reversal), positive otherwise. */
export interface PostedLine {
  readonly text: string;
  readonly account: string;
  readonly side: 'debit' | 'credit';
  readonly amountFen: number;
  readonly item?: string;
  readonly quantity?: number;
  readonly priceFen?: number;
  readonly buyer?: string;
}

/**
 * One movement of money on one side of a book. In red ink `amountFen` is negative, the direction stays the original's.
 * `balanceFen` is the side's running balance of the channel after it.
 */
export interface CashEntry {
  /** `<book>.c.<channel>.<no>`. */
  readonly id: string;
  readonly book: string;
  readonly channel: Channel;
  /** Without gap per book and channel. */
  readonly no: number;
  readonly direction: Direction;
  readonly amountFen: number;
  readonly balanceFen: number;
  readonly sourceDoc: string;
  /** The day of the source document, in civil time. */
  readonly occurredDate: CalendarDate;
  readonly text?: string;
  readonly payout?: string;
  readonly reverses?: string;
}

/** A voucher: `<book>.v.<period>.<no>`, numbered without gap per book and month of posting. */
export interface LedgerEntry extends CashEntry {
  /** `YYYY-MM` of posting, civil time. */
  readonly period: string;
  readonly lines: readonly PostedLine[];
}

/**
 * What an id of the books names: `c` cash entry, `v` voucher, `m` match clock, `d` discrepancy, `p` payout, `a` advance,
 * `g` gift, `k` count, `s` bank statement, `w` voucher that waits for its review, `f` the clock of a frozen side.
 */
export type BookIdKind = 'c' | 'v' | 'm' | 'd' | 'p' | 'a' | 'g' | 'k' | 's' | 'w' | 'f';

/** Reads an id of the books: the book and what it names. */
export function readBookId(id: string): { readonly book: string; readonly kind: BookIdKind } | undefined {
  const match = /^(.+?)\.([cvmdpagkswf])\./.exec(id);
  return match ? { book: match[1]!, kind: match[2] as BookIdKind } : undefined;
}

/** How an entry moves the balance of its channel. */
export function movementFen(entry: { readonly direction: Direction; readonly amountFen: number }): number {
  return entry.direction === 'in' ? entry.amountFen : -entry.amountFen;
}

/**
 * The side whose rows an act writes, if any. The database lets one transaction write one side only, so acts of different
 * sides are never folded together.
 */
export function bookSideOf(act: { readonly type: string; readonly target?: string }): Side | undefined {
  if (act.type === 'cash.record') return 'cash';
  if (act.type === 'ledger.record') return 'ledger';
  if (act.type !== 'entry.reverse') return undefined;
  const kind = readBookId(act.target ?? '')?.kind;
  return kind === 'c' ? 'cash' : kind === 'v' ? 'ledger' : undefined;
}
