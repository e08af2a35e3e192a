import type { Context } from 'hono';
import { feedOfToken, noteUse } from '../../db/queries/calendar-feeds.ts';
import { seeAs } from '../../db/walled.ts';
import { hashOf } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound, tooMany } from '../errors.ts';
import { agendaOf, caseOfEntry } from '../feeds/agenda.ts';
import { icalendar } from '../feeds/ical.ts';
import { isPlausibleToken } from '../feeds/token.ts';
import { isUnchanged } from '../if-match.ts';
import { createRateLimit } from '../rate-limit.ts';
import { problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

/**
 * `/calendar/{token}.ics`: the agenda of the feed's owner for any calendar program. Who has the address may read, nobody else;
 * a wrong token, a revoked one and an old one are answered alike. Nothing on the way may keep the answer, and a program that
 * asks again with the ETag gets 304 as long as nothing has changed.
 */
export const calendarFileRoutes = (deps: AppDeps) => {
  const app = routes();
  const limit = createRateLimit({ burst: 20, perMinute: 10 });
  const answer = async (c: Context<AppEnv>, file: string): Promise<Response> => {
    const token = file.replace(/\.ics$/, '');
    if (!isPlausibleToken(token)) throw notFound();
    const hash = hashOf(token);
    const feed = await feedOfToken(deps.sql, hash);
    if (!feed) throw notFound();
    const wait = limit(hash);
    if (wait !== undefined) throw tooMany(wait);
    // whoever has the address reads as the feed's owner
    const rights = { role: 'calendarFeed', unit: '', inOffice: true, scope: 'read' } as const;
    c.set('caller', { person: feed.person, key: `feed:${feed.id}`, ...rights });
    seeAs({ person: feed.person, unit: undefined });
    const entries = await agendaOf(deps, feed.person, feed.months);
    c.get('reads')?.cases(entries.map(caseOfEntry));
    const text = icalendar(entries, feed.language);
    await noteUse(deps.sql, feed.id);
    const etag = `"${hashOf(text).slice(0, 32)}"`;
    const headers = { ETag: etag, 'Cache-Control': 'private, no-cache', 'X-Content-Type-Options': 'nosniff' };
    if (isUnchanged(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    return c.body(text, 200, {
      ...headers,
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': 'inline; filename="linli.ics"',
      'X-Robots-Tag': 'noindex, nofollow',
    });
  };
  app.get('/calendar/:file{[^/]+\\.ics}', (c) => answer(c, c.req.param('file')));
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/calendar/{token}.ics',
    tags: ['work'],
    summary: 'The agenda of a feed’s owner as iCalendar: open deadlines and planned duties, without names of people',
    parameters: [{ name: 'token', in: 'path', required: true, schema: { type: 'string' } }],
    responses: {
      200: { description: 'The agenda', content: { 'text/calendar': { schema: { type: 'string' } } } },
      304: { description: 'Unchanged since the ETag in If-None-Match' },
      ...problems(404, 429, 503),
    },
  });
  return app;
};
