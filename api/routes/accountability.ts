import { createRoute, z } from '@hono/zod-openapi';
import { listAccountability } from '../../db/queries/work.ts';
import type { AppDeps } from '../deps.ts';
import { languageOf, pick } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { readerOf } from '../reading.ts';
import { flagIn, idIn, instantIn, json, pageQuery, problems } from '../schemas/common.ts';
import { AccountabilityList } from '../schemas/views.ts';
import { resultText } from '../timeline-text.ts';
import { routes } from '../validation.ts';

const accountability = createRoute({
  method: 'get',
  path: '/accountability',
  tags: ['work'],
  summary: 'Records of accountability in cases the caller may read, newest first',
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
    }),
  },
  responses: { 200: json(AccountabilityList, 'Records'), ...problems(401, 422, 503) },
});

/** `/accountability` */
export const accountabilityRoutes = (deps: AppDeps) =>
  routes().openapi(accountability, async (c) => {
    const { limit, cursor, case: caseId, ...filters } = c.req.valid('query');
    const language = languageOf(c);
    const at = decodeCursor(cursor, ['moment', 'text', 'text']);
    const after = at && { openedAt: String(at[0]), caseId: String(at[1]), id: String(at[2]) };
    const rows = await listAccountability(
      deps.sql,
      readerOf(c.get('caller')),
      { ...filters, caseId },
      { limit, after },
    );
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
    return c.json(page, 200);
  });
