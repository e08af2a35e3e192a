import type { Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import type { WorkCalendar } from './calendar.ts';
import { type Clock, type Due, dueOf, type Leg, runClock } from './clock.ts';
import { type DayNumber, fromDayNumber } from './day-number.ts';
import { isPaused, type Stretch } from './pauses.ts';
import { daysOf, startDay } from './span.ts';

/** One day of a clock: whether it used up budget, and why. */
export interface DayReason {
  readonly date: CalendarDate;
  readonly counted: boolean;
  readonly why: Text;
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
  const run = runClock(clock);
  const due: Due | undefined = dueOf(clock);
  const days: DayReason[] = [];
  const first = run.legs[0];
  if (first && first.span.kind !== 'exact') {
    days.push(dayReason(startDay(first.from), false, ['起算当日不计入', 'the start day is not counted']));
  }
  for (const leg of run.legs) {
    if (leg.span.kind === 'exact') days.push(...exactDays(leg, run.stretches));
    else days.push(...countedDays(leg, run.stretches, clock.calendar), ...movedDays(leg, run.stretches));
  }
  return { due: due?.dueDate ?? due?.dueAt, provisional: due?.provisional ?? false, days };
}

/** The days a span in days took, or those up to the first day of an open pause. */
function countedDays({ span, from, nominal }: Leg, stretches: readonly Stretch[], calendar: WorkCalendar): DayReason[] {
  const total = daysOf(span, startDay(from));
  let n = 0;
  return daysBetween(startDay(from) + 1, startDay(nominal), stretches).map((day) => {
    if (isPaused(stretches, day)) return dayReason(day, false, pausedWhy(day, stretches));
    if (span.kind === 'working days' && total > 0 && !calendar.isWorkingDay(fromDayNumber(day))) {
      return dayReason(day, false, ['休息日,不计入', 'a rest day, not counted']);
    }
    if (n === total)
      return dayReason(day, false, ['顺延到恢复后的第一日', 'the end moves to the first day after the pause']);
    n++;
    return span.kind === 'working days'
      ? dayReason(day, true, [`第 ${n} 个工作日,共 ${total} 个`, `working day ${n} of ${total}`])
      : dayReason(day, true, [`第 ${n} 日,共 ${total} 日`, `day ${n} of ${total}`]);
  });
}

/** The days from the end of the budget to the working day onto which it moved. */
function movedDays({ nominal, to }: Leg, stretches: readonly Stretch[]): DayReason[] {
  const end = startDay(to);
  return daysBetween(startDay(nominal) + 1, end, stretches).map((day) => {
    if (isPaused(stretches, day)) return dayReason(day, false, pausedWhy(day, stretches));
    if (day < end) return dayReason(day, false, ['休息日,顺延', 'a rest day, the end moves on']);
    return dayReason(day, false, [
      '最后一日是休息日,顺延到这个工作日为止(民法典第二百零三条)',
      'the last day was a rest day, so it ends on this working day (Civil Code art. 203)',
    ]);
  });
}

/** The days through which an exact span ran. An end at 00:00 uses nothing of the day it names. */
function exactDays({ from, nominal }: Leg, stretches: readonly Stretch[]): DayReason[] {
  const first = 'ms' in from ? startDay(from) : from.day + 1;
  const last = 'ms' in nominal ? startDay({ ms: nominal.ms - 1 }) : nominal.day;
  return daysBetween(first, last, stretches).map((day) =>
    isPaused(stretches, day)
      ? dayReason(day, false, pausedWhy(day, stretches))
      : dayReason(day, true, ['按实际时间连续计算', 'runs exactly, hour by hour']),
  );
}

/** Both ends included; cut short on the first day of an open pause, from which on nothing more can be said. */
function daysBetween(first: DayNumber, last: DayNumber, stretches: readonly Stretch[]): DayNumber[] {
  const end = Math.min(last, openFrom(stretches));
  return Array.from({ length: Math.max(0, end - first + 1) }, (_, i) => first + i);
}

function openFrom(stretches: readonly Stretch[]): DayNumber {
  return stretches.find(({ last }) => last === Infinity)?.first ?? Infinity;
}

function dayReason(day: DayNumber, counted: boolean, why: Text): DayReason {
  return { date: fromDayNumber(day), counted, why };
}

function pausedWhy(day: DayNumber, stretches: readonly Stretch[]): Text {
  return day === openFrom(stretches)
    ? ['暂停,尚未恢复', 'paused, not resumed yet']
    : ['暂停,不计入', 'paused, not counted'];
}
