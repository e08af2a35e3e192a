import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { handOver } from '../handover.ts';
import { handoverPreview } from '../handover-preview.ts';
import { languageOf } from '../language.ts';
import { once } from '../once.ts';
import { nowOf } from '../reading.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { Handover, HandoverPreview, HandoverRequest } from '../schemas/handover.ts';
import { routes } from '../validation.ts';
import { appointmentView } from './organisation.ts';

const path = '/appointments/{appointmentId}/handover';
const params = z.object({ appointmentId: pathId('appointmentId') });

const preview = createRoute({
  method: 'get',
  path,
  tags: ['organisation'],
  summary: 'Everything that goes over when this appointment ends; for its holder, the heads above and administrators',
  request: { params },
  responses: { 200: json(HandoverPreview, 'What goes over'), ...problems(401, 403, 404, 503) },
});

const make = createRoute({
  method: 'post',
  path,
  tags: ['organisation'],
  summary:
    'Hand a post over in one act, to a successor or to the head above: nothing is without an owner at any instant; for administrators',
  request: { params, headers: idempotencyHeader, body: jsonBody(HandoverRequest) },
  responses: { 200: json(Handover, 'Handed over'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

/** `/appointments/{id}/handover` */
export const handoverRoutes = (deps: AppDeps) =>
  routes()
    .openapi(preview, async (c) => {
      const { appointmentId } = c.req.valid('param');
      const { appointment, ...rest } = await handoverPreview(deps, c.get('caller'), appointmentId, languageOf(c));
      return c.json({ appointment: appointmentView(appointment), ...rest }, 200);
    })
    .openapi(make, async (c) => {
      const { sql } = deps;
      const now = nowOf(deps);
      const body = c.req.valid('json');
      const { appointmentId } = c.req.valid('param');
      const done = await once(c, { sql, now, body }, (asking) =>
        handOver(deps, asking, appointmentId, { ...body, at: body.at ?? now }),
      );
      return c.json(
        {
          ended: appointmentView(done.ended),
          next: done.next && appointmentView(done.next),
          fallsTo: done.toPost ?? null,
          keeps: [...done.keeps],
          byName: done.byName,
          substitutions: done.substitutions.map((each) => ({ ...each })),
          books: done.books.map((each) => ({ ...each })),
          // one recorded by an earlier release, asked for again, tells of none
          channels: (done.channels ?? []).map((each) => ({ ...each })),
        },
        200,
      );
    });
