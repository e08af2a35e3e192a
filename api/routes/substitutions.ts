import { createRoute, z } from '@hono/zod-openapi';
import { listSubstitutions, type SubstitutionRow } from '../../db/queries/substitutions.ts';
import type { AppDeps } from '../deps.ts';
import { once } from '../once.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { nowOf } from '../reading.ts';
import { idempotencyHeader, idIn, instantIn, json, jsonBody, pageQuery, pathId, problems } from '../schemas/common.ts';
import { Substitution, SubstitutionEnd, SubstitutionList, SubstitutionRequest } from '../schemas/organisation.ts';
import { endSubstitution, substitute } from '../substitutions.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/substitutions',
  tags: ['organisation'],
  summary: 'Who stands in for the holder of which post, with dates',
  request: {
    query: z.object({ ...pageQuery, post: idIn.optional(), person: idIn.optional(), at: instantIn.optional() }),
  },
  responses: { 200: json(SubstitutionList, 'Substitutions'), ...problems(401, 422, 503) },
});

const make = createRoute({
  method: 'post',
  path: '/substitutions',
  tags: ['organisation'],
  summary: 'Let a person stand in for the holder of a post; for administrators. Posts that keep money take no deputy',
  request: { headers: idempotencyHeader, body: jsonBody(SubstitutionRequest) },
  responses: { 201: json(Substitution, 'Stands in'), ...problems(400, 401, 403, 409, 413, 415, 422, 503) },
});

const end = createRoute({
  method: 'post',
  path: '/substitutions/{substitutionId}/end',
  tags: ['organisation'],
  summary: 'End a substitution; for administrators',
  request: {
    params: z.object({ substitutionId: pathId('substitutionId') }),
    headers: idempotencyHeader,
    body: jsonBody(SubstitutionEnd),
  },
  responses: { 200: json(Substitution, 'Ended'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

const view = ({ fromAt, untilAt, ...rest }: SubstitutionRow) => ({ ...rest, from: fromAt, until: untilAt });

/** `/substitutions` */
export const substitutionRoutes = (deps: AppDeps) =>
  routes()
    .openapi(list, async (c) => {
      const { limit, cursor, ...filters } = c.req.valid('query');
      const at = decodeCursor(cursor, ['text']);
      const rows = await listSubstitutions(deps.sql, { limit, after: at && String(at[0]) }, filters);
      return c.json(
        pageOf(rows, limit, view, (row) => [row.id]),
        200,
      );
    })
    .openapi(make, async (c) => {
      const { sql } = deps;
      const now = nowOf(deps);
      const body = c.req.valid('json');
      const row = await once(c, { sql, now, body }, (asking) =>
        substitute({ sql, programs: deps.programs.all() }, asking, { ...body, from: body.from ?? now }),
      );
      return c.json(view(row), 201);
    })
    .openapi(end, async (c) => {
      const { sql } = deps;
      const now = nowOf(deps);
      const body = c.req.valid('json');
      const { substitutionId } = c.req.valid('param');
      const row = await once(c, { sql, now, body }, (asking) =>
        endSubstitution(sql, asking, substitutionId, body.until ?? now),
      );
      return c.json(view(row), 200);
    });
