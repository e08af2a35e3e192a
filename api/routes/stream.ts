import { createRoute, z } from '@hono/zod-openapi';
import { credentialOf } from '../auth/credential.ts';
import type { AppDeps } from '../deps.ts';
import { problems } from '../schemas/common.ts';
import { createStreamHub } from '../stream/hub.ts';
import { routes } from '../validation.ts';

/** One event as it is sent. */
const StreamEvent = z
  .object({
    id: z.string().optional().openapi({ description: 'Sent back as Last-Event-ID to go on from here' }),
    event: z.string().openapi({ description: 'What it tells of: counts, tasks, inbox' }),
    data: z.string().openapi({ description: 'JSON' }),
  })
  .openapi('StreamEvent');

const stream = createRoute({
  method: 'get',
  path: '/stream',
  tags: ['work'],
  summary:
    'Server-sent events: what changes in the caller’s work list (`tasks`) and inbox (`inbox`): ids, kinds and counts',
  request: { headers: z.object({ 'last-event-id': z.string().max(100).optional() }) },
  responses: {
    200: { description: 'Events until the caller leaves', content: { 'text/event-stream': { schema: StreamEvent } } },
    ...problems(401, 422, 429, 503),
  },
});

/** Nothing on the way may keep, pack or gather the events. */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'private, no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

/** `/stream` */
export const streamRoutes = (deps: AppDeps) => {
  const hub = createStreamHub(deps, deps.streams);
  return routes().openapi(stream, async (c) => {
    // who asks for the head alone does not listen
    if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);
    const lastEventId = c.req.valid('header')['last-event-id'];
    const events = await hub.open({ caller: c.get('caller'), credential: credentialOf(c), lastEventId });
    return c.body(events, 200, HEADERS);
  });
};
