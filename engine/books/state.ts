import type { Channel } from '../../sdk/program.ts';
import type { Instant } from '../../sdk/time.ts';
import type { Closings, MonthEnd } from './closings.ts';
import type { Draft } from './drafts.ts';
import type { Direction, Side } from './entry.ts';
import type { PayoutCode } from './payout-code.ts';
import type { PersonAccount } from './persons.ts';
import type { RegisterState } from './register-state.ts';

/** One side of a book on one channel: how many entries it has and the running balance. */
export interface SideState {
  readonly no: number;
  readonly balanceFen: number;
}

/** What one side says about a source document: its live (not reversed) entry. */
export interface Live {
  readonly entry: string;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly amountFen: number;
  /** The person who recorded it. */
  readonly by: string;
  /** Of a voucher that was reviewed: by whom. */
  readonly reviewedBy?: string;
  /** Of an amount of many households: one text for all receipts behind it (receipts.ts). */
  readonly receipts?: string;
}

/** A source document recorded by one side only, or by both sides differently. Matched ones live in tables only. */
export interface OpenDocument {
  readonly sourceDoc: string;
  readonly cash?: Live;
  readonly ledger?: Live;
  readonly since: Instant;
  /** The deadline that waits for the missing side. */
  readonly clock?: string;
  readonly discrepancy?: string;
  /** It is no paper but a count of a side at a hand-over, which found another sum than the book's. */
  readonly count?: Count;
  /** It is no paper but what the two sides of a channel differ by at the end of a month (month-signed.ts). */
  readonly month?: MonthEnd;
  /** The approver has signed the difference as carried. */
  readonly carried?: true;
}

/** What a count found on a channel of one side, and who counted: the new keeper, and before whom he took it over. */
export interface Count {
  readonly side: Side;
  readonly channel: Channel;
  readonly bookedFen: number;
  readonly countedFen: number;
  readonly by: readonly string[];
  /** The count that found it; absent of a hand-over. */
  readonly id?: string;
}

/** Whether a document still waits for its other side: neither in front of the approver nor signed by him as it is. */
export function isWaiting({ cash, ledger, discrepancy, carried }: OpenDocument): boolean {
  return (cash === undefined) !== (ledger === undefined) && discrepancy === undefined && !carried;
}

/** A difference nobody has mended yet. */
export interface Discrepancy {
  readonly sourceDoc: string;
  readonly since: Instant;
  readonly explained?: true;
  readonly decided?: 'correct';
}

/** Money asked for. Confirmed and refused ones live in tables only. */
export interface Payout {
  readonly channel: Channel;
  readonly amountFen: number;
  readonly state: 'requested' | 'approved' | 'paid';
  /** The person who recorded it. */
  readonly requestedBy: string;
  /** The person for whom it was recorded, where that one has a login. */
  readonly askedBy?: string;
  readonly approvedBy?: string;
  readonly requestedAt: Instant;
  /** The cash holder who paid it. */
  readonly paidBy?: string;
  /** Whose money it is, where the book keeps that of several persons. */
  readonly party?: string;
  /** The last one-time code that was given out for it. */
  readonly code?: PayoutCode;
}

/** A pair of books of the case: balances per channel on both sides, and what is open (so that its size does not grow with the years). */
export interface BookState extends RegisterState {
  readonly cash: Readonly<Record<string, SideState>>;
  readonly ledger: Readonly<Record<string, SideState>>;
  /** The last voucher's month of posting and number. */
  readonly voucher: { readonly period: string; readonly no: number };
  /** Unmatched documents by {@link documentKey}. */
  readonly open: Readonly<Record<string, OpenDocument>>;
  readonly discrepancies: Readonly<Record<string, Discrepancy>>;
  readonly payouts: Readonly<Record<string, Payout>>;
  /** Source documents on which both sides agree at present. */
  readonly matched: number;
  /** Source of the ids of clocks, discrepancies and payouts. */
  readonly serial: number;
  /** Counts and closings (closings.ts). */
  readonly closings?: Closings;
  /** The person who keeps each side (keeper.ts); absent until somebody does. */
  readonly keepers?: { readonly cash?: string; readonly ledger?: string };
  /** Vouchers that wait for their review (drafts.ts). */
  readonly drafts?: Readonly<Record<string, Draft>>;
  /** What is kept for each person, where the book keeps money of several (persons.ts), by party. */
  readonly persons?: Readonly<Record<string, PersonAccount>>;
  /** The clock of each side that waits to be counted by the new keeper (chase.ts). */
  readonly chases?: { readonly cash?: string; readonly ledger?: string };
}

/** The key of a source document in the state: a text of a person must never be a bare property name. */
export function documentKey(sourceDoc: string): string {
  return `doc/${sourceDoc}`;
}

/** What a program wants of the closings of a book from its opening on. */
export type BookWishes = Pick<Closings, 'chased' | 'counts' | 'daily'>;

/** A fresh pair of books with nothing in it. */
export function openBook(def: { readonly channels: readonly string[]; readonly closings?: BookWishes }): BookState {
  const side = Object.fromEntries(def.channels.map((channel) => [channel, { no: 0, balanceFen: 0 }]));
  return {
    cash: side,
    ledger: side,
    voucher: { period: '', no: 0 },
    open: {},
    discrepancies: {},
    payouts: {},
    matched: 0,
    serial: 0,
    ...(def.closings ? { closings: def.closings } : {}),
  };
}

/** The sum of one side over all channels. */
export function totalFen(side: BookState['cash']): number {
  return Object.values(side).reduce((sum, each) => sum + each.balanceFen, 0);
}
