import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  bookBalances,
  cashEntries,
  compareBooks,
  discrepancies,
  type EntryRow,
  payouts,
  reconciliations,
  vouchers,
} from '../../db/queries/books.ts';
import type { Side } from '../../engine/books/entry.ts';
import { bookKeepers } from '../book-keepers.ts';
import { type BookSight, bookSight, isHidden } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseToRead, pinnedProgram } from '../reading.ts';
import { BookEntryList, Books, Reconciliations } from '../schemas/books.ts';
import { idIn, json, pageQuery, pathId, problems } from '../schemas/common.ts';
import { csvOf } from '../sheets/write-csv.ts';
import { routes } from '../validation.ts';
import { balanceViews, entryTable, entryView, reconciliationTable } from '../views/book-view.ts';

const params = z.object({ caseId: pathId('caseId') });
const format = z.enum(['json', 'csv']).default('json');
const inCsv = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } },
});

const overview = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books',
  tags: ['books'],
  summary: 'Both sides of every book: balances, payouts, what is open',
  request: { params },
  responses: { 200: json(Books, 'Balances'), ...problems(401, 404, 503) },
});

const entryQuery = z.object({
  ...pageQuery,
  format,
  book: idIn.optional(),
  channel: z.enum(['cash', 'bank', 'wechat']).optional(),
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional(),
});

const cash = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/cash',
  tags: ['books'],
  summary: 'The journal of who keeps the money, in the order of record',
  request: { params, query: entryQuery },
  responses: { 200: inCsv(BookEntryList, 'Entries'), ...problems(401, 404, 422, 503) },
});

const accounts = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/accounts',
  tags: ['books'],
  summary: 'The vouchers of who keeps the accounts, with their lines, in the order of record',
  request: { params, query: entryQuery },
  responses: { 200: inCsv(BookEntryList, 'Vouchers'), ...problems(401, 404, 422, 503) },
});

const comparison = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/reconciliations',
  tags: ['books'],
  summary: 'Both books compared, now and whenever it was recorded, with the differences and what became of them',
  request: { params, query: z.object({ format }) },
  responses: { 200: inCsv(Reconciliations, 'Comparisons'), ...problems(401, 404, 422, 503) },
});

/** A spreadsheet of entries holds at most so many. */
const MOST_ROWS = 10_000;

/** `/cases/{id}/books` */
export const bookRoutes = (deps: AppDeps) => {
  // where figures come from the tables, it looks at the case after reading them: what was recorded in between is known then
  const look = async (c: Context<AppEnv>, caseId: string) => {
    const caller = c.get('caller');
    const record = await caseToRead(deps, caller, caseId);
    const program = await pinnedProgram(deps, record.programHash);
    return { record, program, sight: await bookSight(deps, caller, record, program) };
  };
  const listEntries = async (caseId: string, side: Side, query: z.infer<typeof entryQuery>, sight: BookSight) => {
    const { limit, cursor, book, channel, month } = query;
    const wanted = query.format === 'csv' ? MOST_ROWS : limit;
    const afterSeq = Number(decodeCursor(cursor, ['number'])?.[0] ?? 0);
    const filter = { book, channel, month, afterSeq, limit: wanted + 1 };
    const rows = await (side === 'cash' ? cashEntries : vouchers)(deps.sql, caseId, filter);
    return pageOf(
      rows,
      wanted,
      (row: EntryRow) => entryView(row, side, sight),
      (row) => [row.seq],
    );
  };
  return routes()
    .openapi(overview, async (c) => {
      const { caseId } = c.req.valid('param');
      const [balances, paid] = await Promise.all([bookBalances(deps.sql, caseId), payouts(deps.sql, caseId, 200)]);
      const { record, program, sight } = await look(c, caseId);
      const keepers = await bookKeepers(deps, record.state, program);
      const items = balanceViews(balances, record.state, sight, languageOf(c), keepers);
      return c.json({ items, payouts: paid.map((one) => ({ ...one })) }, 200);
    })
    .openapi(cash, async (c) => {
      const { caseId } = c.req.valid('param');
      const { sight } = await look(c, caseId);
      const page = await listEntries(caseId, 'cash', c.req.valid('query'), sight);
      if (c.req.valid('query').format === 'json') return c.json(page, 200);
      return c.body(csvOf(entryTable(page.items, languageOf(c))), 200, csvHeaders('cash'));
    })
    .openapi(accounts, async (c) => {
      const { caseId } = c.req.valid('param');
      const { sight } = await look(c, caseId);
      const page = await listEntries(caseId, 'ledger', c.req.valid('query'), sight);
      if (c.req.valid('query').format === 'json') return c.json(page, 200);
      return c.body(csvOf(entryTable(page.items, languageOf(c))), 200, csvHeaders('accounts'));
    })
    .openapi(comparison, async (c) => {
      const { caseId } = c.req.valid('param');
      const [now, recorded, found] = await Promise.all([
        compareBooks(deps.sql, caseId),
        reconciliations(deps.sql, caseId, 200),
        discrepancies(deps.sql, caseId, 200),
      ]);
      const { sight } = await look(c, caseId);
      const compared = now.map(({ differences, ...book }) => ({
        ...book,
        differences: differences.map(({ book: of, ...one }) => {
          const noCash = sight.hides(of, 'cash', one.sourceDoc);
          const noLedger = sight.hides(of, 'ledger', one.sourceDoc);
          return {
            ...one,
            cashFen: noCash ? null : one.cashFen,
            ledgerFen: noLedger ? null : one.ledgerFen,
            hidden: noCash || noLedger,
          };
        }),
      }));
      if (c.req.valid('query').format === 'csv')
        return c.body(csvOf(reconciliationTable(compared, languageOf(c))), 200, csvHeaders('reconciliation'));
      const items = recorded.map(({ result, ...one }) => {
        // isHidden, as for its event: sums that hold what the reader has yet to record himself
        const event = { type: 'books.reconciled', seq: one.seq, data: result as object };
        return isHidden(event, sight) ? { ...one, cashFen: null, ledgerFen: null } : one;
      });
      return c.json({ now: compared, items, discrepancies: found.map((one) => ({ ...one })), nextCursor: null }, 200);
    });
};

function csvHeaders(name: string) {
  return { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${name}.csv"` };
}
