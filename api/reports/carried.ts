import type { CarriedRow } from '../../db/queries/book-carried.ts';
import type { AccountOpening, LedgerLine, LedgerSight } from './accounts.ts';

type Carried = Omit<CarriedRow, 'seq'>;

/**
 * A ledger with what closed years have moved between accounts (income and cost of project funds into the net assets): that
 * of earlier years stands in the openings, that of the year itself as lines of the last day of December, which no voucher
 * has made.
 */
export function withCarried(ledger: LedgerSight, carried: readonly Carried[], january: string): LedgerSight {
  return {
    ...ledger,
    openings: [...ledger.openings, ...carried.filter(({ period }) => period < january).map(openingOf)],
    lines: [...ledger.lines, ...carried.filter(({ period }) => period >= january).map(lineOf)],
  };
}

function openingOf({ account, fen }: Carried): AccountOpening {
  return { account, person: null, debitFen: Math.max(fen, 0), creditFen: Math.max(-fen, 0) };
}

function lineOf({ period, account, fen }: Carried): LedgerLine {
  return {
    ...{ month: period, no: undefined, occurredDate: `${period}-31`, sourceDoc: '', account },
    ...{ side: fen > 0 ? 'debit' : 'credit', amountFen: Math.abs(fen), text: '年终结转' },
    ...{ reverses: null, item: null, quantity: null, priceFen: null, buyer: null, person: null },
  };
}
