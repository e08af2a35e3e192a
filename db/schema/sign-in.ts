import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { apiKeys, people, person } from './organisation.ts';

/**
 * How people sign in: the tables of the library better-auth (its field names; docs/adr/0034), and our own beside them. The
 * library takes dates as `Date`.
 */
const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** Who has a user name here. The id is the person's: names stay in `people`, and the e-mail address, which the library wants, is none. */
export const signInUsers = person.table('sign_in_users', {
  id: text('id')
    .primaryKey()
    .references(() => people.id),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  username: text('username').notNull().unique(),
  twoFactorEnabled: boolean('two_factor_enabled').notNull().default(false),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
  /** Since when an administrator lets him in no more. */
  stoppedAt: moment('stopped_at'),
  /** Until when he may set up the first second factor with a password alone, where one is demanded: for a while after a link was used. */
  enrolUntil: moment('enrol_until'),
});

/** Sign-ins of people. `token` is the SHA-256 of what the cookie holds; `login` is whose rights the session has now. */
export const signInSessions = person.table(
  'sign_in_sessions',
  {
    id: text('id').primaryKey(),
    token: text('token').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => signInUsers.id, { onDelete: 'cascade' }),
    login: text('login')
      .notNull()
      .references(() => apiKeys.id),
    csrfToken: text('csrf_token').notNull(),
    expiresAt: moment('expires_at').notNull(),
    seenAt: moment('seen_at').notNull().defaultNow(),
    /** When its person last showed that it is he. */
    provenAt: moment('proven_at').notNull().defaultNow(),
    /** Whether it was opened with more than a password. */
    strong: boolean('strong').notNull().default(false),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('sign_in_sessions_user').on(t.userId),
    index('sign_in_sessions_login').on(t.login),
    check('sign_in_sessions_token', sql`${t.token} ~ '^[0-9a-f]{64}$'`),
  ],
);

/** What a user proves himself with: a password (its scrypt hash), or an account at the single sign-on. */
export const signInAccounts = person.table(
  'sign_in_accounts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    issuer: text('issuer'),
    userId: text('user_id')
      .notNull()
      .references(() => signInUsers.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: moment('access_token_expires_at'),
    refreshTokenExpiresAt: moment('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    index('sign_in_accounts_user').on(t.userId),
    uniqueIndex('sign_in_accounts_one').on(t.providerId, t.accountId),
  ],
);

/** What is under way and ends by itself: second steps, challenges, ways to the single sign-on and back. */
export const signInVerifications = person.table(
  'sign_in_verifications',
  {
    id: text('id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: moment('expires_at').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [index('sign_in_verifications_identifier').on(t.identifier)],
);

/** Second factors: the secret of the one-time codes and the recovery codes, both encrypted with the secret of the installation. */
export const signInTwoFactors = person.table(
  'sign_in_two_factors',
  {
    id: text('id').primaryKey(),
    secret: text('secret').notNull(),
    backupCodes: text('backup_codes').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => signInUsers.id, { onDelete: 'cascade' }),
    verified: boolean('verified').notNull().default(true),
    failedVerificationCount: integer('failed_verification_count').notNull().default(0),
    lockedUntil: moment('locked_until'),
  },
  (t) => [uniqueIndex('sign_in_two_factors_user').on(t.userId)],
);

/** Passkeys: their public keys. */
export const signInPasskeys = person.table(
  'sign_in_passkeys',
  {
    id: text('id').primaryKey(),
    name: text('name'),
    publicKey: text('public_key').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => signInUsers.id, { onDelete: 'cascade' }),
    credentialID: text('credential_id').notNull().unique(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    deviceType: text('device_type').notNull(),
    backedUp: boolean('backed_up').notNull(),
    transports: text('transports'),
    createdAt: moment('created_at').defaultNow(),
    aaguid: text('aaguid'),
  },
  (t) => [index('sign_in_passkeys_user').on(t.userId)],
);

/** One-time links by which a person sets a password: an invitation, or a reset. Only the SHA-256 of what the link holds is kept. */
export const signInLinks = person.table(
  'sign_in_links',
  {
    hash: text('hash').primaryKey(),
    kind: text('kind').notNull(),
    person: text('person')
      .notNull()
      .references(() => people.id),
    username: text('username').notNull(),
    madeBy: text('made_by'),
    madeAt: instant('made_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at').notNull(),
    /** When it was used, or taken back by a later one. */
    endedAt: instant('ended_at'),
  },
  (t) => [
    index('sign_in_links_person').on(t.person),
    check('sign_in_links_kind', sql`${t.kind} IN ('invitation', 'reset')`),
    check('sign_in_links_hash', sql`${t.hash} ~ '^[0-9a-f]{64}$'`),
  ],
);

/** Failed tries by user name, known or not: the name as a keyed hash. */
export const signInTries = person.table('sign_in_tries', {
  name: text('name').primaryKey(),
  failed: integer('failed').notNull(),
  /** When the first of them was; from the one that locks on, when that was. */
  since: instant('since').notNull(),
});

/** One-time codes that were shown already, as keyed hashes: none is good twice. */
export const signInUsedCodes = person.table(
  'sign_in_used_codes',
  {
    person: text('person').notNull(),
    code: text('code').notNull(),
    usedAt: instant('used_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.person, t.code] })],
);

/**
 * API keys that people make for their programs, each for a login of theirs, beyond which it never goes. Only the SHA-256 of a key is
 * kept; the one before the last change is good until `oldUntil`. Ids are those of the requests that made them.
 */
export const loginKeys = person.table(
  'login_keys',
  {
    id: text('id').primaryKey(),
    login: text('login')
      .notNull()
      .references(() => apiKeys.id),
    /** What it is for, in its person's words. */
    label: text('label').notNull(),
    /** `all`, or `read`: a key that changes nothing. */
    scope: text('scope').notNull(),
    hash: text('hash').notNull(),
    oldHash: text('old_hash'),
    oldUntil: instant('old_until'),
    /** The request that changed it last: the same one again changes nothing. */
    rotation: text('rotation'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    rotatedAt: instant('rotated_at'),
    /** By the hour. */
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [
    index('login_keys_login').on(t.login),
    uniqueIndex('login_keys_hash').on(t.hash),
    uniqueIndex('login_keys_old_hash').on(t.oldHash),
    check('login_keys_form', sql`${t.hash} ~ '^[0-9a-f]{64}$' AND ${t.oldHash} ~ '^[0-9a-f]{64}$'`),
    check('login_keys_old', sql`num_nonnulls(${t.oldHash}, ${t.oldUntil}) IN (0, 2)`),
    check('login_keys_scope', sql`${t.scope} IN ('all', 'read')`),
    check('login_keys_label', sql`char_length(${t.label}) BETWEEN 1 AND 60`),
  ],
);

/** What happened about signing in, for the security administrator and the auditor; rows are only added. */
export const securityEvents = person.table(
  'security_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant('at').notNull().default(sql`clock_timestamp()`),
    kind: text('kind').notNull(),
    /** Whom it is about; null where nobody of ours was named. */
    person: text('person'),
    /** Who did it, where that is somebody else. */
    by: text('by'),
    /** The address it came from. */
    address: text('address'),
    /** How: `password`, `code`, `recovery`, `passkey`, `sso`, `key`. */
    method: text('method'),
    /** Which API key it is about. */
    key: text('key'),
  },
  (t) => [
    index('security_events_person').on(t.person, t.id),
    check('security_events_kind', sql`${t.kind} ~ '^[a-zA-Z]{3,40}$'`),
  ],
);
