import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { actIdOf } from '../door/act-id.ts';
import type { AppEnv } from './env.ts';
import { problem } from './errors.ts';

/** The id a request stands for, and the key it came under. */
export interface RequestId {
  readonly id: string;
  readonly key: string;
}

/**
 * The id of what this POST makes: the same for the same caller, method, path and `Idempotency-Key`, so that a repeat
 * finds what the first made. Without the header a key is made up. The key is told in the answer's `Idempotency-Key`.
 */
export function requestId(c: Context<AppEnv>): RequestId {
  const key = keyOf(c);
  return {
    key,
    id: actIdOf({ caller: c.get('caller').person, method: c.req.method, path: c.req.path, idempotencyKey: key }),
  };
}

/** The `Idempotency-Key` of a request, or one made up; told in the answer. Throws the problem of a key that is none. */
export function keyOf(c: Context<AppEnv>): string {
  const given = c.req.header('idempotency-key');
  if (given !== undefined && !/^[\x21-\x7e]{1,255}$/.test(given))
    throw problem('MALFORMED', [
      'Idempotency-Key 应为 1 到 255 个可见的 ASCII 字符。',
      'Idempotency-Key should be 1 to 255 visible ASCII characters.',
    ]);
  const key = given ?? randomUUID();
  c.header('Idempotency-Key', key);
  return key;
}
