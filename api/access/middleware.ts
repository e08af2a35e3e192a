import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Sql } from '../../db/client.ts';
import type { AccessNote } from '../../db/queries/accesses.ts';
import { refuse } from '../../engine/refusal.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { Instant } from '../../sdk/time.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppEnv } from '../env.ts';
import { problem, problemResponse } from '../errors.ts';
import { isStated, type Purpose, relationOfLogin, statedPurposes } from './purposes.ts';
import { createReads } from './reads.ts';
import { READING } from './rights.ts';
import { accessOf, type RouteAccess } from './table.ts';
import { createAccessWriter } from './writer.ts';

/** In which a program says what it reads for; without it the purpose follows from how the caller stands to the case. */
export const PURPOSE_HEADER = 'linli-purpose';

const NOT_LOGGED = refuse(
  'ACCESS_NOT_LOGGED',
  ['查阅记录暂时写不进去，因此内容不予显示。', 'The access log cannot be written right now, so nothing is shown.'],
  [['稍后再试。', 'Try again in a moment.']],
);

/** Kinds of what is shown that are of the money of a case, or about others who read it. */
const MONEY: ReadonlySet<string> = new Set([
  'books',
  'export',
  'report',
  'statement',
  'dossier',
  'accessLog',
  'handover',
]);

/**
 * Notes every read of personal data (api/access/table.ts says which) before its answer leaves: nothing is shown that is not
 * in the log. When the log cannot be written the answer is 503. The id of the note is told in `Linli-Request-Id`.
 */
export function accessLog({ sql, now }: { readonly sql: Sql; readonly now: () => Instant }) {
  const write = createAccessWriter(sql);
  return createMiddleware<AppEnv>(async (c, next) => {
    const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL');
    const access = route && accessOf(`${route.method} ${route.path}`);
    if (!route || !access || 'none' in access) return next();
    const stated = purposeOf(c);
    const request = randomUUID();
    // a sensitive field is asked for by a form, so that nobody's link says what for in his place
    const readsOnly = c.req.method === 'GET' || c.req.method === 'HEAD' || access.kind === 'sensitive';
    const reads = createReads(readsOnly && (READING.breakGlass.money || !MONEY.has(access.kind)), stated);
    c.set('reads', reads);
    c.header('Linli-Request-Id', request);
    await next();
    const caller = c.get('caller');
    if (!caller || !isNoted(c, access)) return;
    const things = paramsOf(route.path, c.req.path);
    try {
      await write(noteOf(caller, access.kind, { reads, request, things, status: c.res.status, at: now() }));
    } catch (error) {
      c.get('log').error(
        { alarm: 'ACCESS_NOT_LOGGED', code: (error as { code?: unknown }).code },
        'a read could not be noted, and was not shown',
      );
      await c.res.body?.cancel();
      c.res = undefined;
      c.res = problemResponse(c, NOT_LOGGED);
    }
  });
}

function purposeOf(c: Context): Purpose | undefined {
  const stated = c.req.header(PURPOSE_HEADER);
  if (stated === undefined || isStated(stated)) return stated;
  const known = statedPurposes.join(', ');
  throw problem(
    'INVALID_DATA',
    ['没有这种查阅目的。', 'There is no such purpose of reading.'],
    [
      [
        `可填写：${known}；不填则按与个案的关系记录。`,
        `Say one of: ${known}; or nothing, then it follows from how you stand to the case.`,
      ],
    ],
    [{ path: 'Linli-Purpose', message: known }],
  );
}

/** Whether an answer shows something, or tells that it is not shown: a page that leads elsewhere does neither. */
function isNoted(c: Context, access: Exclude<RouteAccess, { none: string }>): boolean {
  if (access.when === 'dryRun' && c.req.query('dryRun') !== 'true') return false;
  const { status } = c.res;
  if (c.req.method === 'GET' || c.req.method === 'HEAD')
    return status < 300 || status === 304 || status === 403 || status === 404;
  // a form that comes back shows again what it is about
  return status < 300 || (!c.req.path.startsWith('/api/') && (status === 409 || status === 422));
}

interface Read {
  readonly reads: ReturnType<typeof createReads>;
  readonly request: string;
  readonly things: Readonly<Record<string, string>>;
  readonly status: number;
  readonly at: Instant;
}

function noteOf(caller: Caller, kind: string, { reads, request, things, status, at }: Read): AccessNote {
  const { caseId, ...others } = things;
  const { cases, relation = relationOfLogin(caller), purpose: stated, emergency } = reads.gathered();
  const purpose = emergency === undefined ? (stated ?? relation) : 'breakGlass';
  const note = {
    ...{ at, person: caller.person, role: caller.role, post: caller.post ?? null, unit: caller.unit || null, kind },
    cases: caseId === undefined || cases.includes(caseId) ? cases : [caseId],
    ...{ purpose, relation, emergency: emergency ?? null, status },
  };
  return { ...note, content: canonicalJson({ v: 1, login: caller.key, request, things: others, ...note }) };
}

/** What the ids in an address are, by the names in the pattern. The address of a feed is a secret and stands nowhere. */
function paramsOf(pattern: string, path: string): Record<string, string> {
  const parts = path.split('/');
  const found: Record<string, string> = {};
  for (const [n, part] of pattern.split('/').entries()) {
    const name = /^:(\w+)/.exec(part)?.[1];
    const value = parts[n];
    if (name !== undefined && name !== 'file' && value) found[name] = decodeURIComponent(value).slice(0, 200);
  }
  return found;
}
