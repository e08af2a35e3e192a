import { randomUUID } from 'node:crypto';
import { isAPIError } from 'better-auth/api';
import { type Context, Hono } from 'hono';
import type { Sql } from '../../db/client.ts';
import { unitNames } from '../../db/queries/names.ts';
import { addSecurityEvent } from '../../db/queries/security-events.ts';
import { factorRequired, loginOfSession } from '../../db/queries/sign-in.ts';
import { isTaken, openLink, useLink, userOf } from '../../db/queries/sign-in-people.ts';
import { passwordFault } from '../auth/passwords.ts';
import { isConfiguredIssuer, SSO, SSO_BACK } from '../auth/people.ts';
import { callerOfSession, createKeySignIn, signOut } from '../auth/sessions.ts';
import { type SignInOutcome, type SignIns, takeCookies, withoutSession } from '../auth/sign-in-people.ts';
import { hashOf, sameText } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { originOf } from '../origin.ts';
import { peerOf } from '../peer.ts';
import { limitBody } from '../validation.ts';
import type { AccountWord } from './account-words.ts';
import { asset, formOf, ownForms, ownPath, page, pageLanguage, scriptedTo, strict, UNKEPT } from './frame.ts';
import { SecondStepPage, SignInPage, WelcomePage } from './sign-in.tsx';

/** What a page says of an outcome, and its status. */
const said: Readonly<Record<Exclude<SignInOutcome, 'in' | 'second'>, readonly [AccountWord, 401 | 403 | 429]>> = {
  wrong: ['wrong', 401],
  locked: ['locked', 429],
  noLogin: ['noLogin', 403],
  tooMany: ['tooMany', 429],
  over: ['over', 401],
};

