import { createRoute, z } from '@hono/zod-openapi';
import { feedsOf } from '../../db/queries/calendar-feeds.ts';
import type { AppDeps } from '../deps.ts';
import { endFeed, type MadeFeed, makeFeed, renewFeed } from '../feeds/own-feeds.ts';
import { languageOf } from '../language.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { CalendarFeed, CalendarFeedList, CalendarFeedRequest } from '../schemas/feeds.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/calendar-feeds',
  tags: ['work'],
  summary: 'The caller’s calendar feeds, and when each was last read; their addresses are not told again',
  responses: { 200: json(CalendarFeedList, 'Feeds'), ...problems(401, 503) },
});

const make = createRoute({
  method: 'post',
  path: '/calendar-feeds',
  tags: ['work'],
  summary: 'Make a calendar feed: its address is told now and never again',
  request: { headers: idempotencyHeader, body: jsonBody(CalendarFeedRequest) },
  responses: { 201: json(CalendarFeed, 'Made'), ...problems(400, 401, 409, 413, 415, 422, 503) },
});

const params = z.object({ feedId: pathId('feedId') });

const rotate = createRoute({
  method: 'post',
  path: '/calendar-feeds/{feedId}/rotate',
  tags: ['work'],
  summary: 'Give a feed another address; the old one leads nowhere at once',
  request: { params, headers: idempotencyHeader },
  responses: { 200: json(CalendarFeed, 'Changed'), ...problems(400, 401, 404, 413, 422, 503) },
});

const revoke = createRoute({
  method: 'delete',
  path: '/calendar-feeds/{feedId}',
  tags: ['work'],
  summary: 'Revoke a feed',
  request: { params },
  responses: { 204: { description: 'Revoked' }, ...problems(401, 404, 503) },
});

const view = ({ feed, url }: MadeFeed) => ({ ...feed, url });

/** `/calendar-feeds` */
export const calendarFeedRoutes = (deps: AppDeps) =>
  routes()
    .openapi(list, async (c) => {
      const feeds = await feedsOf(deps.sql, c.get('caller').person);
      return c.json({ items: feeds.map((feed) => view({ feed, url: null })), nextCursor: null }, 200);
    })
    .openapi(make, async (c) => {
      const { language = languageOf(c), months = 3 } = c.req.valid('json');
      return c.json(view(await makeFeed(c, deps, { language, months })), 201);
    })
    .openapi(rotate, async (c) => c.json(view(await renewFeed(c, deps, c.req.valid('param').feedId)), 200))
    .openapi(revoke, async (c) => {
      await endFeed(c, deps, c.req.valid('param').feedId);
      return c.body(null, 204);
    });
