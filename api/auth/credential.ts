import type { Context } from 'hono';
import { sessionToken } from './sessions.ts';

/** What a request signed in with: an API key, or the token of a session. Never log it, never keep it. */
export interface Credential {
  readonly kind: 'key' | 'session';
  readonly secret: string;
}

/** The credential of a request that `requireCaller` let pass. */
export function credentialOf(c: Context): Credential {
  const key = /^Bearer +([^ ]+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return key === undefined ? { kind: 'session', secret: sessionToken(c) ?? '' } : { kind: 'key', secret: key };
}
