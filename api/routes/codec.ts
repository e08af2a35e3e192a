import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { sealedFor } from '../../db/queries/complaints.ts';
import { hasToDoWith } from '../../db/queries/dossier.ts';
import { KeyAway } from '../../door/keys/errors.ts';
import { type Caller, may } from '../auth/caller.ts';
import { requireCaller } from '../auth/sign-in.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound, problem, STORE_AWAY } from '../errors.ts';
import { caseToRead } from '../reading.ts';
import { limitBody } from '../validation.ts';

/** What Temporal's Web UI asks for at a time is a page of a history. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PAYLOADS = 5_000;

const Body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), z.string()).optional(), data: z.string().optional() }))
    .max(MOST_PAYLOADS),
});

/**
 * `/codec/decode` and `/codec/encode`: Temporal's codec server, by which its Web UI shows what our workflows hold. For auditors,
 * of the cases whose dossier they may take; other payloads stay encrypted. Called from the Web UI's own address with the session of these pages
 * (in the Web UI's settings: include cross-origin credentials), or by programs with an API key. Every decoding is noted in the access log.
 */
export function codecRoutes(deps: AppDeps): Hono<AppEnv> {
  const { codec, temporalUi, sql, log } = deps;
  const app = new Hono<AppEnv>();
  const origin = temporalUi && new URL(temporalUi.url).origin;
  const allowed = { allowMethods: ['POST'], allowHeaders: ['Content-Type', 'X-Namespace', 'Authorization'] };
  app.use(
    '/codec/*',
    cors({ ...allowed, credentials: true, maxAge: 600, origin: (asked) => (asked === origin ? asked : null) }),
  );
  // no other site is told the answer, and none may ask with a session: only the Web UI's address stands in for the page's token
  app.use('/codec/*', requireCaller(sql, { trusts: (c) => origin !== undefined && c.req.header('origin') === origin }));
  app.use('/codec/*', auditorsOnly, limitBody(MOST_BYTES));

  app.post('/codec/decode', async (c) => {
    const caller = c.get('caller');
    const mayRead = async (caseId: string | undefined) => caseId === undefined || mayHaveAll(deps, caller, caseId);
    const payloads = await given(codec)
      .decode(await bodyOf(c.req.raw), mayRead)
      .catch((error: unknown) => {
        if (!(error instanceof KeyAway)) throw error;
        log.warn({ reason: error.message }, 'a key could not be had for the codec server');
        throw new ApiProblem(STORE_AWAY);
      });
    return c.json({ payloads }, 200, { 'Cache-Control': 'private, no-store' });
  });

  app.post('/codec/encode', async (c) =>
    c.json({ payloads: given(codec).encode(await bodyOf(c.req.raw)) }, 200, { 'Cache-Control': 'private, no-store' }),
  );
  return app;
}

function given(codec: AppDeps['codec']): NonNullable<AppDeps['codec']> {
  if (codec) return codec;
  throw notFound();
}

/**
 * Whether the caller may have the whole history of a case, which holds what is kept from who works on it: by the rules of the
 * dossier, an auditor who may read the case and has nothing else to do with it. The access log then names the case.
 */
async function mayHaveAll(deps: AppDeps, caller: Caller, caseId: string): Promise<boolean> {
  try {
    await caseToRead(deps, caller, caseId);
  } catch (error) {
    if (error instanceof ApiProblem && KEPT.has(error.refusal.code)) return false;
    throw error;
  }
  const { person, unit: auditorOf } = caller;
  const [involved, sealed] = await Promise.all([
    hasToDoWith(deps.sql, caseId, person),
    sealedFor(deps.sql, caseId, { person, auditorOf }),
  ]);
  return !involved && sealed.seqs.length === 0;
}

const KEPT: ReadonlySet<string> = new Set(['NOT_FOUND', 'FORBIDDEN', 'MINOR_NOT_APPROVED', 'LIMITED']);

const auditorsOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (may(c.get('caller'), 'audit')) return next();
  throw problem(
    'FORBIDDEN',
    ['只有审计员可以解读工作流的内容。', 'Only auditors decode what workflows hold.'],
    [['请审计员办理', 'Ask an auditor']],
  );
});

async function bodyOf(request: Request) {
  const { data } = Body.safeParse(await request.json().catch(() => undefined));
  if (data) return data.payloads;
  throw problem(
    'INVALID_DATA',
    ['请求不符合编解码服务的格式。', 'The request is not of the form of a codec server.'],
    [['发送 {"payloads": […]}，每项为 metadata 与 data', 'Send {"payloads": […]}, each of metadata and data']],
  );
}
