import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { OpenedBook } from './access.ts';
import { bookingDay, type Closings } from './closings.ts';

// Books whose program says within what time a day is closed (`closeDayWithin`): each day with movement has a count of its own,
// made after its last entry and before the first of the next.

/** What moved on the cash side: its day has no count of its own any more. Nothing in books without such days. */
export function dayMoved({ daily, days = [] }: Closings, day: CalendarDate): Pick<Closings, 'days'> {
  if (!daily) return {};
  return { days: [...days.filter((each) => each.day !== day), { day }] };
}

/** A count is the one of the last day with movement, until that day moves again. */
export function dayCounted({ days }: Closings, count: string): Pick<Closings, 'days'> {
  const last = days?.at(-1);
  return days && last ? { days: [...days.slice(0, -1), { ...last, count }] } : {};
}

/** A day that is closed waits no more, nor do those before it; nor is it chased. */
export function dayDone({ days, dayDue }: Closings, day: CalendarDate): Pick<Closings, 'days' | 'dayDue'> {
  return {
    ...(days ? { days: days.filter((each) => each.day > day) } : {}),
    ...(dayDue && dayDue.day > day ? { dayDue } : {}),
  };
}

/** The count a day may be closed by, in a book that asks for one of its own. */
export function ownCount({ days = [] }: Closings, day: CalendarDate): string | undefined {
  return days.find((each) => each.day === day)?.count;
}

/** BLOCKED where money would be recorded on a day while the one before has not been counted. */
export function dayOpenProblem({ def, state }: OpenedBook, now: Instant): Refusal | undefined {
  const { daily, days } = state.closings ?? {};
  const last = daily ? days?.at(-1) : undefined;
  if (!last || last.count !== undefined || last.day >= bookingDay(state, now)) return undefined;
  return refuse(
    'BLOCKED',
    [
      `${last.day} 有收付，还没有清点：先清点，再登记下一日的收付。`,
      `Money moved on ${last.day}, and nothing was counted after it: count it before the next day begins.`,
    ],
    [
      [
        `现在清点（cash.count，data 写 {"book":"${def.book}","denominations":{…}}），再登记`,
        `Count now (cash.count with {"book":"${def.book}","denominations":{…}}), then record`,
      ],
    ],
  );
}
