import { createHmac } from 'node:crypto';
import { isAPIError } from 'better-auth/api';
import type { Context } from 'hono';
import { getSignedCookie } from 'hono/cookie';
import { addSecurityEvent, type SecurityEvent } from '../../db/queries/security-events.ts';
import { closeSession } from '../../db/queries/sign-in.ts';
import { hasPasskey, passwordMark, personNamed, userOf } from '../../db/queries/sign-in-people.ts';
import { clearTries, countTry, isLocked, MOST_TRIES, takeCode } from '../../db/queries/sign-in-tries.ts';
import type { AppDeps } from '../deps.ts';
import { originOf } from '../origin.ts';
import { peerOf } from '../peer.ts';
import { createRateLimit } from '../rate-limit.ts';
import { cookiePrefix, type People, peopleAt, type SignInDeps } from './people.ts';
import { signOut } from './sessions.ts';
import { hashOf } from './tokens.ts';

/** How a step of signing in went. `second`: a code is asked for next. */
export type SignInOutcome = 'in' | 'second' | 'wrong' | 'locked' | 'noLogin' | 'tooMany' | 'over';

/** What the pages sign people in with. */
export interface SignIns {
  readonly sso: SignInDeps['sso'];
  /** The library at the address of a request. */
  people(c: Context): People;
  /** User name and password. Sets cookies on success, or those of the second step. */
  password(c: Context, given: { readonly username: string; readonly password: string }): Promise<SignInOutcome>;
  /** The second step: a one-time code, or a recovery code. */
  second(c: Context, given: { readonly code: string; readonly recovery: boolean }): Promise<SignInOutcome>;
  /** A passkey's answer to what it was asked. With `of`, that person's alone does: whoever shows anew that it is he is nobody else. */
  passkey(c: Context, response: Record<string, unknown>, of?: string): Promise<SignInOutcome>;
  /** Whether an address may try once more; after how many seconds otherwise. */
  limited(c: Context): number | undefined;
  /** Notes something in the security log. */
  note(c: Context, event: Pick<SecurityEvent, 'kind'> & Partial<Omit<SecurityEvent, 'id' | 'at'>>): Promise<void>;
  /** Takes a one-time code of a person: false when it was shown before. */
  freshCode(person: string, code: string): Promise<boolean>;
  isLocked(username: string): Promise<boolean>;
  unlock(username: string): Promise<void>;
}

/** A user name as it is kept: no case, no spaces around. */
export const plainName = (username: string) => username.trim().toLowerCase();

/** The user name somebody is offered who has none: his id, without what tells ids of people from others. */
export const suggestedName = (person: string) => plainName(person.replace(/^p-/, ''));

