import type { Text } from '../../sdk/program.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import type { WorkCalendar } from './calendar.ts';
import { isCalendarDate, toDayNumber, weekdayOf } from './day-number.ts';

/** A notice a record was written from. */
export interface CalendarSource {
  /** Its document number (发文字号), such as 国办发明电〔2025〕7号. */
  readonly number?: string;
  readonly title?: string;
  readonly url?: string;
  /** The day it was signed. */
  readonly date?: CalendarDate;
}

/** A day on which a notice says whether offices work. */
export interface CalendarDay {
  readonly date: CalendarDate;
  /** The holiday for which it is off, or in exchange for which it is worked. */
  readonly name: string;
  /** True: a day off. False: a day of the weekend (in an area: any day off) that is worked (调休). */
  readonly off: boolean;
}

/** What the notices for a year say. Days they do not name follow the week. */
export interface YearRecord {
  readonly year: number;
  readonly source: readonly CalendarSource[];
  /** In the order of their dates. May begin in the last days of December before: 元旦 is often taken from there. */
  readonly days: readonly CalendarDay[];
}

/** What is wrong with a record, with the place in it (`days[3].date`). */
export interface RecordProblem {
  readonly path: string;
  readonly message: Text;
}

/** The notice for a year reaches back into December of the year before at most to this day. */
const FIRST_DAY_BEFORE = '12-20';

/**
 * What is wrong with a record, all at once: nothing for a good one. `under` is the calendar an area's record is laid over;
 * without it the plain week, as for the national record.
 */
export function problemsOf({ year, days }: YearRecord, under?: WorkCalendar): RecordProblem[] {
  const problems: RecordProblem[] = [];
  const seen = new Map<CalendarDate, number>();
  for (const [n, { date, off, name }] of days.entries()) {
    const wrong = (field: string, zh: string, en: string) =>
      problems.push({ path: `days[${n}].${field}`, message: [zh, en] });
    if (name.trim() === '') wrong('name', '没有名称', 'has no name');
    if (!isCalendarDate(date)) {
      wrong('date', `${date} 不是日期`, `${date} is not a date YYYY-MM-DD`);
      continue;
    }
    const first = seen.get(date);
    if (first !== undefined)
      wrong('date', `${date} 重复，见 days[${first}]`, `${date} is given twice: see days[${first}]`);
    else seen.set(date, n);
    if (!belongs(year, date)) {
      const earliest = `${year - 1}-${FIRST_DAY_BEFORE}`;
      wrong(
        'date',
        `${date} 不在 ${year} 年内（元旦安排最早可从 ${earliest} 起）`,
        `${date} is outside ${year} (days around its New Year may begin on ${earliest})`,
      );
    } else if (!off && isWorked(date, under)) {
      wrong(
        'off',
        `${date} 本来就是工作日；只列调休上班的休息日`,
        `${date} is a working day already; name only days off that are worked`,
      );
    }
  }
  return problems;
}

/** The record with its days in order, as it is kept and hashed. */
export function inOrder(record: YearRecord): YearRecord {
  return { ...record, days: record.days.toSorted((a, b) => (a.date < b.date ? -1 : 1)) };
}

/** Whether both say the same of every day. */
export function sameRecord(a: YearRecord, b: YearRecord): boolean {
  const text = ({ year, source, days }: YearRecord) =>
    JSON.stringify([
      year,
      source.map(({ number, title, url, date }) => [number, title, url, date]),
      days.map(({ date, name, off }) => [date, name, off]),
    ]);
  return text(inOrder(a)) === text(inOrder(b));
}

/** The form in which the project holiday-cn publishes a year. */
export interface HolidayCnYear {
  readonly year: number;
  readonly papers: readonly string[];
  readonly days: readonly { readonly name: string; readonly date: string; readonly isOffDay: boolean }[];
}

/**
 * A year of holiday-cn as a record. It also lists plain working days on which work began again (2020-02-03); these say
 * nothing and are left out.
 */
export function fromHolidayCn({ year, papers, days }: HolidayCnYear): YearRecord {
  return {
    year,
    source: papers.map((url) => ({ url })),
    days: days
      .map(({ date, name, isOffDay }) => ({ date, name, off: isOffDay }))
      .filter(({ date, off }) => off || !isCalendarDate(date) || !isWorked(date, undefined)),
  };
}

function belongs(year: number, date: CalendarDate): boolean {
  return date.startsWith(`${year}-`) || (date >= `${year - 1}-${FIRST_DAY_BEFORE}` && date < `${year}-01-01`);
}

function isWorked(date: CalendarDate, under: WorkCalendar | undefined): boolean {
  return under ? under.isWorkingDay(date) : weekdayOf(toDayNumber(date)) <= 5;
}
