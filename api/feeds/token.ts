import { createHmac, randomBytes } from 'node:crypto';
import type { FeedSecret } from '../../db/queries/calendar-feeds.ts';
import { hashOf } from '../auth/tokens.ts';

/** The token of a feed's address: 256 bits, of which the table keeps the hash. */
export interface FeedToken extends FeedSecret {
  readonly token: string;
}

/**
 * Draws a token. It is worked out from random bits the table keeps and from the key or session the request came with, of
 * which the table keeps only the hash: so neither the table nor that key alone gives it away, and a request sent again under
 * its Idempotency-Key can be answered with the same address.
 */
export function drawToken(credential: string, request: string): FeedToken {
  return tokenOf(credential, `${randomBytes(32).toString('hex')}.${request}`);
}

/** Whether a token was drawn for this request. */
export function isDrawnFor({ nonce }: Pick<FeedSecret, 'nonce'>, request: string): boolean {
  return nonce.endsWith(`.${request}`);
}

/** The token drawn with this nonce under this key or session. Another one gives another token, whose hash tells. */
export function tokenOf(credential: string, nonce: string): FeedToken {
  const token = createHmac('sha256', credential).update(`linli calendar feed ${nonce}`).digest('base64url');
  return { token, nonce, hash: hashOf(token) };
}

/** What looks like one of our tokens; nothing else is asked of the database. */
export function isPlausibleToken(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}
