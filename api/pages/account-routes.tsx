import { isAPIError } from 'better-auth/api';
import { type Context, Hono } from 'hono';
import QRCode from 'qrcode';
import { namesOf } from '../../db/queries/names.ts';
import { securityEvents } from '../../db/queries/security-events.ts';
import { IDLE_MINUTES, loginsOfPerson } from '../../db/queries/sign-in.ts';
import { chooseLogin, dropAccount, endSessions, sessionsOfPerson, userOf } from '../../db/queries/sign-in-people.ts';
import { clearTries, countTry, MOST_TRIES } from '../../db/queries/sign-in-tries.ts';
import type { Caller } from '../auth/caller.ts';
import { SSO } from '../auth/people.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { codeOf, type SignIns, takeCookies } from '../auth/sign-in-people.ts';
import { signInsRight } from '../auth/sign-ins-right.ts';
import { sameText } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { pick } from '../language.ts';
import { limitBody } from '../validation.ts';
import { type Account, AccountPage, type FactorInMaking } from './account.tsx';
import type { AccountWord } from './account-words.ts';
import { formOf, isOurs, ownForms, page, pageLanguage, scriptedTo, toSignIn, UNKEPT, visitorOf } from './frame.ts';
import { newPasswordFault, ssoOrigins, toSso } from './sign-in-routes.tsx';

const EVENTS_SHOWN = 20;

interface Shown {
  readonly error?: AccountWord;
  readonly done?: AccountWord;
  readonly making?: FactorInMaking;
  readonly codes?: readonly string[];
}

/** A person who signed in by name. */
interface Member extends Caller {
  readonly session: string;
}

type Form = Readonly<Record<string, string>>;

