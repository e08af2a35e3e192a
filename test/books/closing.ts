import { NOTES } from '../../engine/books/notes.ts';
import type { Town } from '../support/town.ts';

/** The fewest notes and coins that make an amount, the largest first. The amount ends in tens of fen. */
export function notesOf(fen: number): Record<string, number> {
  let left = fen;
  return Object.fromEntries(
    NOTES.map((note) => {
      const pieces = Math.floor(left / Number(note));
      left -= pieces * Number(note);
      return [note, pieces];
    }),
  );
}

/** What lies on the channels of a book that are counted, in fen. */
export interface Held {
  readonly cash: number;
  readonly bank?: number;
}

/** The evening of a day with movement: the cash holder counts, note by note, and closes the day. */
export async function closeDay(town: Town, caseId: string, book: string, day: string, held: Held): Promise<void> {
  await town.act('cash-holder', caseId, { type: 'cash.count', data: counted(book, held) });
  await town.act('cash-holder', caseId, { type: 'books.closeDay', data: { book, day } });
}

/** After a month: the approver counts in front of the cash holder, the last day is closed, and the accountant closes the month. */
export async function closeMonth(
  town: Town,
  caseId: string,
  { book, month, last }: { readonly book: string; readonly month: string; readonly last: string },
  held: Held,
): Promise<void> {
  const data = { ...counted(book, held), witness: '罗某' };
  await town.act('secretary', caseId, { type: 'cash.count', data });
  await town.act('cash-holder', caseId, { type: 'books.closeDay', data: { book, day: last } });
  await town.act('accountant', caseId, { type: 'books.closeMonth', data: { book, month } });
}

function counted(book: string, { cash, bank }: Held) {
  return { book, denominations: notesOf(cash), ...(bank === undefined ? {} : { channels: { bank } }) };
}
