import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { Direction } from './entry.ts';

/** A line of a bank's statement, as the bank wrote it. */
export interface BankLine {
  /** Its place in the part of the statement that was imported. */
  readonly no: number;
  readonly date: CalendarDate;
  readonly direction: Direction;
  readonly amountFen: number;
  /** What the bank says was there after it. */
  readonly balanceFen?: number;
  readonly counterparty?: string;
  readonly text?: string;
  readonly reference?: string;
  /** The how manieth line of this very content it is. */
  readonly nth: number;
}

/** How a line and an entry were found to be one movement. */
export type BankMatchHow = 'reference' | 'amount and date' | 'by hand';

/** Lines of the bank and entries of the journal that are one movement; their sums are equal. */
export interface BankMatch {
  readonly id: string;
  readonly how: BankMatchHow;
  /** `<statement>.<no>`. */
  readonly lines: readonly string[];
  readonly entries: readonly string[];
}

/** What the events of bank statements carry. */
export interface BankEventData {
  'statement.imported': {
    book: string;
    id: string;
    channel: Channel;
    /** The file it was read from, where there is one. */
    document?: string;
    /** Lines that were not known yet. */
    lines: readonly BankLine[];
    /** Places of lines that are there already from an earlier import. */
    skipped: readonly number[];
  };
  'statement.matched': { book: string; channel: Channel; matches: readonly BankMatch[] };
  /** A match does not hold: made by mistake, or one of its entries was reversed. */
  'statement.unmatched': { book: string; id: string; why: 'by hand' | 'reversed' };
}

/** The id of a line. */
export function bankLineId(statement: string, { no }: Pick<BankLine, 'no'>): string {
  return `${statement}.${no}`;
}

/** What makes a line the same as another one: all the bank says of it. Two that say the same are told apart by `nth`. */
export function bankLineKey(line: Omit<BankLine, 'no' | 'nth'>): string {
  const { date, direction, amountFen, balanceFen, counterparty, text, reference } = line;
  return JSON.stringify([
    date,
    direction,
    amountFen,
    balanceFen ?? null,
    counterparty ?? '',
    text ?? '',
    reference ?? '',
  ]);
}
