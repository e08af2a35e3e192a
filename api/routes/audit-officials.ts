import { createRoute, z } from '@hono/zod-openapi';
import { levelReport, officialReport } from '../audit/officials.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf, languageTags } from '../language.ts';
import { AuditSpanQuery, LevelReport, OfficialReport } from '../schemas/audit-officials.ts';
import { json, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const failures = problems(401, 403, 404, 422, 503);

const official = createRoute({
  method: 'get',
  path: '/audit/officials/{personId}',
  tags: ['audit'],
  summary: 'What an official did over a period: offices, cases, acts, money, lateness, records of accountability',
  request: { params: z.object({ personId: pathId('personId') }), query: AuditSpanQuery },
  responses: { 200: json(OfficialReport, 'The report'), ...failures },
});

const post = createRoute({
  method: 'get',
  path: '/audit/posts/{postId}',
  tags: ['audit'],
  summary: 'What was done under a post over a period, whoever held it',
  request: { params: z.object({ postId: pathId('postId') }), query: AuditSpanQuery },
  responses: { 200: json(OfficialReport, 'The report'), ...failures },
});

const levels = createRoute({
  method: 'get',
  path: '/audit/levels',
  tags: ['audit'],
  summary: 'How long each unit and level took: tasks, messages of ladders, questions put to it (docs/auditor.md)',
  request: { query: AuditSpanQuery },
  responses: { 200: json(LevelReport, 'Medians and maxima'), ...failures },
});

/** `/audit/officials`, `/audit/posts` and `/audit/levels`, for auditors. */
export const auditOfficialRoutes = (deps: AppDeps) =>
  routes()
    .openapi(official, async (c) => {
      const language = languageOf(c);
      c.header('Content-Language', languageTags[language]);
      const who = { person: c.req.valid('param').personId };
      return c.json(await officialReport(deps, c.get('caller'), who, c.req.valid('query'), language), 200);
    })
    .openapi(post, async (c) => {
      const language = languageOf(c);
      c.header('Content-Language', languageTags[language]);
      const who = { post: c.req.valid('param').postId };
      return c.json(await officialReport(deps, c.get('caller'), who, c.req.valid('query'), language), 200);
    })
    .openapi(levels, async (c) => {
      const language = languageOf(c);
      c.header('Content-Language', languageTags[language]);
      return c.json(await levelReport(deps, c.get('caller'), c.req.valid('query'), language), 200);
    });
