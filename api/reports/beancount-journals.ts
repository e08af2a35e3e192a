import { shiftPeriod } from '../../engine/books/closings.ts';
import type { Channel } from '../../sdk/program.ts';
import type { AccountName } from './accounts.ts';
import { beancountFile, bookedOn, paperOf, yearOf } from './beancount-file.ts';
import { accountPath, assertion, transaction } from './beancount-words.ts';
import type { JournalEntry } from './journal.ts';
import { type Heading, monthsOf, type Period, plusFen } from './model.ts';

/** The journal of one channel as an export has it. */
export interface JournalExport {
  readonly channel: Channel;
  readonly account: AccountName;
  readonly openingFen: number | null;
  readonly entries: readonly JournalEntry[];
}

/**
 * The cash side for beancount: every movement of the journals of cash, bank and WeChat, against receipts and payments, since
 * a journal names no other account; with the balance of each at the end of every month.
 */
export function journalsBeancount(journals: readonly JournalExport[], period: Period, heading: Heading): string {
  const year = yearOf(period, heading);
  const hidden = journals.some(({ entries, openingFen }) => openingFen === null || entries.some(isHidden));
  const moved = journals.filter(({ entries, openingFen }) => entries.length > 0 || openingFen !== 0);
  const opened = [...moved.map(({ account }) => accountPath(account)), ...Object.values(OTHER)]
    .sort()
    .map((account) => `${year.from}-01 open ${account} CNY`);
  const blocks = moved.flatMap(({ account, openingFen, entries }) => [
    ...(openingFen
      ? [
          transaction(
            `${year.from}-01`,
            '上年结转 / brought forward',
            [
              { account: accountPath(account), fen: openingFen },
              { account: OTHER.opening, fen: -openingFen },
            ],
            { tags: ['opening'] },
          ),
        ]
      : []),
    ...entries.flatMap((entry) => entryBlock(entry, account)),
  ]);
  const assertions = moved.flatMap(({ account, openingFen, entries }) =>
    monthsOf(year).flatMap((month) => {
      const fen = entries.reduce<number | null>(
        (sum, entry) => (entry.month > month ? sum : plusFen(sum, movedFen(entry))),
        openingFen,
      );
      return fen === null ? [] : [assertion(`${shiftPeriod(month, 1)}-01`, accountPath(account), fen)];
    }),
  );
  const sections = { opened, transactions: blocks, assertions: assertions.sort(), hidden };
  return beancountFile(['日记账（管钱人）', 'journals, as the cash holder keeps them'], heading, year, sections);
}

/** What stands opposite to money where only the movement of money is told. */
const OTHER = {
  in: 'Equity:Journal-Receipts',
  out: 'Equity:Journal-Payments',
  opening: 'Equity:Journal-Brought-Forward',
};

function entryBlock(entry: JournalEntry, account: AccountName): string[] {
  const fen = movedFen(entry);
  if (fen === null) return [];
  const postings = [
    { account: accountPath(account), fen, about: { side: entry.direction === 'in' ? 'debit' : 'credit' } },
    { account: OTHER[entry.direction], fen: 0 - fen },
  ];
  const block = transaction(bookedOn(entry), entry.text ?? entry.sourceDoc, postings, {
    tags: entry.reverses === null ? [] : ['red'],
    about: { entry: String(entry.no), ...paperOf(entry) },
  });
  return [block];
}

function movedFen({ direction, amountFen }: JournalEntry): number | null {
  if (amountFen === null) return null;
  return direction === 'in' ? amountFen : 0 - amountFen;
}

function isHidden({ amountFen, balanceFen }: JournalEntry): boolean {
  return amountFen === null || balanceFen === null;
}
