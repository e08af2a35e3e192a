import type { CalendarYearRow } from '../../db/queries/calendars.ts';
import type { WorkCalendar } from '../../engine/time/calendar.ts';
import { statutoryHolidays } from '../../engine/time/holidays.ts';
import type { CalendarYearView } from '../schemas/calendar.ts';

/** A year of the calendar as the API answers it. Without a record: what is guessed for the country, nothing for an area. */
export function calendarView(
  year: number,
  area: string | undefined,
  row: CalendarYearRow | undefined,
  calendar: WorkCalendar,
): CalendarYearView {
  const guessed = area === undefined ? [...statutoryHolidays(year)] : [];
  return {
    year,
    area: area ?? null,
    revision: row?.revision ?? 0,
    provisional: calendar.provisional(`${year}-07-01`),
    calendar: calendar.version,
    source: [...(row?.record.source ?? [])],
    days: row
      ? [...row.record.days]
      : guessed.map(([date, name]) => ({ date, name, off: true })).sort((a, b) => (a.date < b.date ? -1 : 1)),
    loadedAt: row?.loadedAt ?? null,
    loadedBy: row?.by ?? null,
    reason: row?.reason ?? null,
    projection: row ? projectionOf(row) : null,
  };
}

function projectionOf({
  affected,
  done,
  waiting,
  beganAt,
  foundAt,
  doneAt,
}: CalendarYearRow): CalendarYearView['projection'] {
  if (affected === null) return null;
  const state = doneAt ? 'done' : foundAt ? 'projecting' : beganAt ? 'finding' : 'waiting';
  return { state, affected, done: done ?? 0, waiting, beganAt, doneAt };
}
