import { toDate } from '../../engine/time/civil.ts';
import { quoted } from './beancount-words.ts';
import type { Heading, Period } from './model.ts';

/** The months of an export: from the first of the year to the last asked for, or the one it is made in. */
export function yearOf({ to }: Period, { printedAt }: Pick<Heading, 'printedAt'>): Period {
  const from = `${to.slice(0, 5)}01`;
  const now = toDate(printedAt).slice(0, 7);
  return { from, to: now >= from && now < to ? now : to };
}

/** The day of the paper, or where that lies in an earlier month the first day of the month it is booked in. */
export function bookedOn({ month, occurredDate }: { readonly month: string; readonly occurredDate: string }): string {
  return occurredDate.startsWith(month) ? occurredDate : `${month}-01`;
}

/** What an entry tells of its paper, and of the entry it takes back. */
export function paperOf({
  sourceDoc,
  occurredDate,
  reverses,
}: {
  readonly sourceDoc: string;
  readonly occurredDate: string;
  readonly reverses: string | null;
}): Record<string, string> {
  return { paper: sourceDoc, occurred: occurredDate, ...(reverses === null ? {} : { reverses }) };
}

/** What a file holds below its head. */
export interface Sections {
  readonly opened: readonly string[];
  readonly transactions: readonly string[];
  readonly assertions: readonly string[];
  /** Something is left out that the reader may not see yet. */
  readonly hidden: boolean;
}

/** The whole file. */
export function beancountFile(
  [zh, en]: readonly [string, string],
  { unit, caseNo, book, printedAt }: Heading,
  { from, to }: Period,
  { opened, transactions, assertions, hidden }: Sections,
): string {
  const title = `${unit[0]} ${caseNo} ${book[0]} ${zh}`;
  const note =
    '; 对方已登记、您尚未登记的单据未列出 / what you have not recorded yet is left out, with all balances after it';
  return [
    `; ${title} (${book[1]}, ${en})`,
    `; ${from} – ${to}, ${printedAt}`,
    ...(hidden ? [note] : []),
    `option "title" ${quoted(title)}`,
    'option "operating_currency" "CNY"',
    opened.join('\n'),
    ...[transactions.join('\n\n'), assertions.join('\n')].filter((part) => part !== '').map((part) => `\n${part}`),
    '',
  ].join('\n');
}
