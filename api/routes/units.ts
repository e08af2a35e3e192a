import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { listUnitMoves, type PostDutiesRow } from '../../db/queries/unit-moves.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound } from '../errors.ts';
import { type Language, languageOf, pick } from '../language.ts';
import { once } from '../once.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { addPerson, addPost, closePost, movePost, renamePerson, renamePost } from '../post-changes.ts';
import { nowOf } from '../reading.ts';
import { flagIn, idempotencyHeader, idIn, json, jsonBody, pageQuery, pathId, problems } from '../schemas/common.ts';
import {
  Nothing,
  PersonChange,
  PersonChanged,
  PersonRequest,
  PostChange,
  PostChanged,
  PostMove,
  PostRequest,
  UnitChange,
  UnitChanged,
  UnitMerge,
  UnitMove,
  UnitMoveList,
  UnitMoving,
  UnitRequest,
  UnitSplit,
} from '../schemas/units.ts';
import { addUnit, changeUnit, closeUnit, mergeUnit, splitUnit, type UnitAfter } from '../unit-changes.ts';
import type { OrgAsking } from '../unit-guards.ts';
import { routes } from '../validation.ts';

const changes = problems(400, 401, 403, 404, 409, 413, 415, 422, 503);
const unitId = z.object({ unitId: pathId('unitId') });
const postId = z.object({ postId: pathId('postId') });
const dry = z.object({
  dryRun: flagIn.optional().openapi({ description: 'Tell what it would do, or why not, and keep nothing' }),
});

const unitAdd = createRoute({
  ...{
    method: 'post',
    path: '/units',
    tags: ['organisation'],
    summary: 'Add a unit; for administrators of the one above',
  },
  request: { query: dry, headers: idempotencyHeader, body: jsonBody(UnitRequest) },
  responses: { 201: json(UnitChanged, 'Added'), ...changes },
});

const unitChange = createRoute({
  ...{ method: 'patch', path: '/units/{unitId}', tags: ['organisation'] },
  summary: 'Rename a unit, or name the post of its head; for administrators of the unit or above',
  request: { params: unitId, query: dry, headers: idempotencyHeader, body: jsonBody(UnitChange) },
  responses: { 200: json(UnitChanged, 'Changed'), ...changes },
});

const unitMerge = createRoute({
  ...{ method: 'post', path: '/units/{unitId}/merge', tags: ['organisation'] },
  summary:
    'Merge a unit into another one: posts and units below at once, cases one by one; for administrators of the unit or above',
  request: { params: unitId, query: dry, headers: idempotencyHeader, body: jsonBody(UnitMerge) },
  responses: { 200: json(UnitMoving, 'What goes along'), ...changes },
});

const unitSplit = createRoute({
  ...{ method: 'post', path: '/units/{unitId}/split', tags: ['organisation'] },
  summary:
    'Make parts of a unit units of their own, with posts and the cases these answer for; for administrators of the unit above',
  request: { params: unitId, query: dry, headers: idempotencyHeader, body: jsonBody(UnitSplit) },
  responses: { 200: json(UnitMoving, 'What goes along'), ...changes },
});

const unitClose = createRoute({
  ...{ method: 'post', path: '/units/{unitId}/close', tags: ['organisation'] },
  summary: 'Close a unit in which nothing is left; for administrators of the unit or above',
  request: { params: unitId, query: dry, headers: idempotencyHeader, body: jsonBody(Nothing) },
  responses: { 200: json(UnitChanged, 'Changed'), ...changes },
});

const postChange = createRoute({
  ...{ method: 'patch', path: '/posts/{postId}', tags: ['organisation'] },
  summary: 'Rename a post; for administrators of the unit or above',
  request: { params: postId, query: dry, headers: idempotencyHeader, body: jsonBody(PostChange) },
  responses: { 200: json(PostChanged, 'Changed'), ...changes },
});

