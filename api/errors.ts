import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { alarmUnreadable, refusalIfUnreadable, waitsForPeople } from '../door/shut.ts';
import { catalogue, type Refusal, type RefusalCode, type RefusalKind, refuse } from '../engine/refusal.ts';
import type { Text } from '../sdk/program.ts';
import type { AppEnv } from './env.ts';
import { worded } from './issues.ts';
import { languageOf, languageTags, pick } from './language.ts';

/** The one map from a kind of refusal to its HTTP status. */
export const statusOfKind = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  method: 405,
  conflict: 409,
  stale: 412,
  tooLarge: 413,
  mediaType: 415,
  invalid: 422,
  tooMany: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<RefusalKind, ContentfulStatusCode>;

/** A refusal on its way to the edge: thrown by middleware and routes, answered as a problem by {@link onError}. */
export class ApiProblem extends Error {
  readonly refusal: Refusal;
  readonly headers: Readonly<Record<string, string>>;
  constructor(refusal: Refusal, headers: Readonly<Record<string, string>> = {}) {
    super(refusal.code);
    this.refusal = refusal;
    this.headers = headers;
  }
}

/** Makes the problem of a code: what and why, ways out, paths of bad input. To be thrown. */
export function problem(
  code: RefusalCode,
  detail: Text,
  waysOut: readonly Text[] = [],
  errors?: Refusal['errors'],
  headers: Readonly<Record<string, string>> = {},
): ApiProblem {
  return new ApiProblem(refuse(code, detail, waysOut, errors), headers);
}

/** The problem of something that is not there, or that the caller may not know of. */
export function notFound(): ApiProblem {
  return problem('NOT_FOUND', ['没有这条内容，或者您无权查看。', 'It does not exist, or is not yours to see.']);
}

/** The problem of somebody who asks too often, with the seconds to wait. */
export function tooMany(afterSeconds: number): ApiProblem {
  return problem(
    'TOO_MANY_REQUESTS',
    [`请在 ${afterSeconds} 秒后再试。`, `Try again in ${afterSeconds} seconds.`],
    [],
    undefined,
    { 'Retry-After': String(afterSeconds) },
  );
}

/** The body of a problem (RFC 9457) in one language. */
export function problemBody(refusal: Refusal, language: 'zh' | 'en') {
  return {
    type: `/docs/errors#${refusal.code}`,
    title: pick(catalogue[refusal.code].title, language),
    status: statusOfKind[refusal.kind],
    detail: pick(refusal.detail, language),
    code: refusal.code,
    ...(refusal.errors
      ? { errors: refusal.errors.map(({ path, message }) => ({ path, message: worded(message, language) })) }
      : {}),
    ...(refusal.waysOut.length > 0 ? { waysOut: refusal.waysOut.map((way) => pick(way, language)) } : {}),
  };
}