/** Signing in and out: by key, and where `signIns` is there, by name, code, passkey, single sign-on; and the pages of one-time links. */
export function signInPages(deps: AppDeps, signIns: SignIns | undefined) {
  const script = asset('passkey.js');
  const signInByKey = createKeySignIn(deps.sql);
  const app = new Hono<AppEnv>();
  app.use('/sign-in', signIns ? scriptedTo(ssoOrigins(signIns)) : strict);
  for (const path of ['/sign-in/*', '/sign-out', '/welcome/*', '/assets/passkey.js']) app.use(path, strict);
  for (const path of ['/sign-in', '/sign-in/*', '/sign-out', '/welcome/*'])
    app.use(path, limitBody(64 * 1024), ownForms);

  const show = (
    c: Context<AppEnv>,
    {
      back = '/',
      key,
      ...more
    }: { back?: string; key?: 'keyWrong' | 'tryAgain' | 'tooMany'; error?: AccountWord; done?: AccountWord },
    status: 200 | 401 | 403 | 429 = 200,
  ) => {
    const byName = signIns && { sso: signIns.sso?.name, nonce: c.get('secureHeadersNonce'), ...more };
    return page(c, <SignInPage language={pageLanguage(c)} {...{ back, byName }} error={key} />, status);
  };

  app.get('/sign-in', async (c) => {
    const caller = await callerOfSession(c, deps.sql, { lacking: true });
    if (caller?.strong === false && (await factorRequired(deps.sql))) return c.redirect('/account', 303);
    const back = ownPath(c.req.query('back'));
    if (c.req.query('sso') !== undefined) return show(c, { back, error: 'ssoFailed' }, 401);
    const done = c.req.query('done');
    if (done === undefined) return show(c, { back });
    return show(c, { back, done: done === 'reset' ? 'passwordReset' : 'passwordSet' });
  });
  app.post('/sign-in', async (c) => {
    const form = await formOf(c);
    const back = ownPath(form['back']);
    const outcome = await signInByKey(c, (form['key'] ?? '').trim());
    if (outcome === 'in') return c.redirect(back, 303);
    return outcome === 'wrong' ? show(c, { back, key: 'keyWrong' }, 401) : show(c, { back, key: 'tooMany' }, 429);
  });
  app.post('/sign-out', async (c) => {
    const form = await formOf(c);
    const caller = await callerOfSession(c, deps.sql, { lacking: true });
    if (caller && !sameText(form['token'] ?? '', caller.csrfToken ?? '')) return show(c, { key: 'tryAgain' }, 403);
    await signOut(c, deps.sql);
    if (caller) await addSecurityEvent(deps.sql, { kind: 'signedOut', person: caller.person, address: peerOf(c) });
    return c.redirect('/sign-in', 303);
  });
  if (!signIns) return app;

  app.get('/assets/passkey.js', (c) =>
    c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  app.post('/sign-in/password', async (c) => {
    const form = await formOf(c);
    const back = ownPath(form['back']);
    const outcome = await signIns.password(c, { username: form['username'] ?? '', password: form['password'] ?? '' });
    if (outcome === 'in') return c.redirect(back, 303);
    if (outcome === 'second') return c.redirect(`/sign-in/second?back=${encodeURIComponent(back)}`, 303);
    const [error, status] = said[outcome];
    return show(c, { back, error }, status);
  });

  app.get('/sign-in/second', (c) =>
    page(c, <SecondStepPage language={pageLanguage(c)} back={ownPath(c.req.query('back'))} />),
  );
  app.post('/sign-in/second', async (c) => {
    const form = await formOf(c);
    const back = ownPath(form['back']);
    const recovery = form['recovery'] !== undefined;
    const outcome = await signIns.second(c, { code: form['code'] ?? form['recovery'] ?? '', recovery });
    if (outcome === 'in') return c.redirect(back, 303);
    if (outcome === 'wrong')
      return page(c, <SecondStepPage language={pageLanguage(c)} back={back} error="wrongCode" />, 401);
    const [error, status] = said[outcome === 'second' ? 'over' : outcome];
    return show(c, { back, error }, status);
  });

  app.post('/sign-in/passkey/options', async (c) => {
    if (signIns.limited(c) !== undefined) return c.json({}, 429);
    // whoever signs in anew is asked for any passkey
    const { headers, response } = await signIns
      .people(c)
      .api.generatePasskeyAuthenticationOptions({ headers: withoutSession(c), returnHeaders: true });
    takeCookies(c, headers);
    return c.json(response, 200, UNKEPT);
  });
  app.post('/sign-in/passkey', async (c) => {
    const body: { response?: unknown; back?: unknown } = await c.req.json().catch(() => ({}));
    const response = body.response;
    if (typeof response !== 'object' || response === null) return c.json({}, 400);
    const outcome = await signIns.passkey(c, response as Record<string, unknown>);
    return outcome === 'in' ? c.json({ to: ownPath(body.back) }, 200, UNKEPT) : c.json({}, 401, UNKEPT);
  });

  app.post('/sign-in/sso', async (c) => {
    if (!signIns.sso) return c.notFound();
    const { back } = await formOf(c);
    return toSso(c, signIns, { callbackURL: ownPath(back) });
  });
  app.get(SSO_BACK, async (c) => {
    if (!signIns.sso) return c.notFound();
    const library = signIns.people(c);
    if (!(await isConfiguredIssuer(library, signIns.sso))) return c.redirect('/sign-in?sso=failed', 303);
    const { basePath } = library.options;
    const inner = new URL(`${originOf(deps, c)}${basePath}/callback/${SSO}`);
    inner.search = new URL(c.req.url).search;
    const answer = await library.handler(new Request(inner, { headers: c.req.raw.headers }));
    const to = new URL(answer.headers.get('location') ?? '/sign-in?sso=failed', originOf(deps, c));
    const failed = to.searchParams.has('error') || to.origin !== originOf(deps, c);
    const token = /session_token=([^.;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1];
    const login = token === undefined ? undefined : await loginOfSession(deps.sql, hashOf(token), { lacking: true });
    // before the new cookie is set: a session of a key in this browser would be looked at first
    if (login) await signOut(c, deps.sql);
    takeCookies(c, answer.headers);
    if (login) await signIns.note(c, { kind: 'signedIn', person: login.person, method: 'sso' });
    else if (failed) await signIns.note(c, { kind: 'signInFailed', method: 'sso' });
    else await linked(c);
    return c.redirect(failed ? '/sign-in?sso=failed' : `${to.pathname}${to.search}`, 303);
  });
  async function linked(c: Context<AppEnv>): Promise<void> {
    const caller = await callerOfSession(c, deps.sql);
    if (caller) await signIns?.note(c, { kind: 'ssoLinked', person: caller.person });
  }

  app.get('/welcome/:token', async (c) => {
    const found = await openLink(deps.sql, hashOf(c.req.param('token')));
    const shown = { language: pageLanguage(c), path: c.req.path, username: found?.username };
    return page(c, <WelcomePage {...shown} />, found ? 200 : 410);
  });
  app.post('/welcome/:token', async (c) => {
    const hash = hashOf(c.req.param('token'));
    const shown = { language: pageLanguage(c), path: c.req.path };
    if (signIns.limited(c) !== undefined) return page(c, <WelcomePage {...shown} username="" error="tooMany" />, 429);
    const found = await openLink(deps.sql, hash);
    if (!found) return page(c, <WelcomePage {...shown} username={undefined} />, 410);
    const form = await formOf(c);
    const error = (await newPasswordFault(deps.sql, form, found.username)) ?? (await nameFault(found));
    if (error) return page(c, <WelcomePage {...shown} username={found.username} error={error} />, 422);
    const passwordHash = await (await signIns.people(c).$context).password.hash(form['new'] ?? '');
    const used = await useLink(deps.sql, { hash, passwordHash, accountId: randomUUID() });
    if (!used) return page(c, <WelcomePage {...shown} username={undefined} />, 410);
    await signIns.unlock(used.username);
    await signIns.note(c, { kind: 'passwordSet', person: used.person, method: used.kind });
    return c.redirect(used.kind === 'reset' ? '/sign-in?done=reset' : '/sign-in?done', 303);
  });
  async function nameFault(link: { username: string; person: string }): Promise<AccountWord | undefined> {
    const mine = (await userOf(deps.sql, link.person))?.username === link.username;
    return !mine && (await isTaken(deps.sql, link.username, link.person)) ? 'nameTaken' : undefined;
  }
  return app;
}

/** Where a form that leads to the single sign-on may end. */
export const ssoOrigins = ({ sso }: SignIns): string[] => (sso ? [new URL(sso.issuer).origin] : []);

/** Leads to the single sign-on; `link`: to link it with who is signed in. */
export async function toSso(
  c: Context<AppEnv>,
  signIns: SignIns,
  { callbackURL, link = false }: { readonly callbackURL: string; readonly link?: boolean },
): Promise<Response> {
  const people = signIns.people(c);
  if (!signIns.sso || !(await isConfiguredIssuer(people, signIns.sso))) return c.redirect('/sign-in?sso=failed', 303);
  const { api } = people;
  const body = { provider: SSO, callbackURL, errorCallbackURL: '/sign-in?sso=failed', disableRedirect: true };
  try {
    const { headers, response } = link
      ? await api.linkSocialAccount({ body, headers: c.req.raw.headers, returnHeaders: true })
      : await api.signInSocial({ body, headers: c.req.raw.headers, returnHeaders: true });
    takeCookies(c, headers);
    const { url } = response as { url?: string };
    return c.redirect(url ?? '/sign-in?sso=failed', 303);
  } catch (error) {
    if (!isAPIError(error)) throw error;
    return c.redirect('/sign-in?sso=failed', 303);
  }
}

/** What is wrong with a password that was entered twice. */
export async function newPasswordFault(
  sql: Sql,
  form: Readonly<Record<string, string>>,
  username: string,
): Promise<AccountWord | undefined> {
  const fault = passwordFault(form['new'] ?? '', username, await unitNames(sql));
  return fault ?? (form['new'] === form['again'] ? undefined : 'differ');
}
