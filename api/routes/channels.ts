import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { listEndpoints, removeEndpoint } from '../../db/queries/channels.ts';
import { listAttempts } from '../../db/queries/sendings.ts';
import { listSentDays } from '../../db/queries/sent-days.ts';
import {
  addEndpoint,
  type ChannelAsking,
  changeChannel,
  endpointToManage,
  mayManage,
  ownerOf,
  resendChannel,
  sendCode,
  testChannel,
  verifyChannel,
} from '../channels.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { nowOf } from '../reading.ts';
import {
  AttemptList,
  Channel,
  ChannelChange,
  ChannelCode,
  ChannelList,
  ChannelRequest,
  ResendRequest,
  Resent,
  Sending,
  SentDayList,
} from '../schemas/channels.ts';
import { idempotencyHeader, idIn, json, jsonBody, pageQuery, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';
import { attemptView, channelView } from '../views/channel-view.ts';

const params = z.object({ channelId: pathId('channelId') });
const tags = ['channels'];

const list = createRoute({
  method: 'get',
  path: '/channels',
  tags,
  summary: 'Where messages go outside: the caller’s own endpoints, or those of a person, unit or post he looks after',
  request: { query: z.object({ ...pageQuery, person: idIn.optional(), unit: idIn.optional(), post: idIn.optional() }) },
  responses: { 200: json(ChannelList, 'Endpoints'), ...problems(401, 404, 422, 503) },
});

const add = createRoute({
  method: 'post',
  path: '/channels',
  tags,
  summary: 'Add an endpoint; an e-mail address or number is sent a code and takes nothing before it is given back',
  request: { headers: idempotencyHeader, body: jsonBody(ChannelRequest) },
  responses: { 201: json(Channel, 'Added'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const change = createRoute({
  method: 'patch',
  path: '/channels/{channelId}',
  tags,
  summary: 'Change an endpoint, disable it or enable it again',
  request: { params, body: jsonBody(ChannelChange) },
  responses: { 200: json(Channel, 'Changed'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const remove = createRoute({
  method: 'delete',
  path: '/channels/{channelId}',
  tags,
  summary: 'Take an endpoint away; its address and secrets are wiped',
  request: { params },
  responses: { 204: { description: 'Taken away' }, ...problems(401, 403, 404, 503) },
});

const test = createRoute({
  method: 'post',
  path: '/channels/{channelId}/test',
  tags,
  summary: 'Send a test; what came of it is among the attempts',
  request: { params, headers: idempotencyHeader },
  responses: { 202: json(Sending, 'On its way'), ...problems(400, 401, 403, 404, 409, 413, 422, 503) },
});

const code = createRoute({
  method: 'post',
  path: '/channels/{channelId}/code',
  tags,
  summary: 'Send a new code to an address that is not verified',
  request: { params, headers: idempotencyHeader },
  responses: { 202: json(Channel, 'On its way'), ...problems(400, 401, 403, 404, 409, 413, 422, 503) },
});

const verify = createRoute({
  method: 'post',
  path: '/channels/{channelId}/verify',
  tags,
  summary: 'Verify an address by the code that was sent to it',
  request: { params, headers: idempotencyHeader, body: jsonBody(ChannelCode) },
  responses: { 200: json(Channel, 'Verified'), ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
});

const again = createRoute({
  method: 'post',
  path: '/channels/{channelId}/resend',
  tags,
  summary: 'Send again what failed',
  request: { params, headers: idempotencyHeader, body: jsonBody(ResendRequest) },
  responses: { 200: json(Resent, 'On its way again'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const attempts = createRoute({
  method: 'get',
  path: '/channels/{channelId}/attempts',
  tags,
  summary: 'Every attempt to send over an endpoint, newest first',
  request: { params, query: z.object(pageQuery) },
  responses: { 200: json(AttemptList, 'Attempts'), ...problems(401, 404, 422, 503) },
});

const days = createRoute({
  method: 'get',
  path: '/channels/{channelId}/days',
  tags,
  summary:
    'How many attempts of each day ended how, newest day first; also of days whose single attempts are kept no more',
  request: { params, query: z.object(pageQuery) },
  responses: { 200: json(SentDayList, 'Days'), ...problems(401, 404, 422, 503) },
});

/** `/channels` */
export const channelRoutes = (deps: AppDeps) => {
  const askingOf = (c: Context<AppEnv>): ChannelAsking => ({
    ...{ sql: deps.sql, caller: c.get('caller'), now: nowOf(deps), channels: deps.channels },
  });
  return routes()
    .openapi(list, async (c) => {
      const { limit, cursor, ...named } = c.req.valid('query');
      const given = Object.values(named).filter((each) => each !== undefined);
      if (given.length > 1)
        throw problem('INVALID_DATA', ['person、unit、post 只能填一项。', 'Name one of person, unit, post.']);
      const owner = ownerOf(c.get('caller'), given.length === 0 ? undefined : named);
      await mayManage(askingOf(c), owner);
      const at = decodeCursor(cursor, ['moment', 'text']);
      const after = at && { createdAt: String(at[0]), id: String(at[1]) };
      const rows = await listEndpoints(deps.sql, owner, { limit, after });
      return c.json(
        pageOf(rows, limit, channelView, (row) => [row.createdAt, row.id]),
        200,
      );
    })
    .openapi(add, async (c) => {
      const row = await addEndpoint(askingOf(c), requestId(c).id, c.req.valid('json'));
      return c.json(channelView(row), 201);
    })
    .openapi(change, async (c) => {
      const row = await changeChannel(askingOf(c), c.req.valid('param').channelId, c.req.valid('json'));
      return c.json(channelView(row), 200);
    })
    .openapi(remove, async (c) => {
      const { row } = await endpointToManage(askingOf(c), c.req.valid('param').channelId);
      await removeEndpoint(deps.sql, row.id, nowOf(deps));
      return c.body(null, 204);
    })
    .openapi(test, async (c) => {
      const id = await testChannel(askingOf(c), c.req.valid('param').channelId, requestId(c).id);
      return c.json({ id }, 202);
    })
    .openapi(code, async (c) => {
      requestId(c);
      return c.json(channelView(await sendCode(askingOf(c), c.req.valid('param').channelId)), 202);
    })
    .openapi(verify, async (c) => {
      requestId(c);
      const row = await verifyChannel(askingOf(c), c.req.valid('param').channelId, c.req.valid('json').code);
      return c.json(channelView(row), 200);
    })
    .openapi(again, async (c) => {
      requestId(c);
      const { sending } = c.req.valid('json');
      return c.json({ resent: await resendChannel(askingOf(c), c.req.valid('param').channelId, sending) }, 200);
    })
    .openapi(days, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const { row } = await endpointToManage(askingOf(c), c.req.valid('param').channelId);
      const at = decodeCursor(cursor, ['moment']);
      const rows = await listSentDays(deps.sql, row.id, { limit, before: at && String(at[0]).slice(0, 10) });
      return c.json(
        pageOf(
          rows,
          limit,
          (each) => ({ ...each }),
          ({ day }) => [`${day}T00:00:00.000Z`],
        ),
        200,
      );
    })
    .openapi(attempts, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const { row, rights } = await endpointToManage(askingOf(c), c.req.valid('param').channelId);
      const at = decodeCursor(cursor, ['number']);
      const rows = await listAttempts(deps.sql, row.id, { limit, before: at && Number(at[0]) });
      const language = languageOf(c);
      return c.json(
        pageOf(
          rows,
          limit,
          (each) => attemptView(each, language, rights),
          (each) => [each.id],
        ),
        200,
      );
    });
};
