import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { cancelImport, forgetImport, listImportRows, listImports } from '../../db/queries/imports.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { errorFileOf, templateOf } from '../imports/files.ts';
import { bringCases, checkAgain, listToSee, rowsToMend, runList, withCounts } from '../imports/lists.ts';
import { orgTemplate } from '../imports/org-targets.ts';
import { bringOrganisation } from '../imports/organisation.ts';
import { importView, rowView } from '../imports/view.ts';
import { languageOf } from '../language.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { idempotencyHeader, idIn, json, jsonBody, pageQuery, pathId, problems } from '../schemas/common.ts';
import {
  ImportCheck,
  ImportForm,
  ImportList,
  ImportRowList,
  ImportRowQuery,
  ImportRun,
  ImportView,
  OrgImportForm,
  TableFormatQuery,
} from '../schemas/imports.ts';
import { fileHeaders } from '../sheets/file-headers.ts';
import { routes } from '../validation.ts';

/** Rows of which something is wrong that come with a list. */
const ROWS_SHOWN = 100;

const params = z.object({ importId: pathId('importId') });

const bring = createRoute({
  method: 'post',
  path: '/imports',
  tags: ['imports'],
  summary: 'Bring a list of cases (CSV or XLSX): every row is checked, nothing is opened',
  request: {
    headers: idempotencyHeader,
    body: { required: true, content: { 'multipart/form-data': { schema: ImportForm } } },
  },
  responses: { 201: json(ImportView, 'Checked'), ...problems(400, 401, 403, 409, 413, 415, 422, 503) },
});

const list = createRoute({
  method: 'get',
  path: '/imports',
  tags: ['imports'],
  summary: 'Lists the caller has brought, the newest first',
  request: { query: z.object(pageQuery) },
  responses: { 200: json(ImportList, 'Lists'), ...problems(401, 422, 503) },
});

const read = createRoute({
  method: 'get',
  path: '/imports/{importId}',
  tags: ['imports'],
  summary: 'A list: what is wrong with it, and how far its run has come',
  request: { params },
  responses: { 200: json(ImportView, 'The list'), ...problems(401, 404, 503) },
});

const rows = createRoute({
  method: 'get',
  path: '/imports/{importId}/rows',
  tags: ['imports'],
  summary: 'The rows of a list and what came of each',
  request: { params, query: ImportRowQuery },
  responses: { 200: json(ImportRowList, 'Rows'), ...problems(401, 404, 422, 503) },
});

