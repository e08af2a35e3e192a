import type { Sql } from '../db/client.ts';
import type { WorkCalendar } from '../engine/time/calendar.ts';
import type { YearRecord } from '../engine/time/calendar-record.ts';
import { type CalendarLayer, calendarOf } from '../engine/time/official-calendar.ts';

/** A record as the door works with it; `revision` is the version of its area's year. */
type LoadedRecord = YearRecord & { readonly revision: number };

/** Which unit lies in which. */
interface UnitTree {
  readonly units: Readonly<Record<string, { readonly above?: string }>>;
}

/** The working-day calendars of all units, kept in memory as long as no record was added. */
export interface Calendars {
  /** The calendar of a unit: the country's with the records of the areas it lies in. `seq` = last record, read under the lock. */
  load(tx: Sql, seq: number, unit: string, org: UnitTree): Promise<WorkCalendar>;
}

interface Kept {
  readonly seq: number;
  readonly byArea: ReadonlyMap<string | undefined, readonly LoadedRecord[]>;
  /** Calendars by the areas they are made of; units of one area share one. */
  readonly calendars: Map<string, WorkCalendar>;
}

/** A record once written never changes, so the seq of the last one says whether what is in memory still holds. */
export function createCalendars(): Calendars {
  let kept: Kept | undefined;
  return {
    async load(tx, seq, unit, org) {
      if (kept?.seq !== seq) kept = { seq, byArea: await loadRecords(tx, seq), calendars: new Map() };
      const areas = areasOf(unit, org).filter((area) => kept!.byArea.has(area));
      const key = JSON.stringify(areas);
      const calendar = kept.calendars.get(key) ?? calendarOf(layersOf(kept.byArea, areas));
      kept.calendars.set(key, calendar);
      return calendar;
    },
  };
}

/** One calendar for every unit, whatever the records say; for tests. */
export const fixedCalendar = (calendar: WorkCalendar): Calendars => ({ load: async () => calendar });

/** A unit with all units above it, from the top. */
export function areasOf(unit: string, { units }: UnitTree): string[] {
  const areas: string[] = [];
  for (let each: string | undefined = unit; each !== undefined && !areas.includes(each); each = units[each]?.above) {
    areas.unshift(each);
  }
  return areas;
}

/** Layers for {@link calendarOf}: the country, then these areas. */
export function layersOf(byArea: Kept['byArea'], areas: readonly string[]): CalendarLayer[] {
  const nation: CalendarLayer = { records: byArea.get(undefined) ?? [] };
  return [nation, ...areas.map((area) => ({ area, records: byArea.get(area) ?? [] }))];
}

/** The newest record of each area and year up to `seq`, by area; those without one are the country's. */
export async function loadRecords(tx: Sql, seq: number): Promise<Kept['byArea']> {
  const rows = await tx<{ area: string | null; revision: number; record: YearRecord }[]>`
    SELECT DISTINCT ON (area, year) area, version AS revision, convert_from(content, 'UTF8')::json->'record' AS record
    FROM calendar_records WHERE seq <= ${seq} ORDER BY area, year, version DESC`;
  const byArea = new Map<string | undefined, LoadedRecord[]>();
  for (const { area, revision, record } of rows) {
    const records = byArea.get(area ?? undefined) ?? [];
    byArea.set(area ?? undefined, [...records, { ...record, revision }]);
  }
  return byArea;
}