/** `/account`: what a person changes of his own ways to sign in. */
export function accountPages(deps: AppDeps, signIns: SignIns) {
  const { sql } = deps;
  const app = new Hono<AppEnv>();
  const policy = scriptedTo(ssoOrigins(signIns));
  for (const path of ['/account', '/account/*']) app.use(path, policy, limitBody(64 * 1024), ownForms);

  async function accountOf(c: Context<AppEnv>, { person, session, key }: Member): Promise<Account | undefined> {
    const user = await userOf(sql, person);
    if (!user) return undefined;
    const headers = c.req.raw.headers;
    const { api } = signIns.people(c);
    const [passkeys, accounts, sessions, logins, events] = await Promise.all([
      api.listPasskeys({ headers }),
      api.listUserAccounts({ headers }),
      sessionsOfPerson(sql, person, IDLE_MINUTES),
      loginsOfPerson(sql, person),
      securityEvents(sql, { person, limit: EVENTS_SHOWN }),
    ]);
    const names = await namesOf(sql, new Set(logins.flatMap(({ post, unit }) => [post ?? unit, unit])));
    const language = pageLanguage(c);
    const nameOf = (id: string) => {
      const name = names.posts.get(id) ?? names.units.get(id);
      return name ? pick(name, language) : id;
    };
    return {
      ...{ username: user.username, twoFactor: user.twoFactor, sessions, session, events },
      passkeys: passkeys.map(({ id, name, createdAt }) => ({ id, name, createdAt })),
      sso: signIns.sso && {
        name: signIns.sso.name,
        linked: accounts.some(({ providerId }) => providerId === SSO),
      },
      logins: logins.map(({ id, role, post, unit }) => ({
        id,
        name: post === null ? `${nameOf(unit)} · ${role}` : `${nameOf(post)} · ${nameOf(unit)}`,
        chosen: id === key,
      })),
    };
  }

  async function show(c: Context<AppEnv>, caller: Caller, shown: Shown = {}, status: 200 | 422 | 429 = 200) {
    const language = pageLanguage(c);
    const account = isMember(caller) ? await accountOf(c, caller) : undefined;
    const visitor = await visitorOf(deps, caller, language);
    const nonce = c.get('secureHeadersNonce');
    const admin = (await signInsRight(deps.sql, caller)) !== undefined;
    return page(c, <AccountPage {...{ language, visitor, account, nonce, admin, ...shown }} />, status);
  }

  app.get('/account', async (c) => {
    const caller = await callerOfSession(c, sql);
    if (!caller) return toSignIn(c);
    const done = DONE[c.req.query('done') ?? ''];
    return show(c, caller, done ? { done } : {});
  });

  /** A change a person asks for by a form of the page; what the library refuses, he is told. */
  const change = (path: string, work: (c: Context<AppEnv>, caller: Member, form: Form) => Promise<Response>) =>
    app.post(path, async (c) => {
      const caller = await callerOfSession(c, sql);
      const form = await formOf(c);
      if (!caller || !isMember(caller) || !isOurs(form, caller)) return toSignIn(c);
      try {
        return await work(c, caller, form);
      } catch (error) {
        if (!isAPIError(error)) throw error;
        const wrongCode = ['INVALID_CODE', 'TOTP_NOT_ENABLED'].includes(codeOf(error));
        return show(c, caller, { error: wrongCode ? 'wrongCode' : 'wrongCurrent' }, 422);
      }
    });

  /** The same for what the present password is asked for: wrong ones count as tries. */
  const guarded = (path: string, work: (c: Context<AppEnv>, caller: Member, form: Form) => Promise<Response>) =>
    change(path, async (c, caller, form) => {
      const name = `account:${caller.person}`;
      if ((await countTry(sql, name)) > MOST_TRIES) return show(c, caller, { error: 'locked' }, 429);
      const answer = await work(c, caller, form);
      if (answer.status < 400) await clearTries(sql, name);
      return answer;
    });

  const headersOf = (c: Context) => ({ headers: c.req.raw.headers, returnHeaders: true as const });
  const doneAt = (c: Context, done: string) => c.redirect(`/account?done=${done}`, 303);

  guarded('/account/password', async (c, caller, form) => {
    const user = await userOf(sql, caller.person);
    const error = newPasswordFault(form, user?.username ?? '');
    if (error) return show(c, caller, { error }, 422);
    const { headers } = await signIns.people(c).api.changePassword({
      body: { currentPassword: form['current'] ?? '', newPassword: form['new'] ?? '', revokeOtherSessions: true },
      ...headersOf(c),
    });
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'passwordChanged', person: caller.person });
    return doneAt(c, 'password');
  });

  guarded('/account/factor', async (c, caller, form) => {
    const { response } = await signIns.people(c).api.enableTwoFactor({
      body: { password: form['current'] ?? '', method: 'totp' },
      ...headersOf(c),
    });
    if (!('totpURI' in response)) return show(c, caller);
    const { totpURI, backupCodes } = response;
    const secret = new URL(totpURI).searchParams.get('secret') ?? '';
    return show(c, caller, { making: { qr: await qrOf(totpURI), secret, codes: backupCodes } });
  });
  guarded('/account/factor/confirm', async (c, caller, form) => {
    if ((await userOf(sql, caller.person))?.twoFactor) return show(c, caller, { error: 'factorOn' }, 422);
    const code = form['code'] ?? '';
    if (!(await signIns.freshCode(caller.person, code))) return show(c, caller, { error: 'wrongCode' }, 422);
    const { headers } = await signIns.people(c).api.verifyTOTP({ body: { code: code.trim() }, ...headersOf(c) });
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'factorAdded', person: caller.person });
    return doneAt(c, 'factor');
  });
  guarded('/account/factor/off', async (c, caller, form) => {
    const { headers } = await signIns
      .people(c)
      .api.disableTwoFactor({ body: { password: form['current'] ?? '' }, ...headersOf(c) });
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'factorRemoved', person: caller.person });
    return doneAt(c, 'nofactor');
  });
  guarded('/account/factor/codes', async (c, caller, form) => {
    const { response } = await signIns
      .people(c)
      .api.generateBackupCodes({ body: { password: form['current'] ?? '' }, ...headersOf(c) });
    await signIns.note(c, { kind: 'recoveryCodesRenewed', person: caller.person });
    return show(c, caller, { codes: response.backupCodes });
  });

  change('/account/passkeys/remove', async (c, caller, form) => {
    await signIns.people(c).api.deletePasskey({ body: { id: form['id'] ?? '' }, headers: c.req.raw.headers });
    await signIns.note(c, { kind: 'passkeyRemoved', person: caller.person });
    return doneAt(c, 'nopasskey');
  });
  change('/account/sso/link', async (c) => toSso(c, signIns, { callbackURL: '/account', link: true }));
  change('/account/sso/unlink', async (c, caller) => {
    await dropAccount(sql, caller.person, SSO);
    await signIns.note(c, { kind: 'ssoUnlinked', person: caller.person });
    return doneAt(c, 'done');
  });
  change('/account/login', async (c, caller, form) => {
    const logins = await loginsOfPerson(sql, caller.person);
    const login = logins.find(({ id }) => id === form['login']);
    if (!login) return show(c, caller, { error: 'noLogin' }, 422);
    await chooseLogin(sql, caller.session, login.id);
    await signIns.note(c, { kind: 'loginChosen', person: caller.person });
    return doneAt(c, 'login');
  });
  change('/account/sessions/end', async (c, caller, form) => {
    const ended = await endSessions(sql, caller.person, {
      but: caller.session,
      ...(form['id'] === undefined ? {} : { only: form['id'] }),
    });
    if (ended > 0) await signIns.note(c, { kind: 'sessionsEnded', person: caller.person });
    return doneAt(c, 'ended');
  });

  /** A change the script of the page asks for. */
  const asked = (path: string, work: (c: Context<AppEnv>, caller: Member) => Promise<Response>) =>
    app.post(path, async (c) => {
      const caller = await callerOfSession(c, sql);
      if (!caller || !isMember(caller) || !sameText(c.req.header('x-csrf-token') ?? '', caller.csrfToken ?? ''))
        return c.json({}, 401);
      try {
        return await work(c, caller);
      } catch (error) {
        if (!isAPIError(error)) throw error;
        return c.json({}, 400);
      }
    });
  asked('/account/passkeys/options', async (c, caller) => {
    const user = await userOf(sql, caller.person);
    const { headers, response } = await signIns.people(c).api.generatePasskeyRegistrationOptions({
      query: user ? { name: user.username } : {},
      ...headersOf(c),
    });
    takeCookies(c, headers);
    return c.json(response, 200, UNKEPT);
  });
  asked('/account/passkeys', async (c, caller) => {
    const body: { response?: unknown; name?: unknown } = await c.req.json().catch(() => ({}));
    const name = typeof body.name === 'string' ? body.name.trim().slice(0, 40) : '';
    const { headers } = await signIns.people(c).api.verifyPasskeyRegistration({
      body: { response: body.response, ...(name ? { name } : {}) },
      ...headersOf(c),
    });
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'passkeyAdded', person: caller.person });
    return c.json({ to: '/account?done=passkey' }, 200, UNKEPT);
  });
  return app;
}

const DONE: Readonly<Record<string, AccountWord>> = {
  password: 'passwordChanged',
  factor: 'factorAdded',
  nofactor: 'factorRemoved',
  passkey: 'passkeyAdded',
  nopasskey: 'passkeyRemoved',
  login: 'chosen',
  ended: 'ended',
  done: 'done',
};

function isMember(caller: Caller): caller is Member {
  return caller.session !== undefined;
}

/** A QR code as inline SVG, drawn by this server: the secret goes to nobody else. */
async function qrOf(text: string): Promise<string> {
  return QRCode.toString(text, { type: 'svg', margin: 2 });
}
