import { createRoute, z } from '@hono/zod-openapi';
import { eventsAfter, eventsByOccurrence } from '../../db/queries/events.ts';
import { bookSight, isUntold, withSight } from '../book-sight.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf, languageTags } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseNames, caseToRead, pinnedProgram } from '../reading.ts';
import { pageQuery, pathId, problems } from '../schemas/common.ts';
import { Timeline } from '../schemas/views.ts';
import { fileHeaders } from '../sheets/file-headers.ts';
import { goesOn } from '../sheets/goes-on.ts';
import { csvOf } from '../sheets/write-csv.ts';
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
      order: z.enum(['recorded', 'occurred']).default('recorded').openapi({
        description:
          'As recorded, which is the order of the chain, or by when it happened: what was taken over from paper in its place',
      }),
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
    const { limit, cursor, format, order } = c.req.valid('query');
    const language = languageOf(c);
    const caller = c.get('caller');
    const record = await caseToRead(deps, caller, caseId);
    const wanted = format === 'csv' ? MOST_ROWS : limit;
    const rows = await eventsOf(deps, caseId, { order, cursor, limit: wanted + 1 });
    const [sight, complaints] = await Promise.all([
      pinnedProgram(deps, record.programHash).then((program) => bookSight(deps, caller, record, program)),
      complaintSight(deps, caller, caseId),
    ]);
    const untold = new Set(rows.filter((row) => complaints.hides(row) || isUntold(row, sight)).map(({ seq }) => seq));
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
      (row) => (untold.has(row.seq) ? undefined : timelineView(row, names, language)),
      (row) => (order === 'recorded' ? [row.seq] : [row.occurredAt, row.seq]),
    );
    const page = { items: items.filter((entry) => entry !== undefined), nextCursor };
    c.header('Content-Language', languageTags[language]);
    if (format === 'json') return c.json(page, 200);
    return c.body(
      csvOf([...timelineTable(page.items, language), ...goesOn(page, language)]),
      200,
      fileHeaders('timeline', format),
    );
  });

/** A stretch of the record in the order asked for, from where its cursor says. */
function eventsOf(
  { sql }: AppDeps,
  caseId: string,
  { order, cursor, limit }: { order: 'recorded' | 'occurred'; cursor: string | undefined; limit: number },
) {
  if (order === 'recorded') return eventsAfter(sql, caseId, Number(decodeCursor(cursor, ['number'])?.[0] ?? 0), limit);
  const at = decodeCursor(cursor, ['moment', 'number']);
  return eventsByOccurrence(sql, caseId, at && { occurredAt: String(at[0]), seq: Number(at[1]) }, limit);
}
