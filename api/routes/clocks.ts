import { createRoute, z } from '@hono/zod-openapi';
import { deadlineRows, type RungRow, rungRows } from '../../db/queries/clocks.ts';
import { type BookSight, bookLook } from '../book-sight.ts';
import { calendarFor } from '../calendar.ts';
import type { AppDeps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { languageOf } from '../language.ts';
import { nowOf } from '../reading.ts';
import { json, pathId, problems } from '../schemas/common.ts';
import { DeadlineExplanation, DeadlineList } from '../schemas/views.ts';
import { routes } from '../validation.ts';
import { deadlineView, explanationView } from '../views/deadline-view.ts';

const list = createRoute({
  method: 'get',
  path: '/cases/{caseId}/deadlines',
  tags: ['cases'],
  summary: 'Every clock of a case with its rungs, running ones first',
  request: { params: z.object({ caseId: pathId('caseId') }) },
  responses: { 200: json(DeadlineList, 'Deadlines'), ...problems(401, 404, 503) },
});

const explain = createRoute({
  method: 'get',
  path: '/cases/{caseId}/deadlines/{deadlineId}/explain',
  tags: ['cases'],
  summary: 'How a due date came about, day by day',
  request: { params: z.object({ caseId: pathId('caseId'), deadlineId: pathId('deadlineId') }) },
  responses: { 200: json(DeadlineExplanation, 'The explanation'), ...problems(401, 404, 503) },
});

/** `/cases/{id}/deadlines` */
export const clockRoutes = (deps: AppDeps) =>
  routes()
    .openapi(list, async (c) => {
      const { caseId } = c.req.valid('param');
      const all = await deadlineRows(deps.sql, caseId);
      // looked at after the rows: what was set in between is known then
      const { sight } = await bookLook(deps, c.get('caller'), caseId);
      const rows = all.filter(({ deadlineId }) => !isKept(sight, deadlineId));
      const ids = rows.map(({ deadlineId }) => deadlineId);
      const rungs = new Map(ids.map((id): [string, RungRow[]] => [id, []]));
      for (const rung of await rungRows(deps.sql, caseId, ids)) rungs.get(rung.deadlineId)?.push(rung);
      const language = languageOf(c);
      const now = nowOf(deps);
      return c.json(
        { items: rows.map((row) => deadlineView(row, rungs.get(row.deadlineId) ?? [], language, now)) },
        200,
      );
    })
    .openapi(explain, async (c) => {
      const { caseId, deadlineId } = c.req.valid('param');
      const { record, sight } = await bookLook(deps, c.get('caller'), caseId);
      const [row] = await deadlineRows(deps.sql, caseId, deadlineId);
      if (!row || isKept(sight, deadlineId)) throw notFound();
      const calendar = await calendarFor(deps.sql, record.unit);
      return c.json(explanationView(row, calendar, languageOf(c)), 200);
    });

function isKept(sight: BookSight, clock: string): boolean {
  return sight.hidesCount(clock) || sight.hidesDraw(clock);
}
