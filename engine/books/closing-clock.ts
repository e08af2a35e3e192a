import type { Book, Text } from '../../sdk/program.ts';
import type { CalendarDate, Instant } from '../../sdk/time.ts';
import { personsOf } from '../apart.ts';
import { deadlineFor } from '../deadline.ts';
import type { EventDraft } from '../event.ts';
import { deputyAt } from '../org.ts';
import { SURPRISE_LADDER, SURPRISE_WITHIN } from '../own-ladders.ts';
import type { State } from '../state.ts';
import { ownerOf } from '../succession.ts';
import { addDays, startOfDay } from '../time/civil.ts';
import type { World } from '../world.ts';
import type { OpenedBook } from './access.ts';
import { monthOf, type Period, shiftPeriod } from './closings.ts';
import { cancelled } from './document.ts';
import { type Draw, type Lot, nextDraw } from './draw.ts';
import type { BookState } from './state.ts';

/** What time does next to the counts and closings of a book. */
type ClosingDue =
  | { readonly what: 'day'; readonly at: Instant; readonly day: CalendarDate }
  | { readonly what: 'month'; readonly at: Instant; readonly period: Period }
  | { readonly what: 'draw'; readonly at: Instant; readonly draw: Draw }
  | { readonly what: 'missed'; readonly at: Instant };

/** When a day or a month of a book ends that is to be closed, a surprise count falls, or one was missed: the first of these. */
export function closingDue(state: State, key: string, lot: Lot | undefined): ClosingDue | undefined {
  const book = state.books[key]!;
  const all = [missed(state, book), dayToClose(book), monthToClose(state, book), drawOf(state, key, lot)];
  return all.reduce((first, due) => (due && (!first || due.at < first.at) ? due : first), undefined);
}

/** The events of what is due next in the counts and closings of a book, by `world.now`; none when nothing is. */
export function advanceClosings(state: State, world: World, { def, state: book }: OpenedBook): EventDraft[] {
  const due = closingDue(state, def.book, world.lot);
  if (!due || due.at > world.now) return [];
  if (due.what === 'missed') {
    const { span, clock } = book.closings!.drawn!;
    return [{ type: 'count.missed', data: { book: def.book, span, clock } }];
  }
  if (due.what === 'day') return dayOver(world, def, due);
  if (due.what === 'month') return [...ended(world, def, due)];
  const { span, day, seed } = due.draw;
  // not numbered with the rest of the book: a missing number would tell who must not know
  const clock = `${def.book}.q.${span}`;
  return [
    ...cancelled({ state, world }, book.closings?.drawn?.clock),
    { type: 'count.drawn', data: { book: def.book, span, day, seed, clock } },
    { type: 'deadline.set', data: { deadline: countDeadline(state, world, def, { clock, at: due.at }) } },
  ];
}

function dayOver(world: World, def: Book, { day }: { day: CalendarDate }): EventDraft[] {
  const clock = `${def.book}.z.${day}`;
  const name: Text = [`日清：${def.name[0]} ${day}`, `Close the day: ${def.name[1]}, ${day}`];
  const deadline = deadlineFor({
    // its time is counted from the day itself: one working day ends with the next one
    ...{ id: clock, of: 'discrepancy', name, answers: def.cash, start: startOfDay(day), ladder: def.ladder, world },
    // as with months: a book that is being chased stays so
    budget: def.closeDayWithin ?? '1 working day',
  });
  return [
    { type: 'day.ended', data: { book: def.book, day, clock } },
    { type: 'deadline.set', data: { deadline } },
  ];
}

function ended(world: World, def: Book, { period, at }: { period: Period; at: Instant }): EventDraft[] {
  const clock = `${def.book}.e.${period}`;
  const name: Text = [`结账：${def.name[0]} ${period}`, `Close the month: ${def.name[1]}, ${period}`];
  const deadline = deadlineFor({
    ...{ id: clock, of: 'discrepancy', name, answers: def.ledger, start: at, ladder: def.ladder, world },
    // a book moved to a program without it is chased no more; one that is being chased already stays so
    budget: def.closeWithin ?? '10 working days',
  });
  return [
    { type: 'month.ended', data: { book: def.book, period, clock } },
    { type: 'deadline.set', data: { deadline } },
  ];
}

function countDeadline(
  state: State,
  world: World,
  def: Book,
  { clock, at }: { readonly clock: string; readonly at: Instant },
) {
  const { post } = ownerOf(world.org, state.assignments[def.cash] ?? {}, world.now);
  const deputy = post === undefined ? undefined : deputyAt(world.org, post, world.now);
  const skips = [...personsOf(state, def.cash, world.org, world.now), ...(deputy === undefined ? [] : [deputy])];
  const name: Text = [`突击盘点：${def.name[0]}`, `Surprise count: ${def.name[1]}`];
  return deadlineFor({
    ...{ id: clock, of: 'discrepancy', name, answers: def.approves, start: at, world },
    // whoever holds the money is told nothing of it, in whatever other post
    ...{ budget: SURPRISE_WITHIN, ladder: SURPRISE_LADDER, skips },
  });
}

/** The first day on which money moved that is not closed, in a book that wants it, when it is over; one at a time. */
function dayToClose({ closings }: BookState): ClosingDue | undefined {
  const { daily, days = [], dayDue } = closings ?? {};
  const [first] = days;
  if (!daily || !first || dayDue) return undefined;
  return { what: 'day', at: startOfDay(addDays(first.day, 1)), day: first.day };
}

/** The next month of a book that is to be closed and is not yet chased. A book with nothing in it has nothing to close. */
function monthToClose(state: State, { closings, cash, ledger }: BookState): ClosingDue | undefined {
  const { chased, since, last, month, from, due } = closings ?? {};
  if (!chased || since === undefined || last === undefined || due) return undefined;
  const next = month === undefined ? monthOf(since) : shiftPeriod(month.period, 1);
  const period = from !== undefined && from > next ? from : next;
  const left = [...Object.values(cash), ...Object.values(ledger)].some(({ balanceFen }) => balanceFen !== 0);
  if (period > monthOf(last) && !(left && state.status !== 'closed')) return undefined;
  return { what: 'month', at: startOfDay(`${shiftPeriod(period, 1)}-01`), period };
}

function drawOf(state: State, key: string, lot: Lot | undefined): ClosingDue | undefined {
  if (state.status === 'closed' || state.status === 'proposed') return undefined;
  const draw = nextDraw(state.books[key]!.closings, { caseId: state.caseId, book: key, lot });
  if (!draw) return undefined;
  // never before it is known whether the one before was missed
  const before = missed(state, state.books[key]!)?.at;
  return { what: 'draw', at: before !== undefined && before > draw.at ? before : draw.at, draw };
}

function missed(state: State, { closings }: BookState): ClosingDue | undefined {
  const { drawn } = closings ?? {};
  if (!drawn || drawn.missed) return undefined;
  const deadline = state.deadlines[drawn.clock];
  return deadline && !deadline.pausedSince ? { what: 'missed', at: deadline.dueAt } : undefined;
}
