import type { CaseEvent } from '../event.ts';
import { type Advance, afterMovement, NOT_MOVED } from './advance-state.ts';
import type { CashEntry, Side } from './entry.ts';
import { serialAfter } from './ids.ts';
import { openAdvances } from './register-state.ts';
import type { BookState } from './state.ts';

/** The state of a book after an event of its registers; undefined when the event is none of theirs. */
export function evolveRegisters(event: CaseEvent): { book: string; how: (book: BookState) => BookState } | undefined {
  switch (event.type) {
    case 'gift.recorded': {
      const { book, id, no, anonymous, thanks } = event.data;
      return {
        book,
        how: (before) => ({
          ...before,
          serial: serialAfter(before, id),
          gifts: {
            ...before.gifts,
            no,
            ...(anonymous ? { anonymous } : {}),
            open: { ...before.gifts?.open, [id]: thanks },
          },
        }),
      };
    }
    case 'gift.reversed': {
      const { book, id, no, reverses } = event.data;
      return {
        book,
        how: (before) => {
          const { [reverses]: _, ...open } = before.gifts?.open ?? {};
          return { ...before, serial: serialAfter(before, id), gifts: { ...before.gifts, no, open } };
        },
      };
    }
    case 'gift.thanked':
      return {
        book: event.data.book,
        how: (before) => {
          if (!before.gifts) return before;
          const { [event.data.gift]: _, ...open } = before.gifts.open;
          return { ...before, gifts: { ...before.gifts, open } };
        },
      };
    case 'advance.recorded': {
      const { book, id, no, paid, amountFen, sourceDoc, helper, clock } = event.data;
      const advance: Advance = {
        ...{ paid, amountFen, sourceDoc, since: event.occurredAt, clock, cash: NOT_MOVED, ledger: NOT_MOVED },
        ...(helper.person ? { helper: helper.person } : {}),
      };
      return {
        book,
        how: (before) => ({
          ...before,
          serial: serialAfter(before, id, clock),
          advances: { no, open: { ...openAdvances(before), [id]: advance } },
        }),
      };
    }
    case 'advance.settled':
      return {
        book: event.data.book,
        how: (before) => {
          if (!before.advances) return before;
          const { [event.data.id]: _, ...open } = before.advances.open;
          return { ...before, advances: { ...before.advances, open } };
        },
      };
    default:
      return undefined;
  }
}

/** A book after an entry that names an advance; any other entry changes nothing of the registers. */
export function withAdvance(book: BookState, side: Side, entry: CashEntry): BookState {
  const { advance: id } = entry;
  return id === undefined ? book : changeAdvance(book, id, (each) => afterMovement(each, side, entry));
}

function changeAdvance(book: BookState, id: string, how: (advance: Advance) => Advance): BookState {
  const open = openAdvances(book);
  const advance = Object.hasOwn(open, id) ? open[id] : undefined;
  if (!advance || !book.advances) return book;
  return { ...book, advances: { ...book.advances, open: { ...open, [id]: how(advance) } } };
}
