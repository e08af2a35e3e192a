import type { Context } from 'hono';

/** The address a request came from, as the socket says: behind a proxy that is the proxy's. What others claim is not believed. */
export function peerOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
