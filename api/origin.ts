import type { Context } from 'hono';
import type { AppDeps } from './deps.ts';

/** Where people reach this installation: the configured address, else the one the request was sent to. No slash at the end. */
export function originOf(deps: Pick<AppDeps, 'publicUrl'>, c: Context): string {
  return deps.publicUrl ?? new URL(c.req.url).origin;
}
