import type { Sql } from '../db/client.ts';
import { calendarPlace } from '../db/queries/calendars.ts';
import { databaseNow } from '../db/queries/now.ts';
import { ORGANISATION_ROLE } from '../db/roles.ts';
import { createTransactions, type Tx } from '../db/transactions.ts';
import type { WorkCalendar } from '../engine/time/calendar.ts';
import {
  inOrder,
  problemsOf,
  type RecordProblem,
  sameRecord,
  type YearRecord,
} from '../engine/time/calendar-record.ts';
import { addDays } from '../engine/time/civil.ts';
import { calendarOf } from '../engine/time/official-calendar.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { CalendarDate } from '../sdk/time.ts';
import { areasOf, layersOf, loadRecords } from './calendars.ts';
import { GENESIS, sha256 } from './chain.ts';

/** A year to be loaded, for the country or an area. */
export interface YearWish {
  readonly record: YearRecord;
  /** The unit for whose area it holds. */
  readonly area?: string;
  readonly by: { readonly kind: 'person' | 'system'; readonly id: string };
  readonly reason?: string;
  /** The revision it was made on; 0 = there was none. */
  readonly ifMatch?: number;
}

/** What became of a wish: kept (or there already, `changed` false), or why not. */
export type YearLoaded =
  | { readonly kind: 'loaded'; readonly revision: number; readonly changed: boolean }
  | { readonly kind: 'stale'; readonly revision: number }
  | { readonly kind: 'invalid'; readonly problems: readonly RecordProblem[] };

/** Records are added one after another; any number, the same everywhere. */
const recordLock = 4_711_018_003;

/**
 * Loads a year: adds a record to the chain and notes which days it changes or makes certain, from which the projector
 * finds the cases to project again. Every process counts by it from its next act on. The same record again changes
 * nothing, whatever revision it is said to be made on. Throws what the database throws (23503: no such unit).
 */
export async function loadYear(sql: Sql, wish: YearWish): Promise<YearLoaded> {
  const transactions = createTransactions(sql, { lanes: 1, role: ORGANISATION_ROLE });
  try {
    return await transactions.run((tx) => addRecord(tx, { ...wish, record: inOrder(wish.record) }));
  } finally {
    await transactions.end();
  }
}

async function addRecord(tx: Tx, { record, area, by, reason, ifMatch }: YearWish): Promise<YearLoaded> {
  await tx`SELECT pg_advisory_xact_lock(${recordLock})`;
  const [[last], byArea, place, at] = await Promise.all([
    tx<{ seq: number; hash: string }[]>`SELECT seq, hash FROM calendar_records ORDER BY seq DESC LIMIT 1`,
    loadRecords(tx, Number.MAX_SAFE_INTEGER),
    calendarPlace(tx, area),
    databaseNow(tx),
  ]);
  const areas = area === undefined ? [] : areasOf(area, place);
  const under = area === undefined ? undefined : calendarOf(layersOf(byArea, areas.slice(0, -1)));
  const problems = problemsOf(record, under);
  if (problems.length > 0) return { kind: 'invalid', problems };

  const own = byArea.get(area) ?? [];
  const current = own.find(({ year }) => year === record.year);
  const revision = current?.revision ?? 0;
  if (current && sameRecord(current, record)) return { kind: 'loaded', revision, changed: false };
  if (ifMatch !== undefined && ifMatch !== revision) return { kind: 'stale', revision };

  const next = [...own.filter((each) => each !== current), { ...record, revision: revision + 1 }];
  const before = calendarOf(layersOf(byArea, areas));
  const after = calendarOf(layersOf(new Map([...byArea, [area, next]]), areas));
  const days = differences(record.year, before, after);

  const seq = (last?.seq ?? 0) + 1;
  const prev = last?.hash ?? GENESIS;
  const content = canonicalJson({ seq, area: area ?? null, record, by, at, reason: reason ?? null, prev });
  const hash = sha256(content);
  await Promise.all([
    tx`INSERT INTO calendar_records (seq, area, year, version, content, hash, prev, loaded_at)
      VALUES (${seq}, ${area ?? null}, ${record.year}, ${revision + 1}, ${Buffer.from(content)}, ${hash}, ${prev}, ${at})`,
    tx`INSERT INTO calendar_projections (seq, days, found_at, done_at)
      VALUES (${seq}, ${JSON.stringify(days)}::text::json, ${days.length > 0 ? null : at}, ${days.length > 0 ? null : at})`,
  ]);
  return { kind: 'loaded', revision: revision + 1, changed: true };
}

/** Stretches of days that two calendars see differently, or one only guesses. */
function differences(year: number, before: WorkCalendar, after: WorkCalendar): [CalendarDate, CalendarDate][] {
  const stretches: [CalendarDate, CalendarDate][] = [];
  // no day lies before 1900
  const first = year > 1900 ? `${year - 1}-12-20` : '1900-01-01';
  for (let date: CalendarDate = first; date <= `${year}-12-31`; date = addDays(date, 1)) {
    const same =
      before.isWorkingDay(date) === after.isWorkingDay(date) && before.provisional(date) === after.provisional(date);
    if (same) continue;
    const last = stretches.at(-1);
    if (last && addDays(last[1], 1) === date) last[1] = date;
    else stretches.push([date, date]);
  }
  return stretches;
}
