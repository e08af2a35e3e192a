import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { isAPIError } from 'better-auth/api';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import QRCode from 'qrcode';
import { securityEvents } from '../../db/queries/security-events.ts';
import {
  factorRequired,
  IDLE_MINUTES,
  loginOfSession,
  loginsOfPerson,
  sessionProven,
} from '../../db/queries/sign-in.ts';
import { holdingUser, isOpen } from '../../db/queries/sign-in-held.ts';
import {
  chooseLogin,
  dropAccount,
  dropPasskey,
  endOthers,
  endSessions,
  factorsOf,
  removePasskey,
  sessionsOfPerson,
  userOf,
} from '../../db/queries/sign-in-people.ts';
import { clearTries, countTry, MOST_TRIES } from '../../db/queries/sign-in-tries.ts';
import { actIdOf } from '../../door/act-id.ts';
import type { Caller } from '../auth/caller.ts';
import { changeKey, endKey, MOST_DAYS, MOST_GRACE_DAYS, makeKey } from '../auth/own-keys.ts';
import { SSO } from '../auth/people.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { codeOf, type SignIns, sessionTokenIn, takeCookies } from '../auth/sign-in-people.ts';
import { signInsRight } from '../auth/sign-ins-right.ts';
import { hashOf, sameText } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, statusOfKind } from '../errors.ts';
import { pick } from '../language.ts';
import { idIn } from '../schemas/common.ts';
import { keyLabel } from '../schemas/keys.ts';
import { limitBody } from '../validation.ts';
import { type Account, AccountPage, AgainPage, type FactorInMaking } from './account.tsx';
import type { AccountWord } from './account-words.ts';
import { formOf, isOurs, ownForms, page, pageLanguage, scriptedTo, toSignIn, UNKEPT, visitorOf } from './frame.ts';
import { loginNames, namedKeys } from './keys.tsx';
import { newPasswordFault, ssoOrigins, toSso } from './sign-in-routes.tsx';

const EVENTS_SHOWN = 20;

interface Shown {
  readonly error?: AccountWord;
  readonly done?: AccountWord;
  readonly making?: FactorInMaking;
  readonly codes?: readonly string[];
  /** A key just made; null when it was shown before. */
  readonly secret?: string | null;
  /** Why something of keys was refused. */
  readonly refused?: string;
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

  async function accountOf(c: Context<AppEnv>, { person, session, key, strong }: Member): Promise<Account | undefined> {
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
    const language = pageLanguage(c);
    const [keys, names] = await Promise.all([namedKeys(sql, person, language), loginNames(sql, logins, language)]);
    const lacking = !strong && (await factorRequired(sql));
    return {
      ...{ username: user.username, twoFactor: user.twoFactor, sessions, session, events, keys },
      ...{ request: randomUUID(), lacking, mayEnrol: !lacking || (await factorsOf(sql, person)).mayEnrol },
      passkeys: passkeys.map(({ id, name, createdAt }) => ({ id, name, createdAt })),
      sso: signIns.sso && {
        name: signIns.sso.name,
        linked: accounts.some(({ providerId }) => providerId === SSO),
      },
      logins: logins.map(({ id }, at) => ({ id, name: names[at] ?? id, chosen: id === key })),
    };
  }

  async function show(c: Context<AppEnv>, caller: Caller, shown: Shown = {}, status: ContentfulStatusCode = 200) {
    const language = pageLanguage(c);
    const account = isMember(caller) ? await accountOf(c, caller) : undefined;
    const visitor = await visitorOf(deps, caller, language);
    const nonce = c.get('secureHeadersNonce');
    const admin = (await signInsRight(deps.sql, caller)) !== undefined;
    return page(c, <AccountPage {...{ language, visitor, account, nonce, admin, ...shown }} />, status);
  }

  app.get('/account', async (c) => {
    const caller = await callerOfSession(c, sql, { lacking: true });
    if (!caller) return toSignIn(c);
    const done = DONE[c.req.query('done') ?? ''];
    return show(c, caller, done ? { done } : {});
  });

  type Work = (c: Context<AppEnv>, caller: Member, form: Form) => Promise<Response>;

