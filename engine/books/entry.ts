import type { MoneyKindKey } from '../../sdk/money-kinds.ts';
import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { Receipt } from './receipts.ts';

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
  /** What it is for, in a layman's words. */
  readonly kind?: MoneyKindKey;
  /** The household that paid, by its key, and the number of its receipt. */
  readonly payer?: string;
  readonly receipt?: string;
  /** What a subsidy was given for. */
  readonly purpose?: string;
  /** Of a book that keeps money of several persons: the party whose it is. */
  readonly party?: string;
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
  /** The day it is booked on, where that is not the day it was recorded: the first open one. */
  readonly bookedDate?: CalendarDate;
  /** Recorded when the day of its paper (in the ledger: the month) was closed already. */
  readonly late?: true;
  /** The helper's advance whose money it is, or that it repays. */
  readonly advance?: string;
  /** Of the journal: who paid how much of it, by household. Red ink lists nothing. */
  readonly households?: readonly Receipt[];
  /** One text for all receipts behind it, where every line has one (receipts.ts). */
  readonly receipts?: string;
}

/** A voucher: `<book>.v.<period>.<no>`, numbered without gap per book and month of posting. */
export interface LedgerEntry extends CashEntry {
  /** `YYYY-MM` of posting, civil time. */
  readonly period: string;
  readonly lines: readonly PostedLine[];
  /** Where it was reviewed before it was posted: its id while it waited, and the person who made it. */
  readonly draft?: string;
  readonly madeBy?: string;
}

/**
 * What an id of the books names: `c` cash entry, `v` voucher, `m` match clock, `d` discrepancy, `p` payout, `a` advance,
 * `g` gift, `k` count, `s` bank statement, `w` voucher that waits for its review, `f` the clock of a frozen side,
 * `e` the clock of a month's end, `q` that of a surprise count, `t` that of a statement to be handed over,
 * `z` that of a day's end, `y` that of a year's books on their way to the archive.
 */
export type BookIdKind = 'c' | 'v' | 'm' | 'd' | 'p' | 'a' | 'g' | 'k' | 's' | 'w' | 'f' | 'e' | 'q' | 't' | 'z' | 'y';

/** Reads an id of the books: the book and what it names. */
export function readBookId(id: string): { readonly book: string; readonly kind: BookIdKind } | undefined {
  const match = /^(.+?)\.([cvmdpagkswfeqtzy])\./.exec(id);
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
export function bookSideOf(act: {
  readonly type: string;
  readonly target?: string;
  readonly data?: unknown;
}): Side | undefined {
  if (act.type === 'cash.record') return 'cash';
  const said = Object(act.data) as { kind?: unknown; side?: unknown };
  if (act.type === 'gift.record') return said.kind === 'cash' ? 'cash' : undefined;
  if (act.type === 'advance.repay') return said.side === 'ledger' ? 'ledger' : 'cash';
  if (act.type === 'ledger.record' || act.type === 'voucher.review') return 'ledger';
  if (act.type !== 'entry.reverse') return undefined;
  const kind = readBookId(act.target ?? '')?.kind;
  return kind === 'c' ? 'cash' : kind === 'v' ? 'ledger' : undefined;
}

/**
 * What an act may share a transaction with: acts that write one side of the books go with their like, and so do those that
 * close something, for the entries of a transaction are written before its closings.
 */
export function batchSideOf(act: { readonly type: string; readonly target?: string }): Side | 'closing' | undefined {
  return act.type === 'books.closeDay' || act.type === 'books.closeMonth' ? 'closing' : bookSideOf(act);
}
