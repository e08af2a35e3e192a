import { createRoute, z } from '@hono/zod-openapi';
import { statedPurposes } from '../access/purposes.ts';
import { fieldSight } from '../case-field.ts';
import type { AppDeps } from '../deps.ts';
import { json, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const ClearField = z
  .object({ field: z.string(), value: z.string().nullable() })
  .openapi('ClearField', { description: 'A sensitive field of a case, in clear; null while it is not filled in' });

const read = createRoute({
  method: 'get',
  path: '/cases/{caseId}/fields/{field}',
  tags: ['cases'],
  summary: 'A sensitive field in clear, for a purpose that the access log keeps',
  request: {
    params: z.object({ caseId: pathId('caseId'), field: pathId('field') }),
    query: z.strictObject({
      purpose: z
        .enum(statedPurposes)
        .optional()
        .openapi({ description: 'What it is needed for; instead of the header Linli-Purpose' }),
    }),
  },
  responses: { 200: json(ClearField, 'The value'), ...problems(401, 403, 404, 422, 503) },
});

/** `/cases/{caseId}/fields` */
export const caseFieldRoutes = (deps: AppDeps) =>
  routes().openapi(read, async (c) => {
    const { caseId, field } = c.req.valid('param');
    const { purpose } = c.req.valid('query');
    if (purpose !== undefined) c.get('reads')?.state(purpose);
    const { value, problem } = await fieldSight(deps, c.get('caller'), caseId, field);
    if (value === undefined) throw problem;
    return c.json({ field, value }, 200);
  });
