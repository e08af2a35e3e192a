import type { Channel } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { AdvancePaid } from './advance-state.ts';

/** Who gave something, by name: personal data. `contact`: where a letter of thanks reaches him. */
export interface Giver {
  readonly kind: 'person' | 'unit';
  readonly name: string;
  readonly contact?: string;
}

/** Who paid in advance: personal data. `person`: where he has a login; `party`: where he is a party of the case. */
export interface Helper {
  readonly name: string;
  readonly person?: string;
  readonly party?: string;
}

/** A giver without a name: the how manieth of its year in the book, without gap; shown as `匿名-2026-3`. */
export interface Anonymous {
  readonly year: string;
  readonly n: number;
}

/** How thanks were given; `notice`: posted in public, where the giver is not known. */
export type ThanksHow = 'letter' | 'message' | 'visit' | 'notice';

/** What the events of the registers carry. */
export interface RegisterEventData {
  /** A gift: of money, with the entry of the journal that took it in; or in kind, which no journal knows. */
  'gift.recorded': {
    book: string;
    id: string;
    /** Its number in the book's register, without gap. */
    no: number;
    kind: 'cash' | 'inKind';
    giver?: Giver;
    anonymous?: Anonymous;
    /** What the gift is worth; of things an estimate. */
    valueFen: number;
    item?: string;
    quantity?: number;
    unit?: string;
    channel?: Channel;
    entry?: string;
    sourceDoc?: string;
    receivedBy?: string;
    witness?: string;
    purpose?: string;
    occurredDate: CalendarDate;
    /** The item of the work list that asks for thanks. */
    thanks: string;
    evidence?: readonly string[];
  };
  /** A counter entry: the gift `reverses` was no gift, or another one. */
  'gift.reversed': {
    book: string;
    id: string;
    no: number;
    reverses: string;
    /** Of a gift of money: the red entry of the journal. */
    entry?: string;
    occurredDate: CalendarDate;
  };
  'gift.thanked': {
    book: string;
    gift: string;
    how: ThanksHow;
    sentDate: CalendarDate;
    text?: string;
    evidence?: readonly string[];
  };
  'advance.recorded': {
    book: string;
    id: string;
    no: number;
    paid: AdvancePaid;
    amountFen: number;
    helper: Helper;
    /** What it was paid for. */
    text: string;
    sourceDoc: string;
    /** The households it was paid for, by their keys. */
    households?: readonly string[];
    occurredDate: CalendarDate;
    clock: string;
    evidence?: readonly string[];
  };
  'advance.settled': { book: string; id: string; how: 'repaid' | 'withdrawn' };
}
