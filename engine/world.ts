import type { Channel, Program } from '../sdk/program.ts';
import type { OpenRows } from '../sdk/retention.ts';
import type { CalendarDate, Instant, TimeOfDay } from '../sdk/time.ts';
import type { ArchiveFact } from './books/archive.ts';
import type { BankFacts } from './books/bank-facts.ts';
import type { DraftEntry } from './books/drafts.ts';
import type { Lot } from './books/draw.ts';
import type { PostedLine } from './books/entry.ts';
import type { Movement } from './books/movements.ts';
import type { PostedFacts } from './books/posted-facts.ts';
import type { Destroyed } from './event.ts';
import type { Kept } from './retention/periods.ts';
import type { Assignment } from './state.ts';
import type { WorkCalendar } from './time/calendar.ts';

/** The level of a unit of the administration. */
export type Level = 'community' | 'sub-district' | 'district' | 'grid';

/** A person in a post, from when (included) until when (excluded). */
export interface Holding {
  readonly post: string;
  readonly person: string;
  readonly from: Instant;
  readonly until?: Instant;
}

/**
 * A handover: what was given to a person by name belongs from an instant on to his successor, or without one to a post
 * (that of the head above).
 */
export interface Succession {
  readonly person: string;
  readonly to?: string;
  readonly toPost?: string;
  readonly from: Instant;
}

/** The organisation as far as a case needs it: the units above the case's, their posts and who held them when. */
export interface Org {
  readonly units: Readonly<
    Record<
      string,
      {
        readonly level: Level;
        readonly above?: string;
        /** Post id of the unit's head. */
        readonly head?: string;
        /** Working hours of a working day; without them `OFFICE_HOURS`. */
        readonly hours?: { readonly from: TimeOfDay; readonly to: TimeOfDay };
        /** It went into `above`, where its cases are on their way. */
        readonly closed?: true;
      }
    >
  >;
  readonly posts: Readonly<Record<string, { readonly kind: string; readonly unit: string; readonly closed?: true }>>;
  /** `from` included, `until` excluded. At most one holder of a post at an instant. */
  readonly appointments: readonly Holding[];
  /** Who stands in for the holder of a post: at most one at an instant. */
  readonly deputies?: readonly Holding[];
  /**
   * Handovers of those whom the case names, and of whoever followed them, oldest first (engine/succession.ts). Only those
   * that hold for cases of this unit: who stays in office in another unit keeps what lies under that one.
   */
  readonly successions?: readonly Succession[];
}

/** A document uploaded for the case, by what its bytes are. */
export interface DocumentFact {
  readonly id: string;
  readonly kind: 'photo' | 'file';
  /** SHA-256 of its bytes; absent where nothing was uploaded (a simulation). */
  readonly sha256?: string;
}

/** One entry of a book, as the tables hold it: the facts a money act asks about. */
export interface EntryFact {
  readonly id: string;
  readonly book: string;
  readonly side: 'cash' | 'ledger';
  readonly channel: Channel;
  readonly direction: 'in' | 'out';
  readonly amountFen: number;
  readonly sourceDoc: string;
  readonly occurredDate: CalendarDate;
  readonly recordedBy: string;
  /** Of a voucher that was reviewed: by whom. */
  readonly reviewedBy?: string;
  /** Id of the entry this one reverses, or of the entry that reversed this one. */
  readonly reverses?: string;
  readonly reversedBy?: string;
  readonly text?: string;
  readonly payout?: string;
  /** The helper's advance it is of, the gift it took in, and the text for all receipts behind it. */
  readonly advance?: string;
  readonly gift?: string;
  readonly receipts?: string;
  /** The match by hand it stands in. */
  readonly match?: string;
  /** The day it is booked on. */
  readonly bookedDate?: CalendarDate;
  /** The lines of a voucher. */
  readonly lines?: readonly PostedLine[];
}

/** A voucher that was made for review, as the tables hold it. */
export interface DraftFact {
  readonly id: string;
  readonly entry: DraftEntry;
}

