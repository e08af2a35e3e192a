import type { Context } from 'hono';
import { addFeed, type FeedRow, feedOf, revokeFeed, rotateFeed } from '../../db/queries/calendar-feeds.ts';
import { bodyOf } from '../../door/act-body.ts';
import { credentialOf } from '../auth/credential.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound, problem } from '../errors.ts';
import { requestId } from '../idempotency.ts';
import { originOf } from '../origin.ts';
import { drawToken, isDrawnFor, tokenOf } from './token.ts';

/** A feed with its address, where that can be told. */
export interface MadeFeed {
  readonly feed: FeedRow;
  readonly url: string | null;
}

/** One for each of a person's devices. */
const MOST_FEEDS = 10;

/**
 * Makes a feed for the caller. Sent again under the same Idempotency-Key it answers the same feed, and its address as long
 * as that still holds and the key or session is the same. Throws the problems 409 and 422.
 */
export async function makeFeed(
  c: Context<AppEnv>,
  deps: AppDeps,
  wish: { readonly language: 'zh' | 'en'; readonly months: number },
): Promise<MadeFeed> {
  const { person } = c.get('caller');
  const { secret } = credentialOf(c);
  const { id } = requestId(c);
  const bodyHash = bodyOf(wish).hash;
  const { token, hash, nonce } = drawToken(secret, id);
  const added = await addFeed(deps.sql, { id, person, hash, nonce, bodyHash, ...wish }, MOST_FEEDS);
  if (added === 'full')
    throw problem(
      'LIMIT_REACHED',
      [`每人最多 ${MOST_FEEDS} 个日历订阅。`, `A person has at most ${MOST_FEEDS} calendar feeds.`],
      [['先停用一个不用的', 'Revoke one that is not used']],
    );
  if (added) return { feed: added, url: feedUrl(c, deps, token) };
  const found = await feedOf(deps.sql, person, id);
  if (!found) throw notFound();
  const { revoked, bodyHash: asked, hash: kept, nonce: drawn, ...feed } = found;
  if (asked !== bodyHash)
    throw problem('IDEMPOTENCY_KEY_REUSED', ['这个幂等键已用于另一项请求。', 'This key was used for another request.']);
  c.header('Idempotency-Replayed', 'true');
  const again = tokenOf(secret, drawn);
  return { feed, url: again.hash === kept && !revoked ? feedUrl(c, deps, again.token) : null };
}

/** Gives a feed of the caller's another address, once for an Idempotency-Key; the old one leads nowhere at once. Throws the problem 404. */
export async function renewFeed(c: Context<AppEnv>, deps: AppDeps, id: string): Promise<MadeFeed> {
  const { person } = c.get('caller');
  const credential = credentialOf(c).secret;
  const { id: request } = requestId(c);
  const found = await feedOf(deps.sql, person, id);
  if (!found || found.revoked) throw notFound();
  const { revoked: _, bodyHash: _asked, hash, nonce, ...known } = found;
  const again = isDrawnFor(found, request) ? tokenOf(credential, nonce) : undefined;
  if (again) return { feed: known, url: again.hash === hash ? feedUrl(c, deps, again.token) : null };
  const { token, ...secret } = drawToken(credential, request);
  const feed = await rotateFeed(deps.sql, person, id, secret);
  if (!feed) throw notFound();
  return { feed, url: feedUrl(c, deps, token) };
}

/** Ends a feed of the caller's. Throws the problem 404. */
export async function endFeed(c: Context<AppEnv>, deps: AppDeps, id: string): Promise<void> {
  if (!(await revokeFeed(deps.sql, c.get('caller').person, id))) throw notFound();
}

function feedUrl(c: Context, deps: AppDeps, token: string): string {
  return `${originOf(deps, c)}/calendar/${token}.ics`;
}
