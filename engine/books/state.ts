import type { CalendarDate, Instant } from '../../sdk/time.ts';

/** One side of a book on one channel: the number of the last entry and the running balance. */
export interface SideState {
  readonly no: number;
  readonly balanceFen: number;
}

/** A source document recorded by one side and waiting for the other. */
export interface OpenDocument {
  readonly channel: string;
  readonly sourceDoc: string;
  readonly direction: 'in' | 'out';
  readonly cashFen?: number;
  readonly ledgerFen?: number;
  readonly recordedBy: readonly string[];
  readonly since: Instant;
  readonly occurredDate: CalendarDate;
}

/** A book pair of the case: balances per channel on both sides and what is unmatched or disputed (bounded). */
export interface BookState {
  readonly cash: Readonly<Record<string, SideState>>;
  readonly ledger: Readonly<Record<string, SideState>>;
  /** Unmatched documents by `<channel>/<sourceDoc>`. */
  readonly open: Readonly<Record<string, OpenDocument>>;
  /** Open discrepancies by id. */
  readonly discrepancies: Readonly<Record<string, { readonly document: string; readonly since: Instant; readonly explained?: true }>>;
  readonly payouts: Readonly<Record<string, { readonly amountFen: number; readonly channel: string; readonly state: 'requested' | 'approved' | 'paid' }>>;
}
