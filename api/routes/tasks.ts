import { createRoute, z } from '@hono/zod-openapi';
import { type AfterTask, listDeliveries, listTasks } from '../../db/queries/work.ts';
import type { AppDeps } from '../deps.ts';
import { inboxPage } from '../inbox.ts';
import { languageOf, pick } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { nowOf, readerOf } from '../reading.ts';
import { caseFilters } from '../schemas/case.ts';
import { flagIn, json, pageQuery, problems } from '../schemas/common.ts';
import { DeliveryList, MessageList, TaskList } from '../schemas/views.ts';
import { routes } from '../validation.ts';
import { taskView } from '../views/task-view.ts';
import { filtersOf } from './case-filters.ts';

const tasks = createRoute({
  method: 'get',
  path: '/tasks',
  tags: ['work'],
  summary: 'The work list of the caller, or of a unit, post or person',
  request: { query: z.object({ ...caseFilters, ...pageQuery }) },
  responses: { 200: json(TaskList, 'Open items, next due first'), ...problems(401, 422, 503) },
});

const inbox = createRoute({
  method: 'get',
  path: '/inbox',
  tags: ['work'],
  summary: 'Reminders and escalations told to the caller or to a post he holds, newest first',
  request: { query: z.object({ ...pageQuery, acknowledged: flagIn.optional() }) },
  responses: { 200: json(MessageList, 'Messages'), ...problems(401, 422, 503) },
});

const deliveries = createRoute({
  method: 'get',
  path: '/inbox/deliveries',
  tags: ['work'],
  summary:
    'What was brought to the caller, newest first: messages one by one, or one digest of many; unread ones again',
  request: { query: z.object(pageQuery) },
  responses: { 200: json(DeliveryList, 'Deliveries'), ...problems(401, 422, 503) },
});

/** `/tasks`, `/inbox`, `/inbox/deliveries` */
export const taskRoutes = (deps: AppDeps) =>
  routes()
    .openapi(tasks, async (c) => {
      const query = c.req.valid('query');
      const language = languageOf(c);
      const at = decodeCursor(query.cursor, ['moment?', 'text', 'text']);
      const after = at && ({ dueAt: at[0], caseId: at[1], itemId: at[2] } as AfterTask);
      const rows = await listTasks(deps.sql, readerOf(c.get('caller')), filtersOf(query), {
        limit: query.limit,
        after,
      });
      c.get('reads')?.cases(rows.slice(0, query.limit).map(({ caseId }) => caseId));
      const now = nowOf(deps);
      return c.json(
        pageOf(
          rows,
          query.limit,
          (row) => taskView(row, language, now),
          (row) => [row.dueAt, row.caseId, row.itemId],
        ),
        200,
      );
    })
    .openapi(inbox, async (c) => {
      const { limit, cursor, acknowledged } = c.req.valid('query');
      const language = languageOf(c);
      const page = await inboxPage(deps, c.get('caller'), {
        ...{ limit, at: decodeCursor(cursor, ['moment', 'text']), acknowledged },
      });
      c.get('reads')?.cases(page.messages.map(({ caseId }) => caseId));
      const items = page.messages.map(({ textZh, textEn, ...message }) => ({
        ...message,
        text: pick([textZh, textEn], language),
      }));
      return c.json({ items, nextCursor: page.next }, 200);
    })
    .openapi(deliveries, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const language = languageOf(c);
      const at = decodeCursor(cursor, ['moment', 'text']);
      const after = at && { deliveredAt: String(at[0]), id: String(at[1]) };
      const rows = await listDeliveries(deps.sql, c.get('caller').person, { limit, after });
      const page = pageOf(
        rows,
        limit,
        ({ textZh, textEn, messages, ...row }) => ({
          ...row,
          text: pick([textZh, textEn], language),
          messages: [...messages],
        }),
        (row) => [row.deliveredAt, row.id],
      );
      return c.json(page, 200);
    });
