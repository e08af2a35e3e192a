import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { caseNames, caseToRead, pinnedProgram } from '../reading.ts';
import { json, pathId, problems } from '../schemas/common.ts';
import { Plan } from '../schemas/views.ts';
import { routes } from '../validation.ts';
import { planView } from '../views/plan-view.ts';

const plan = createRoute({
  method: 'get',
  path: '/cases/{caseId}/plan',
  tags: ['cases'],
  summary: 'What must, may or cannot yet be done: by whom, until when, and why',
  request: { params: z.object({ caseId: pathId('caseId') }) },
  responses: { 200: json(Plan, 'The plan'), ...problems(401, 404, 503) },
});

/** `/cases/{id}/plan` */
export const planRoutes = (deps: AppDeps) =>
  routes().openapi(plan, async (c) => {
    const record = await caseToRead(deps, c.get('caller'), c.req.valid('param').caseId);
    const language = languageOf(c);
    const assigned = [record.state.assignments, Object.values(record.state.items).map(({ assignee }) => assignee)];
    const names = await caseNames(deps, record, assigned, language);
    return c.json(planView(record.state, await pinnedProgram(deps, record.programHash), names, language), 200);
  });
