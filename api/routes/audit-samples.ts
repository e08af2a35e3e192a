import { createRoute, z } from '@hono/zod-openapi';
import { onlyAuditors } from '../audit/auditor.ts';
import { monthBulletin, sampleBulletin } from '../audit/bulletin.ts';
import { drawOnce, sampleFrame, sampleList, sampleView } from '../audit/samples.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf, languageTags } from '../language.ts';
import { once } from '../once.ts';
import { nowOf } from '../reading.ts';
import { Bulletin, Sample, SampleList, SampleQuery, SampleRequest } from '../schemas/audit-samples.ts';
import { idempotencyHeader, idIn, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const sampleId = z.object({ sampleId: pathId('sampleId') });
const failures = problems(401, 403, 404, 422, 503);

const draw = createRoute({
  method: 'post',
  path: '/audit/samples',
  tags: ['audit'],
  summary: 'Draw a reproducible random sample of cases; it is kept in the organisation’s chain and cannot be changed',
  request: { headers: idempotencyHeader, body: jsonBody(SampleRequest) },
  responses: { 201: json(Sample, 'The sample'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

const list = createRoute({
  method: 'get',
  path: '/audit/samples',
  tags: ['audit'],
  summary: 'Samples of the auditor’s unit and those below it, newest first',
  request: { query: SampleQuery },
  responses: { 200: json(SampleList, 'Samples'), ...failures },
});

const one = createRoute({
  method: 'get',
  path: '/audit/samples/{sampleId}',
  tags: ['audit'],
  summary: 'A sample with its cases, what was found in them and what became of it',
  request: { params: sampleId },
  responses: { 200: json(Sample, 'The sample'), ...failures },
});

const frame = createRoute({
  method: 'get',
  path: '/audit/samples/{sampleId}/frame',
  tags: ['audit'],
  summary: 'The list a sample was drawn from: one case a line, in order; its SHA-256 is in the organisation’s chain',
  request: { params: sampleId },
  responses: { 200: { description: 'The frame', content: { 'text/plain': { schema: z.string() } } }, ...failures },
});

const ofSample = createRoute({
  method: 'get',
  path: '/audit/samples/{sampleId}/bulletin',
  tags: ['audit'],
  summary: 'The bulletin (通报) of a sample, without names of people',
  request: { params: sampleId },
  responses: { 200: json(Bulletin, 'The bulletin'), ...failures },
});

const ofMonth = createRoute({
  method: 'get',
  path: '/audit/bulletins/{month}',
  tags: ['audit'],
  summary: 'The bulletin of a month: what was inspected and found, and which units were not inspected (一月一督查)',
  request: {
    params: z.object({ month: z.string().regex(/^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/) }),
    query: z.object({ unit: idIn.optional() }),
  },
  responses: { 200: json(Bulletin, 'The bulletin'), ...failures },
});

/** `/audit/samples` and `/audit/bulletins`, for auditors. */
export const auditSampleRoutes = (deps: AppDeps) =>
  routes()
    .openapi(draw, async (c) => {
      const caller = c.get('caller');
      onlyAuditors(caller);
      const body = c.req.valid('json');
      const { id } = await once(c, { sql: deps.sql, now: nowOf(deps), body }, (asking) => drawOnce(deps, asking, body));
      c.header('Location', `/api/v1/audit/samples/${id}`);
      return c.json(await sampleView(deps, caller, id, languageOf(c)), 201);
    })
    .openapi(list, async (c) => {
      const { unit, limit, cursor } = c.req.valid('query');
      return c.json(await sampleList(deps, c.get('caller'), { unit, limit, cursor, language: languageOf(c) }), 200);
    })
    .openapi(one, async (c) =>
      c.json(await sampleView(deps, c.get('caller'), c.req.valid('param').sampleId, languageOf(c)), 200),
    )
    .openapi(frame, async (c) => c.text(await sampleFrame(deps, c.get('caller'), c.req.valid('param').sampleId), 200))
    .openapi(ofSample, async (c) => {
      const language = languageOf(c);
      c.header('Content-Language', languageTags[language]);
      return c.json(await sampleBulletin(deps, c.get('caller'), c.req.valid('param').sampleId, language), 200);
    })
    .openapi(ofMonth, async (c) => {
      const language = languageOf(c);
      c.header('Content-Language', languageTags[language]);
      const wanted = { month: c.req.valid('param').month, unit: c.req.valid('query').unit, language };
      return c.json(await monthBulletin(deps, c.get('caller'), wanted), 200);
    });
