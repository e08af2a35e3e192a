import type { Channel } from '../../sdk/program.ts';
import type { CashEntry, Direction, LedgerEntry } from './entry.ts';
import type { OpenDocument } from './state.ts';

/** Why two books disagree about a source document. */
export type Difference = 'missing' | 'amount' | 'direction' | 'channel';

/** One source document on which the books disagree; the figure of a side that has none is absent. */
export interface DifferenceFound {
  readonly sourceDoc: string;
  readonly why: Difference;
  readonly cash?: { readonly channel: Channel; readonly direction: Direction; readonly amountFen: number };
  readonly ledger?: { readonly channel: Channel; readonly direction: Direction; readonly amountFen: number };
  readonly discrepancy?: string;
}

/** What the events of the books carry. */
export interface BookEventData {
  'cash.recorded': { entry: CashEntry };
  'ledger.recorded': { entry: LedgerEntry };
  /** Red ink: the mirror of one earlier entry. */
  'cash.reversed': { entry: CashEntry };
  'ledger.reversed': { entry: LedgerEntry };
  /** A source document waits for the other side, or both sides differ; `wasMatched`: a reversal took an agreed one apart. */
  'document.opened': { book: string; document: OpenDocument; wasMatched?: true };
  'document.matched': { book: string; sourceDoc: string; amountFen: number };
  /** Both sides have reversed it. */
  'document.voided': { book: string; sourceDoc: string };
  'discrepancy.found': {
    book: string;
    id: string;
    found: 'at entry' | 'by the clock' | 'by comparison';
  } & DifferenceFound;
  'discrepancy.explained': { book: string; id: string; sourceDoc: string; text: string };
  'discrepancy.decided': { book: string; id: string; sourceDoc: string; decision: 'correct' | 'carry'; text: string };
  'discrepancy.settled': { book: string; id: string; sourceDoc: string; how: 'corrected' | 'carried' };
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
    /** The person who recorded it. */
    by: string;
    /** The role he spoke for, and the person who fills it where that one has a login. */
    onBehalfOf?: string;
    askedBy?: string;
    witness?: string;
    evidence?: readonly string[];
  };
  'payout.approved': { book: string; id: string; by: string };
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
    /** Received by the heirs, or elsewhere: the person it was kept for is no more of the case. */
    without?: 'death' | 'moved';
  };
}
