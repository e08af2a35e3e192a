import { createHash } from 'node:crypto';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Text } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { WorkCalendar } from './calendar.ts';
import type { CalendarDay, YearRecord } from './calendar-record.ts';
import { daysInMonth, partsOf, toDayNumber, weekdayOf } from './day-number.ts';
import { holidayText, STATUTORY_RULE, statutoryHolidays } from './holidays.ts';

/** The records of the country, or those of one area that are laid over everything above it. */
export interface CalendarLayer {
  /** The unit whose area it is; without it the whole country. */
  readonly area?: string;
  /** `revision` counts the versions of a record, 1 for the first: a record that returns to what it was is another version. */
  readonly records: readonly (YearRecord & { readonly revision?: number })[];
}

const WORKED = 1;
const GUESSED = 2;
/** A year has a slot for every day of twelve months of 31: a slot is found without counting days. */
const slotOf = (month: number, day: number) => (month - 1) * 31 + (day - 1);

/**
 * The calendar of official records. Layers go from the country down to the smallest area; the lowest that names a day
 * decides. A year with a national record is exact. Any other is provisional: weekends and the holidays of the law alone,
 * except days that a record names. Of two records that name a day of December, that of the later year decides.
 *
 * Each year is worked out once, when it is first asked about. The version is a hash of all records and the rule: the same
 * records give the same version everywhere.
 */
export function calendarOf(layers: readonly CalendarLayer[]): WorkCalendar {
  const named = new Map<CalendarDate, CalendarDay>();
  for (const { records } of layers) {
    for (const { days } of records.toSorted((a, b) => a.year - b.year))
      for (const day of days) named.set(day.date, day);
  }
  const known = new Set(layers.filter(({ area }) => area === undefined).flatMap(({ records }) => records.map(yearOf)));
  const years = new Map<number, Year>();

  function find(date: CalendarDate): { readonly year: Year; readonly slot: number } {
    const { year, month, day } = partsOf(date);
    const found = years.get(year) ?? workOut(year, known.has(year), named);
    years.set(year, found);
    return { year: found, slot: slotOf(month, day) };
  }

  return {
    version: versionOf(layers),
    isWorkingDay(date) {
      const { year, slot } = find(date);
      return (year.flags[slot]! & WORKED) !== 0;
    },
    provisional(date) {
      const { year, slot } = find(date);
      return (year.flags[slot]! & GUESSED) !== 0;
    },
    nameOf: (date) => find(date).year.names.get(date),
  };
}

interface Year {
  readonly flags: Uint8Array;
  readonly names: ReadonlyMap<CalendarDate, Text>;
}

function workOut(year: number, known: boolean, named: ReadonlyMap<CalendarDate, CalendarDay>): Year {
  const flags = new Uint8Array(12 * 31);
  const names = new Map<CalendarDate, Text>();
  const statutory = known ? undefined : statutoryHolidays(year);
  const two = (n: number) => String(n).padStart(2, '0');
  for (let month = 1; month <= 12; month++) {
    for (let day = 1; day <= daysInMonth(year, month); day++) {
      const date = `${year}-${two(month)}-${two(day)}`;
      const official = named.get(date);
      const holiday = official ? undefined : statutory?.get(date);
      const worked = official ? !official.off : holiday === undefined && weekdayOf(toDayNumber(date)) <= 5;
      flags[slotOf(month, day)] = (worked ? WORKED : 0) | (known || official ? 0 : GUESSED);
      if (official) names.set(date, holidayText(official.name, official.off));
      else if (holiday !== undefined) names.set(date, holidayText(holiday, true));
    }
  }
  return { flags, names };
}

const yearOf = ({ year }: YearRecord): number => year;

function versionOf(layers: readonly CalendarLayer[]): string {
  const content = layers
    .filter(({ records }) => records.length > 0)
    .map(({ area, records }) => ({
      area: area ?? null,
      records: records
        .toSorted((a, b) => a.year - b.year)
        .map(({ year, source, days, revision = 1 }) => {
          return { year, revision, source, days: days.toSorted((a, b) => (a.date < b.date ? -1 : 1)) };
        }),
    }));
  const bytes = canonicalJson({ rule: STATUTORY_RULE, layers: content });
  return `cn-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}