const postMove = createRoute({
  ...{ method: 'post', path: '/posts/{postId}/move', tags: ['organisation'] },
  summary:
    'Move a post to another unit, with its holder and all it answers for; for administrators of the unit or above',
  request: { params: postId, query: dry, headers: idempotencyHeader, body: jsonBody(PostMove) },
  responses: { 200: json(PostChanged, 'Changed'), ...changes },
});

const postClose = createRoute({
  ...{ method: 'post', path: '/posts/{postId}/close', tags: ['organisation'] },
  summary: 'Close a post that answers for nothing any more; for administrators of the unit or above',
  request: { params: postId, query: dry, headers: idempotencyHeader, body: jsonBody(Nothing) },
  responses: { 200: json(PostChanged, 'Changed'), ...changes },
});

const postAdd = createRoute({
  ...{
    method: 'post',
    path: '/posts',
    tags: ['organisation'],
    summary: 'Add a post; for administrators of the unit or above',
  },
  request: { query: dry, headers: idempotencyHeader, body: jsonBody(PostRequest) },
  responses: { 201: json(PostChanged, 'Added'), ...changes },
});

const personAdd = createRoute({
  ...{ method: 'post', path: '/people', tags: ['organisation'], summary: 'Add a person; for administrators' },
  request: { headers: idempotencyHeader, body: jsonBody(PersonRequest) },
  responses: { 201: json(PersonChanged, 'Added'), ...changes },
});

const personChange = createRoute({
  ...{ method: 'patch', path: '/people/{personId}', tags: ['organisation'] },
  summary: 'Correct the name of a person; for administrators',
  request: {
    params: z.object({ personId: pathId('personId') }),
    headers: idempotencyHeader,
    body: jsonBody(PersonChange),
  },
  responses: { 200: json(PersonChanged, 'Corrected'), ...changes },
});

const moves = createRoute({
  ...{ method: 'get', path: '/unit-moves', tags: ['organisation'] },
  summary: 'Merges, splits and closings of units, and how far their cases have come',
  request: { query: z.object({ ...pageQuery, unit: idIn.optional() }) },
  responses: { 200: json(UnitMoveList, 'Merges, splits and closings'), ...problems(401, 422, 503) },
});

const moveOne = createRoute({
  ...{ method: 'get', path: '/unit-moves/{moveId}', tags: ['organisation'] },
  summary: 'How far the cases of a merged or split unit have come',
  request: { params: z.object({ moveId: pathId('moveId') }) },
  responses: { 200: json(UnitMove, 'The progress'), ...problems(401, 404, 422, 503) },
});

const unitView = ({ nameZh, nameEn, closedAt, ...unit }: UnitAfter, language: Language) => ({
  ...unit,
  name: pick([nameZh, nameEn], language),
  closed: closedAt,
});

const postView = ({ nameZh, nameEn, closedAt, awaited: _, ...post }: PostDutiesRow, language: Language) => ({
  ...post,
  name: pick([nameZh, nameEn], language),
  closed: closedAt,
});

/** An id that was not given, made of the request's, so that a repeat names the same. */
const idFrom = (given: string | undefined, asking: OrgAsking, n = 0): string =>
  given ?? `${asking.request?.id.slice(0, 18) ?? 'dry-run'}${n === 0 ? '' : `-${n}`}`;

