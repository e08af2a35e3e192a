import { Hono } from 'hono';
import { bookBalances, discrepancies } from '../../db/queries/books.ts';
import { toDate } from '../../engine/time/civil.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { bookSight } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem } from '../errors.ts';
import { pick } from '../language.ts';
import { caseToRead, nowOf, pinnedProgram } from '../reading.ts';
import { answerReport } from '../reports/answering.ts';
import { type ReportKey, reportKinds } from '../reports/catalogue.ts';
import { balanceViews } from '../views/book-view.ts';
import { caseView } from '../views/case-view.ts';
import { recordedJustNow } from './book-done.ts';
import { deskOf } from './book-form.ts';
import { bookWork } from './book-work.tsx';
import { type BooksAsked, BooksPage } from './books.tsx';
import { headName } from './cases.tsx';
import { asset, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';

/** Differences the page lists, at most. */
const MOST_OPEN = 50;

/** The page of a case's books: whoever may read the case, each as far as he may see the other side. */
export function booksPages(deps: AppDeps) {
  const sheet = asset('books.css') + asset('book-forms.css');
  const app = new Hono<AppEnv>();
  app.get('/assets/books.css', (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );
  app.get('/cases/:caseId/books', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const { caseId } = await caseToRead(deps, caller, c.req.param('caseId'));
    const [balances, found] = await Promise.all([
      bookBalances(deps.sql, caseId),
      discrepancies(deps.sql, caseId, MOST_OPEN),
    ]);
    // judged after the figures are read: what was recorded in between is known then
    const record = await caseToRead(deps, caller, caseId);
    const program = await pinnedProgram(deps, record.programHash);
    const books = balanceViews(balances, record.state, await bookSight(deps, caller, record, program), language);
    const book = books.find((each) => each.book === c.req.query('book'))?.book ?? books[0]?.book ?? '';
    const owner = program?.books.find((each) => each.book === book)?.confirms;
    const persons = Object.values(record.state.parties)
      .filter(({ role }) => role === owner)
      .map(({ id, name }) => ({ id, name: name ?? id }));
    const asked: BooksAsked = {
      book,
      month: monthOf(c.req.query('month')) ?? toDate(nowOf(deps)).slice(0, 7),
      report: reportOf(c.req.query('report')),
      person: persons.find(({ id }) => id === c.req.query('person'))?.id ?? persons[0]?.id,
    };
    const shown = book === '' ? { detail: '' } : await reportOrWhy(asked);
    const view = caseView(record, program, language, nowOf(deps));
    return page(
      c,
      <BooksPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        caseId={caseId}
        name={headName(view)}
        books={books}
        persons={persons}
        open={found.filter(({ settledAt }) => settledAt === null)}
        asked={asked}
        shown={shown}
        work={program ? await bookWork(await deskOf(deps, caller, caseId, language), found) : []}
        done={await recordedJustNow(deps, caller, record, { actId: c.req.query('done'), language })}
      />,
    );

    async function reportOrWhy({ report, ...query }: BooksAsked) {
      try {
        return (await answerReport(deps, caller!, caseId, report, query)).report;
      } catch (error) {
        // the book may have no such channel
        if (error instanceof ApiProblem && error.refusal.kind !== 'notFound')
          return { detail: pick(error.refusal.detail, language) };
        throw error;
      }
    }
  });
  return app;
}

function monthOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined;
}

function reportOf(text: string | undefined): ReportKey {
  return reportKinds.find(({ key }) => key === text)?.key ?? 'cash-journal';
}
