import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { advances, gifts, households } from '../../db/queries/book-registers.ts';
import { toDate } from '../../engine/time/civil.ts';
import { bookSight } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseToRead, nowOf, pinnedProgram } from '../reading.ts';
import { BookAdvanceList, BookGiftList, BookHouseholdList } from '../schemas/book-registers.ts';
import { idIn, pageQuery, pathId, problems } from '../schemas/common.ts';
import { csvOf } from '../sheets/write-csv.ts';
import { routes } from '../validation.ts';
import {
  advanceTable,
  advanceView,
  giftTable,
  giftView,
  householdTable,
  householdView,
} from '../views/register-view.ts';

const params = z.object({ caseId: pathId('caseId') });
const query = z.object({ ...pageQuery, format: z.enum(['json', 'csv']).default('json'), book: idIn.optional() });
const listAs = <T extends z.ZodType>(schema: T, description: string) => ({
  200: { description, content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } } },
  ...problems(401, 404, 422, 503),
});

const giftList = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/gifts',
  tags: ['books'],
  summary: 'The register of gifts in money and in kind, with who gave, what became of it and whether thanks were given',
  request: { params, query },
  responses: listAs(BookGiftList, 'Gifts'),
});

const advanceList = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/advances',
  tags: ['books'],
  summary: "The register of helpers' advances with their ages and what is repaid",
  request: { params, query: query.extend({ state: z.enum(['open', 'all']).default('all') }) },
  responses: listAs(BookAdvanceList, 'Advances'),
});

const householdList = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/households',
  tags: ['books'],
  summary: 'Who of many households paid how much, receipt by receipt, as both sides have it',
  request: { params, query },
  responses: listAs(BookHouseholdList, 'Receipts'),
});

/** A spreadsheet of a register holds at most so many rows. */
const MOST_ROWS = 10_000;

/** `/cases/{id}/books/gifts`, `/books/advances` and `/books/households` */
export const bookRegisterRoutes = (deps: AppDeps) => {
  // it looks at the case after reading the tables: what was recorded in between is known then
  const look = async (c: Context<AppEnv>, caseId: string) => {
    const record = await caseToRead(deps, c.get('caller'), caseId);
    const program = await pinnedProgram(deps, record.programHash);
    return { record, sight: await bookSight(deps, c.get('caller'), record, program) };
  };
  return routes()
    .openapi(giftList, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format, book, cursor, limit } = c.req.valid('query');
      await caseToRead(deps, c.get('caller'), caseId);
      const wanted = format === 'csv' ? MOST_ROWS : limit;
      const afterSeq = Number(decodeCursor(cursor, ['number'])?.[0] ?? 0);
      const rows = await gifts(deps.sql, caseId, { book, afterSeq, limit: wanted + 1 });
      const { sight } = await look(c, caseId);
      const page = pageOf(
        rows,
        wanted,
        (row) => giftView(row, sight),
        (row) => [row.seq],
      );
      if (format === 'json') return c.json(page, 200);
      return c.body(csvOf(giftTable(page.items, languageOf(c))), 200, csvHeaders('gifts'));
    })
    .openapi(advanceList, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format, book, cursor, limit, state } = c.req.valid('query');
      await caseToRead(deps, c.get('caller'), caseId);
      const wanted = format === 'csv' ? MOST_ROWS : limit;
      const afterSeq = Number(decodeCursor(cursor, ['number'])?.[0] ?? 0);
      const rows = await advances(deps.sql, caseId, { book, afterSeq, limit: wanted + 1, open: state === 'open' });
      const { record, sight } = await look(c, caseId);
      const today = toDate(await nowOf(deps));
      const page = pageOf(
        rows,
        wanted,
        (row) => advanceView(row, record.state, sight, today),
        (row) => [row.seq],
      );
      if (format === 'json') return c.json(page, 200);
      return c.body(csvOf(advanceTable(page.items, languageOf(c))), 200, csvHeaders('advances'));
    })
    .openapi(householdList, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format, book, cursor, limit } = c.req.valid('query');
      await caseToRead(deps, c.get('caller'), caseId);
      const wanted = format === 'csv' ? MOST_ROWS : limit;
      const after = decodeCursor(cursor, ['text', 'text', 'text'])?.map(String);
      const rows = await households(deps.sql, caseId, { book, limit: wanted + 1, ...(after ? { after } : {}) });
      const { sight } = await look(c, caseId);
      const { items, nextCursor } = pageOf(
        rows,
        wanted,
        (row) => householdView(row, sight),
        (row) => [row.book, row.sourceDoc, row.receipt],
      );
      const seen = items.flatMap((item) => item ?? []);
      if (format === 'json') return c.json({ items: seen, nextCursor }, 200);
      return c.body(csvOf(householdTable(seen, languageOf(c))), 200, csvHeaders('households'));
    });
};

function csvHeaders(name: string) {
  return { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${name}.csv"` };
}
