import { createRoute } from '@hono/zod-openapi';
import { auditedUnits } from '../audit/auditor.ts';
import { auditEvents } from '../audit/events.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf, languageTags } from '../language.ts';
import { AuditEventList, AuditEventQuery } from '../schemas/audit-events.ts';
import { json, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const events = createRoute({
  method: 'get',
  path: '/audit/events',
  tags: ['audit'],
  summary:
    'Search the events of all cases of the auditor’s unit and those below, newest first: each with program, post and role in force then, and the run of its workflow',
  request: { query: AuditEventQuery },
  responses: { 200: json(AuditEventList, 'Events'), ...problems(401, 403, 404, 422, 503) },
});

/** `/audit/events`, for auditors. */
export const auditEventRoutes = (deps: AppDeps) =>
  routes().openapi(events, async (c) => {
    const { limit, cursor, unit, case: caseId, type: types, act: acts, lang: _, ...rest } = c.req.valid('query');
    const caller = c.get('caller');
    const language = languageOf(c);
    const units = await auditedUnits(deps, caller, unit);
    c.header('Content-Language', languageTags[language]);
    const found = await auditEvents(deps, caller, { ...rest, caseId, types, acts, units }, { limit, cursor, language });
    return c.json(found, 200);
  });