/** A row of a register of gifts, as far as its correction asks. */
export interface GiftFact {
  readonly id: string;
  readonly book: string;
  /** Of a gift of money: the entry of the journal. */
  readonly entry?: string;
  readonly reverses?: string;
  readonly reversedBy?: string;
}

/** Money of a book that may count as income: a payout that was approved, `month` when it was confirmed; or a month's earnings. */
export interface IncomeFact {
  readonly book: string;
  readonly what: 'payouts' | 'earnings';
  readonly amountFen: number;
  readonly month?: string;
  /** Of a payout. */
  readonly id?: string;
}

/** Rows the act asks about, loaded by the door before deciding. */
export interface Facts {
  readonly documents: readonly DocumentFact[];
  readonly entries: readonly EntryFact[];
  /** What moved in a book after its last closing, when the act closes a day or a month of it. */
  readonly movements?: readonly Movement[];
  readonly drafts?: readonly DraftFact[];
  /** What vouchers and receipts say already about the payouts and receipts an act names. */
  readonly posted?: PostedFacts;
  /** Lines of the bank, entries they may be and matches, when the act is about statements. */
  readonly bank?: BankFacts;
  /** The code a `payout.confirm` brings, compared with the last one of that payout: absent where none can be tried. */
  readonly code?: { readonly id: string; readonly holds: boolean };
  /** What a `books.archive` would take over; absent where the month it names is not closed. */
  readonly archive?: ArchiveFact;
  /** The gift a `gift.reverse` targets. */
  readonly gift?: GiftFact;
  /** What came in of late that may count as income, when a payout is asked for or approved. */
  readonly income?: readonly IncomeFact[];
  /** The names of the actor and of who paid what he confirms, by person, when the act names a witness; of whom an approval to read is for. */
  readonly names?: Readonly<Record<string, string>>;
  /** Of a complaint or an emergency: the persons in office whom a word in `about` means by id or by name. */
  readonly named?: Readonly<Record<string, readonly string[]>>;
  /** Of `access.breakGlass`: that the actor is in office, by which post, and who audits; absent where he is not. */
  readonly office?: {
    readonly post?: string;
    readonly auditors: readonly { readonly person: string; readonly unit: string }[];
  };
  /** Item ids of this case that were done or lapsed and are no longer in state, when the act targets one. */
  readonly closedItem?: { readonly id: string; readonly key: string; readonly state: string };
  /** Of acts that destroy a case: how long what it holds is kept, what is open outside its state, and who audits. */
  readonly retention?: {
    readonly kept: readonly Kept[];
    readonly open: OpenRows;
    readonly auditors: readonly { readonly person: string; readonly unit: string }[];
    /** What there is now, when it is carried out. */
    readonly destroying?: Pick<Destroyed, 'counts' | 'digest' | 'logged'>;
  };
  /** The accountability record an `accountability.*` act targets. */
  readonly accountability?: {
    readonly id: string;
    readonly post: string;
    readonly answered: boolean;
    readonly outcome?: string;
    readonly decidedBy?: string;
    /** The decision is appealed against and not yet decided again. */
    readonly appealed?: boolean;
  };
  /** The version of the case's program that a `case.migrate` names; absent where there is none, or more than one. */
  readonly version?: { readonly program: Program; readonly hash: string };
  /** The samples among those an `inspection.record` names in which this case was drawn. */
  readonly samples?: readonly string[];
  /** The inbox message a `message.acknowledge` targets. */
  readonly message?: {
    readonly id: string;
    readonly post?: string;
    readonly person?: string;
    readonly unit?: string;
    /** The emergency it tells of. */
    readonly emergency?: string;
    readonly acknowledged: boolean;
  };
}

/** Everything outside the case a decision may depend on. `now` is the one clock of the door. */
export interface World {
  readonly now: Instant;
  readonly program: Program;
  readonly programHash: string;
  readonly calendar: WorkCalendar;
  readonly org: Org;
  readonly facts: Facts;
  /** What surprise counts are drawn with; without it none are. */
  readonly lot?: Lot;
  /** The case's unit and who fills its roles: where the working hours of a rung are looked up. Set by the engine itself. */
  readonly home?: { readonly unit: string; readonly assignments: Readonly<Record<string, Assignment>> };
}
