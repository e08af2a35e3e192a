import type { CaseEvent } from '../event.ts';
import { addDays, toDate } from '../time/civil.ts';
import { withoutCarried } from './carried.ts';
import type { ClosingEventData } from './closing-events.ts';
import { bookingDay, type Closings, monthOf } from './closings.ts';
import type { CashEntry } from './entry.ts';
import { serialAfter } from './ids.ts';
import { dayCounted, dayDone, dayMoved } from './own-count.ts';
import type { BookState } from './state.ts';

type Data<T extends keyof ClosingEventData> = ClosingEventData[T];

/** A book after one of its entries, on either side. `before` is the book without it. Nothing where nothing was ever closed. */
export function movedOn(after: BookState, before: BookState, event: CaseEvent, entry: CashEntry): BookState {
  const { closings } = before;
  if (!closings) return after;
  const day = entry.bookedDate ?? toDate(event.recordedAt);
  const { counted, month, last } = closings;
  const fresh = isEmptyOnBothSides(before) && (last === undefined || monthOf(last) <= (month?.period ?? ''));
  const isCash = event.type.startsWith('cash');
  return {
    ...after,
    closings: {
      ...closings,
      ...(closings.since === undefined ? { since: day } : {}),
      ...(fresh ? { from: monthOf(day) } : {}),
      last: day,
      ...(isCash ? dayMoved(closings, day) : {}),
      // what has moved since is not counted: the count stands for the days before
      ...(isCash && counted && counted.day >= day ? { counted: { ...counted, day: addDays(day, -1) } } : {}),
    },
  };
}

/** A book after it was counted. */
export function counted(book: BookState, event: CaseEvent & { readonly data: Data<'cash.counted'> }): BookState {
  const { id, kind, channels, day, drawn } = event.data;
  const { drawn: open, ...before } = book.closings ?? {};
  const off = { ...before.off };
  for (const { channel, bookedFen, countedFen } of channels) off[channel] = countedFen - bookedFen;
  const third = Object.fromEntries(channels.map(({ channel }) => [channel, toDate(event.recordedAt)]));
  const hasCash = Object.hasOwn(book.cash, 'cash');
  const ofDay = !hasCash || channels.some(({ channel }) => channel === 'cash');
  const closings: Closings = {
    ...before,
    off,
    ...(ofDay ? { counted: { day, id }, ...dayCounted(before, id) } : {}),
    ...(kind === 'day' ? {} : { third: { ...before.third, ...third } }),
    ...(open && drawn === undefined ? { drawn: open } : {}),
  };
  return { ...book, serial: serialAfter(book, id), closings };
}

/** A book after a day of it was closed. */
export function dayClosed(book: BookState, { day, channels }: Data<'day.closed'>): BookState {
  const dayFen = Object.fromEntries(channels.map(({ channel, closingFen }) => [channel, closingFen]));
  const { dayDue: _, ...closings } = book.closings ?? {};
  return { ...book, closings: { ...closings, day, dayFen, ...dayDone(book.closings ?? {}, day) } };
}

/** A book after a month of it was closed. */
export function monthClosed(book: BookState, data: Data<'month.closed'>): BookState {
  const { due, from, signed, ...rest } = book.closings ?? {};
  const { period, channels } = data;
  const fens = (of: 'cash' | 'ledger') =>
    Object.fromEntries(channels.map((each) => [each.channel, each[of].closingFen]));
  const accounts = Object.fromEntries(data.accounts.map(({ account, closingFen }) => [account, closingFen]));
  for (const { account, fen } of data.year?.moved ?? []) accounts[account] = (accounts[account] ?? 0) + fen;
  const left = Object.fromEntries(Object.entries(accounts).filter(([, fen]) => fen !== 0));
  const month = { period, cash: fens('cash'), ledger: fens('ledger'), accounts: left };
  return {
    ...(data.dropsCarried ? withoutCarried(book, period) : book),
    closings: {
      ...rest,
      month,
      ...(due && due.period > period ? { due } : {}),
      ...(signed && signed.period > period ? { signed } : {}),
      ...(from !== undefined && from > period ? { from } : {}),
    },
  };
}

/** A book of which a day that is over is being chased. */
export function dayEnded(book: BookState, { day, clock }: Data<'day.ended'>): BookState {
  return { ...book, closings: { ...book.closings, dayDue: { day, clock } } };
}

/** A book after closed months of it went into the archive. */
export function archived(book: BookState, { period }: Data<'books.archived'>): BookState {
  return { ...book, closings: { ...book.closings, archived: period } };
}

/** A book whose ended month is being chased. */
export function monthEnded(book: BookState, { period, clock }: Data<'month.ended'>): BookState {
  return { ...book, closings: { ...book.closings, due: { period, clock } } };
}

/** A book for which a surprise count was drawn: an earlier one that was never made is forgotten here (the register keeps it). */
export function countDrawn(book: BookState, { span, clock }: Data<'count.drawn'>): BookState {
  // clocks of earlier draws were numbered with the rest of the book
  const serial = /[.]k[.]\d+$/.test(clock) ? serialAfter(book, clock) : book.serial;
  return { ...book, serial, closings: { ...book.closings, drawn: { span, clock }, span } };
}

/** A book whose surprise count was not made in time; it can still be. */
export function countMissed(book: BookState): BookState {
  const { drawn } = book.closings ?? {};
  return drawn ? { ...book, closings: { ...book.closings, drawn: { ...drawn, missed: true } } } : book;
}

/** What a mended difference of a count leaves: the next count is compared anew. */
export function mended(book: BookState, channel: string): BookState {
  if (book.closings?.off?.[channel] === undefined) return book;
  const { [channel]: _, ...off } = book.closings.off;
  return { ...book, closings: { ...book.closings, off } };
}

/** Books of a case that is opened again: surprise counts are drawn from this day on, and none for the time in between. */
export function resumed(
  books: Readonly<Record<string, BookState>>,
  event: CaseEvent,
): Readonly<Record<string, BookState>> {
  if (!Object.values(books).some(({ closings }) => closings?.since !== undefined)) return books;
  return Object.fromEntries(
    Object.entries(books).map(([key, book]) => {
      if (book.closings?.since === undefined) return [key, book];
      const { span: _, ...closings } = book.closings;
      return [key, { ...book, closings: { ...closings, since: bookingDay(book, event.recordedAt) } }];
    }),
  );
}

function isEmptyOnBothSides({ cash, ledger }: BookState): boolean {
  return [...Object.values(cash), ...Object.values(ledger)].every(({ balanceFen }) => balanceFen === 0);
}
