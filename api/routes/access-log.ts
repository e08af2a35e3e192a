import { createRoute } from '@hono/zod-openapi';
import { accessesFor, accessView } from '../access/listing.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { AccessList, AccessQuery } from '../schemas/access.ts';
import { json, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/audit/access-log',
  tags: ['audit'],
  summary:
    'Who read what, newest first: for auditors; of one `case` also for whoever it is about, who answers for it and the head of its unit',
  request: { query: AccessQuery },
  responses: { 200: json(AccessList, 'Reads of personal data'), ...problems(401, 403, 404, 422, 503) },
});

/** `/audit/access-log` */
export const accessRoutes = (deps: AppDeps) =>
  routes().openapi(list, async (c) => {
    const { limit, cursor, case: caseId, breakGlass, ...filters } = c.req.valid('query');
    const at = decodeCursor(cursor, ['number']);
    const page = { limit, after: at && Number(at[0]) };
    const rows = await accessesFor(deps, c.get('caller'), { ...filters, caseId, emergency: breakGlass }, page);
    const language = languageOf(c);
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => accessView(row, language),
        ({ id }) => [id],
      ),
      200,
    );
  });
