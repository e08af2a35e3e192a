import { Hono } from 'hono';
import { type AfterCase, countCases, listCases } from '../../db/queries/cases.ts';
import { latestEvents } from '../../db/queries/events.ts';
import { namesOf } from '../../db/queries/names.ts';
import { overseenUnits } from '../../db/queries/workload.ts';
import { addMs } from '../../engine/time/civil.ts';
import { readersToldTo } from '../access/listing.ts';
import { may } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { createSignIns } from '../auth/sign-in-people.ts';
import { bookSight, isUntold, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem } from '../errors.ts';
import { pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { caseNames, caseToRead, nowOf, overseerOf, pinnedProgram, readerOf } from '../reading.ts';
import { limitBody } from '../validation.ts';
import { caseSummary, caseView } from '../views/case-view.ts';
import { fieldsShown } from '../views/field-view.ts';
import { planView } from '../views/plan-view.ts';
import { timelineView } from '../views/timeline-view.ts';
import { accessPages } from './access-routes.tsx';
import { accountPages } from './account-routes.tsx';
import { auditPages } from './audit-routes.tsx';
import { bookFormPages } from './book-form-routes.tsx';
import { booksPages } from './books-routes.tsx';
import { cardPages } from './card-routes.tsx';
import { CasePage } from './case.tsx';
import { caseFieldPages } from './case-field-routes.tsx';
import { caseFindingsPages } from './case-findings-routes.tsx';
import { caseTransfers } from './case-transfer-ways.tsx';
import { CasesPage } from './cases.tsx';
import { channelPages } from './channel-routes.tsx';
import { disclosurePages } from './disclosure-routes.tsx';
import { DocsPage, ErrorsPage } from './docs.tsx';
import { asset, chooseLanguage, ownForms, ownPath, page, pageLanguage, strict, toSignIn, visitorOf } from './frame.ts';
import { importPages } from './import-routes.tsx';
import { MessagePage } from './message.tsx';
import { organisationPages } from './organisation-routes.tsx';
import { retentionPages } from './retention-routes.tsx';
import { signInPages } from './sign-in-routes.tsx';
import { signInsPages } from './sign-ins-routes.tsx';
import { transferPages } from './transfer-routes.tsx';
import { voiceRoutes } from './voice-routes.tsx';
import { workPages } from './work-routes.tsx';
import { workloadPages } from './workload-routes.tsx';

const PAGE_SIZE = 50;
const TIMELINE_SIZE = 60;
const WEEK_MS = 7 * 86_400_000;

/** What the plan shows already or nobody reads: left out of the page's timeline, not of the record. */
const BOOKKEEPING = [
  'item.opened',
  'deadline.set',
  'deadline.met',
  'deadline.cancelled',
  'duty.began',
  'duty.due',
  'duty.ended',
];

/** The pages: sign in, today's cases, a case with plan and timeline, and the reference of the API. */
export function pageRoutes(deps: AppDeps, openApiDocument: () => object) {
  const sheet = asset('linli.css');
  const icon = asset('linli.svg');
  const app = new Hono<AppEnv>();
  // pages with a script have a policy of their own
  app.route('/', workPages(deps));
  const signIns = deps.signIn && createSignIns({ ...deps, signIn: deps.signIn });
  app.route('/', signInPages(deps, signIns));
  if (signIns) app.route('/', accountPages(deps, signIns));
  // lists, and papers of the books, are larger than what other forms hold
  app.route('/', importPages(deps));
  app.route('/', bookFormPages(deps));
  app.use(strict, limitBody(64 * 1024), ownForms);
  app.route('/', cardPages(deps));
  app.route('/', disclosurePages(deps));

  app.get('/assets/linli.css', (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );
  app.get('/assets/linli.svg', (c) =>
    c.body(icon, 200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=86400' }),
  );
  app.get('/docs', (c) => page(c, <DocsPage document={openApiDocument()} language={pageLanguage(c)} />));
  app.get('/docs/errors', (c) => page(c, <ErrorsPage language={pageLanguage(c)} />));

  app.get('/language', (c) => {
    chooseLanguage(c, c.req.query('to') === 'en' ? 'en' : 'zh');
    return c.redirect(ownPath(c.req.query('back')), 303);
  });

  app.get('/', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const now = nowOf(deps);
    const reader = readerOf(caller);
    const at = cursorOf(c.req.query('cursor'));
    const running = { statuses: ['proposed', 'open', 'suspended', 'followUp'] };
    const [rows, inCare, overdue, weekly, oversees] = await Promise.all([
      listCases(deps.sql, reader, running, { limit: PAGE_SIZE, after: at }),
      countCases(deps.sql, reader, running),
      countCases(deps.sql, reader, { ...running, overdue: true }),
      countCases(deps.sql, reader, { ...running, dueBefore: addMs(now, WEEK_MS) }),
      overseenUnits(deps.sql, overseerOf(caller)),
    ]);
    const shown = rows.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
    caller.reads?.cases(shown.map(({ caseId }) => caseId));
    const names = await namesOf(deps.sql, new Set(shown.map(({ unit }) => unit)));
    const cases = await Promise.all(
      shown.map(async (row) => caseSummary(row, await pinnedProgram(deps, row.programHash), language, now)),
    );
    return page(
      c,
      <CasesPage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        cases={cases}
        units={new Map([...names.units].map(([id, name]) => [id, pick(name, language)]))}
        figures={{ inCare, overdue, soon: Math.max(0, weekly - overdue) }}
        oversees={oversees.length > 0}
        audits={may(caller, 'audit')}
        next={rows.length > PAGE_SIZE && last ? encodeCursor([last.nextDue, last.caseId]) : null}
        now={now}
      />,
    );
  });

  app.route('/', transferPages(deps));
  app.route('/', workloadPages(deps));
  app.route('/', organisationPages(deps));
  if (signIns) app.route('/', signInsPages(deps, signIns));
  app.route('/', channelPages(deps));
  app.route('/', auditPages(deps));
  app.route('/', caseFindingsPages(deps));

  app.get('/cases/:caseId', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const record = await caseToRead(deps, caller, c.req.param('caseId'));
    const before = seqOf(c.req.query('before'));
    const [program, found] = await Promise.all([
      pinnedProgram(deps, record.programHash),
      latestEvents(deps.sql, record.caseId, { limit: TIMELINE_SIZE + 1, without: BOOKKEEPING, ...before }),
    ]);
    const rows = found.slice(0, TIMELINE_SIZE);
    const [sight, complaints] = await Promise.all([
      bookSight(deps, caller, record, program),
      complaintSight(deps, caller, record.caseId),
    ]);
    const told = rows.filter((row) => !complaints.hides(row) && !isUntold(row, sight));
    const seen = told.map((row) => withSight(row, sight));
    const mentioned = [
      seen.map(({ data, actorId, actorPost }) => [data, actorId, actorPost]),
      record.state.assignments,
      record.unit,
    ];
    const names = await caseNames(deps, record, mentioned, language);
    const now = nowOf(deps);
    const visitor = await visitorOf(deps, caller, language);
    return page(
      c,
      <CasePage
        language={language}
        visitor={visitor}
        units={await caseTransfers(deps, caller, { ...record, program }, { language, visitor })}
        view={caseView(record, program, language, now)}
        unit={names.unit(record.unit)}
        roles={(key) => pick(names.role(key), language)}
        fields={fieldsShown(record.state, program, language)}
        plan={planView(record.state, program, names, language)}
        timeline={seen.map((row) => timelineView(row, names, language))}
        earlier={found.length > TIMELINE_SIZE ? (rows.at(-1)?.seq ?? null) : null}
        readers={readersToldTo(caller, record, program, now) !== undefined}
        findings={may(caller, 'audit') || Object.keys(record.state.findings ?? {}).length > 0}
        now={now}
      />,
    );
  });

  app.route('/', accessPages(deps));
  app.route('/', caseFieldPages(deps));
  app.route('/', retentionPages(deps));
  app.route('/', voiceRoutes(deps));
  app.route('/', booksPages(deps));

  app.onError((error, c) => {
    const missing = error instanceof ApiProblem && error.refusal.kind === 'notFound';
    if (missing) return page(c, <MessagePage language={pageLanguage(c)} what="notFound" />, 404);
    if (error instanceof ApiProblem && error.refusal.code === 'MINOR_NOT_APPROVED')
      return page(c, <MessagePage language={pageLanguage(c)} what="minor" />, 403);
    if (error instanceof ApiProblem && error.refusal.code === 'LIMITED') {
      const caseId = /^\/cases\/([^/]+)/.exec(c.req.path)?.[1];
      const of = caseId === undefined ? {} : { caseId: decodeURIComponent(caseId) };
      return page(c, <MessagePage language={pageLanguage(c)} what="limited" {...of} />, 403);
    }
    if (error instanceof ApiProblem || 'getResponse' in error) throw error;
    deps.log.warn({ name: error.name, code: (error as { code?: unknown }).code }, 'a page could not be shown');
    return page(c, <MessagePage language={pageLanguage(c)} what="trouble" />, 503, { 'Retry-After': '5' });
  });
  return app;
}

/** What a link to earlier events names; anything else means the latest ones. */
function seqOf(text: string | undefined): { readonly before?: number } {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? { before: Number(text) } : {};
}

/** Where a link to further cases goes on; one that was cut or made up means the first page. */
function cursorOf(cursor: string | undefined): AfterCase | undefined {
  try {
    const at = decodeCursor(cursor, ['moment?', 'text']);
    return at && ({ nextDue: at[0], caseId: at[1] } as AfterCase);
  } catch {
    return undefined;
  }
}
