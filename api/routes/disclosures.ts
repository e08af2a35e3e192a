import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { createObjections, listDisclosures, READ_LIMIT } from '../disclosures.ts';
import { tooMany } from '../errors.ts';
import { keyOf } from '../idempotency.ts';
import { languageOf } from '../language.ts';
import { peerOf } from '../peer.ts';
import { createRateLimit } from '../rate-limit.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import {
  ObjectionAnswer,
  ObjectionRequest,
  PublicDisclosureList,
  PublicDisclosureQuery,
} from '../schemas/disclosures.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/public/disclosures',
  tags: ['disclosure'],
  summary: 'What is public now (公示), for anybody: what was posted and nothing else of its case',
  security: [],
  request: { query: PublicDisclosureQuery },
  responses: { 200: json(PublicDisclosureList, 'Newest first'), ...problems(422, 429, 503) },
});

const object = createRoute({
  method: 'post',
  path: '/public/disclosures/{disclosureId}/objections',
  tags: ['disclosure'],
  summary: 'Object to what is public; for anybody, without signing in',
  security: [],
  request: {
    params: z.object({ disclosureId: pathId('disclosureId') }),
    headers: idempotencyHeader,
    body: jsonBody(ObjectionRequest),
  },
  responses: { 201: json(ObjectionAnswer, 'It has arrived'), ...problems(400, 404, 409, 413, 415, 422, 429, 503) },
});

/** `/public/disclosures` */
export const disclosureRoutes = (deps: AppDeps) => {
  const limit = createRateLimit(READ_LIMIT);
  const raise = createObjections(deps);
  return routes()
    .openapi(list, async (c) => {
      const wait = limit(peerOf(c));
      if (wait !== undefined) throw tooMany(wait);
      c.header('X-Robots-Tag', 'noindex, nofollow');
      c.header('Cache-Control', 'no-store');
      return c.json(await listDisclosures(deps, c.req.valid('query'), languageOf(c)), 200);
    })
    .openapi(object, async (c) => {
      const key = keyOf(c);
      const said = c.req.valid('json');
      return c.json(await raise(c, c.req.valid('param').disclosureId, said, key), 201);
    });
};