/** Answers a refusal as `application/problem+json`; 401 tells how to sign in and 503 when to come again (seconds), where it is for the moment. */
export function problemResponse(
  c: Context,
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const language = languageOf(c);
  const body = problemBody(refusal, language);
  c.set('refused', refusal.code);
  const response = c.body(JSON.stringify(body), body.status, {
    'Content-Type': 'application/problem+json',
    'Content-Language': languageTags[language],
    'Cache-Control': 'no-store',
    ...(body.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="linli"' } : {}),
    ...(body.status === 503 && !waitsForPeople(refusal) ? { 'Retry-After': '2' } : {}),
    // the rest of the body is not read: the connection cannot carry another request
    ...(body.status === 413 ? { Connection: 'close' } : {}),
    ...headers,
  });
  return response;
}

/** Unknown addresses. */
export const onNotFound: NotFoundHandler<AppEnv> = (c) =>
  problemResponse(c, refuse('NOT_FOUND', ['没有这个地址。', 'There is nothing at this address.']));

/** The edge: every error thrown below becomes a problem; what nobody foresaw is logged without its parameters. */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  if (error instanceof ApiProblem) return problemResponse(c, error.refusal, error.headers);
  if (error instanceof HTTPException) return problemResponse(c, refusalOfStatus(error.status));
  if (isSenderGone(error)) return problemResponse(c, NOT_WHOLE);
  if (isStoreAway(error)) {
    c.get('log').warn({ code: codeOf(error), path: routeOf(c) }, 'the store did not answer');
    return problemResponse(c, STORE_AWAY);
  }
  const unread = refusalIfUnreadable(error);
  if (unread) {
    alarmUnreadable(c.get('log'), error, { route: routeOf(c) });
    return problemResponse(c, unread);
  }
  if (/^22/.test(codeOf(error))) {
    // a value no column takes got past a schema: the caller's input all the same
    c.get('log').warn({ code: codeOf(error), route: routeOf(c) }, 'the store refused a value');
    return problemResponse(c, VALUE_REFUSED);
  }
  c.get('log').error(
    { name: error.name, code: codeOf(error), route: routeOf(c), stack: framesOf(error) },
    'unforeseen error in a request',
  );
  return problemResponse(
    c,
    refuse(
      'INTERNAL',
      ['请求没有办成，问题已记录。', 'The request failed; the fault has been logged.'],
      [['稍后再试；仍不行时请联系管理员。', 'Try again later; if it persists, tell the administrator.']],
    ),
  );
};

/** The refusal while the database cannot be asked. */
export const STORE_AWAY = refuse(
  'STORE_UNAVAILABLE',
  ['数据库暂时没有回应。', 'The database does not answer right now.'],
  [['用同一个幂等键再发一次，不会重复。', 'Send it again under the same Idempotency-Key: nothing happens twice.']],
);

const VALUE_REFUSED = refuse('INVALID_DATA', ['有一个值无法使用。', 'One of the values cannot be used.']);

function refusalOfStatus(status: number): Refusal {
  switch (status) {
    case 403:
      return refuse('FORBIDDEN', ['请求的来源不可信。', 'The origin of the request is not trusted.']);
    case 404:
      return refuse('NOT_FOUND', ['没有这个地址。', 'There is nothing at this address.']);
    case 413:
      return refuse('BODY_TOO_LARGE', ['内容超过大小限制。', 'The body is over the limit.']);
    case 415:
      return refuse('UNSUPPORTED_MEDIA_TYPE', [
        '请用规定的内容类型。',
        'Send the content type the documentation names.',
      ]);
    default:
      return refuse('MALFORMED', ['请求无法读懂。', 'The request cannot be read.']);
  }
}

/** The pattern of the route, never the address: that holds ids. */
function routeOf(c: Context): string {
  return matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none';
}

/** Whether a sender went away, or was cut off for being slow, before the whole request was there. Nobody reads the answer; it is counted. */
function isSenderGone(error: Error): boolean {
  // as Node and its adapter for Hono call it; a connection to the store that breaks has the code and other words
  return /^(aborted|Client connection prematurely closed\.)$/.test(error.message);
}

const NOT_WHOLE = refuse('MALFORMED', [
  '请求没有传完，连接已断开。',
  'The request was cut off before all of it was there.',
]);

/** A key that is away, codes of lost connections, and of Postgres refusing for now: classes 08, 40, 53, 57 and the lock and statement limits. */
function isStoreAway(error: unknown): boolean {
  if (error instanceof Error && ['StoreUnavailable', 'KeyAway'].includes(error.name)) return true;
  if ((error as { why?: unknown }).why === 'key away') return true;
  const code = codeOf(error);
  return (
    /^(08|40|53|57)[0-9A-Z]{3}$|^55P03$/.test(code) ||
    /^(CONNECT(ION)?_[A-Z_]+|ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOENT|EHOSTUNREACH)$/.test(code)
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code ?? (error as { cause?: { code?: unknown } }).cause?.code;
  return typeof code === 'string' ? code : '';
}

/** Where an error came from, without its message: messages of the database carry the values of a row. */
function framesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}
