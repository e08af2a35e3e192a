import type { Channel } from '../../sdk/program.ts';
import type { AllowanceEffect } from './allowance.ts';
import type { BankEventData } from './bank-events.ts';
import type { ClosingEventData } from './closing-events.ts';
import type { MonthEnd, Period } from './closings.ts';
import type { DraftEventData } from './drafts.ts';
import type { CashEntry, Direction, LedgerEntry, Side } from './entry.ts';
import type { MatchEventData } from './match.ts';
import type { Note } from './notes.ts';
import type { CodeEventData, CodeWay } from './payout-code.ts';
import type { RegisterEventData } from './register-event.ts';
import type { OpenDocument } from './state.ts';

/** Why two books disagree about a source document. */
export type Difference = 'missing' | 'amount' | 'direction' | 'channel' | 'receipts' | 'count' | 'balance';

/** What a count found on one channel, beside what the book says. */
export interface CountedChannel {
  readonly channel: Channel;
  readonly bookedFen: number;
  readonly countedFen: number;
}

/** How a difference was found. */
export type FoundHow = 'at entry' | 'by the clock' | 'by comparison' | 'at hand-over' | 'at count';

/** One source document on which the books disagree; the figure of a side that has none is absent. */
export interface DifferenceFound {
  readonly sourceDoc: string;
  readonly why: Difference;
  readonly cash?: { readonly channel: Channel; readonly direction: Direction; readonly amountFen: number };
  readonly ledger?: { readonly channel: Channel; readonly direction: Direction; readonly amountFen: number };
  readonly discrepancy?: string;
  /** Of a count (`id`), or of one at a hand-over: the side and channel, what the book said and what was there. */
  readonly count?: CountedChannel & { readonly side: Side; readonly id?: string };
  /** Of what the two sides of a channel differ by at the end of a month. */
  readonly month?: MonthEnd;
}

/** What the events of the books carry. */
export interface BookEventData
  extends ClosingEventData,
    RegisterEventData,
    DraftEventData,
    MatchEventData,
    CodeEventData,
    BankEventData {
  /** `keeper`: by it the actor has become the keeper of the side. */
  'cash.recorded': { entry: CashEntry; keeper?: true };
  'ledger.recorded': { entry: LedgerEntry; keeper?: true };
  /** Red ink: the mirror of one earlier entry. */
  'cash.reversed': { entry: CashEntry; keeper?: true };
  'ledger.reversed': { entry: LedgerEntry; keeper?: true };
  /** The actor has taken over one side by a count, from whoever kept it (nobody yet: absent). */
  'book.handedOver': {
    book: string;
    side: Side;
    from?: string;
    channels: readonly CountedChannel[];
    /** Of the cash side: the notes and coins that were there. */
    denominations?: Readonly<Partial<Record<Note, number>>>;
    witness: string;
    text?: string;
  };
  /** The keeper of a side no longer fills its role: it waits to be counted, under the clock of this id. */
  'book.frozen': { book: string; side: Side; keeper: string; clock: string };
  /** It need not be counted any more: its keeper is back, or nothing is left on it. */
  'book.unfrozen': { book: string; side: Side };
  /** A source document waits for the other side, or both sides differ; `wasMatched`: a reversal took an agreed one apart. */
  'document.opened': { book: string; document: OpenDocument; wasMatched?: true };
  'document.matched': { book: string; sourceDoc: string; amountFen: number };
  /** Both sides have reversed it. */
  'document.voided': { book: string; sourceDoc: string; counted?: true };
  'discrepancy.found': {
    book: string;
    id: string;
    found: FoundHow;
  } & DifferenceFound;
  'discrepancy.explained': { book: string; id: string; sourceDoc: string; text: string };
  /** `month`: by it the approver has signed what a month ends with. */
  'discrepancy.decided': {
    book: string;
    id: string;
    sourceDoc: string;
    decision: 'correct' | 'carry';
    text: string;
    month?: MonthEnd;
  };
  'discrepancy.settled': { book: string; id: string; sourceDoc: string; how: 'corrected' | 'carried' | 'matched' };
  'books.reconciled': {
    book: string;
    channels: { channel: string; cashFen: number; ledgerFen: number; cashEntries: number; vouchers: number }[];
    cashFen: number;
    ledgerFen: number;
    matched: number;
    /**
     * A keeper's comparison: so many documents still wait for one side, within their time, and are left out of everything
     * here. Absent where the comparison took all documents in.
     */
    waiting?: number;
    /** The month whose end was compared as well: what it differs by follows among the differences. */
    month?: Period;
    /** How many documents differ; the first of them follow. */
    unmatched: number;
    differences: DifferenceFound[];
  };
  'payout.requested': {
    book: string;
    id: string;
    channel: Channel;
    amountFen: number;
    text: string;
    /** Whose money it is, where the book keeps that of several persons. */
    party?: string;
    /** The person who recorded it. */
    by: string;
    /** The role he spoke for, and the person who fills it where that one has a login. */
    onBehalfOf?: string;
    askedBy?: string;
    witness?: string;
    evidence?: readonly string[];
    /** What it would do to the allowance, as it was shown before it was asked for. */
    allowance?: AllowanceEffect;
  };
  /** `allowance`: as it was shown to who approved it. */
  'payout.approved': { book: string; id: string; by: string; allowance?: AllowanceEffect };
  'payout.refused': { book: string; id: string; by: string };
  'payout.paid': { book: string; id: string; by: string; entry: string };
  /** The payment was reversed before it was confirmed: it is approved and unpaid again. */
  'payout.unpaid': { book: string; id: string; entry: string };
  'payout.confirmed': {
    book: string;
    id: string;
    by: string;
    onBehalfOf?: string;
    witness?: string;
    evidence?: readonly string[];
    /** By a one-time code, and how that had reached the beneficiary. */
    code?: CodeWay;
    /** Received by the heirs, or elsewhere: the person it was kept for is no more of the case. */
    without?: 'death' | 'moved';
  };
}
