import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { advances, gifts, households } from '../../db/queries/book-registers.ts';
import { toDate } from '../../engine/time/civil.ts';
import { type BookLook, bookLook } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { type Language, languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseToRead, nowOf } from '../reading.ts';
import { MOST_ROWS } from '../reports/cut.ts';
import { BookAdvanceList, BookGiftList, BookHouseholdList } from '../schemas/book-registers.ts';
import { idIn, pageQuery, pathId, problems } from '../schemas/common.ts';
import { fileHeaders } from '../sheets/file-headers.ts';
import { goesOn } from '../sheets/goes-on.ts';
import { csvOf, type Line } from '../sheets/write-csv.ts';
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

/** `/cases/{id}/books/gifts`, `/books/advances` and `/books/households` */
export const bookRegisterRoutes = (deps: AppDeps) => {
  /** A page of a register as its reader may see it; `view` gives undefined for what he may not know of. */
  const pageFor = async <Row, View>(c: Context<AppEnv>, asked: Asked, register: Register<Row, View>) => {
    const caller = c.get('caller');
    await caseToRead(deps, caller, asked.caseId);
    const wanted = asked.format === 'csv' ? MOST_ROWS : asked.limit;
    const rows = await register.read(wanted + 1);
    const look = await bookLook(deps, caller, asked.caseId);
    const { items, nextCursor } = pageOf(rows, wanted, (row) => register.view(row, look), register.position);
    return { items: items.flatMap((item) => (item === undefined ? [] : [item])), nextCursor };
  };
  const sheet = <View>(c: Context<AppEnv>, page: Page<View>, name: string, table: Table<View>) => {
    const language = languageOf(c);
    const lines = [...table(page.items, language), ...goesOn(page, language)];
    return c.body(csvOf(lines), 200, fileHeaders(name, 'csv'));
  };
  return routes()
    .openapi(giftList, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format, book, cursor, limit } = c.req.valid('query');
      const page = await pageFor(
        c,
        { caseId, format, limit },
        {
          read: (most) => gifts(deps.sql, caseId, { book, afterSeq: seqOf(cursor), limit: most }),
          view: (row, { sight }) => giftView(row, sight),
          position: ({ seq }) => [seq],
        },
      );
      return format === 'json' ? c.json(page, 200) : sheet(c, page, 'gifts', giftTable);
    })
    .openapi(advanceList, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format, book, cursor, limit, state } = c.req.valid('query');
      const filter = { book, afterSeq: seqOf(cursor), open: state === 'open' };
      const page = await pageFor(
        c,
        { caseId, format, limit },
        {
          read: (most) => advances(deps.sql, caseId, { ...filter, limit: most }),
          view: (row, { record, sight }) => advanceView(row, record.state, sight, toDate(nowOf(deps))),
          position: ({ seq }) => [seq],
        },
      );
      return format === 'json' ? c.json(page, 200) : sheet(c, page, 'advances', advanceTable);
    })
    .openapi(householdList, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format, book, cursor, limit } = c.req.valid('query');
      const after = decodeCursor(cursor, ['text', 'text', 'text'])?.map(String);
      const page = await pageFor(
        c,
        { caseId, format, limit },
        {
          read: (most) => households(deps.sql, caseId, { book, limit: most, ...(after ? { after } : {}) }),
          view: (row, { sight }) => householdView(row, sight),
          position: (row) => [row.book, row.sourceDoc, row.receipt],
        },
      );
      return format === 'json' ? c.json(page, 200) : sheet(c, page, 'households', householdTable);
    });
};

interface Asked {
  readonly caseId: string;
  readonly format: 'json' | 'csv';
  readonly limit: number;
}

/** How rows of a register are read, shown and continued. */
interface Register<Row, View> {
  readonly read: (most: number) => Promise<readonly Row[]>;
  readonly view: (row: Row, look: BookLook) => View | undefined;
  readonly position: (row: Row) => readonly (string | number | null)[];
}

interface Page<View> {
  readonly items: readonly View[];
  readonly nextCursor: string | null;
}

type Table<View> = (items: readonly View[], language: Language) => readonly Line[];

function seqOf(cursor: string | undefined): number {
  return Number(decodeCursor(cursor, ['number'])?.[0] ?? 0);
}
