import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { compress } from 'hono/compress';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { withSight } from '../db/walled.ts';
import { refuse } from '../engine/refusal.ts';
import { accessLog } from './access/middleware.ts';
import { registerArchiveMetrics } from './archive-metrics.ts';
import { requireCaller } from './auth/sign-in.ts';
import type { AppDeps, AppOptions } from './deps.ts';
import type { AppEnv } from './env.ts';
import { onError, onNotFound, problemResponse } from './errors.ts';
import { createMetrics } from './metrics.ts';
import { completeDocument, openApiConfig, securitySchemes } from './openapi.ts';
import { originOf } from './origin.ts';
import { registerOutboxMetrics } from './outbox-metrics.ts';
import { pageRoutes } from './pages/routes.tsx';
import { patience } from './patience.ts';
import { nowOf } from './reading.ts';
import { registerRecordMetrics } from './record-metrics.ts';
import { limitRequests, noteRefusedChanges } from './requests.ts';
import { accessRoutes } from './routes/access-log.ts';
import { accountabilityRoutes } from './routes/accountability.ts';
import { actRoutes } from './routes/acts.ts';
import { auditRoutes } from './routes/audit.ts';
import { auditBulletinRoutes } from './routes/audit-bulletins.ts';
import { auditEventRoutes } from './routes/audit-events.ts';
import { auditOfficialRoutes } from './routes/audit-officials.ts';
import { auditSampleRoutes } from './routes/audit-samples.ts';
import { bankStatementRoutes } from './routes/bank-statements.ts';
import { bookClosingRoutes } from './routes/book-closings.ts';
import { bookExportRoutes } from './routes/book-export.ts';
import { bookRegisterRoutes } from './routes/book-registers.ts';
import { bookReportRoutes } from './routes/book-reports.ts';
import { bookVoucherRoutes } from './routes/book-vouchers.ts';
import { bookRoutes } from './routes/books.ts';
import { calendarFeedRoutes } from './routes/calendar-feeds.ts';
import { calendarFileRoutes } from './routes/calendar-file.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { caseFieldRoutes } from './routes/case-fields.ts';
import { caseRoutes } from './routes/cases.ts';
import { channelRoutes } from './routes/channels.ts';
import { clockRoutes } from './routes/clocks.ts';
import { codecRoutes } from './routes/codec.ts';
import { disclosureRoutes } from './routes/disclosures.ts';
import { documentRoutes } from './routes/documents.ts';
import { handoverRoutes } from './routes/handover.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/imports.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { keyRoutes } from './routes/keys.ts';
import { organisationRoutes } from './routes/organisation.ts';
import { planRoutes } from './routes/plan.ts';
import { postCardRoutes } from './routes/post-cards.ts';
import { programRoutes } from './routes/programs.ts';
import { recordLogRoutes } from './routes/record-log.ts';
import { retentionRoutes } from './routes/retention.ts';
import { streamRoutes } from './routes/stream.ts';
import { substitutionRoutes } from './routes/substitutions.ts';
import { taskRoutes } from './routes/tasks.ts';
import { timelineRoutes } from './routes/timeline.ts';
import { transferRoutes } from './routes/transfers.ts';
import { unitRoutes } from './routes/units.ts';
import { workloadRoutes } from './routes/workload.ts';
import { createSheetReader } from './sheets/reader.ts';
import { isUpload, limitApiBody, plausiblePath, strictJson } from './validation.ts';

/** Longer than the door tries by itself; uploads take as long as their sender, whom the server's own limits watch. */
const REQUEST_LIMIT_MS = 15_000;

/** What anybody may read. */
const PUBLIC = '/api/v1/public/';

/** The resources under `/api/v1`; its type is what the client knows. */
function resources(deps: AppDeps) {
  return new OpenAPIHono<AppEnv>()
    .route('/', programRoutes(deps))
    .route('/', caseRoutes(deps))
    .route('/', caseFieldRoutes(deps))
    .route('/', planRoutes(deps))
    .route('/', clockRoutes(deps))
    .route('/', actRoutes(deps))
    .route('/', timelineRoutes(deps))
    .route('/', documentRoutes(deps))
    .route('/', importRoutes(deps))
    .route('/', bookRoutes(deps))
    .route('/', bookClosingRoutes(deps))
    .route('/', bookVoucherRoutes(deps))
    .route('/', bookRegisterRoutes(deps))
    .route('/', bookReportRoutes(deps))
    .route('/', bookExportRoutes(deps))
    .route('/', bankStatementRoutes(deps))
    .route('/', taskRoutes(deps))
    .route('/', inboxRoutes(deps))
    .route('/', channelRoutes(deps))
    .route('/', calendarFeedRoutes(deps))
    .route('/', keyRoutes(deps))
    .route('/', streamRoutes(deps))
    .route('/', accountabilityRoutes(deps))
    .route('/', transferRoutes(deps))
    .route('/', organisationRoutes(deps))
    .route('/', handoverRoutes(deps))
    .route('/', workloadRoutes(deps))
    .route('/', postCardRoutes(deps))
    .route('/', disclosureRoutes(deps))
    .route('/', calendarRoutes(deps))
    .route('/', substitutionRoutes(deps))
    .route('/', unitRoutes(deps))
    .route('/', auditRoutes(deps))
    .route('/', auditEventRoutes(deps))
    .route('/', auditOfficialRoutes(deps))
    .route('/', auditSampleRoutes(deps))
    .route('/', auditBulletinRoutes(deps))
    .route('/', accessRoutes(deps))
    .route('/', recordLogRoutes(deps))
    .route('/', retentionRoutes(deps));
}

