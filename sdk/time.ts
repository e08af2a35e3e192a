/**
 * A moment: RFC 3339 in UTC with exactly three fraction digits, `2026-11-22T03:16:55.000Z`. The fixed form makes the
 * order of texts the order of time. Other forms are turned into it at the edges (`normalizeInstant`, engine/time/civil.ts).
 */
export type Instant = string;

/** A civil day `YYYY-MM-DD` in {@link ZONE}, of the years 1900 to 2999. */
export type CalendarDate = string;

/** A local time of day `HH:MM` in {@link ZONE}; `24:00` is the end of the day. */
export type TimeOfDay = string;

/** The civil time zone of every date and office hour (GB/T 7408; summer time 1986–1991 is in the tz data). */
export const ZONE = 'Asia/Shanghai';
