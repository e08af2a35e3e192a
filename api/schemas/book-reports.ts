import { z } from '@hono/zod-openapi';

const cell = z.union([z.string(), z.number(), z.null()]);
const kind = z.enum(['text', 'date', 'money', 'count', 'side']);

/** The reports there are for the books of a case. */
export const ReportList = z
  .object({
    items: z.array(
      z.object({
        report: z.string(),
        title: z.string(),
        about: z.string(),
        channels: z.array(z.string()).nullable(),
        byAccount: z.boolean(),
      }),
    ),
  })
  .openapi('ReportList');

/** A report: amounts in fen, null where the reader may not see a figure yet. */
export const BookReport = z
  .object({
    report: z.string(),
    title: z.string(),
    unit: z.string(),
    caseNo: z.string(),
    book: z.string(),
    from: z.string(),
    to: z.string(),
    period: z.string(),
    notices: z
      .array(z.string())
      .openapi({ description: 'Read these first: that the month is not closed yet, that rows are left out' }),
    facts: z.array(z.object({ key: z.string(), title: z.string(), value: cell })),
    tables: z.array(
      z.object({
        key: z.string(),
        title: z.string().nullable(),
        columns: z.array(z.object({ key: z.string(), title: z.string(), kind })),
        rows: z.array(z.object({ kind: z.enum(['entry', 'brought', 'total']), cells: z.record(z.string(), cell) })),
      }),
    ),
    notes: z.array(z.string()),
  })
  .openapi('BookReport');

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);

/** What can be asked of a report. */
export const reportQuery = z.object({
  book: z.string().min(1).max(60).optional(),
  month: month.optional().openapi({ description: 'YYYY-MM of recording; without it and `year`, this month' }),
  year: z
    .string()
    .regex(/^\d{4}$/)
    .optional()
    .openapi({ description: 'The whole year, month by month' }),
  channel: z.enum(['cash', 'bank', 'wechat']).optional(),
  account: z
    .string()
    .regex(/^\d{4,8}$/)
    .optional(),
  person: z.string().min(1).max(100).optional().openapi({ description: 'Whose statement: the id of the party' }),
  format: z.enum(['json', 'csv', 'xlsx', 'pdf']).default('json'),
  lang: z.enum(['zh', 'zh-CN', 'en']).optional().openapi({ description: 'Otherwise by Accept-Language' }),
});
