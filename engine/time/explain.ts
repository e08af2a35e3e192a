import type { Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { WorkCalendar } from './calendar.ts';
import { type Clock, type Due, dueOf, type Leg, runClock } from './clock.ts';
import { type DayNumber, fromDayNumber, toDayNumber, weekdayOf } from './day-number.ts';
import { isPaused, type Pause } from './pauses.ts';
import { daysOf, startDay } from './span.ts';

/** One day of a clock: whether it used up budget, and why. */
export interface DayReason {
  readonly date: CalendarDate;
  readonly counted: boolean;
  readonly why: Text;
  /** There is no official arrangement for that day yet, and the due date may hang on it. */
  readonly provisional?: true;
}

/** Why a budget ends when it does. */
export interface Explanation {
  /** The due date; the exact moment for a budget in hours or minutes; undefined while a pause is open. */
  readonly due: CalendarDate | Instant | undefined;
  readonly provisional: boolean;
  /** Every day from the start day to the due day, or to the first day of a pause that has not ended. */
  readonly days: readonly DayReason[];
}

/** Explains {@link dueOf} day by day. Throws like it. */
export function explainDue(clock: Clock): Explanation {
  const { legs, stretches } = runClock(clock);
  const due: Due | undefined = dueOf(clock);
  const told: Told = { ...clock, isPaused: (day) => isPaused(stretches, day), openFrom: openFrom(clock.pauses) };
  const days: DayReason[] = [];
  const first = legs[0];
  if (first && first.span.kind !== 'exact') {
    days.push(dayReason(startDay(first.from), false, ['起算当日不计入', 'the start day is not counted']));
  }
  for (const leg of legs) {
    if (leg.span.kind === 'exact') days.push(...exactDays(leg, told));
    else days.push(...countedDays(leg, told), ...movedDays(leg, told));
  }
  return { due: due?.dueDate ?? due?.dueAt, provisional: due?.provisional ?? false, days };
}

/** What the days of a clock are told from. */
interface Told extends Clock {
  readonly isPaused: (day: DayNumber) => boolean;
  /** The first day of a pause that has not ended. */
  readonly openFrom: DayNumber;
}

/** The days a span in days took, or those up to the first day of an open pause. */
function countedDays({ span, from, nominal }: Leg, told: Told): DayReason[] {
  const { calendar } = told;
  const start = startDay(from);
  const total = daysOf(span, start);
  const own = daysOf({ kind: span.kind, n: span.own }, start);
  const working = span.kind === 'working days';
  let n = 0;
  return daysBetween(start + 1, startDay(nominal), told).map((day) => {
    const date = fromDayNumber(day);
    if (told.isPaused(day)) return dayReason(day, false, pausedWhy(day, told));
    const asked = working || (day === startDay(nominal) && told.restDays !== 'keep');
    const guess = asked && calendar.provisional(date);
    if (working && total > 0 && !calendar.isWorkingDay(date)) {
      const [zh, en] = restDay(day, calendar);
      return dayReason(day, false, [`${zh}，不计入`, `${en}, not counted`], guess);
    }
    if (n === total)
      return dayReason(day, false, ['顺延到恢复后的第一日', 'the end moves to the first day after the pause']);
    n++;
    const name = working ? calendar.nameOf?.(date) : undefined; // a working day has a name when it makes up for a holiday
    const [zh, en] = remarks([name, n > own ? ['延期', 'extension'] : undefined]);
    return working
      ? dayReason(day, true, [`第 ${n} 个工作日，共 ${total} 个${zh}`, `working day ${n} of ${total}${en}`], guess)
      : dayReason(day, true, [`第 ${n} 日，共 ${total} 日${zh}`, `day ${n} of ${total}${en}`], guess);
  });
}

/** What else is to be said of a day, to be put behind the rest. */
function remarks(all: readonly (Text | undefined)[]): Text {
  const said = all.filter((each) => each !== undefined);
  return [said.map(([zh]) => `,${zh}`).join(''), said.map(([, en]) => `, ${en}`).join('')];
}

/** The days from the end of the budget to the working day onto which it moved. */
function movedDays({ nominal, to }: Leg, told: Told): DayReason[] {
  const end = startDay(to);
  return daysBetween(startDay(nominal) + 1, end, told).map((day) => {
    if (told.isPaused(day)) return dayReason(day, false, pausedWhy(day, told));
    const guess = told.calendar.provisional(fromDayNumber(day));
    if (day < end) {
      const [zh, en] = restDay(day, told.calendar);
      return dayReason(day, false, [`${zh}，顺延`, `${en}, the end moves on`], guess);
    }
    return dayReason(
      day,
      false,
      [
        '最后一日是休息日，顺延到这个工作日为止（民法典第二百零三条）',
        'the last day was a rest day, so it ends on this working day (Civil Code art. 203)',
      ],
      guess,
    );
  });
}

/** The days through which an exact span ran. An end at 00:00 uses nothing of the day it names. */
function exactDays({ from, nominal }: Leg, told: Told): DayReason[] {
  const first = 'ms' in from ? startDay(from) : from.day + 1;
  const last = 'ms' in nominal ? startDay({ ms: nominal.ms - 1 }) : nominal.day;
  return daysBetween(first, last, told).map((day) =>
    told.isPaused(day)
      ? dayReason(day, false, pausedWhy(day, told))
      : dayReason(day, true, ['按实际时间连续计算', 'runs exactly, hour by hour']),
  );
}

/** Both ends included; cut short on the first day of an open pause, from which on nothing more can be said. */
function daysBetween(first: DayNumber, last: DayNumber, { openFrom }: Told): DayNumber[] {
  const end = Math.min(last, openFrom);
  return Array.from({ length: Math.max(0, end - first + 1) }, (_, i) => first + i);
}

function openFrom(pauses: readonly Pause[]): DayNumber {
  return Math.min(...pauses.flatMap(({ from, to }) => (to === undefined ? [toDayNumber(from)] : [])));
}

function dayReason(day: DayNumber, counted: boolean, [zh, en]: Text, provisional = false): DayReason {
  const date = fromDayNumber(day);
  if (!provisional) return { date, counted, why: [zh, en] };
  return { date, counted, why: [`${zh}（暂定）`, `${en} (provisional)`], provisional };
}

/** What a rest day is: the holiday it is off for, Saturday, Sunday. */
function restDay(day: DayNumber, calendar: WorkCalendar): Text {
  const name = calendar.nameOf?.(fromDayNumber(day));
  if (name) return [`${name[0]}休息日`, `a rest day (${name[1]})`];
  const weekday = weekdayOf(day);
  if (weekday <= 5) return ['休息日', 'a rest day'];
  return weekday === 6 ? ['星期六休息日', 'a rest day (Saturday)'] : ['星期日休息日', 'a rest day (Sunday)'];
}

/** What a clock stands still for on a day, in words. */
function pausedWhy(day: DayNumber, { pauses, openFrom }: Told): Text {
  const date = fromDayNumber(day);
  const names = pauses
    .filter(({ from, to }) => from <= date && (to === undefined || date <= to))
    .flatMap(({ name }) => (name ? [name] : []));
  const [zh, en] = [0, 1].map((language) => [...new Set(names.map((name) => name[language]))]) as [string[], string[]];
  const why: Text = zh.length > 0 ? [`(${zh.join('、')})`, ` (${en.join(', ')})`] : ['', ''];
  return day === openFrom
    ? [`暂停${why[0]}，尚未恢复`, `paused${why[1]}, not resumed yet`]
    : [`暂停${why[0]}，不计入`, `paused${why[1]}, not counted`];
}