/** Changes of units, posts and people, and `/unit-moves` */
export const unitRoutes = (deps: AppDeps) => {
  const { sql } = deps;
  /** Makes a change once, or with `dryRun` tries it out. */
  async function made<T extends object>(
    c: Context<AppEnv>,
    { body, dryRun = false }: { body: object; dryRun?: boolean | undefined },
    make: (asking: OrgAsking) => Promise<T>,
  ): Promise<T & { dryRun?: true }> {
    if (dryRun) return { ...(await make({ caller: c.get('caller') })), dryRun: true };
    return once(c, { sql, now: nowOf(deps), body }, make);
  }
  return routes()
    .openapi(unitAdd, async (c) => {
      const [body, { dryRun }] = [c.req.valid('json'), c.req.valid('query')];
      const row = await made(c, { body, dryRun }, (asking) =>
        addUnit(sql, asking, { ...body, id: idFrom(body.id, asking) }),
      );
      return c.json(unitView(row, languageOf(c)), 201);
    })
    .openapi(unitChange, async (c) => {
      const [body, { dryRun }, { unitId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      const row = await made(c, { body, dryRun }, (asking) => changeUnit(sql, asking, id, body));
      return c.json(unitView(row, languageOf(c)), 200);
    })
    .openapi(unitMerge, async (c) => {
      const [body, { dryRun }, { unitId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      return c.json(unfrozen(await made(c, { body, dryRun }, (asking) => mergeUnit(sql, asking, id, body.into))), 200);
    })
    .openapi(unitSplit, async (c) => {
      const [body, { dryRun }, { unitId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      const answer = await made(c, { body, dryRun }, (asking) =>
        splitUnit(
          sql,
          asking,
          id,
          body.into.map((part, n) => ({ ...part, id: idFrom(part.id, asking, n + 1) })),
        ),
      );
      return c.json(unfrozen(answer), 200);
    })
    .openapi(unitClose, async (c) => {
      const [body, { dryRun }, { unitId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      const row = await made(c, { body, dryRun }, (asking) => closeUnit(sql, asking, id));
      return c.json(unitView(row, languageOf(c)), 200);
    })
    .openapi(postAdd, async (c) => {
      const [body, { dryRun }] = [c.req.valid('json'), c.req.valid('query')];
      const row = await made(c, { body, dryRun }, (asking) => {
        const { heads, ...post } = body;
        return addPost(sql, asking, { ...post, id: idFrom(body.id, asking), ...(heads ? { heads } : {}) });
      });
      return c.json(postView(row, languageOf(c)), 201);
    })
    .openapi(postChange, async (c) => {
      const [body, { dryRun }, { postId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      const row = await made(c, { body, dryRun }, (asking) => renamePost(sql, asking, id, body.name));
      return c.json(postView(row, languageOf(c)), 200);
    })
    .openapi(postMove, async (c) => {
      const [body, { dryRun }, { postId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      const row = await made(c, { body, dryRun }, (asking) => movePost(sql, asking, id, body));
      return c.json(postView(row, languageOf(c)), 200);
    })
    .openapi(postClose, async (c) => {
      const [body, { dryRun }, { postId: id }] = [c.req.valid('json'), c.req.valid('query'), c.req.valid('param')];
      const row = await made(c, { body, dryRun }, (asking) => closePost(sql, asking, id));
      return c.json(postView(row, languageOf(c)), 200);
    })
    .openapi(personAdd, async (c) => {
      const body = c.req.valid('json');
      const row = await made(c, { body }, (asking) =>
        addPerson(sql, asking, { id: idFrom(body.id, asking), name: body.name }),
      );
      return c.json({ id: row.id, name: body.name }, 201);
    })
    .openapi(personChange, async (c) => {
      const [body, { personId: id }] = [c.req.valid('json'), c.req.valid('param')];
      const row = await made(c, { body }, (asking) => renamePerson(sql, asking, { id, name: body.name }));
      return c.json({ id: row.id, name: body.name }, 200);
    })
    .openapi(moves, async (c) => {
      const { limit, cursor, unit } = c.req.valid('query');
      const at = decodeCursor(cursor, ['text']);
      const rows = await listUnitMoves(sql, { limit, after: at && String(at[0]) }, { unit });
      return c.json(
        pageOf(
          rows,
          limit,
          (row) => ({ ...row }),
          (row) => [row.id],
        ),
        200,
      );
    })
    .openapi(moveOne, async (c) => {
      const [row] = await listUnitMoves(sql, { limit: 1, after: undefined }, { id: c.req.valid('param').moveId });
      if (!row) throw notFound();
      return c.json({ ...row }, 200);
    });
};

/** The lists of an answer as its schema types them. */
function unfrozen<T extends { readonly into: readonly object[] }>({ into, ...rest }: T) {
  return { ...rest, into: [...into] as T['into'][number][] };
}
