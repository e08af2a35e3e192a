import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Sql } from '../../db/client.ts';
import { closeSession, type LoginRow, loginOfKey, loginOfSession, openSession } from '../../db/queries/sign-in.ts';
import type { AppEnv } from '../env.ts';
import type { Caller } from './caller.ts';
import { hashOf, newToken } from './tokens.ts';

const COOKIE = 'linli_session';
const LIFE_MS = 12 * 3_600_000;

/** A login row as a caller. */
export function callerOf({ key, role, person, post, unit, inOffice }: LoginRow): Caller {
  return { key, role, person, unit, inOffice, ...(post === null ? {} : { post }) };
}

/** Signs in with an API key: opens a session and sets its cookie (HttpOnly, this site only). False when the key is none of ours. */
export async function signIn(c: Context, sql: Sql, apiKey: string): Promise<boolean> {
  const login = isPlausibleKey(apiKey) ? await loginOfKey(sql, hashOf(apiKey)) : undefined;
  if (!login) return false;
  await signOut(c, sql);
  const token = newToken();
  await openSession(sql, { hash: hashOf(token), key: login.key, csrfToken: newToken(), lifeMs: LIFE_MS });
  setCookie(c, COOKIE, token, { ...place(c), httpOnly: true, maxAge: LIFE_MS / 1000 });
  return true;
}

/** Ends the session of this browser, at once and for good. */
export async function signOut(c: Context, sql: Sql): Promise<void> {
  const token = getCookie(c, COOKIE);
  if (token === undefined) return;
  deleteCookie(c, COOKIE, place(c));
  await closeSession(sql, hashOf(token));
}

/** Who is signed in by the cookie of this browser. */
export async function callerOfSession(c: Context, sql: Sql): Promise<Caller | undefined> {
  const token = sessionToken(c);
  if (token === undefined) return undefined;
  const login = await loginOfSession(sql, hashOf(token));
  if (!login) return undefined;
  const caller = { ...callerOf(login), ...readsOf(c), csrfToken: login.csrfToken };
  c.set('caller', caller);
  return caller;
}

/** Where what a request reads is gathered for the access log. */
export function readsOf(c: Context<AppEnv>): Pick<Caller, 'reads'> {
  const reads = c.get('reads');
  return reads ? { reads } : {};
}

/** The token of the session cookie of this browser. */
export function sessionToken(c: Context): string | undefined {
  const token = getCookie(c, COOKIE);
  return token !== undefined && token.length <= 100 ? token : undefined;
}

/** A key as it may come in a header or form: nothing longer is worth hashing. */
export function isPlausibleKey(key: string): boolean {
  return /^[\x21-\x7e]{8,200}$/.test(key);
}

function place(c: Context) {
  return { path: '/', sameSite: 'Lax', secure: new URL(c.req.url).protocol === 'https:' } as const;
}
