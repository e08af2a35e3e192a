import { createRoute, z } from '@hono/zod-openapi';
import { acknowledgeNotice } from '../../db/queries/channels.ts';
import { caseOfMessage } from '../../db/queries/work.ts';
import { actorOf } from '../auth/caller.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { administeredBy } from '../inbox.ts';
import { caseAfter, recordedOf } from '../outcomes.ts';
import { ActAnswer, OutsideAnswer } from '../schemas/act.ts';
import { idempotencyHeader, json, pathId, problems } from '../schemas/common.ts';
import { mayReadCase } from '../transfer-sight.ts';
import { routes } from '../validation.ts';
import { eventView } from '../views/event-view.ts';

const acknowledge = createRoute({
  method: 'post',
  path: '/inbox/{messageId}/acknowledge',
  tags: ['work'],
  summary: 'Acknowledge a message: the act `message.acknowledge` on its case',
  request: { params: z.object({ messageId: pathId('messageId') }), headers: idempotencyHeader },
  responses: {
    200: json(z.union([ActAnswer, OutsideAnswer]), 'Acknowledged'),
    ...problems(400, 401, 403, 404, 409, 503),
  },
});

/** `/inbox/{id}/acknowledge` */
export const inboxRoutes = (deps: AppDeps) =>
  routes().openapi(acknowledge, async (c) => {
    const { messageId } = c.req.valid('param');
    const caller = c.get('caller');
    const caseId = await caseOfMessage(deps.sql, caller.person, messageId, administeredBy(caller));
    if (caseId === undefined) {
      const notice = await acknowledgeNotice(deps.sql, caller.person, messageId, administeredBy(caller));
      if (!notice) throw notFound();
      const told = { id: messageId, type: 'message.acknowledge', seq: 0, recordedAt: notice };
      return c.json({ act: told, events: [], case: null }, 200);
    }
    if ((await complaintSight(deps, caller, caseId)).hidesMessage(messageId)) throw notFound();
    const { id } = requestId(c);
    const act = { id, type: 'message.acknowledge', target: messageId, actor: actorOf(caller) };
    const recorded = recordedOf(c, await deps.door.act({ caseId, act }));
    const told = { id: recorded.actId, type: act.type, seq: recorded.seq, recordedAt: recorded.recordedAt };
    // who was told of a case that is not his, or has gone elsewhere, has read the message and nothing more
    if (!(await mayReadCase(deps, caller, caseId))) return c.json({ act: told, events: [], case: null }, 200);
    return c.json(
      {
        act: told,
        events: recorded.events.map(eventView),
        case: await caseAfter(c, deps, recorded),
      },
      200,
    );
  });
