import { passkey } from '@better-auth/passkey';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { genericOAuth, twoFactor, username } from 'better-auth/plugins';
import type { Db, Sql } from '../../db/client.ts';
import { loginsOfPerson } from '../../db/queries/sign-in.ts';
import { isLinkedWith, userOf } from '../../db/queries/sign-in-people.ts';
import { signInTables } from '../../db/queries/sign-in-tables.ts';
import { withHashedTokens } from './hashed-tokens.ts';
import { newToken } from './tokens.ts';

/** A single sign-on (OpenID Connect). */
export interface SingleSignOn {
  /** Its issuer; what it offers stands at `/.well-known/openid-configuration` below. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What its button says. */
  readonly name: string;
}

/** What people sign in with beside keys. Absent in an application: there are keys only. */
export interface SignInDeps {
  /** For the library that keeps passwords, factors and sessions. */
  readonly db: Db;
  /** Signs cookies and encrypts second factors: at least 32 random bytes, in text; the same for all processes. */
  readonly secret: string;
  readonly sso?: SingleSignOn | undefined;
}

/** After so many hours a person signs in anew, however busy the session is. */
export const SESSION_HOURS = 12;
/** The provider's id of the single sign-on. */
export const SSO = 'sso';
/** Within the library; nothing under it is served. */
const BASE_PATH = '/sign-in/library';
/** Where the single sign-on leads back to. */
export const SSO_BACK = '/sign-in/sso/back';
/** Fewer characters are no password here. */
export const LEAST_PASSWORD = 12;

/** Names of cookies begin so; with https no other host can set them. */
export const cookiePrefix = (origin: string) => (origin.startsWith('https:') ? '__Host-linli' : 'linli');

/** The library for one address of ours; see `peopleAt`. */
export type People = ReturnType<typeof createPeople>;

function createPeople(sql: Sql, { db, secret, sso }: SignInDeps, origin: string) {
  return betterAuth({
    appName: '邻里 Linli',
    baseURL: origin,
    basePath: BASE_PATH,
    secret,
    // both would tell more of people than our own log may hold
    logger: { disabled: true },
    telemetry: { enabled: false },
    // ours, per address and user name
    rateLimit: { enabled: false },
    database: withHashedTokens(drizzleAdapter(db, { provider: 'pg', schema: signInTables })),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: LEAST_PASSWORD,
      maxPasswordLength: 128,
    },
    verification: { storeIdentifier: 'hashed' },
    session: {
      expiresIn: SESSION_HOURS * 3600,
      disableSessionRefresh: true,
      // whoever adds a passkey has signed in this long ago at most
      freshAge: SESSION_HOURS * 3600,
      additionalFields: {
        login: { type: 'string', required: false, input: false },
        csrfToken: { type: 'string', required: false, input: false },
        seenAt: { type: 'date', required: false, input: false },
        strong: { type: 'boolean', required: false, input: false },
      },
    },
    user: { additionalFields: { stoppedAt: { type: 'date', required: false, input: false } } },
    account: {
      // linked by who is signed in, whatever address the provider knows him by; never by an address
      accountLinking: {
        enabled: true,
        disableImplicitLinking: true,
        allowDifferentEmails: true,
        trustedProviders: [SSO],
      },
      updateAccountOnSignIn: false,
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            const user = await userOf(sql, session.userId);
            const earlier = context?.context.session?.session as { login?: string; strong?: boolean } | undefined;
            const path = context?.path ?? '';
            const strong = MORE_THAN_A_PASSWORD.has(path) || (path === '/change-password' && earlier?.strong === true);
            const logins = user && !user.stopped ? await loginsOfPerson(sql, session.userId) : [];
            const login = logins.find(({ id }) => id === earlier?.login) ?? logins[0];
            const here =
              sso === undefined ||
              !path.startsWith('/callback') ||
              (await isLinkedWith(sql, session.userId, sso.issuer));
            if (!login || !here) throw new APIError('FORBIDDEN', { code: 'NO_LOGIN', message: 'no login holds' });
            return { data: { ...session, login: login.id, csrfToken: newToken(), seenAt: new Date(), strong } };
          },
        },
      },
      account: {
        create: {
          before: async (account) => ({ data: { ...account, ...NO_TOKENS } }),
          after: async (account) => {
            if (sso && account.providerId === SSO) await isLinkedWith(sql, account.userId, sso.issuer);
          },
        },
        update: {
          before: async (account) => ({ data: { ...account, ...NO_TOKENS } }),
        },
      },
    },
    advanced: {
      cookiePrefix: cookiePrefix(origin),
      useSecureCookies: false,
      defaultCookieAttributes: { secure: origin.startsWith('https:'), httpOnly: true, sameSite: 'lax', path: '/' },
      // the peer of the socket is noted with our own events
      ipAddress: { disableIpTracking: true },
    },
    plugins: [
      username({
        displayUsername: false,
        minUsernameLength: 1,
        maxUsernameLength: 64,
        usernameValidator: () => true,
      }),
      twoFactor({ issuer: '邻里 Linli', totpOptions: { digits: 6, period: 30 }, backupCodeOptions: { amount: 10 } }),
      passkey({
        rpName: '邻里 Linli',
        rpID: new URL(origin).hostname,
        origin,
        // alone it replaces password and code: the device must have asked who holds it
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: {
          afterVerification: async ({ verification }) => demandUser(verification.registrationInfo?.userVerified),
        },
        authentication: {
          afterVerification: async ({ verification }) => demandUser(verification.authenticationInfo.userVerified),
        },
      }),
      ...(sso ? [genericOAuth({ config: [singleSignOn(sso, origin)] })] : []),
    ],
  });
}

