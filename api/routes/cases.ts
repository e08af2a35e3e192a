import { createRoute, z } from '@hono/zod-openapi';
import { type AfterCase, countCases, listCases } from '../../db/queries/cases.ts';
import { withoutUndefined } from '../../engine/acts/plan.ts';
import { actorOf } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { requestId } from '../idempotency.ts';
import { isUnchanged } from '../if-match.ts';
import { languageOf } from '../language.ts';
import { caseAfter, recordedOf } from '../outcomes.ts';
import { decodeCursor, encodeCursor } from '../pagination.ts';
import { caseToRead, nowOf, pinnedProgram, readerOf } from '../reading.ts';
import { Case, CaseList, CaseListQuery, CaseRequest, type CaseSummaryView } from '../schemas/case.ts';
import { idempotencyHeader, json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';
import { caseSummary, caseView, etagOf } from '../views/case-view.ts';
import { filtersOf } from './case-filters.ts';

const open = createRoute({
  method: 'post',
  path: '/cases',
  tags: ['cases'],
  summary: 'Open a case',
  request: { headers: idempotencyHeader, body: jsonBody(CaseRequest) },
  responses: { 201: json(Case, 'Opened'), ...problems(400, 401, 403, 409, 413, 415, 422, 503) },
});

const list = createRoute({
  method: 'get',
  path: '/cases',
  tags: ['cases'],
  summary: 'Cases the caller may read, next due first',
  request: { query: CaseListQuery },
  responses: { 200: json(CaseList, 'Cases'), ...problems(401, 422, 503) },
});

const read = createRoute({
  method: 'get',
  path: '/cases/{caseId}',
  tags: ['cases'],
  summary: 'One case; its ETag is its revision',
  request: { params: z.object({ caseId: pathId('caseId') }) },
  responses: { 200: json(Case, 'The case'), 304: { description: 'Not changed' }, ...problems(401, 404, 503) },
});

/** `/cases` */
export const caseRoutes = (deps: AppDeps) =>
  routes()
    .openapi(open, async (c) => {
      const { openedAt, imported, caseNo, partOf, parties, ...request } = c.req.valid('json');
      const { id } = requestId(c);
      const outcome = await deps.door.open({
        ...request,
        actId: id,
        actor: actorOf(c.get('caller')),
        parties: parties.map(({ role, name, birthDate, person, guardian }) => ({
          role,
          ...(name === undefined ? {} : { name }),
          ...(birthDate === undefined ? {} : { birthDate }),
          ...(person === undefined ? {} : { person }),
          ...(guardian === undefined ? {} : { guardian: withoutUndefined(guardian) }),
        })),
        ...(openedAt === undefined ? {} : { openedAt }),
        ...(imported === undefined ? {} : { imported }),
        ...(caseNo === undefined ? {} : { caseNo }),
        ...(partOf === undefined ? {} : { partOf }),
      });
      const view = await caseAfter(c, deps, recordedOf(c, outcome));
      c.header('Location', `/api/v1/cases/${encodeURIComponent(view.id)}`);
      return c.json(view, 201);
    })
    .openapi(list, async (c) => {
      const query = c.req.valid('query');
      const language = languageOf(c);
      const reader = readerOf(c.get('caller'));
      const filters = filtersOf(query);
      const at = decodeCursor(query.cursor, ['moment?', 'text']);
      const after = at && ({ nextDue: at[0], caseId: at[1] } as AfterCase);
      const [rows, total] = await Promise.all([
        listCases(deps.sql, reader, filters, { limit: query.limit, after }),
        query.count ? countCases(deps.sql, reader, filters) : undefined,
      ]);
      c.get('reads')?.cases(rows.slice(0, query.limit).map((row) => row.caseId));
      const now = nowOf(deps);
      const views: CaseSummaryView[] = [];
      for (const row of rows.slice(0, query.limit)) {
        views.push(caseSummary(row, await pinnedProgram(deps, row.programHash), language, now));
      }
      const last = rows[query.limit - 1];
      const nextCursor = rows.length > query.limit && last ? encodeCursor([last.nextDue, last.caseId]) : null;
      return c.json({ items: views, nextCursor, ...(total === undefined ? {} : { total }) }, 200);
    })
    .openapi(read, async (c) => {
      const { caseId } = c.req.valid('param');
      const record = await caseToRead(deps, c.get('caller'), caseId);
      const etag = etagOf(record.seq);
      c.header('ETag', etag);
      c.header('Cache-Control', 'private, no-cache');
      if (isUnchanged(c.req.header('if-none-match'), etag)) return c.body(null, 304);
      return c.json(caseView(record, await pinnedProgram(deps, record.programHash), languageOf(c), nowOf(deps)), 200);
    });
