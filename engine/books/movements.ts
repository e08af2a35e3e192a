import type { CalendarDate } from '../../sdk/time.ts';
import type { CaseEvent } from '../event.ts';
import { toDate } from '../time/civil.ts';
import type { CashEntry, LedgerEntry } from './entry.ts';

/**
 * What moved on a day: on a channel of the cash side or of the ledger (`inFen`, `outFen`), or on an account (debit as
 * `inFen`, credit as `outFen`). Red ink lessens what it corrects. Several rows may be about the same; a month's rows may
 * stand together: on the last day the channel moved, those of the ledger on the first of the month.
 */
export interface Movement {
  readonly book: string;
  /** Which closing it is for: a day's asks about the journal by day, a month's about everything by month. */
  readonly per: 'day' | 'month';
  readonly of: 'cash' | 'ledger' | 'account';
  /** The channel, or the code of the account. */
  readonly name: string;
  readonly day: CalendarDate;
  readonly inFen: number;
  readonly outFen: number;
}

/** What a closing asks the tables about: what moved in a book after the last closing, up to a day. */
export interface NeededMovements {
  readonly book: string;
  readonly of: 'day' | 'month';
  readonly upTo: CalendarDate;
}

/** Tells the door which movements to load before deciding. The data is not checked yet. */
export function neededMovements(act: { readonly type: string; readonly data?: unknown }): NeededMovements | undefined {
  const { book, day, month } = Object(act.data) as { book?: unknown; day?: unknown; month?: unknown };
  if (typeof book !== 'string') return undefined;
  if (act.type === 'books.closeDay' && isDate(day)) return { book: book.trim(), of: 'day', upTo: day };
  if ((act.type === 'books.closeMonth' || act.type === 'books.reconcile') && isDate(`${String(month)}-01`)) {
    return { book: book.trim(), of: 'month', upTo: `${String(month)}-31` };
  }
  return undefined;
}

function isDate(text: unknown): text is CalendarDate {
  return typeof text === 'string' && /^\d{4}-(0[1-9]|1[0-2])-\d\d$/.test(text);
}

/** The movements known after an event: what the tables would say, for the simulator and for acts that share a transaction. */
export function addMovements(known: readonly Movement[], event: CaseEvent): readonly Movement[] {
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
    case 'ledger.recorded':
    case 'ledger.reversed': {
      const entry: CashEntry & Partial<LedgerEntry> = event.data.entry;
      const { book, channel, direction, amountFen } = entry;
      const day = entry.bookedDate ?? toDate(event.recordedAt);
      const of = event.type.startsWith('cash') ? ('cash' as const) : ('ledger' as const);
      const row = (isIn: boolean, fen: number) => (isIn ? { inFen: fen, outFen: 0 } : { inFen: 0, outFen: fen });
      return [
        ...known,
        ...(of === 'cash' ? (['day', 'month'] as const) : (['month'] as const)).map(
          (per): Movement => ({ book, per, of, name: channel, day, ...row(direction === 'in', amountFen) }),
        ),
        ...(entry.lines ?? []).map(
          (line): Movement => ({
            ...{ book, per: 'month', of: 'account', name: line.account, day },
            ...row(line.side === 'debit', line.amountFen),
          }),
        ),
      ];
    }
    default:
      return known;
  }
}

/** Sums by channel or account of what moved. */
export function sumsOf(
  rows: readonly Movement[],
  of: Movement['of'],
): ReadonlyMap<string, { readonly inFen: number; readonly outFen: number }> {
  const sums = new Map<string, { inFen: number; outFen: number }>();
  for (const row of rows) {
    if (row.of !== of) continue;
    const sum = sums.get(row.name) ?? { inFen: 0, outFen: 0 };
    sums.set(row.name, { inFen: sum.inFen + row.inFen, outFen: sum.outFen + row.outFen });
  }
  return sums;
}
