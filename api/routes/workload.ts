import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { flagIn, idIn, json, pageQuery, pathId, problems } from '../schemas/common.ts';
import { Workload, WorkloadList } from '../schemas/workload.ts';
import { routes } from '../validation.ts';
import { unitToOversee, workloadOf, workloadsOf } from '../workload.ts';

const one = createRoute({
  method: 'get',
  path: '/posts/{postId}/workload',
  tags: ['organisation'],
  summary: 'How much work a post has; for its holder, the heads above, administrators and auditors',
  request: { params: z.object({ postId: pathId('postId') }) },
  responses: { 200: json(Workload, 'Its work'), ...problems(401, 403, 404, 503) },
});

const list = createRoute({
  method: 'get',
  path: '/workload',
  tags: ['organisation'],
  summary:
    'The work of the posts of a unit (without `unit`: the highest the caller oversees), with `below` also of those under it',
  request: { query: z.object({ ...pageQuery, unit: idIn.optional(), below: flagIn.optional() }) },
  responses: { 200: json(WorkloadList, 'Posts by unit and id'), ...problems(401, 403, 422, 503) },
});

/** `/workload`, `/posts/{id}/workload` */
export const workloadRoutes = (deps: AppDeps) =>
  routes()
    .openapi(one, async (c) =>
      c.json(await workloadOf(deps, c.get('caller'), c.req.valid('param').postId, languageOf(c)), 200),
    )
    .openapi(list, async (c) => {
      const { limit, cursor, unit: asked, below = false } = c.req.valid('query');
      const at = decodeCursor(cursor, ['text', 'text']);
      const after = at && ([String(at[0]), String(at[1])] as const);
      const unit = await unitToOversee(deps, c.get('caller'), asked);
      const rows = await workloadsOf(deps, c.get('caller'), { unit, below, after }, limit, languageOf(c));
      return c.json(
        pageOf(
          rows,
          limit,
          (row) => row,
          (row) => [row.unit, row.post],
        ),
        200,
      );
    });
