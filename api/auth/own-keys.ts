import type { Context } from 'hono';
import type { Sql } from '../../db/client.ts';
import { addKey, type KeyWish, type LoginKey, revokeKey, rotateKey } from '../../db/queries/login-keys.ts';
import { addSecurityEvent } from '../../db/queries/security-events.ts';
import { holdingUser, isOpen } from '../../db/queries/sign-in-held.ts';
import type { AppEnv } from '../env.ts';
import { notFound, problem } from '../errors.ts';
import { peerOf } from '../peer.ts';
import type { Caller } from './caller.ts';
import { hashOf, newToken } from './tokens.ts';

/** An API key as its person sees it once; `secret` is null whenever it was told before. */
export interface MadeKey {
  readonly key: LoginKey;
  readonly secret: string | null;
}

/** How many keys one person has at most. */
export const MOST_KEYS = 20;
/** How many days a key is good at most. */
export const MOST_DAYS = 366;
/** How many days the key before the last change is good at most. */
export const MOST_GRACE_DAYS = 7;

const draw = (): string => `linli_${newToken()}`;

/**
 * Does what gives out a key while the caller's session is known to hold: a request that was on its way when the session was ended
 * makes none. Throws the problem 401.
 */
async function whileSignedIn<T>(c: Context<AppEnv>, sql: Sql, work: (tx: Sql) => Promise<T>): Promise<T> {
  const { person, session = '' } = c.get('caller');
  return holdingUser(sql, person, async (tx) => {
    if (!(await isOpen(tx, person, session)))
      throw problem(
        'UNAUTHENTICATED',
        ['登录在办理期间已结束。', 'The session was ended while this was under way.'],
        [['请重新登录。', 'Sign in again.']],
      );
    return work(tx);
  });
}

/**
 * Makes a key for a login of the caller. `id` is that of the request: sent again it makes no second key, and does not tell the first.
 * Throws the problems 401, 409 and 422.
 */
export async function makeKey(c: Context<AppEnv>, sql: Sql, id: string, wish: KeyWish): Promise<MadeKey> {
  const { person } = c.get('caller');
  const secret = draw();
  const made = await whileSignedIn(c, sql, (tx) =>
    addKey(tx, { id, person, hash: hashOf(secret), ...wish }, MOST_KEYS),
  );
  if (made === 'full')
    throw problem(
      'LIMIT_REACHED',
      [`每人最多 ${MOST_KEYS} 个 API 密钥。`, `A person has at most ${MOST_KEYS} API keys.`],
      [['先撤销一个不用的', 'Revoke one that is not used']],
    );
  if (made === 'noLogin')
    throw problem('INVALID_DATA', ['这不是您可用的身份。', 'That is no login of yours that holds.']);
  if (made === 'other')
    throw problem('IDEMPOTENCY_KEY_REUSED', ['这个幂等键已用于另一项请求。', 'This key was used for another request.']);
  return told(c, sql, 'keyMade', secret, made);
}

/** Changes a key of the caller, once for a request. Throws the problems 401 and 404. */
export async function changeKey(
  c: Context<AppEnv>,
  sql: Sql,
  id: string,
  how: { readonly request: string; readonly graceDays: number },
): Promise<MadeKey> {
  const secret = draw();
  const changed = await whileSignedIn(c, sql, (tx) =>
    rotateKey(tx, c.get('caller').person, id, { hash: hashOf(secret), ...how }),
  );
  if (!changed) throw notFound();
  return told(c, sql, 'keyRotated', secret, changed);
}

async function told(
  c: Context<AppEnv>,
  sql: Sql,
  kind: 'keyMade' | 'keyRotated',
  secret: string,
  { key, repeated }: { readonly key: LoginKey; readonly repeated: boolean },
): Promise<MadeKey> {
  if (repeated) c.header('Idempotency-Replayed', 'true');
  else await addSecurityEvent(sql, { kind, person: c.get('caller').person, key: key.id, address: peerOf(c) });
  return { key, secret: repeated ? null : secret };
}

/** Ends a key of a person, who may be somebody else than who ends it. Throws the problem 404. */
export async function endKey(c: Context<AppEnv>, sql: Sql, person: string, id: string): Promise<void> {
  if (!(await revokeKey(sql, person, id))) throw notFound();
  const by = c.get('caller').person;
  const event = { kind: 'keyRevoked', person, key: id, address: peerOf(c), by: by === person ? null : by };
  await addSecurityEvent(sql, event);
}

/** Throws the problem 403 unless a person has signed in by name and, for what gives out a key, showed just now that it is he. */
export function demandPerson({ session, proven }: Caller, { anew }: { readonly anew: boolean }): void {
  if (session === undefined)
    throw problem(
      'FORBIDDEN',
      [
        '密钥只由用用户名登录的本人管理，密钥本身不能。',
        'Keys are managed by people who sign in by name, not by keys.',
      ],
      [['用用户名登录，打开“我的账户”。', 'Sign in by name and open “My account”.']],
    );
  if (anew && !proven)
    throw problem(
      'NOT_PROVEN',
      ['登录已有一会儿。', 'The sign-in was a while ago.'],
      [
        [
          '打开 /account/again，输入密码或使用通行密钥。',
          'Open /account/again, and enter your password or use a passkey.',
        ],
      ],
    );
}
