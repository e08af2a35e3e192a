import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './env.ts';
import { ApiProblem, STORE_AWAY } from './errors.ts';

/**
 * Answers 503 when a request takes longer than this: a pool all of whose connections are busy would otherwise keep callers
 * waiting without end. What the request had begun may still be committed, which is why the same key is safe to send again.
 */
export function patience(limitMs: number) {
  return createMiddleware<AppEnv>(async (_, next) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ApiProblem(STORE_AWAY)), limitMs);
    });
    try {
      await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
    }
  });
}
