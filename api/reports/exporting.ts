import { booksOfCase, chartOfAccounts } from '../../db/queries/book-reports.ts';
import { channelAccount } from '../../engine/books/accounts.ts';
import { toDate } from '../../engine/time/civil.ts';
import type { Caller } from '../auth/caller.ts';
import { bookLook } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { caseToRead, nowOf } from '../reading.ts';
import { headingOf } from './answering.ts';
import { journalsBeancount } from './beancount-journals.ts';
import { ledgerBeancount } from './beancount-ledger.ts';
import { loadJournal, loadLedger } from './load.ts';

/** Which book, up to which month, and whose side of it. */
export interface ExportQuery {
  readonly book?: string | undefined;
  /** `YYYY-MM`: from January to its end. Absent: the whole of `year`, or of this one. */
  readonly month?: string | undefined;
  readonly year?: string | undefined;
  readonly side: 'ledger' | 'cash';
}

/**
 * One side of a book of a case for beancount, as its reader may see it, with the name of the file. Throws the problem 404
 * where he may not read the case, or it has no such book.
 */
export async function answerExport(
  deps: AppDeps,
  caller: Caller,
  caseId: string,
  query: ExportQuery,
): Promise<{ readonly name: string; readonly text: string }> {
  const { sql } = deps;
  const record = await caseToRead(deps, caller, caseId);
  const books = await booksOfCase(sql, caseId);
  const book = query.book === undefined ? books[0] : books.find((each) => each.book === query.book);
  if (!book) throw notFound();
  const to = query.month ?? `${query.year ?? toDate(nowOf(deps)).slice(0, 4)}-12`;
  const period = { from: `${to.slice(0, 5)}01`, to };
  const wanted = { caseId, book: book.book, period };
  const heading = await headingOf(deps, record, [book.zh, book.en]);
  const sight = async () => (await bookLook(deps, caller, caseId)).sight;
  const name = `${book.book}-${query.side}-${to}.beancount`;
  if (query.side === 'ledger') {
    const loaded = await loadLedger(sql, wanted);
    return { name, text: ledgerBeancount(loaded(await sight()), period, heading) };
  }
  const chart = await chartOfAccounts(sql);
  const loaded = await Promise.all(
    book.channels.map(async (channel) => ({ channel, journal: await loadJournal(sql, wanted, channel) })),
  );
  const seen = await sight();
  const journals = loaded.map(({ channel, journal }) => {
    const found = chart.find(({ code }) => code === channelAccount[channel]);
    const code = channelAccount[channel];
    return { channel, account: { code, name: [found?.zh ?? code, found?.en ?? code] as const }, ...journal(seen) };
  });
  return { name, text: journalsBeancount(journals, period, heading) };
}
