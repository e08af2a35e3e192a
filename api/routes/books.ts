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
import { toDate } from '../../engine/time/civil.ts';
import { bookKeepers } from '../book-keepers.ts';
import { type BookSight, bookLook, isHidden } from '../book-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { languageOf, pick } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseToRead, nowOf } from '../reading.ts';
import { reportFile } from '../reports/answer.ts';
import { headingOf } from '../reports/answering.ts';
import { cutNotice, firstOf, MOST_ROWS } from '../reports/cut.ts';
import { balancesReport, differencesReport, entriesReport, vouchersReport } from '../reports/lists.ts';
import type { Period, Report } from '../reports/model.ts';
import { BookEntryList, Books, Reconciliations } from '../schemas/books.ts';
import { idIn, pageQuery, pathId, problems } from '../schemas/common.ts';
import { fileHeaders } from '../sheets/file-headers.ts';
import { goesOn, goesOnText } from '../sheets/goes-on.ts';
import { csvOf } from '../sheets/write-csv.ts';
import { routes } from '../validation.ts';
import { balanceViews, entryTable, entryView, reconciliationTable } from '../views/book-view.ts';
import { payoutView } from '../views/payout-view.ts';

const params = z.object({ caseId: pathId('caseId') });
const format = z.enum(['json', 'csv', 'xlsx', 'pdf']).default('json');
const binary = z.string().openapi({ format: 'binary' });
const inFiles = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: {
    'application/json': { schema },
    'text/csv': { schema: z.string() },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: binary },
    'application/pdf': { schema: binary },
  },
});

const overview = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books',
  tags: ['books'],
  summary: 'Both sides of every book: balances, payouts, what is open',
  request: { params, query: z.object({ format }) },
  responses: { 200: inFiles(Books, 'Balances'), ...problems(401, 404, 422, 503) },
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
  responses: { 200: inFiles(BookEntryList, 'Entries'), ...problems(401, 404, 422, 503) },
});

const accounts = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/accounts',
  tags: ['books'],
  summary: 'The vouchers of who keeps the accounts, with their lines, in the order of record',
  request: { params, query: entryQuery },
  responses: { 200: inFiles(BookEntryList, 'Vouchers'), ...problems(401, 404, 422, 503) },
});

const comparison = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/reconciliations',
  tags: ['books'],
  summary: 'Both books compared, now and whenever it was recorded, with the differences and what became of them',
  request: { params, query: z.object({ format }) },
  responses: { 200: inFiles(Reconciliations, 'Comparisons'), ...problems(401, 404, 422, 503) },
});

/** So many payouts, comparisons, and differences (of a book) stand in one answer. */
const MOST = 200;

/** `/cases/{id}/books` */
export const bookRoutes = (deps: AppDeps) => {
  const look = (c: Context<AppEnv>, caseId: string) => bookLook(deps, c.get('caller'), caseId);
  const listEntries = async (caseId: string, side: Side, query: z.infer<typeof entryQuery>, sight: BookSight) => {
    const { limit, cursor, book, channel, month } = query;
    const wanted = query.format === 'json' ? limit : MOST_ROWS;
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
  const file = async (c: Context<AppEnv>, caseId: string, report: Report, format: 'csv' | 'xlsx' | 'pdf') => {
    const record = await caseToRead(deps, c.get('caller'), caseId);
    const bytes = await reportFile(report, await headingOf(deps, record), format, languageOf(c));
    return c.body(new Uint8Array(bytes).buffer, 200, fileHeaders(report.report, format));
  };
  /** The entries of a side, and the file they were asked for as. */
  const entriesOf = async (c: Context<AppEnv>, side: Side, caseId: string, query: z.infer<typeof entryQuery>) => {
    const { sight } = await look(c, caseId);
    const page = await listEntries(caseId, side, query, sight);
    const { format, month } = query;
    if (format === 'json') return { page };
    if (format === 'csv') {
      const lines = [...entryTable(page.items, languageOf(c)), ...goesOn(page, languageOf(c))];
      return { page, written: c.body(csvOf(lines), 200, fileHeaders(side === 'cash' ? 'cash' : 'accounts', format)) };
    }
    const report = (side === 'cash' ? entriesReport : vouchersReport)(page.items, monthsIn(page.items, month));
    return { page, written: await file(c, caseId, { ...report, notices: goesOnText(page) }, format) };
  };
  return routes()
    .openapi(overview, async (c) => {
      const { caseId } = c.req.valid('param');
      const [balances, paid] = await Promise.all([bookBalances(deps.sql, caseId), payouts(deps.sql, caseId, MOST + 1)]);
      const { record, program, sight } = await look(c, caseId);
      const keepers = await bookKeepers(deps, record.state, program, sight);
      const items = balanceViews(balances, record.state, sight, languageOf(c), keepers);
      const { format } = c.req.valid('query');
      if (format !== 'json') return file(c, caseId, balancesReport(items, thisMonth(deps)), format);
      const { payouts: shown, cut } = firstOf(MOST, { payouts: paid });
      return c.json({ items, payouts: shown.map((one) => payoutView(one, languageOf(c))), cut }, 200);
    })
    .openapi(cash, async (c) => {
      const { page, written } = await entriesOf(c, 'cash', c.req.valid('param').caseId, c.req.valid('query'));
      return written ?? c.json(page, 200);
    })
    .openapi(accounts, async (c) => {
      const { page, written } = await entriesOf(c, 'ledger', c.req.valid('param').caseId, c.req.valid('query'));
      return written ?? c.json(page, 200);
    })
    .openapi(comparison, async (c) => {
      const { caseId } = c.req.valid('param');
      const { format } = c.req.valid('query');
      const [now, allRecorded, allFound] = await Promise.all([
        compareBooks(deps.sql, caseId, format === 'json' ? MOST : MOST_ROWS),
        reconciliations(deps.sql, caseId, MOST + 1),
        discrepancies(deps.sql, caseId, MOST + 1),
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
      const goOn = compared.some(({ differing, differences }) => differing > differences.length);
      if (format === 'csv') {
        const language = languageOf(c);
        const lines = [
          ...reconciliationTable(compared, language),
          ...(goOn ? [[pick(cutNotice(MOST_ROWS), language)]] : []),
        ];
        return c.body(csvOf(lines), 200, fileHeaders('reconciliation', format));
      }
      if (format !== 'json') {
        const report = differencesReport(compared, thisMonth(deps));
        return file(c, caseId, { ...report, notices: goOn ? [cutNotice(MOST_ROWS)] : [] }, format);
      }
      const all = { items: allRecorded, discrepancies: allFound };
      const { items: recorded, discrepancies: found, cut } = firstOf(MOST, all);
      const items = recorded.map(({ result, ...one }) => {
        // isHidden, as for its event: sums that hold what the reader has yet to record himself
        const event = { type: 'books.reconciled', seq: one.seq, data: result as object };
        return isHidden(event, sight) ? { ...one, cashFen: null, ledgerFen: null } : one;
      });
      return c.json(
        { now: compared, items, discrepancies: found.map((one) => ({ ...one })), nextCursor: null, cut },
        200,
      );
    });
};

/** This month, for what is about now. */
function thisMonth(deps: AppDeps): Period {
  const month = toDate(nowOf(deps)).slice(0, 7);
  return { from: month, to: month };
}

/** The months a list of entries is about: the one asked for, else from its first to its last. */
function monthsIn(entries: readonly { readonly month: string }[], asked: string | undefined): Period {
  const months = entries.map(({ month }) => month).sort();
  return { from: asked ?? months[0] ?? '0000-01', to: asked ?? months.at(-1) ?? '0000-01' };
}
