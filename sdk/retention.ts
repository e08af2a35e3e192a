import type { CalendarDate, Instant } from './time.ts';

/** Ids of the classes of what is kept; they stand in certificates of destruction and never change. */
export type RetentionClassId =
  | 'approval'
  | 'daily'
  | 'accounts'
  | 'reconciliations'
  | 'accessLog'
  | 'yearlyReports'
  | 'certificates';

/** What of a case there is of each class, as the tables hold it. */
export interface RetentionFacts {
  /** When the help and its follow-up ended, as recorded; absent while they go on. */
  readonly endedAt?: Instant;
  /** Of each class: how many there are, and the day of the newest. */
  readonly held: Readonly<
    Partial<Record<RetentionClassId, { readonly count: number; readonly newest?: CalendarDate }>>
  >;
}

/** A longer period that an area has set. */
export interface Lengthened {
  readonly class: RetentionClassId;
  readonly years: number;
  readonly unit: string;
  readonly source: string;
}

/** Rows outside the state that keep a case: records of accountability without a last word, effects that wait. */
export interface OpenRows {
  readonly accountability: number;
  readonly effects: number;
}
