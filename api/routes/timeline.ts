import { createRoute, z } from '@hono/zod-openapi';
import { eventsAfter } from '../../db/queries/events.ts';
import { bookSight, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import { toCsv } from '../csv.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf, languageTags } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseNames, caseToRead, pinnedProgram } from '../reading.ts';
import { pageQuery, pathId, problems } from '../schemas/common.ts';
import { Timeline } from '../schemas/views.ts';
import { routes } from '../validation.ts';
import { timelineTable, timelineView } from '../views/timeline-view.ts';

/** A spreadsheet of a timeline holds at most so many events; longer ones are fetched in pages. */
const MOST_ROWS = 20_000;

const timeline = createRoute({
  method: 'get',
  path: '/cases/{caseId}/timeline',
  tags: ['cases'],
  summary: 'Events of a case in order, readable; JSON in pages, or CSV',
  request: {
    params: z.object({ caseId: pathId('caseId') }),
    query: z.object({
      ...pageQuery,
      format: z.enum(['json', 'csv']).default('json'),
      lang: z.enum(['zh', 'zh-CN', 'en']).optional().openapi({ description: 'Otherwise by Accept-Language' }),
    }),
  },
  responses: {
    200: {
      description: 'The timeline',
      content: { 'application/json': { schema: Timeline }, 'text/csv': { schema: z.string() } },
    },
    ...problems(401, 404, 422, 503),
  },
});

/** `/cases/{id}/timeline` */
export const timelineRoutes = (deps: AppDeps) =>
  routes().openapi(timeline, async (c) => {
    const { caseId } = c.req.valid('param');
    const { limit, cursor, format } = c.req.valid('query');
    const language = languageOf(c);
    const caller = c.get('caller');
    const record = await caseToRead(deps, caller, caseId);
    const after = Number(decodeCursor(cursor, ['number'])?.[0] ?? 0);
    const wanted = format === 'csv' ? MOST_ROWS : limit;
    const rows = await eventsAfter(deps.sql, caseId, Number.isSafeInteger(after) ? after : 0, wanted + 1);
    const [sight, complaints] = await Promise.all([
      pinnedProgram(deps, record.programHash).then((program) => bookSight(deps, caller, record, program)),
      complaintSight(deps, caller, caseId),
    ]);
    const seen = rows.map((row) => withSight(row, sight));
    const names = await caseNames(
      deps,
      record,
      [seen.map(({ data, actorId, actorPost }) => [data, actorId, actorPost])],
      language,
    );
    const { items, nextCursor } = pageOf(
      seen,
      wanted,
      (row) => (complaints.hides(row) ? undefined : timelineView(row, names, language)),
      (row) => [row.seq],
    );
    const page = { items: items.filter((entry) => entry !== undefined), nextCursor };
    c.header('Content-Language', languageTags[language]);
    if (format === 'json') return c.json(page, 200);
    return c.body(toCsv(timelineTable(page.items, language)), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="timeline.csv"',
    });
  });
