import type { Sql } from '../db/client.ts';
import { calendarPlace } from '../db/queries/calendars.ts';
import { type Calendars, createCalendars } from '../door/calendars.ts';
import type { WorkCalendar } from '../engine/time/calendar.ts';

/** Calendars already worked out, for each database. */
const known = new WeakMap<Sql, Calendars>();

/** The working-day calendar of a unit as the newest records say; the country's without a unit. */
export async function calendarFor(sql: Sql, unit: string | undefined): Promise<WorkCalendar> {
  const calendars = known.get(sql) ?? createCalendars();
  known.set(sql, calendars);
  const { seq, units } = await calendarPlace(sql, unit);
  return calendars.load(sql, seq, unit ?? '', { units });
}