/** Sign-ins over a database. `perMinute`: how many tries an address has. */
export function createSignIns(
  deps: Pick<AppDeps, 'sql' | 'publicUrl'> & { readonly signIn: SignInDeps },
  { burst = 60, perMinute = 30 }: { readonly burst?: number; readonly perMinute?: number } = {},
): SignIns {
  const { sql, signIn } = deps;
  const at = peopleAt(sql, signIn);
  const people = (c: Context) => at(originOf(deps, c));
  const limit = createRateLimit({ burst, perMinute });
  const keyed = (kind: string, text: string) =>
    createHmac('sha256', signIn.secret).update(`${kind}\0${text}`).digest('hex');
  const triesOf = (username: string) => keyed('name', plainName(username));
  const note: SignIns['note'] = (c, event) => addSecurityEvent(sql, { ...event, address: peerOf(c) });
  const freshCode: SignIns['freshCode'] = (person, code) => takeCode(sql, person, keyed('code', code.trim()));

  /** Whose second step is under way in this browser. */
  async function waiting(c: Context, library: People): Promise<string | undefined> {
    const cookie = `${cookiePrefix(originOf(deps, c))}.two_factor`;
    const identifier = await getSignedCookie(c, signIn.secret, cookie);
    if (!identifier) return undefined;
    const found = await (await library.$context).internalAdapter.findVerificationValue(identifier);
    return found && new Date(found.expiresAt) > new Date() ? found.value : undefined;
  }

  /**
   * Gives the browser the session that was made, unless what let in was changed while it was: whoever waits with an old password
   * gets past no reset.
   */
  async function signedIn(
    c: Context,
    person: string,
    method: string,
    { headers, holds }: { readonly headers: Headers; readonly holds: () => Promise<boolean> },
  ): Promise<SignInOutcome> {
    const token = sessionTokenIn(headers);
    if (!(await holds())) {
      if (token !== undefined) await closeSession(sql, hashOf(token));
      return failed(c, person, method);
    }
    await signOut(c, sql);
    takeCookies(c, headers);
    const user = await userOf(sql, person);
    if (user) await clearTries(sql, triesOf(user.username));
    await note(c, { kind: 'signedIn', person, method });
    return 'in';
  }
  /** Whether a person's password is the one it was. */
  const samePassword = (person: string, mark: string | undefined) => async () =>
    (await passwordMark(sql, person)) === mark;

  async function failed(c: Context, person: string | undefined, method: string): Promise<SignInOutcome> {
    await note(c, { kind: 'signInFailed', person: person ?? null, method });
    return 'wrong';
  }

  return {
    sso: signIn.sso,
    people,
    note,
    freshCode,
    limited: (c) => limit(peerOf(c)),
    isLocked: (username) => isLocked(sql, triesOf(username)),
    unlock: (username) => clearTries(sql, triesOf(username)),

    async password(c, { username: given, password }) {
      if (limit(peerOf(c)) !== undefined) return 'tooMany';
      const username = plainName(given).slice(0, 64);
      await signOut(c, sql);
      const nth = await countTry(sql, triesOf(username));
      if (nth > MOST_TRIES) return 'locked';
      const known = await personNamed(sql, username);
      const mark = await passwordMark(sql, known ?? '');
      try {
        const { headers, response } = await people(c).api.signInUsername({
          body: { username: username || '-', password: password.slice(0, 128) || '-' },
          headers: c.req.raw.headers,
          returnHeaders: true,
        });
        if ('twoFactorRedirect' in response) {
          if (!(await samePassword(known ?? '', mark)())) return await failed(c, known, 'password');
          takeCookies(c, headers);
          return 'second';
        }
        const { id } = response.user;
        return await signedIn(c, id, 'password', { headers, holds: samePassword(id, mark) });
      } catch (error) {
        if (!isAPIError(error)) throw error;
        const person = known;
        if (codeOf(error) === 'NO_LOGIN') {
          await note(c, { kind: 'signInRefused', person: person ?? null, method: 'password' });
          return 'noLogin';
        }
        await failed(c, person, 'password');
        if (nth < MOST_TRIES) return 'wrong';
        await note(c, { kind: 'locked', person: person ?? null, method: 'password' });
        return 'locked';
      }
    },

    async second(c, { code, recovery }) {
      if (limit(peerOf(c)) !== undefined) return 'tooMany';
      const library = people(c);
      const person = await waiting(c, library);
      if (person === undefined) return 'over';
      const method = recovery ? 'recovery' : 'code';
      const mark = await passwordMark(sql, person);
      const call = { body: { code: code.trim() }, headers: withoutSession(c), returnHeaders: true as const };
      try {
        // taken before it is looked at: of two that come at once with one code, one alone goes on
        if (!recovery && !(await freshCode(person, code))) return await failed(c, person, 'replay');
        const { headers } = recovery
          ? await library.api.verifyBackupCode({ ...call, body: { ...call.body, disableSession: false } })
          : await library.api.verifyTOTP(call);
        if (recovery) await note(c, { kind: 'recoveryCodeUsed', person });
        return await signedIn(c, person, method, { headers, holds: samePassword(person, mark) });
      } catch (error) {
        if (!isAPIError(error)) throw error;
        const why = codeOf(error);
        if (why === 'NO_LOGIN') return 'noLogin';
        await failed(c, person, method);
        if (why === 'ACCOUNT_TEMPORARILY_LOCKED') {
          await note(c, { kind: 'locked', person, method });
          return 'locked';
        }
        return why === 'INVALID_CODE' || why === 'INVALID_BACKUP_CODE' ? 'wrong' : 'over';
      }
    },

    async passkey(c, response, of) {
      if (limit(peerOf(c)) !== undefined) return 'tooMany';
      const credential = String(response['id'] ?? '');
      try {
        const { headers, response: found } = await people(c).api.verifyPasskeyAuthentication({
          body: { response: response as never },
          headers: c.req.raw.headers,
          returnHeaders: true,
        });
        const person = found.session.userId;
        const holds = async () => (of ?? person) === person && (await hasPasskey(sql, person, credential));
        return await signedIn(c, person, 'passkey', { headers, holds });
      } catch (error) {
        if (!isAPIError(error)) throw error;
        if (codeOf(error) === 'NO_LOGIN') return 'noLogin';
        return await failed(c, undefined, 'passkey');
      }
    },
  };
}

/** The token of the session that answers of the library open; undefined when they open none. */
export function sessionTokenIn(headers: Headers): string | undefined {
  const cookie = headers.getSetCookie().find((each) => /^[^=]*\.session_token=[^;]/.test(each));
  return cookie && /=([^.;]+)/.exec(cookie)?.[1];
}

/** The headers of a request without the session that may be under way: who is signing in, a step's own cookie says. */
export function withoutSession(c: Context): Headers {
  const headers = new Headers(c.req.raw.headers);
  const cookies = (headers.get('cookie') ?? '').split(';').map((each) => each.trim());
  headers.set('cookie', cookies.filter((each) => !/^[^=]*\.session_(token|data)=/.test(each)).join('; '));
  return headers;
}

/** Gives the browser the cookies the library sets. */
export function takeCookies(c: Context, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) c.header('Set-Cookie', cookie, { append: true });
}

/** The library's word for what it refuses. */
export function codeOf(error: unknown): string {
  return (error as { body?: { code?: string } }).body?.code ?? '';
}