  /** A change a person asks for by a form of the page; what is refused, he is told. */
  const change = (path: string, work: Work) =>
    app.post(path, async (c) => {
      // what was sent slowly is answered by who is signed in when it has come
      const form = await formOf(c);
      const caller = await callerOfSession(c, sql, { lacking: FIRST.has(path) });
      if (!caller || !isMember(caller) || !isOurs(form, caller)) return toSignIn(c);
      try {
        return await work(c, caller, form);
      } catch (error) {
        if (error instanceof ApiProblem) {
          const { kind, detail } = error.refusal;
          return show(c, caller, { refused: pick(detail, pageLanguage(c)) }, statusOfKind[kind]);
        }
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

  /** The same for what changes by what he is let in: he shows that it is he, where that was a while ago. */
  const proven = (path: string, work: Work) =>
    change(path, async (c, caller, form) => (caller.proven ? work(c, caller, form) : c.redirect(AGAIN, 303)));

  /** Whether a session may set up a second factor: one that lacks the factor that is demanded only the first, right after a link. */
  const mayEnrol = async ({ person, strong }: Member): Promise<boolean> =>
    strong === true || !(await factorRequired(sql)) || (await factorsOf(sql, person)).mayEnrol;

  const headersOf = (c: Context) => ({ headers: c.req.raw.headers, returnHeaders: true as const });
  const doneAt = (c: Context, done: string) => c.redirect(`/account?done=${done}`, 303);

  guarded('/account/password', async (c, caller, form) => {
    const user = await userOf(sql, caller.person);
    const error = await newPasswordFault(sql, form, user?.username ?? '');
    if (error) return show(c, caller, { error }, 422);
    const { headers } = await signIns.people(c).api.changePassword({
      body: { currentPassword: form['current'] ?? '', newPassword: form['new'] ?? '', revokeOtherSessions: true },
      ...headersOf(c),
    });
    const token = sessionTokenIn(headers);
    const keys = form['keys'] === 'yes';
    await holdingUser(sql, caller.person, async (tx) => {
      const now = token === undefined ? undefined : await loginOfSession(tx, hashOf(token), { lacking: true });
      if (now?.session) await endOthers(tx, caller.person, { but: now.session, keys });
    });
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'passwordChanged', person: caller.person });
    if (keys) await signIns.note(c, { kind: 'keysRevoked', person: caller.person });
    return doneAt(c, 'password');
  });

  guarded('/account/factor', async (c, caller, form) => {
    if (!(await mayEnrol(caller))) return show(c, caller, { error: 'linkFirst' }, 403);
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
    if (!(await mayEnrol(caller))) return show(c, caller, { error: 'linkFirst' }, 403);
    if ((await userOf(sql, caller.person))?.twoFactor) return show(c, caller, { error: 'factorOn' }, 422);
    const code = form['code'] ?? '';
    if (!(await signIns.freshCode(caller.person, code))) return show(c, caller, { error: 'wrongCode' }, 422);
    const { headers } = await signIns.people(c).api.verifyTOTP({ body: { code: code.trim() }, ...headersOf(c) });
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'factorAdded', person: caller.person });
    return doneAt(c, 'factor');
  });
  guarded('/account/factor/off', async (c, caller, form) => {
    if (await factorRequired(sql)) return show(c, caller, { error: 'factorDemanded' }, 422);
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

  proven('/account/passkeys/remove', async (c, caller, form) => {
    const gone = await holdingUser(sql, caller.person, (tx) => removePasskey(tx, caller.person, form['id'] ?? ''));
    if (gone === 'last') return show(c, caller, { error: 'lastFactor' }, 422);
    if (gone === 'removed') await signIns.note(c, { kind: 'passkeyRemoved', person: caller.person });
    return doneAt(c, 'nopasskey');
  });
  proven('/account/sso/link', async (c) => toSso(c, signIns, { callbackURL: '/account', link: true }));
  proven('/account/sso/unlink', async (c, caller) => {
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
  proven('/account/sessions/end', async (c, caller, form) => {
    const ended = await endSessions(sql, caller.person, {
      but: caller.session,
      ...(form['id'] === undefined ? {} : { only: form['id'] }),
    });
    if (ended > 0) await signIns.note(c, { kind: 'sessionsEnded', person: caller.person });
    return doneAt(c, 'ended');
  });

  app.get(AGAIN, async (c) => {
    const caller = await callerOfSession(c, sql, { lacking: true });
    if (!caller || !isMember(caller)) return toSignIn(c);
    return again(c, caller);
  });
  async function again(c: Context<AppEnv>, caller: Member, error?: AccountWord, status: ContentfulStatusCode = 200) {
    const language = pageLanguage(c);
    const visitor = await visitorOf(deps, caller, language);
    return page(c, <AgainPage {...{ language, visitor, error }} nonce={c.get('secureHeadersNonce')} />, status);
  }
  change(AGAIN, async (c, caller, form) => {
    const name = `account:${caller.person}`;
    if ((await countTry(sql, name)) > MOST_TRIES) return again(c, caller, 'locked', 429);
    const body = { password: (form['current'] ?? '').slice(0, 128) || '-' };
    try {
      await signIns.people(c).api.verifyPassword({ body, headers: c.req.raw.headers });
    } catch (error) {
      if (!isAPIError(error)) throw error;
      return again(c, caller, 'wrongCurrent', 422);
    }
    await clearTries(sql, name);
    await sessionProven(sql, caller.session);
    await signIns.note(c, { kind: 'proven', person: caller.person, method: 'password' });
    return doneAt(c, 'proven');
  });

  app.post('/account/again/passkey', async (c) => {
    const body: { response?: unknown } = await c.req.json().catch(() => ({}));
    const caller = await callerOfSession(c, sql, { lacking: true });
    if (!caller || !isMember(caller) || !sameText(c.req.header('x-csrf-token') ?? '', caller.csrfToken ?? ''))
      return c.json({}, 401);
    if (typeof body.response !== 'object' || body.response === null) return c.json({}, 400);
    const outcome = await signIns.passkey(c, body.response as Record<string, unknown>, caller.person);
    return outcome === 'in' ? c.json({ to: '/account?done=proven' }, 200, UNKEPT) : c.json({}, 401, UNKEPT);
  });

  /** The id a form stands for, however often it is sent. */
  const requestOf = (c: Context, { person }: Member, form: Form) =>
    actIdOf({ caller: person, method: 'POST', path: c.req.path, idempotencyKey: form['key'] ?? '' });
  proven('/account/keys', async (c, caller, form) => {
    const wish = KeyForm.safeParse(form);
    if (!wish.success) return show(c, caller, { error: 'keyWrong' }, 422);
    const { secret } = await makeKey(c, sql, requestOf(c, caller, form), wish.data);
    return show(c, caller, { secret });
  });
  proven('/account/keys/rotate', async (c, caller, form) => {
    const graceDays = KeyRotationForm.safeParse(form['graceDays']);
    if (!graceDays.success) return show(c, caller, { error: 'keyWrong' }, 422);
    const how = { request: requestOf(c, caller, form), graceDays: graceDays.data };
    const { secret } = await changeKey(c, sql, form['id'] ?? '', how);
    return show(c, caller, { secret });
  });
  change('/account/keys/revoke', async (c, caller, form) => {
    await endKey(c, sql, caller.person, form['id'] ?? '');
    return doneAt(c, 'key');
  });

  /** A change the script of the page asks for. */
  const asked = (path: string, work: (c: Context<AppEnv>, caller: Member) => Promise<Response>) =>
    app.post(path, async (c) => {
      const caller = await callerOfSession(c, sql, { lacking: true });
      if (!caller || !isMember(caller) || !sameText(c.req.header('x-csrf-token') ?? '', caller.csrfToken ?? ''))
        return c.json({}, 401);
      if (!caller.proven) return c.json({ to: AGAIN }, 200, UNKEPT);
      if (!(await mayEnrol(caller))) return c.json({}, 403);
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
    const { headers, response } = await signIns.people(c).api.verifyPasskeyRegistration({
      body: { response: body.response, ...(name ? { name } : {}) },
      ...headersOf(c),
    });
    // a reset may have come between
    const held = await holdingUser(sql, caller.person, async (tx) => {
      const open = await isOpen(tx, caller.person, caller.session);
      if (!open) await dropPasskey(tx, caller.person, response.id);
      return open;
    });
    if (!held) return c.json({}, 401);
    takeCookies(c, headers);
    await signIns.note(c, { kind: 'passkeyAdded', person: caller.person });
    return c.json({ to: '/account?done=passkey' }, 200, UNKEPT);
  });
  return app;
}

/** Where a person shows again that it is he. */
const AGAIN = '/account/again';

/** What is open to who has still to set up the second factor that is demanded. */
const FIRST = new Set([AGAIN, '/account/factor', '/account/factor/confirm']);

const digits = (most: number, least: number) =>
  z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const KeyForm = z.object({
  ...{ label: keyLabel.transform((text) => text.trim()), scope: z.enum(['all', 'read']) },
  ...{ days: digits(MOST_DAYS, 1), login: idIn },
});
const KeyRotationForm = digits(MOST_GRACE_DAYS, 0);

const DONE: Readonly<Record<string, AccountWord>> = {
  password: 'passwordChanged',
  factor: 'factorAdded',
  nofactor: 'factorRemoved',
  passkey: 'passkeyAdded',
  nopasskey: 'passkeyRemoved',
  login: 'chosen',
  ended: 'ended',
  done: 'done',
  key: 'keyRevoked',
  proven: 'proven',
};

function isMember(caller: Caller): caller is Member {
  return caller.session !== undefined;
}

/** A QR code as inline SVG, drawn by this server: the secret goes to nobody else. */
async function qrOf(text: string): Promise<string> {
  return QRCode.toString(text, { type: 'svg', margin: 2 });
}
