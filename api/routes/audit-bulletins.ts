import { createRoute, z } from '@hono/zod-openapi';
import { onlyAuditors } from '../audit/auditor.ts';
import { bulletinList, publishedBulletin, publishOnce } from '../audit/published-bulletins.ts';
import type { AppDeps } from '../deps.ts';
import { isUnchanged } from '../if-match.ts';
import { languageOf, languageTags } from '../language.ts';
import { once } from '../once.ts';
import { nowOf } from '../reading.ts';
import { BulletinList, BulletinQuery, BulletinRequest, PublishedBulletin } from '../schemas/audit-bulletins.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const publish = createRoute({
  method: 'post',
  path: '/audit/published-bulletins',
  tags: ['audit'],
  summary:
    'Publish the bulletin of a sample or of a month as it is now; it is kept byte by byte, its hash in the organisation’s chain',
  request: { headers: idempotencyHeader, body: jsonBody(BulletinRequest) },
  responses: { 201: json(PublishedBulletin, 'The bulletin'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const list = createRoute({
  method: 'get',
  path: '/audit/published-bulletins',
  tags: ['audit'],
  summary: 'Published bulletins of the auditor’s unit and those below it, newest first',
  request: { query: BulletinQuery },
  responses: { 200: json(BulletinList, 'Bulletins'), ...problems(401, 403, 404, 422, 503) },
});

const one = createRoute({
  method: 'get',
  path: '/audit/published-bulletins/{bulletinId}',
  tags: ['audit'],
  summary: 'A bulletin as it was published, byte by byte; its ETag is the SHA-256 of these bytes',
  request: { params: z.object({ bulletinId: pathId('bulletinId') }) },
  responses: {
    200: json(PublishedBulletin, 'The bulletin'),
    304: { description: 'Not changed' },
    ...problems(401, 403, 404, 503),
  },
});

/** `/audit/published-bulletins`, for auditors. */
export const auditBulletinRoutes = (deps: AppDeps) =>
  routes()
    .openapi(publish, async (c) => {
      const caller = c.get('caller');
      onlyAuditors(caller);
      const body = c.req.valid('json');
      const { id } = await once(c, { sql: deps.sql, now: nowOf(deps), body }, (asking) =>
        publishOnce(deps, asking, body, languageOf(c)),
      );
      c.header('Location', `/api/v1/audit/published-bulletins/${id}`);
      const { document } = await publishedBulletin(deps, caller, id);
      c.header('Content-Language', languageTags[document.language]);
      return c.json(document, 201);
    })
    .openapi(list, async (c) => {
      const { unit, limit, cursor } = c.req.valid('query');
      return c.json(await bulletinList(deps, c.get('caller'), { unit, limit, cursor, language: languageOf(c) }), 200);
    })
    .openapi(one, async (c) => {
      const { row, document } = await publishedBulletin(deps, c.get('caller'), c.req.valid('param').bulletinId);
      const etag = `"${row.hash}"`;
      c.header('ETag', etag);
      c.header('Content-Language', languageTags[document.language]);
      c.header('Cache-Control', 'private, no-cache');
      if (isUnchanged(c.req.header('if-none-match'), etag)) return c.body(null, 304);
      return c.body(new Uint8Array(row.content).buffer, 200, { 'Content-Type': 'application/json' });
    });
