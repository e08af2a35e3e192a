import { createRoute, z } from '@hono/zod-openapi';
import { listCheckpoints, logKeysMade, newestCheckpoint } from '../../db/queries/record-log.ts';
import { commonChains } from '../../door/log/append.ts';
import { logOrigin } from '../../door/log/checkpoint.ts';
import { proveEvent, proveGrowth, proveHead } from '../../door/log/proofs.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { notFound, problem } from '../errors.ts';
import { decodeCursor, pageOf } from '../pagination.ts';
import { caseToRead } from '../reading.ts';
import { json, problems } from '../schemas/common.ts';
import {
  CheckpointList,
  CheckpointQuery,
  ConsistencyProof,
  ConsistencyQuery,
  HeadProof,
  HeadQuery,
  InclusionProof,
  InclusionQuery,
} from '../schemas/record-log.ts';
import { routes } from '../validation.ts';

const checkpoints = createRoute({
  method: 'get',
  path: '/audit/checkpoints',
  tags: ['audit'],
  summary:
    'Signed checkpoints of the log of all events, newest first or `after` a number in order, and the keys that check them',
  request: { query: CheckpointQuery },
  responses: { 200: json(CheckpointList, 'Checkpoints'), ...problems(401, 403, 422, 503) },
});

const latest = createRoute({
  method: 'get',
  path: '/audit/checkpoints/latest',
  tags: ['audit'],
  summary: 'The newest checkpoint as the text that was signed',
  responses: {
    200: { description: 'A signed note', content: { 'text/plain': { schema: z.string() } } },
    ...problems(401, 403, 404, 503),
  },
});

const inclusion = createRoute({
  method: 'get',
  path: '/audit/inclusion',
  tags: ['audit'],
  summary: 'Proof that an event lies in the log',
  request: { query: InclusionQuery },
  responses: { 200: json(InclusionProof, 'The proof'), ...problems(401, 403, 404, 422, 503) },
});

const consistency = createRoute({
  method: 'get',
  path: '/audit/consistency',
  tags: ['audit'],
  summary: 'Proof that the log has only grown between two sizes',
  request: { query: ConsistencyQuery },
  responses: { 200: json(ConsistencyProof, 'The proof'), ...problems(401, 403, 404, 422, 503) },
});

const head = createRoute({
  method: 'get',
  path: '/audit/head',
  tags: ['audit'],
  summary: 'Proof of the event a chain ended with when the newest checkpoint was signed',
  request: { query: HeadQuery },
  responses: { 200: json(HeadProof, 'The proof'), ...problems(401, 403, 404, 422, 503) },
});

/** `/audit/checkpoints`, `/audit/inclusion`, `/audit/consistency`, `/audit/head`: for auditors and administrators. */
export const recordLogRoutes = (deps: AppDeps) =>
  routes()
    .openapi(checkpoints, async (c) => {
      onlyAuditors(c.get('caller'));
      const { limit, cursor, after } = c.req.valid('query');
      const at = decodeCursor(cursor, ['number']);
      const asked = {
        limit: limit + 1,
        ...(at ? { before: Number(at[0]) } : {}),
        ...(after === undefined ? {} : { after }),
      };
      const [origin, keys, newest, rows] = await Promise.all([
        logOrigin(deps.sql),
        logKeysMade(deps.sql),
        newestCheckpoint(deps.sql),
        listCheckpoints(deps.sql, asked),
      ]);
      const page = pageOf(rows, limit, shown, ({ number }) => [number]);
      return c.json(
        {
          origin,
          keys: keys.map(({ key, announced, madeAt }) => ({ key, announced, madeAt })),
          latest: newest ? shown(newest) : null,
          items: page.items,
          nextCursor: after === undefined ? page.nextCursor : null,
        },
        200,
      );
    })
    .openapi(latest, async (c) => {
      onlyAuditors(c.get('caller'));
      const newest = await newestCheckpoint(deps.sql);
      if (!newest) throw notFound();
      return c.text(newest.note, 200);
    })
    .openapi(inclusion, async (c) => {
      const { chain, seq, size } = c.req.valid('query');
      await chainToProve(deps, c.get('caller'), chain);
      const proof = await proveEvent(deps.sql, chain, seq, size);
      if (!proof) throw notYet();
      return c.json({ ...proof, path: [...proof.path] }, 200);
    })
    .openapi(consistency, async (c) => {
      onlyAuditors(c.get('caller'));
      const { from, to } = c.req.valid('query');
      const proof = await proveGrowth(deps.sql, from, to);
      if (!proof) throw notYet();
      return c.json({ ...proof, path: [...proof.path] }, 200);
    })
    .openapi(head, async (c) => {
      const { chain } = c.req.valid('query');
      await chainToProve(deps, c.get('caller'), chain);
      const proof = await proveHead(deps.sql, chain);
      if (!proof) throw notYet();
      return c.json({ ...proof, path: [...proof.path] }, 200);
    });

const shown = ({ number, size, at, note }: { number: number; size: number; at: string; note: string }) => ({
  ...{ number, size, at, note },
});

/** A case the caller may read, or one of the chains that are of no case. Throws the problem 403 or 404. */
async function chainToProve(deps: AppDeps, caller: Caller, chain: string): Promise<void> {
  if (!commonChains.has(chain)) await caseToRead(deps, caller, chain);
  onlyAuditors(caller);
}

function onlyAuditors(caller: Caller): void {
  if (may(caller, 'proofs')) return;
  throw problem(
    'FORBIDDEN',
    ['只有审计员可以查看检查点和证明。', 'Only auditors see checkpoints and proofs.'],
    [['请审计员办理', 'Ask an auditor']],
  );
}

function notYet() {
  return problem(
    'NOT_FOUND',
    ['日志的检查点还没有到这里。', 'No checkpoint of the log has come so far.'],
    [['一分钟后再试。', 'Try again in a minute.']],
  );
}
