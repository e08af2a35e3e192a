import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Sql } from '../../db/client.ts';
import { keyUsed } from '../../db/queries/login-keys.ts';
import { seeAs } from '../../db/walled.ts';
import type { AppEnv } from '../env.ts';
import { problem } from '../errors.ts';
import { createLogins } from './logins.ts';
import { callerOf, callerOfSession, isPlausibleKey, readsOf } from './sessions.ts';
import { sightOf } from './sight.ts';
import { hashOf, sameText } from './tokens.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Says who calls: `Authorization: Bearer <API key>`, or the session cookie of the page. 401 without either. A change
 * asked for by cookie needs the session's token in `X-CSRF-Token`, which no other site can know; a key in a header
 * needs none, as no browser adds it by itself. Nor does a request that `trusts` knows to come from a page of ours elsewhere.
 */
export function requireCaller(sql: Sql, { trusts = () => false }: { readonly trusts?: (c: Context) => boolean } = {}) {
  const loginOf = createLogins(sql);
  return createMiddleware<AppEnv>(async (c, next) => {
    const header = c.req.header('authorization');
    if (header !== undefined) {
      const key = /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
      const login = key && isPlausibleKey(key) ? await loginOf(hashOf(key)) : undefined;
      if (!login) throw unauthenticated();
      if (login.made !== null && login.unused) await keyUsed(sql, login.made);
      if (login.scope === 'read' && !SAFE.has(c.req.method)) throw readsOnly();
      const known = { ...callerOf(login), ...readsOf(c) };
      c.set('caller', known);
      seeAs(sightOf(known));
      return next();
    }
    const caller = await callerOfSession(c, sql);
    if (!caller) throw unauthenticated();
    if (!SAFE.has(c.req.method) && !trusts(c) && !sameText(c.req.header('x-csrf-token') ?? '', caller.csrfToken ?? ''))
      throw problem(
        'FORBIDDEN',
        ['请求缺少页面令牌。', 'The request does not carry the token of the page.'],
        [['刷新页面后再试；程序请使用 API 密钥。', 'Reload the page; programs use an API key.']],
      );
    c.set('caller', caller);
    return next();
  });
}

function readsOnly() {
  return problem(
    'FORBIDDEN',
    ['这个密钥只能读取。', 'This key may only read.'],
    [['需要修改时请使用没有此限制的密钥。', 'Use a key without this limit to change something.']],
  );
}

function unauthenticated() {
  return problem(
    'UNAUTHENTICATED',
    ['没有有效的 API 密钥或登录。', 'There is no valid API key or session.'],
    [
      [
        '在请求头中加入 Authorization: Bearer <密钥>；本机首次运行生成的密钥用 linli keys 查看。',
        'Send Authorization: Bearer <key>; linli keys shows those of the first run.',
      ],
    ],
  );
}
