import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './env.ts';
import { ApiProblem, problem } from './errors.ts';
import { inputErrors } from './issues.ts';
import { languageOf } from './language.ts';
import { sheetLimits } from './sheets/sheet.ts';
import { parseStrictJson } from './strict-json.ts';

/** An act's body at most (architecture.md). */
const MAX_BODY_BYTES = 512 * 1024;

/** A document at most; the form around it may add a little. */
export const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

/** A group of routes whose schemas answer bad input with 422 and the paths of what is wrong. */
export function routes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      throw problem(
        'INVALID_DATA',
        ['请求中有不符合要求的内容。', 'Some of the input is not valid.'],
        [['按照 errors 中逐项修改后再发。', 'Mend what errors lists and send it again.']],
        inputErrors(result.error.issues, languageOf(c)),
      );
    },
  });
}

const JSON_TYPE = /^application\/([a-z0-9!#$&^_.+-]+\+)?json\s*(;|$)/i;

/** Checks a JSON body strictly before any schema sees it (which parses the kept bytes again); what is no JSON passes by, for the route to refuse or take. */
export const strictJson = createMiddleware<AppEnv>(async (c, next) => {
  if (!JSON_TYPE.test(c.req.header('content-type') ?? '')) return next();
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  // a route that wants no body takes none; one that does says that it is missing
  if (bytes.length === 0) return next();
  const read = parseStrictJson(bytes);
  if ('code' in read) throw new ApiProblem(read);
  // what a schema reads next: without it the kept bytes would be wrapped in an answer of their own to become text
  // (Hono keeps promises there, whatever the type says)
  c.req.bodyCache.text = Promise.resolve(read.text) as unknown as string;
  return next();
});

/**
 * Refuses bodies over a size with 413: by the length their header tells, of which the server reads no more; a body without
 * one is counted while it streams in. Only then is the request's stream touched, which costs as much as the rest of a
 * small request.
 */
export function limitBody(maxBytes: number) {
  const tooLarge = (): never => {
    throw problem(
      'BODY_TOO_LARGE',
      [`内容超过 ${maxBytes} 字节。`, `The body is over ${maxBytes} bytes.`],
      [['分成几次发送。', 'Send it in parts.']],
    );
  };
  const counted = bodyLimit({ maxSize: maxBytes, onError: tooLarge });
  return createMiddleware<AppEnv>(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const length = c.req.header('content-length');
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return counted(c, next);
    return Number(length) > maxBytes ? tooLarge() : next();
  });
}

const bodies = limitBody(MAX_BODY_BYTES);
const documents = limitBody(MAX_DOCUMENT_BYTES + 64 * 1024);

const lists = limitBody(sheetLimits.fileBytes + 64 * 1024);

/** Whether a path takes files: they take as long as their sender. */
export function isUpload(path: string): boolean {
  return /\/(documents|imports)$/.test(path);
}

/** The limit of the bodies under `/api`, before anything reads them: documents and lists may be larger. */
export const limitApiBody = createMiddleware<AppEnv>((c, next) => {
  const { path } = c.req;
  const limit = path.endsWith('/documents') ? documents : isUpload(path) ? lists : bodies;
  return limit(c, next);
});

/** Path ids that name nothing we could have made are not found, before anything is asked of the database. */
export const plausiblePath = createMiddleware<AppEnv>(async (c, next) => {
  const path = new URL(c.req.url).pathname;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw problem('MALFORMED', ['地址编码不正确。', 'The address is not encoded correctly.']);
  }
  if (decoded.length > 1000 || decoded.includes('\0') || /\p{Surrogate}/u.test(decoded))
    throw problem('NOT_FOUND', ['没有这个地址。', 'There is nothing at this address.']);
  return next();
});
