import { createMiddleware } from 'hono/factory';
import type { Sql } from '../db/client.ts';
import { addSecurityEvent } from '../db/queries/security-events.ts';
import { credentialOf } from './auth/credential.ts';
import { hashOf } from './auth/tokens.ts';
import type { AppEnv } from './env.ts';
import { tooMany } from './errors.ts';
import { peerOf } from './peer.ts';
import { createRateLimit, type RateLimitOptions } from './rate-limit.ts';

/**
 * Lets one key or session ask so often, in this process, before anything is looked up for it: 429 beyond. Whoever shows neither is
 * held up by the limits of signing in. Keys and sessions that somebody was let in with are counted apart from those that are yet to
 * show it: however many are made up, they push none of the others out of mind.
 */
export function limitRequests(options: RateLimitOptions) {
  const [known, strange] = [createRateLimit(options), createRateLimit(options)];
  const lets = new Set<string>();
  const mostKnown = options.mostKeys ?? 10_000;
  return createMiddleware<AppEnv>(async (c, next) => {
    const { secret } = credentialOf(c);
    if (secret === '') return next();
    const hash = hashOf(secret);
    const wait = (lets.has(hash) ? known : strange)(hash);
    if (wait !== undefined) throw tooMany(wait);
    await next();
    if (c.get('caller') === undefined) lets.delete(hash);
    else if (!lets.has(hash)) {
      // the one known for longest goes, as in the count itself
      const [oldest] = lets;
      if (lets.size >= mostKnown && oldest !== undefined) lets.delete(oldest);
      lets.add(hash);
      known(hash);
    }
  });
}

/** Of one person and for one reason so many rows are added: an attempt that goes on and on fills no log. */
const ROWS: RateLimitOptions = { burst: 5, perMinute: 1 };

/** Notes in the security log which changes were refused to somebody who has signed in: what he may not, and what he may not so often. */
export function noteRefusedChanges(sql: Sql) {
  const limit = createRateLimit(ROWS);
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const person = c.get('caller')?.person;
    const { status } = c.res;
    if (c.req.method === 'GET' || person === undefined || (status !== 403 && status !== 429)) return;
    const method = c.get('refused') ?? String(status);
    if (limit(`${person} ${method}`) !== undefined) return;
    try {
      await addSecurityEvent(sql, { kind: 'changeRefused', person, method, address: peerOf(c) });
    } catch (error) {
      // it was refused all the same
      c.get('log').warn({ name: (error as Error).name }, 'a refused change is not in the security log');
    }
  });
}
