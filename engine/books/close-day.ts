import { z } from 'zod';
import type { CalendarDate } from '../../sdk/time.ts';
import { type ActContext, type ActKind, isRefusal } from '../act-kind.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { isCalendarDate, toDate } from '../time/civil.ts';
import { bookOf, keepers, type OpenedBook } from './access.ts';
import { type Closings, lastDayOf, monthOf } from './closings.ts';
import { met } from './document.ts';
import { frozenProblem } from './keeper.ts';
import { sumsOf } from './movements.ts';
import { ownCount } from './own-count.ts';
import { bookKey } from './shapes.ts';

const data = z.strictObject({
  book: bookKey,
  day: z.string().refine(isCalendarDate, 'no day like 2026-09-07').describe('the last day to close, YYYY-MM-DD'),
});
type Data = z.infer<typeof data>;

/** One channel of a side over the days or the month that is closed, in fen. */
export interface ClosedChannel {
  readonly channel: string;
  readonly openingFen: number;
  readonly inFen: number;
  readonly outFen: number;
  readonly closingFen: number;
}

/**
 * Closes a day of the cash journal (日清): it is counted, and nothing is ever booked on it again. Days without movement before
 * it are closed with it; a day with movement is closed by itself, and before the next. The first closing of a book takes
 * everything before it. A day with movement needs a count made after its last entry (where the program says `closeDayWithin`
 * one of its own, before the first entry of the next, and then even the first closing takes one day with movement alone); the last closing's balance is the next
 * one's opening. Refused: INVALID_DATA (a day to come), ALREADY_DONE (closed), BLOCKED (not counted, an earlier day open, or the last day of
 * a month that is not over),
 * BOOK_FROZEN.
 */
export const booksCloseDay: ActKind<Data> = {
  data,
  statuses: ['open', 'suspended', 'followUp', 'closed'],
  lateExempt: true,
  who: (ctx) => keepers(ctx.world.program, 'cash', ctx.data.book),
  decide(ctx) {
    const book = bookOf(ctx.state, ctx.world, ctx.data.book);
    if (isRefusal(book)) return book;
    const { day } = ctx.data;
    const { closings } = book.state;
    const moved = movedUpTo(ctx, book);
    const count = countOf(closings, day);
    const first = moved.reduce((least, row) => (row.day < least ? row.day : least), day);
    const problem =
      frozenProblem(book, 'cash', ctx.act.actor.id) ??
      dayProblem(book, day, toDate(ctx.world.now)) ??
      ((closings?.day !== undefined || closings?.daily) && first < day
        ? earlierOpen(ctx.data.book, first)
        : undefined) ??
      (moved.length > 0 && !count ? uncounted(ctx.data.book, day) : undefined);
    if (problem) return problem;
    const sums = sumsOf(moved, 'cash');
    return [
      {
        type: 'day.closed',
        data: {
          ...{ book: book.def.book, day },
          ...(closings?.day === undefined ? {} : { after: closings.day }),
          ...(moved.length > 0 && count ? { count } : {}),
          channels: book.def.channels.map((channel): ClosedChannel => {
            const openingFen = closings?.dayFen?.[channel] ?? 0;
            const { inFen, outFen } = sums.get(channel) ?? { inFen: 0, outFen: 0 };
            return { channel, openingFen, inFen, outFen, closingFen: openingFen + inFen - outFen };
          }),
        },
      },
      ...(closings?.dayDue && closings.dayDue.day <= day ? met(ctx, closings.dayDue.clock) : []),
    ];
  },
};

/** The count by which a day with movement may be closed: where the book asks for it one of its own, else any since its last entry. */
function countOf(closings: Closings | undefined, day: CalendarDate): string | undefined {
  if (closings?.daily) return ownCount(closings, day);
  return (closings?.counted?.day ?? '') < day ? undefined : closings?.counted?.id;
}

/** What moved on the cash side after the last closed day, up to the day that is to be closed. */
function movedUpTo({ world, data: { day } }: ActContext<Data>, { def, state }: OpenedBook) {
  const closed = state.closings?.day ?? '';
  return (world.facts.movements ?? []).filter(
    (row) => row.book === def.book && row.per === 'day' && row.day > closed && row.day <= day,
  );
}

function dayProblem(book: OpenedBook, day: CalendarDate, today: CalendarDate): Refusal | undefined {
  if (day > today) {
    return refuse(
      'INVALID_DATA',
      [`${day} 还没有到。`, `${day} is still to come.`],
      [[`最晚关到今天：${today}`, `Close up to today at the latest: ${today}`]],
      [{ path: 'data.day', message: inBoth('还没有到', 'still to come') }],
    );
  }
  if (day === today && day === lastDayOf(monthOf(day))) {
    return refuse(
      'BLOCKED',
      [
        '月末最后一天要等过完再日清，当晚的凭证还属于本月。',
        'The last day of a month is closed when it is over: vouchers of its evening still belong to it.',
      ],
      [['明天再关', 'Close it tomorrow']],
    );
  }
  const closed = book.state.closings?.day;
  if (closed === undefined || day > closed) return undefined;
  return refuse(
    'ALREADY_DONE',
    [`${closed} 及以前已经日清，不能重开。`, `Everything up to ${closed} is closed, and stays closed.`],
    [['补记的收付登记在未关的日子里，会标明为补记', 'Record what comes late in the open day; it is marked as late']],
  );
}

function earlierOpen(book: string, day: CalendarDate): Refusal {
  return refuse(
    'BLOCKED',
    [`${day} 有收付，尚未日清。`, `Money moved on ${day}, and that day is not closed.`],
    [[`先关 ${day}`, `Close it first: books.closeDay with {"book":"${book}","day":"${day}"}`]],
  );
}

function uncounted(book: string, day: CalendarDate): Refusal {
  return refuse(
    'BLOCKED',
    [`${day} 最后一笔之后还没有清点。`, `Nothing was counted after the last entry of ${day}.`],
    [
      [
        `先按面额清点：cash.count，data 写 {"book":"${book}","denominations":{…}}`,
        `Count note by note first: cash.count with {"book":"${book}","denominations":{…}}`,
      ],
    ],
  );
}
