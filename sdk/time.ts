/** An instant: RFC 3339, UTC, milliseconds, e.g. `2026-11-22T03:16:55.000Z`. Instants compare as strings. */
export type Instant = string;
/** A calendar date `YYYY-MM-DD` in the civil zone. */
export type CalendarDate = string;
/** The civil time zone of every date and office hour (GB/T 7408; summer time 1986–1991 is in the tz data). */
export const ZONE = 'Asia/Shanghai';
