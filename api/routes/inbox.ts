import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { acknowledgeMessage } from '../inbox.ts';
import { caseAfter, recordedOf } from '../outcomes.ts';
import { isUnapproved, pinnedProgram } from '../reading.ts';
import { ActAnswer, OutsideAnswer } from '../schemas/act.ts';
import { idempotencyHeader, json, pathId, problems } from '../schemas/common.ts';
import { mayReadCase } from '../transfer-sight.ts';
import { routes } from '../validation.ts';
import { eventsView } from '../views/event-view.ts';

const acknowledge = createRoute({
  method: 'post',
  path: '/inbox/{messageId}/acknowledge',
  tags: ['work'],
  summary: 'Acknowledge a message: the act `message.acknowledge` on its case',
  request: { params: z.object({ messageId: pathId('messageId') }), headers: idempotencyHeader },
  responses: {
    200: json(z.union([ActAnswer, OutsideAnswer]), 'Acknowledged'),
    ...problems(400, 401, 403, 404, 409, 413, 422, 503),
  },
});

/** `/inbox/{id}/acknowledge` */
export const inboxRoutes = (deps: AppDeps) =>
  routes().openapi(acknowledge, async (c) => {
    const { messageId } = c.req.valid('param');
    const caller = c.get('caller');
    const done = await acknowledgeMessage(deps, caller, { messageId, actId: requestId(c).id });
    if (!done) throw notFound();
    const type = 'message.acknowledge';
    if (done.caseId === undefined)
      return c.json({ act: { id: messageId, type, seq: 0, recordedAt: done.at }, events: [], case: null }, 200);
    const { caseId } = done;
    const recorded = recordedOf(c, done.outcome);
    const told = { id: recorded.actId, type, seq: recorded.seq, recordedAt: recorded.recordedAt };
    // who was told of a case that is not his, or has gone elsewhere, has read the message and nothing more
    if (!(await mayReadCase(deps, caller, caseId)) || (await isUnapproved(deps, caller, recorded)))
      return c.json({ act: told, events: [], case: null }, 200);
    return c.json(
      {
        act: told,
        events: eventsView(recorded.events, await pinnedProgram(deps, recorded.case.program.hash)),
        case: await caseAfter(c, deps, recorded),
      },
      200,
    );
  });