const check = createRoute({
  method: 'post',
  path: '/imports/{importId}/check',
  tags: ['imports'],
  summary: 'Check a list anew, with another meaning of its columns',
  request: { params, headers: idempotencyHeader, body: jsonBody(ImportCheck) },
  responses: { 200: json(ImportView, 'Checked'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const run = createRoute({
  method: 'post',
  path: '/imports/{importId}/run',
  tags: ['imports'],
  summary:
    'Record what a list holds, in the background; a cancelled or stopped one goes on, one that waits is tried now',
  request: { params, headers: idempotencyHeader, body: jsonBody(ImportRun) },
  responses: { 202: json(ImportView, 'It runs'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const cancel = createRoute({
  method: 'post',
  path: '/imports/{importId}/cancel',
  tags: ['imports'],
  summary: 'Stop a run after the rows under way; what is opened stays',
  request: { params, headers: idempotencyHeader },
  responses: { 200: json(ImportView, 'Cancelled'), ...problems(400, 401, 404, 413, 422, 503) },
});

const forget = createRoute({
  method: 'post',
  path: '/imports/{importId}/forget',
  tags: ['imports'],
  summary: 'Delete now what the rows of a list that does not run hold',
  request: { params, headers: idempotencyHeader },
  responses: { 200: json(ImportView, 'Deleted'), ...problems(400, 401, 404, 413, 422, 503) },
});

const bringOrg = createRoute({
  method: 'post',
  path: '/organisation/imports',
  tags: ['imports'],
  summary:
    'Bring a list of units, posts, people and appointments: it is checked, nothing is written; for administrators',
  request: {
    headers: idempotencyHeader,
    body: { required: true, content: { 'multipart/form-data': { schema: OrgImportForm } } },
  },
  responses: {
    201: json(ImportView, 'Checked; it runs like a list of cases'),
    ...problems(400, 401, 403, 409, 413, 415, 422, 503),
  },
});

const fileAnswer = {
  200: {
    description: 'The file',
    content: {
      'text/csv': { schema: z.string() },
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
        schema: z.string().openapi({ format: 'binary' }),
      },
    },
  },
};

const errorFile = createRoute({
  method: 'get',
  path: '/imports/{importId}/errors',
  tags: ['imports'],
  summary: 'The rows that were not recorded, in the columns they came in, with the reasons',
  request: { params, query: z.object({ format: TableFormatQuery }) },
  responses: { ...fileAnswer, ...problems(401, 404, 422, 503) },
});

const template = createRoute({
  method: 'get',
  path: '/programs/{programId}/import-template',
  tags: ['imports'],
  summary: 'An empty list of a program’s cases; with `unit` a workbook also lists its posts',
  request: {
    params: z.object({ programId: pathId('programId') }),
    query: z.object({ format: TableFormatQuery, unit: idIn.optional() }),
  },
  responses: { ...fileAnswer, ...problems(401, 404, 422, 503) },
});

const orgTemplateRoute = createRoute({
  method: 'get',
  path: '/organisation/import-template',
  tags: ['imports'],
  summary: 'An empty list of units, posts, people and appointments',
  request: { query: z.object({ format: TableFormatQuery }) },
  responses: { ...fileAnswer, ...problems(401, 422, 503) },
});

/** `/imports`, `/programs/{id}/import-template`, `/organisation/imports` */
export const importRoutes = (deps: AppDeps) => {
  const answer = async (c: Context<AppEnv>, id: string) => {
    const found = await withCounts(deps, await listToSee(deps, c.get('caller'), id));
    return { ...importView(found), rows: (await rowsToMend(deps, found, ROWS_SHOWN)).map(rowView) };
  };
  return routes()
    .openapi(bring, async (c) => {
      const { id: wanted } = requestId(c);
      const { imported, ...form } = c.req.valid('form');
      const { id, repeated } = await bringCases(deps, c.get('caller'), {
        ...form,
        id: wanted,
        imported: imported === 'true',
      });
      if (repeated) c.header('Idempotency-Replayed', 'true');
      c.header('Location', `/api/v1/imports/${encodeURIComponent(id)}`);
      return c.json(await answer(c, id), 201);
    })
    .openapi(bringOrg, async (c) => {
      const { id: wanted } = requestId(c);
      const { file } = c.req.valid('form');
      const { id, repeated } = await bringOrganisation(deps, c.get('caller'), { id: wanted, file });
      if (repeated) c.header('Idempotency-Replayed', 'true');
      c.header('Location', `/api/v1/imports/${encodeURIComponent(id)}`);
      return c.json(await answer(c, id), 201);
    })
    .openapi(orgTemplateRoute, async (c) => {
      const { format } = c.req.valid('query');
      return c.body(new Uint8Array(await orgTemplate(format, languageOf(c))), 200, fileHeaders('organisation', format));
    })
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid('query');
      const at = decodeCursor(cursor, ['moment', 'text']);
      const after = at && { createdAt: String(at[0]), id: String(at[1]) };
      const found = await listImports(deps.sql, c.get('caller').person, { limit, after });
      const { items, nextCursor } = pageOf(
        found,
        limit,
        (each) => each,
        ({ createdAt, id }) => [createdAt, id],
      );
      const counted = await Promise.all(items.map(async (each) => importView(await withCounts(deps, each))));
      return c.json({ items: counted, nextCursor }, 200);
    })
    .openapi(read, async (c) => c.json(await answer(c, c.req.valid('param').importId), 200))
    .openapi(rows, async (c) => {
      const { importId } = c.req.valid('param');
      const { limit, cursor, state } = c.req.valid('query');
      await listToSee(deps, c.get('caller'), importId);
      const at = decodeCursor(cursor, ['text', 'number']);
      const found = await listImportRows(deps.sql, importId, {
        states: state && [state],
        after: at && { sheet: String(at[0]), row: Number(at[1]) },
        limit: limit + 1,
      });
      return c.json(
        pageOf(found, limit, rowView, ({ sheet, row }) => [sheet, row]),
        200,
      );
    })
    .openapi(check, async (c) => {
      const { importId } = c.req.valid('param');
      const caller = c.get('caller');
      await checkAgain(deps, caller, await listToSee(deps, caller, importId), c.req.valid('json').mapping);
      return c.json(await answer(c, importId), 200);
    })
    .openapi(run, async (c) => {
      const { importId } = c.req.valid('param');
      const caller = c.get('caller');
      const duplicates = c.req.valid('json').duplicates === 'open';
      await runList(deps, caller, await listToSee(deps, caller, importId), { duplicates });
      return c.json(await answer(c, importId), 202);
    })
    .openapi(cancel, async (c) => {
      const { importId } = c.req.valid('param');
      await listToSee(deps, c.get('caller'), importId);
      await cancelImport(deps.sql, importId);
      return c.json(await answer(c, importId), 200);
    })
    .openapi(forget, async (c) => {
      const { importId } = c.req.valid('param');
      await listToSee(deps, c.get('caller'), importId);
      await forgetImport(deps.sql, importId);
      return c.json(await answer(c, importId), 200);
    })
    .openapi(errorFile, async (c) => {
      const { importId } = c.req.valid('param');
      const { format } = c.req.valid('query');
      const found = await listToSee(deps, c.get('caller'), importId);
      const bytes = await errorFileOf(deps, found, { format, language: languageOf(c) });
      return c.body(new Uint8Array(bytes), 200, fileHeaders('import-errors', format));
    })
    .openapi(template, async (c) => {
      const program = deps.programs.byId(c.req.valid('param').programId);
      if (!program) throw notFound();
      const { format, unit } = c.req.valid('query');
      const bytes = await templateOf(deps, program, { format, unit, language: languageOf(c) });
      return c.body(new Uint8Array(bytes), 200, fileHeaders(`${program.id}-list`, format));
    });
};
