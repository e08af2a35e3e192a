import { createRoute, z } from '@hono/zod-openapi';
import type { AppDeps } from '../deps.ts';
import { languageOf, languageTags, pick } from '../language.ts';
import { caseToRead } from '../reading.ts';
import { reportFile } from '../reports/answer.ts';
import { answerReport } from '../reports/answering.ts';
import { type ReportKey, reportKinds } from '../reports/catalogue.ts';
import { reportJson } from '../reports/json.ts';
import { BookReport, ReportList, reportQuery } from '../schemas/book-reports.ts';
import { json, pathId, problems } from '../schemas/common.ts';
import { fileHeaders } from '../sheets/file-headers.ts';
import { routes } from '../validation.ts';

const list = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/reports',
  tags: ['books'],
  summary: 'The reports there are',
  request: { params: z.object({ caseId: pathId('caseId') }) },
  responses: { 200: json(ReportList, 'Reports'), ...problems(401, 404, 503) },
});

const keys = reportKinds.map(({ key }) => key) as [ReportKey, ...ReportKey[]];
const file = { schema: z.string().openapi({ format: 'binary' }) };

const report = createRoute({
  method: 'get',
  path: '/cases/{caseId}/books/reports/{report}',
  tags: ['books'],
  summary: 'A report of the books by month or year, as data, for a spreadsheet or for paper',
  request: { params: z.object({ caseId: pathId('caseId'), report: z.enum(keys) }), query: reportQuery },
  responses: {
    200: {
      description: 'The report',
      content: {
        'application/json': { schema: BookReport },
        'text/csv': { schema: z.string() },
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': file,
        'application/pdf': file,
      },
    },
    ...problems(401, 404, 422, 503),
  },
});

/** `/cases/{id}/books/reports` */
export const bookReportRoutes = (deps: AppDeps) =>
  routes()
    .openapi(list, async (c) => {
      await caseToRead(deps, c.get('caller'), c.req.valid('param').caseId);
      const language = languageOf(c);
      const items = reportKinds.map((kind) => ({
        report: kind.key,
        title: pick(kind.title, language),
        about: pick(kind.about, language),
        channels: 'channels' in kind ? [...kind.channels] : null,
        byAccount: 'byAccount' in kind,
      }));
      return c.json({ items }, 200);
    })
    .openapi(report, async (c) => {
      const { caseId, report: key } = c.req.valid('param');
      const { format, lang: _, ...query } = c.req.valid('query');
      const language = languageOf(c);
      const { report: made, heading } = await answerReport(deps, c.get('caller'), caseId, key, query);
      c.header('Content-Language', languageTags[language]);
      if (format === 'json') return c.json(reportJson(made, heading, language), 200);
      const bytes = await reportFile(made, heading, format, language);
      return c.body(new Uint8Array(bytes).buffer, 200, fileHeaders(`${key}-${made.period.from}`, format));
    });