/** By what of the library a session is opened with more than a password; a passkey has asked who holds its device. */
const MORE_THAN_A_PASSWORD = new Set([
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/verify-authentication',
]);

/** That it is he is all we want to know from the single sign-on. */
const NO_TOKENS = { accessToken: null, refreshToken: null, idToken: null, scope: null };

function demandUser(verified: boolean | undefined): void {
  if (!verified)
    throw new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message: 'the device did not verify its user' });
}

function singleSignOn({ issuer, clientId, clientSecret }: SingleSignOn, origin: string) {
  return {
    providerId: SSO,
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    redirectURI: `${origin}${SSO_BACK}`,
    scopes: ['openid'],
    pkce: true,
    requireIdTokenVerification: true,
    disableSignUp: true,
    // addresses are nobody's proof here: an account is linked by its holder, and known by its subject
    mapProfileToUser: (profile: Record<string, unknown>) => ({
      email: `${encodeURIComponent(String(profile['sub']))}@sso.invalid`,
      name: 'sso',
      emailVerified: false,
    }),
  };
}

/** Whether what the single sign-on says of itself is said by the issuer it is configured as: another could speak for anybody. */
export async function isConfiguredIssuer(people: People, { issuer }: SingleSignOn): Promise<boolean> {
  const { socialProviders } = await people.$context;
  const found = socialProviders.find(({ id }) => id === SSO) as { readonly issuer?: string } | undefined;
  return found?.issuer?.replace(/\/$/, '') === issuer.replace(/\/$/, '');
}

/** Addresses of ours the library is kept ready for, where none is configured. */
const MOST_ORIGINS = 8;

/** The library by the address a request came to: cookies, passkeys and the way back from a single sign-on go by it. */
export function peopleAt(sql: Sql, deps: SignInDeps): (origin: string) => People {
  const ready = new Map<string, People>();
  return (origin) => {
    const found = ready.get(origin);
    if (found) return found;
    const [oldest] = ready.keys();
    if (ready.size >= MOST_ORIGINS && oldest !== undefined) ready.delete(oldest);
    const made = createPeople(sql, deps, origin);
    ready.set(origin, made);
    return made;
  };
}
