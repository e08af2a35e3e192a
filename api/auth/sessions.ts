import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Sql } from '../../db/client.ts';
import { addSecurityEvent } from '../../db/queries/security-events.ts';
import {
  closeSession,
  factorRequired,
  type LoginRow,
  loginOfKey,
  loginOfSession,
  openSession,
  sessionSeen,
} from '../../db/queries/sign-in.ts';
import { seeAs } from '../../db/walled.ts';
import type { AppEnv } from '../env.ts';
import { peerOf } from '../peer.ts';
import { createRateLimit } from '../rate-limit.ts';
import type { Caller } from './caller.ts';
import { sightOf } from './sight.ts';
import { hashOf, newToken } from './tokens.ts';

/**
 * The cookies of a session: one opened with a key, and one of a person who signed in by name (api/auth/people.ts). With https
 * only this very host can set them, and others are not looked at.
 */
const cookiesOf = (c: Context) =>
  c.get('secure') ? ['__Host-linli_session', '__Host-linli.session_token'] : ['linli_session', 'linli.session_token'];
const LIFE_MS = 12 * 3_600_000;

/** A login row as a caller. */
export function callerOf({ key, role, person, post, unit, inOffice, scope }: LoginRow): Caller {
  return { key, role, person, unit, inOffice, scope, ...(post === null ? {} : { post }) };
}

/** So many keys that are none may be tried from one address at once, and so many a minute after that. */
const WRONG_KEYS = { burst: 20, perMinute: 10 };

/** How signing in with a key went. */
export type KeySignIn = 'in' | 'wrong' | 'tooMany';

/**
 * Signing in with API keys of the first run: opens a session and sets its cookie (HttpOnly, this site only). `wrong` when the key is
 * none of ours, one that may only read, one that a person made for a program, or where keys open no pages. Either is noted in the
 * security log; after too many wrong ones an address waits.
 */
export function createKeySignIn(sql: Sql): (c: Context, apiKey: string) => Promise<KeySignIn> {
  const limit = createRateLimit(WRONG_KEYS);
  return async (c, apiKey) => {
    const address = peerOf(c);
    if (limit(address, 0) !== undefined) return 'tooMany';
    const login = isPlausibleKey(apiKey) ? await loginOfKey(sql, hashOf(apiKey)) : undefined;
    const about = { person: login?.person ?? null, key: login?.made ?? login?.key ?? null, method: 'key', address };
    if (login?.scope !== 'all' || login.made !== null || (await factorRequired(sql))) {
      limit(address);
      await addSecurityEvent(sql, { kind: 'signInFailed', ...about });
      return 'wrong';
    }
    await signOut(c, sql);
    const token = newToken();
    const session = { hash: hashOf(token), key: login.key, csrfToken: newToken(), lifeMs: LIFE_MS, address };
    await openSession(sql, session);
    setCookie(c, cookiesOf(c)[0] ?? '', token, { ...place(c), httpOnly: true, maxAge: LIFE_MS / 1000 });
    await addSecurityEvent(sql, { kind: 'signedIn', ...about });
    return 'in';
  };
}

/** Ends the session of this browser, at once and for good. */
export async function signOut(c: Context, sql: Sql): Promise<void> {
  const tokens = tokensOf(c);
  for (const { cookie } of tokens) deleteCookie(c, cookie, place(c));
  await Promise.all(tokens.map(({ token }) => closeSession(sql, hashOf(token))));
}

/** Who is signed in by the cookie of this browser; with `lacking` also who has still to set up the second factor that is demanded. */
export async function callerOfSession(
  c: Context,
  sql: Sql,
  options: { readonly lacking?: boolean } = {},
): Promise<Caller | undefined> {
  const token = sessionToken(c);
  if (token === undefined) return undefined;
  const hash = hashOf(token);
  const login = await loginOfSession(sql, hash, options);
  if (!login) return undefined;
  if (login.unseen) await sessionSeen(sql, hash);
  const { csrfToken, session, proven, strong } = login;
  const own = session === null ? {} : { session, proven, strong };
  const caller = { ...callerOf(login), ...readsOf(c), csrfToken, ...own };
  c.set('caller', caller);
  seeAs(sightOf(caller));
  return caller;
}

/** Where what a request reads is gathered for the access log. */
export function readsOf(c: Context<AppEnv>): Pick<Caller, 'reads'> {
  const reads = c.get('reads');
  return reads ? { reads } : {};
}

/** The token of the session cookie of this browser. */
export function sessionToken(c: Context): string | undefined {
  return tokensOf(c)[0]?.token;
}

/** What the cookies of sessions hold. The library's also carries a signature, which proves nothing that the token does not. */
function tokensOf(c: Context): { readonly cookie: string; readonly token: string }[] {
  return cookiesOf(c).flatMap((cookie) => {
    const token = getCookie(c, cookie)?.split('.')[0];
    return token && token.length <= 100 ? [{ cookie, token }] : [];
  });
}

/** A key as it may come in a header or form: nothing longer is worth hashing. */
export function isPlausibleKey(key: string): boolean {
  return /^[\x21-\x7e]{8,200}$/.test(key);
}

function place(c: Context) {
  return { path: '/', sameSite: 'Lax', secure: c.get('secure') === true } as const;
}
