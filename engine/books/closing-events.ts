import type { CalendarDate } from '../../sdk/time.ts';
import type { ArchiveEventData } from './archive.ts';
import type { ClosedChannel } from './close-day.ts';
import type { MonthChannel } from './close-month.ts';
import type { Period } from './closings.ts';
import type { CountedChannel } from './event.ts';
import type { Note } from './notes.ts';
import type { CarriedOver, ClosedAccount } from './year.ts';

/** What the events of counts and closings carry. */
export interface ClosingEventData extends ArchiveEventData {
  /**
   * The money was counted: by the cash holder (`day`), or by another (`by` the actor) in front of him (`present`, a person).
   * `day`: what is booked up to it was counted. `drawn`: the surprise count it makes good.
   */
  'cash.counted': {
    book: string;
    id: string;
    kind: 'day' | 'scheduled' | 'surprise';
    day: CalendarDate;
    channels: readonly CountedChannel[];
    denominations?: Readonly<Partial<Record<Note, number>>>;
    present?: string;
    witness?: string;
    drawn?: string;
    text?: string;
  };
  /** The days after `after` (none: all since the book was opened) up to `day` are closed; `count`: by which they were counted. */
  'day.closed': {
    book: string;
    day: CalendarDate;
    after?: CalendarDate;
    count?: string;
    channels: readonly ClosedChannel[];
  };
  /** A month is closed; `carry`: by channel what the cash side has more than the ledger, as signed. */
  'month.closed': {
    book: string;
    period: Period;
    channels: readonly MonthChannel[];
    accounts: readonly ClosedAccount[];
    carry?: Readonly<Record<string, number>>;
    /** By channel the difference by which the approver had signed it. */
    signed?: Readonly<Record<string, string>>;
    /** What is carried of it and of months before is open no more. */
    dropsCarried?: true;
    /** With December: what the end of the year moves between accounts. */
    year?: CarriedOver;
  };
  /** The statement of a closed month has reached whoever the money belongs to. */
  'statement.given': { book: string; period: Period; how: 'explained' | 'sent'; evidence?: readonly string[] };
  /** A day on which money moved is over, and is to be closed within its time. */
  'day.ended': { book: string; day: CalendarDate; clock: string };
  /** A month has ended and is to be closed within its time. */
  'month.ended': { book: string; period: Period; clock: string };
  /** A surprise count falls on this day; `seed` proves it (draw.ts). */
  'count.drawn': { book: string; span: string; day: CalendarDate; seed: string; clock: string };
  /** The surprise count was not made in time. */
  'count.missed': { book: string; span: string; clock: string };
}