/** The routes a client calls, typed. */
export type AppType = ReturnType<typeof resources>;

/**
 * The HTTP application: resources under `/api/v1`, health and figures, the OpenAPI document, and the pages. It keeps
 * nothing another process could not take over: any number of them may serve one database.
 */
export function createApp(options: AppOptions): OpenAPIHono<AppEnv> {
  const deps: AppDeps = { sheets: createSheetReader({}, options.log), house: options.sql, ...options };
  const app = new OpenAPIHono<AppEnv>();
  const metrics = createMetrics();
  registerOutboxMetrics(metrics.registry, deps.house);
  registerArchiveMetrics(metrics.registry, deps.house);
  registerRecordMetrics(metrics.registry, deps.house);
  let document: object | undefined;
  const openApiDocument = () => {
    document ??= completeDocument(app.getOpenAPI31Document(openApiConfig));
    return document;
  };
  app.onError(onError);
  app.notFound(onNotFound);
  app.use(
    createMiddleware<AppEnv>(async (c, next) => {
      c.set('log', deps.log);
      c.set('secure', originOf(deps, c).startsWith('https:'));
      // the database shows nothing of any case until somebody has signed in
      await withSight(next);
    }),
    safely,
    metrics.middleware,
    plausiblePath,
    ...(deps.requests ? [limitRequests(deps.requests)] : []),
    noteRefusedChanges(deps.sql),
    // outside of what may answer 405 in place of another answer, which would keep that one's encoding and not its bytes
    compressReads,
    methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => wrongMethod(c, methods) }),
    accessLog({ sql: deps.sql, now: () => nowOf(deps) }),
  );
  const patient = patience(REQUEST_LIMIT_MS);
  app.use('/api/*', (c, next) => (isUpload(c.req.path) ? next() : patient(c, next)));
  const signedIn = requireCaller(deps.sql);
  app.use('/api/*', (c, next) => (c.req.path.startsWith(PUBLIC) ? next() : signedIn(c, next)));
  app.use('/api/*', noStore, limitApiBody, strictJson);
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', securitySchemes.apiKey);
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', securitySchemes.session);
  app.route('/', healthRoutes(deps, metrics.registry));
  app.route('/', calendarFileRoutes(deps));
  app.route('/', codecRoutes(deps));
  app.route('/api/v1', resources(deps));
  app.get('/openapi.json', (c) => c.json(openApiDocument()));
  app.route('/', pageRoutes(deps, openApiDocument));
  return app;
}

/** The OpenAPI document of an application. */
export function documentOf(app: OpenAPIHono<AppEnv>): object {
  return completeDocument(app.getOpenAPI31Document(openApiConfig));
}

const compressed = compress({ threshold: 4096 });

/** Answers to changes are small, and marking them as one of several encodings would mean making each of them anew. */
const compressReads = createMiddleware<AppEnv>((c, next) => (c.req.method === 'GET' ? compressed(c, next) : next()));

/**
 * Headers of every answer below that does not say otherwise. Set before the answer is made, because adding to a finished one
 * makes it anew; answers that come ready-made get them after.
 */
const headers = (list: (c: Context<AppEnv>) => readonly (readonly [name: string, value: string])[]) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const given = list(c);
    for (const [name, value] of given) c.header(name, value);
    await next();
    const { headers } = c.res;
    for (const [name, value] of given) if (!headers.has(name)) headers.set(name, value);
  });

/** A browser neither guesses what an answer is nor runs, frames or bases anything on it; pages have policies of their own. */
const SAFE = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
  ['Referrer-Policy', 'same-origin'],
] as const;

/** With https people are never led here without it again, for a year, below this host neither. */
const SECURE = [...SAFE, ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains']] as const;

const safely = headers((c) => (c.get('secure') ? SECURE : SAFE));

const PRIVATE = [['Cache-Control', 'private, no-store']] as const;

const noStore = headers(() => PRIVATE);

function wrongMethod(c: Context, methods: readonly string[]): Response {
  const allowed = methods.join(', ');
  const refusal = refuse('METHOD_NOT_ALLOWED', [`这里可用：${allowed}。`, `Here you can use: ${allowed}.`]);
  return problemResponse(c, refusal, { Allow: allowed });
}
