import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { answerExport } from '../reports/exporting.ts';
import { reportQuery } from '../schemas/book-reports.ts';
import { pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const { book, month, year } = reportQuery.shape;

const journal = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/journal.beancount',
  tags: ['books'],
  summary: 'One side of a book as plain-text accounting, for beancount',
  request: {
    params: z.object({ caseId: pathId('caseId') }),
    query: z.object({
      book,
      month: month.openapi({ description: 'YYYY-MM: from January to its end; without it the whole year' }),
      year: year.openapi({ description: 'Without it this year' }),
      side: z
        .enum(['ledger', 'cash'])
        .default('ledger')
        .openapi({ description: 'ledger: the accountant’s vouchers; cash: the cash holder’s journals' }),
    }),
  },
  responses: {
    200: {
      description: 'The file',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(401, 404, 422, 503),
  },
});

/** `/cases/{id}/books/journal.beancount` */
export const bookExportRoutes = (deps: AppDeps) =>
  routes().openapi(journal, async (c) => {
    const { text, name } = await answerExport(deps, c.get('caller'), c.req.valid('param').caseId, c.req.valid('query'));
    return c.text(text, 200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'private, no-store',
    });
  });
