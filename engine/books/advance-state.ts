import type { Instant } from '../../sdk/time.ts';
import type { CashEntry, Side } from './entry.ts';

/** How a helper paid: money into the book, which both sides then record; or a third party, outside of it. */
export type AdvancePaid = 'into the book' | 'to others';

/** What a side of the book has recorded of an advance, red ink taken off. */
export interface AdvanceMoved {
  readonly inFen: number;
  readonly outFen: number;
}

/** A helper's claim that is not settled. Settled and withdrawn ones live in the register only. */
export interface Advance {
  readonly paid: AdvancePaid;
  readonly amountFen: number;
  readonly sourceDoc: string;
  /** When the helper paid. */
  readonly since: Instant;
  /** The helper's person, where he has a login. */
  readonly helper?: string;
  readonly cash: AdvanceMoved;
  readonly ledger: AdvanceMoved;
  /** The clock that waits for the repayment. */
  readonly clock: string;
}

/** Nothing recorded yet. */
export const NOT_MOVED: AdvanceMoved = { inFen: 0, outFen: 0 };

/** How much a side may still repay: what came in and has not gone out, or for money paid to others what of it is not repaid. */
export function owedFen(advance: Pick<Advance, 'paid' | 'amountFen' | Side>, side: Side): number {
  const { inFen, outFen } = advance[side];
  return (advance.paid === 'into the book' ? inFen : advance.amountFen) - outFen;
}

/** Whether both sides have repaid all of it. */
export function isRepaid({ amountFen, cash, ledger }: Advance): boolean {
  return cash.outFen === amountFen && ledger.outFen === amountFen;
}

/** An advance after an entry of a side; red ink lessens what it mirrors. */
export function afterMovement(
  advance: Advance,
  side: Side,
  { direction, amountFen }: Pick<CashEntry, 'direction' | 'amountFen'>,
): Advance {
  const { inFen, outFen } = advance[side];
  const moved = direction === 'in' ? { inFen: inFen + amountFen, outFen } : { inFen, outFen: outFen + amountFen };
  return { ...advance, [side]: moved };
}
