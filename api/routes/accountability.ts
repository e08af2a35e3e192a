import { createRoute, z } from '@hono/zod-openapi';
import { listAccountability } from '../../db/queries/work.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { languageOf, languageTags, pick } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { readerOf } from '../reading.ts';
import { flagIn, idIn, instantIn, pageQuery, problems } from '../schemas/common.ts';
import { AccountabilityList } from '../schemas/views.ts';
import { resultText } from '../timeline-text.ts';
import { routes } from '../validation.ts';
import { reportText, spanOf, yearlyReport } from '../yearly-report.ts';

const accountability = createRoute({
  method: 'get',
  path: '/accountability',
  tags: ['work'],
  summary:
    'Records of accountability in cases the caller may read, and of posts he holds wherever their case is now, newest first; of one year by due date, and with `post` the yearly report (述职) of the post',
  request: {
    query: z.object({
      ...pageQuery,
      unit: idIn.optional(),
      post: idIn.optional(),
      outcome: idIn.optional(),
      case: idIn.optional(),
      from: instantIn.optional(),
      until: instantIn.optional(),
      open: flagIn.optional(),
      year: z.coerce.number().int().min(1990).max(2199).optional(),
      format: z.enum(['json', 'text']).default('json'),
      lang: z.enum(['zh', 'zh-CN', 'en']).optional().openapi({ description: 'Otherwise by Accept-Language' }),
    }),
  },
  responses: {
    200: {
      description: 'Records, with `post` and `year` under the report; `format=text` is that report to read',
      content: { 'application/json': { schema: AccountabilityList }, 'text/plain': { schema: z.string() } },
    },
    ...problems(401, 404, 422, 503),
  },
});

/** `/accountability` */
export const accountabilityRoutes = (deps: AppDeps) =>
  routes().openapi(accountability, async (c) => {
    const { limit, cursor, case: caseId, year, format, lang: _, ...filters } = c.req.valid('query');
    const language = languageOf(c);
    const reader = readerOf(c.get('caller'));
    const { post } = filters;
    const report =
      post === undefined || year === undefined ? undefined : await yearlyReport(deps, reader, post, year, language);
    if (post !== undefined && year !== undefined && !report) throw notFound();
    c.header('Content-Language', languageTags[language]);
    if (format === 'text') {
      if (!report) throw textNeedsReport();
      return c.text(await reportText(deps, reader, report, language), 200);
    }
    const span = year === undefined ? undefined : spanOf(year);
    const at = decodeCursor(cursor, ['moment', 'text', 'text']);
    const after = at && { openedAt: String(at[0]), caseId: String(at[1]), id: String(at[2]) };
    const rows = await listAccountability(
      deps.sql,
      reader,
      { ...filters, caseId, dueAfter: span?.from, dueUntil: span?.until },
      { limit, after },
    );
    c.get('reads')?.cases(rows.slice(0, limit).map((row) => row.caseId));
    const page = pageOf(
      rows,
      limit,
      ({ nameZh, nameEn, deadlineId, ...record }) => ({
        ...record,
        deadline: deadlineId,
        name: pick([nameZh, nameEn], language),
        resultText: record.result === null ? null : pick(resultText(record.result), language),
      }),
      (row) => [row.openedAt, row.caseId, row.id],
    );
    return c.json({ ...page, ...(report ? { report } : {}) }, 200);
  });

function textNeedsReport() {
  return problem(
    'INVALID_DATA',
    ['文本格式只用于述职报告。', 'As a text there is only the yearly report.'],
    [['同时填写 post 和 year', 'Say both post and year']],
    [{ path: 'format', message: 'needs post and year' }],
  );
}
