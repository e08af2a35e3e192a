import { type BookRow, booksOfCase } from '../../db/queries/book-reports.ts';
import { namesOf } from '../../db/queries/names.ts';
import { isForMany } from '../../engine/books/persons.ts';
import { toDate } from '../../engine/time/civil.ts';
import type { Channel, Text } from '../../sdk/program.ts';
import type { Caller } from '../auth/caller.ts';
import { bookLook } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { caseToRead, nowOf, pinnedProgram } from '../reading.ts';
import { type Asked, buildReport, type Look } from './build.ts';
import { type ReportKey, reportKind } from './catalogue.ts';
import type { Heading, Period, Report } from './model.ts';

/** What a reader may ask of a report. */
export interface ReportQuery {
  readonly book?: string | undefined;
  /** `YYYY-MM`; absent: this month, or the whole of `year`. */
  readonly month?: string | undefined;
  readonly year?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly account?: string | undefined;
  readonly person?: string | undefined;
}

/**
 * A report of a case for a caller. Throws the problem 404 where he may not read the case or it has no such book, 422 where
 * the book has no such channel, or where it holds money of several and nobody says whose statement it is.
 */
export async function answerReport(
  deps: AppDeps,
  caller: Caller,
  caseId: string,
  report: ReportKey,
  query: ReportQuery,
): Promise<{ readonly report: Report; readonly heading: Heading }> {
  const record = await caseToRead(deps, caller, caseId);
  const [books, program] = await Promise.all([booksOfCase(deps.sql, caseId), pinnedProgram(deps, record.programHash)]);
  const book = query.book === undefined ? books[0] : books.find((each) => each.book === query.book);
  if (!book) throw notFound();
  const def = program?.books.find((each) => each.book === book.book);
  const owners = Object.values(record.state.parties).filter(({ role }) => role === def?.confirms);
  const nameOf = (person: string | null) =>
    person === null
      ? owners.map(({ name, id }) => name ?? id).join('、')
      : (record.state.parties[person]?.name ?? person);
  const forMany = program !== undefined && def !== undefined && isForMany(program, def);
  const asked: Asked = {
    caseId,
    book: book.book,
    report,
    today: toDate(nowOf(deps)),
    period: periodOf(query, toDate(nowOf(deps))),
    channel: channelOf(report, book, query.channel),
    account: query.account,
    person: report === 'statement' && forMany ? personOf(query.person, owners) : undefined,
  };
  const look = async (): Promise<Look> => {
    const { sight } = await bookLook(deps, caller, caseId);
    return { sight, caseNo: record.caseNo, nameOf };
  };
  return {
    report: await buildReport(deps.sql, asked, look),
    heading: await headingOf(deps, record, [book.zh, book.en]),
  };
}

/** The head of what is printed about a case, of one book or (absent) of all. */
export async function headingOf(
  deps: AppDeps,
  { unit, caseNo }: { readonly unit: string; readonly caseNo: string },
  book: Text = ['全部', 'all'],
): Promise<Heading> {
  const names = await namesOf(deps.sql, new Set([unit]));
  return { unit: names.units.get(unit) ?? [unit, unit], caseNo, book, printedAt: nowOf(deps) };
}

function periodOf({ month, year }: ReportQuery, today: string): Period {
  if (month !== undefined) return { from: month, to: month };
  if (year !== undefined) return { from: `${year}-01`, to: `${year}-12` };
  return { from: today.slice(0, 7), to: today.slice(0, 7) };
}

function channelOf(report: ReportKey, book: BookRow, asked: Channel | undefined): Channel | undefined {
  const { channels } = reportKind(report);
  if (!channels) return undefined;
  const there = book.channels.filter((channel) => channels.includes(channel));
  const channel = asked ?? there[0];
  if (channel && there.includes(channel)) return channel;
  const list = there.length > 0 ? there.join('、') : '无';
  throw problem(
    'INVALID_DATA',
    [
      `这本账没有要找的收付渠道，可用：${list}。`,
      `The book has no such channel for this report; it has: ${there.join(', ') || 'none'}.`,
    ],
    [['换一个渠道或另一种报表', 'Choose another channel or another report']],
    [{ path: 'channel', message: there.join(', ') || '-' }],
  );
}

function personOf(person: string | undefined, owners: readonly { readonly id: string }[]): string {
  const meant = person ?? (owners.length === 1 ? owners[0]!.id : undefined);
  if (meant !== undefined && owners.some(({ id }) => id === meant)) return meant;
  throw problem(
    'INVALID_DATA',
    [
      '这本账代管几个人的钱，请说明是谁的对账单。',
      'The book holds money of several people: say whose statement it is.',
    ],
    [['填写 person：当事人编号', 'Give person: the id of the party']],
    [{ path: 'person', message: owners.map(({ id }) => id).join(', ') || '-' }],
  );
}
