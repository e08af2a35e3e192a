import { createRoute } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { json, problems } from '../schemas/common.ts';
import { TransferList, TransferQuery } from '../schemas/transfers.ts';
import { transfersFor } from '../transfers.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/transfers',
  tags: ['work'],
  summary:
    'Requests between units and levels, newest first: cases offered, matters referred, questions to a level above. Whoever is asked sees the least he needs',
  request: { query: TransferQuery },
  responses: { 200: json(TransferList, 'Requests'), ...problems(401, 422, 503) },
});

/** `/transfers` */
export const transferRoutes = (deps: AppDeps) =>
  routes().openapi(list, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query');
    const at = decodeCursor(cursor, ['moment', 'text', 'text']);
    const after = at && { offeredAt: String(at[0]), caseId: String(at[1]), id: String(at[2]) };
    const language = languageOf(c);
    const rows = await transfersFor(deps, c.get('caller'), filters, { limit, after, language });
    return c.json(
      pageOf(
        rows,
        limit,
        ({ view }) => view,
        ({ row }) => [row.offeredAt, row.caseId, row.id],
      ),
      200,
    );
  });
