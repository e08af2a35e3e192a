import { createRoute, z } from '@hono/zod-openapi';
import type { Caller } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { tooMany } from '../errors.ts';
import { languageOf } from '../language.ts';
import { originOf } from '../origin.ts';
import { peerOf } from '../peer.ts';
import { cardToChange, publicCard, publishCard, withdrawCard } from '../post-cards.ts';
import { createRateLimit } from '../rate-limit.ts';
import { PostCard, PostCardRequest, PublicCard } from '../schemas/cards.ts';
import { json, jsonBody, pathId, problems } from '../schemas/common.ts';
import { routes } from '../validation.ts';

const params = z.object({ postId: pathId('postId') });

const read = createRoute({
  method: 'get',
  path: '/posts/{postId}/card',
  tags: ['organisation'],
  summary: 'What is published of a post; for its holder and administrators',
  request: { params },
  responses: { 200: json(PostCard, 'The card'), ...problems(401, 403, 404, 503) },
});

const put = createRoute({
  method: 'put',
  path: '/posts/{postId}/card',
  tags: ['organisation'],
  summary: 'Publish the convenience card of a post; for its holder and administrators. What is not named is not shown',
  request: { params, body: jsonBody(PostCardRequest) },
  responses: { 200: json(PostCard, 'Published'), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
});

const withdraw = createRoute({
  method: 'delete',
  path: '/posts/{postId}/card',
  tags: ['organisation'],
  summary: 'Take the card of a post back; for its holder and administrators',
  request: { params },
  responses: { 204: { description: 'Taken back' }, ...problems(401, 403, 404, 503) },
});

const open = createRoute({
  method: 'get',
  path: '/public/posts/{postId}/card',
  tags: ['organisation'],
  summary: 'The convenience card of a post, for anybody: nothing but what was published',
  security: [],
  request: { params },
  responses: { 200: json(PublicCard, 'The card'), ...problems(404, 429, 503) },
});

/** `/posts/{id}/card`, `/public/posts/{id}/card` */
export const postCardRoutes = (deps: AppDeps) => {
  const limit = createRateLimit(PUBLIC_LIMIT);
  const view = async (caller: Caller, post: string) => {
    const { card, holder } = await cardToChange(deps, caller, post);
    return {
      post,
      published: card !== undefined,
      showName: card?.showsName ?? false,
      telephone: card?.telephone ?? null,
      services: [...(card?.services ?? [])],
      languages: [...(card?.languages ?? [])],
      outdated: card !== undefined && card.holder !== null && card.holder !== holder,
      revision: card?.revision ?? 0,
      publishedAt: card?.publishedAt ?? null,
    };
  };
  return routes()
    .openapi(read, async (c) => c.json(await view(c.get('caller'), c.req.valid('param').postId), 200))
    .openapi(put, async (c) => {
      const { postId } = c.req.valid('param');
      await publishCard(deps, c.get('caller'), postId, c.req.valid('json'));
      return c.json(await view(c.get('caller'), postId), 200);
    })
    .openapi(withdraw, async (c) => {
      await withdrawCard(deps, c.get('caller'), c.req.valid('param').postId);
      return c.body(null, 204);
    })
    .openapi(open, async (c) => {
      const wait = limit(peerOf(c));
      if (wait !== undefined) throw tooMany(wait);
      const asked = { language: languageOf(c), origin: originOf(deps, c) };
      const card = await publicCard(deps, c.req.valid('param').postId, asked);
      c.header('X-Robots-Tag', 'noindex, nofollow');
      c.header('Cache-Control', 'no-store');
      return c.json(card, 200);
    });
};

/** Behind a proxy all readers are one peer, so the bound is wide: it keeps a process alive, and slows down who collects numbers. */
export const PUBLIC_LIMIT = { burst: 300, perMinute: 600 };
