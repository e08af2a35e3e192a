import { readFileSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { createMiddleware } from 'hono/factory';
import type { Child } from 'hono/jsx';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type AfterCase, countCases, listCases } from '../../db/queries/cases.ts';
import { latestEvents } from '../../db/queries/events.ts';
import { namesOf } from '../../db/queries/names.ts';
import { addMs } from '../../engine/time/civil.ts';
import type { Caller } from '../auth/caller.ts';
import { callerOfSession, signIn, signOut } from '../auth/sessions.ts';
import { sameText } from '../auth/tokens.ts';
import { bookSight, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem } from '../errors.ts';
import { type Language, negotiate, pick } from '../language.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { caseNames, caseToRead, nowOf, pinnedProgram, readerOf } from '../reading.ts';
import { limitBody } from '../validation.ts';
import { caseSummary, caseView } from '../views/case-view.ts';
import { planView } from '../views/plan-view.ts';
import { timelineView } from '../views/timeline-view.ts';
import { CasePage } from './case.tsx';
import { CasesPage } from './cases.tsx';
import { DocsPage, ErrorsPage } from './docs.tsx';
import type { Visitor } from './layout.tsx';
import { MessagePage } from './message.tsx';
import { SignInPage } from './sign-in.tsx';

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

/** Everything a page may load comes from this server; no script at all. */
const strict = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
});

/** A browser tells where a form comes from, and only our own pages may send one; programs tell nothing and are no danger. */
const ownForms = createMiddleware<AppEnv>(async (c, next) => {
  const tells = c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') !== undefined;
  return tells ? csrf()(c, next) : next();
});

const asset = (name: string) => readFileSync(new URL(name, import.meta.url));

/** The pages: sign in, today's cases, a case with plan and timeline, and the reference of the API. */
export function pageRoutes(deps: AppDeps, openApiDocument: () => object) {
  const sheet = asset('linli.css').toString('utf8');
  const icon = asset('linli.svg').toString('utf8');
  const app = new Hono<AppEnv>();
  app.use(strict, limitBody(64 * 1024), ownForms);

  app.get('/assets/linli.css', (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );
  app.get('/assets/linli.svg', (c) =>
    c.body(icon, 200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'max-age=86400' }),
  );
  app.get('/docs', (c) => page(c, <DocsPage document={openApiDocument()} language={pageLanguage(c)} />));
  app.get('/docs/errors', (c) => page(c, <ErrorsPage language={pageLanguage(c)} />));

  app.get('/language', (c) => {
    const to = c.req.query('to') === 'en' ? 'en' : 'zh';
    setCookie(c, 'linli_language', to, { path: '/', sameSite: 'Lax', maxAge: 31_536_000 });
    return c.redirect(ownPath(c.req.query('back')), 303);
  });

  app.get('/sign-in', (c) => page(c, <SignInPage language={pageLanguage(c)} back={ownPath(c.req.query('back'))} />));
  app.post('/sign-in', async (c) => {
    const form = await c.req.parseBody().catch((): Record<string, unknown> => ({}));
    const back = ownPath(form['back']);
    const key = typeof form['key'] === 'string' ? form['key'].trim() : '';
    if (await signIn(c, deps.sql, key)) return c.redirect(back, 303);
    return page(c, <SignInPage language={pageLanguage(c)} error="keyWrong" back={back} />, 401);
  });
  app.post('/sign-out', async (c) => {
    const form = await c.req.parseBody().catch((): Record<string, unknown> => ({}));
    const caller = await callerOfSession(c, deps.sql);
    if (caller && !sameText(String(form['token'] ?? ''), caller.csrfToken ?? ''))
      return page(c, <SignInPage language={pageLanguage(c)} error="tryAgain" back="/" />, 403);
    await signOut(c, deps.sql);
    return c.redirect('/sign-in', 303);
  });

  app.get('/', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const now = nowOf(deps);
    const reader = readerOf(caller);
    const at = cursorOf(c.req.query('cursor'));
    const running = { statuses: ['proposed', 'open', 'suspended', 'followUp'] };
    const [rows, inCare, overdue, weekly] = await Promise.all([
      listCases(deps.sql, reader, running, { limit: PAGE_SIZE, after: at }),
      countCases(deps.sql, reader, running),
      countCases(deps.sql, reader, { ...running, overdue: true }),
      countCases(deps.sql, reader, { ...running, dueBefore: addMs(now, WEEK_MS) }),
    ]);
    const shown = rows.slice(0, PAGE_SIZE);
    const last = shown.at(-1);
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
        next={rows.length > PAGE_SIZE && last ? encodeCursor([last.nextDue, last.caseId]) : null}
        now={now}
      />,
    );
  });

  app.get('/cases/:caseId', async (c) => {
    const language = pageLanguage(c);
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect(`/sign-in?back=${encodeURIComponent(c.req.path)}`, 303);
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
    const seen = rows.filter((row) => !complaints.hides(row)).map((row) => withSight(row, sight));
    const mentioned = [
      seen.map(({ data, actorId, actorPost }) => [data, actorId, actorPost]),
      record.state.assignments,
      record.unit,
    ];
    const names = await caseNames(deps, record, mentioned, language);
    const now = nowOf(deps);
    return page(
      c,
      <CasePage
        language={language}
        visitor={await visitorOf(deps, caller, language)}
        view={caseView(record, program, language, now)}
        unit={names.unit(record.unit)}
        roles={(key) => pick(names.role(key), language)}
        plan={planView(record.state, program, names, language)}
        timeline={seen.map((row) => timelineView(row, names, language))}
        earlier={found.length > TIMELINE_SIZE ? (rows.at(-1)?.seq ?? null) : null}
        now={now}
      />,
    );
  });

  app.onError((error, c) => {
    const missing = error instanceof ApiProblem && error.refusal.kind === 'notFound';
    if (missing) return page(c, <MessagePage language={pageLanguage(c)} what="notFound" />, 404);
    if (error instanceof ApiProblem || 'getResponse' in error) throw error;
    deps.log.warn({ name: error.name, code: (error as { code?: unknown }).code }, 'a page could not be shown');
    return page(c, <MessagePage language={pageLanguage(c)} what="trouble" />, 503, { 'Retry-After': '5' });
  });
  return app;
}

/** Answers a page. */
function page(c: Context, content: Child, status: ContentfulStatusCode = 200, headers: Record<string, string> = {}) {
  return c.html(`<!DOCTYPE html>${content}`, status, headers);
}

/** Where a page of ours may lead back to: a path on this server, nothing else. */
function ownPath(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])[\w\-./%?=&]{0,300}$/.test(path) ? path : '/';
}

function pageLanguage(c: Context): Language {
  const chosen = getCookie(c, 'linli_language');
  return chosen === 'en' || chosen === 'zh' ? chosen : negotiate(c.req.header('accept-language'));
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

async function visitorOf(deps: AppDeps, caller: Caller, language: Language): Promise<Visitor> {
  const names = await namesOf(deps.sql, new Set([caller.person, caller.post ?? caller.unit]));
  const post = names.posts.get(caller.post ?? '') ?? names.units.get(caller.unit);
  return {
    name: names.people.get(caller.person) ?? caller.person,
    post: post && pick(post, language),
    csrfToken: caller.csrfToken ?? '',
  };
}
