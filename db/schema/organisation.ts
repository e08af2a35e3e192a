import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  check,
  date,
  index,
  json,
  pgSchema,
  pgTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/** Searchable personal data lies in this schema and nowhere else in clear. */
export const person = pgSchema('person');

/** People who sign in or hold posts. */
export const people = person.table('people', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
});

/**
 * Whose identity was verified in person, by the keyed hash of the identity number (door/keys/keyed-hash.ts), never the number: one
 * human being has one account, so that what two people have to do is not done by one with two.
 */
export const identities = person.table(
  'identities',
  {
    person: text('person')
      .primaryKey()
      .references(() => people.id),
    hash: text('hash').notNull(),
    at: instant('at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [uniqueIndex('identities_hash').on(t.hash), check('identities_form', sql`${t.hash} ~ '^[0-9a-f]{64}$'`)],
);

/** The one row of what is asked of everybody who signs in; none while nothing is. */
export const signInRules = pgTable(
  'sign_in_rules',
  {
    one: boolean('one').primaryKey().default(true),
    /** Whether only people whose identity was verified are let in. */
    identityRequired: boolean('identity_required').notNull().default(false),
    /** Whether who signs in by name needs more than a password, and pages are opened by no key. */
    factorRequired: boolean('factor_required').notNull().default(false),
  },
  (t) => [check('sign_in_rules_one', sql`${t.one}`)],
);

/** Units of the organisation: community → sub-district → district. */
export const units = pgTable(
  'units',
  {
    id: text('id').primaryKey(),
    level: text('level').notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    above: text('above').references((): AnyPgColumn => units.id),
    /** The post of the unit's head. */
    headPost: text('head_post'),
    /** Working hours of a working day, `HH:MM`, the end excluded; without them 09:00–17:00. */
    hoursFrom: text('hours_from'),
    hoursTo: text('hours_to'),
    /** Since when the unit is closed. `above` is then the unit it went into: its cases are on their way there. */
    closedAt: instant('closed_at'),
  },
  (t) => [
    check(
      'units_hours',
      sql`(${t.hoursFrom} IS NULL AND ${t.hoursTo} IS NULL) OR (${t.hoursFrom} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND ${t.hoursTo} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' AND ${t.hoursFrom} < ${t.hoursTo})`,
    ),
    check('units_level', sql`${t.level} IN ('grid', 'community', 'sub-district', 'district')`),
    index('units_above').on(t.above),
    index('units_closed').on(t.id).where(sql`${t.closedAt} IS NOT NULL`),
  ],
);

/** Posts answer for promises, whoever holds them. */
export const posts = pgTable(
  'posts',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    /** Since when nobody can hold it or be made responsible by it. */
    closedAt: instant('closed_at'),
  },
  (t) => [index('posts_unit').on(t.unit)],
);

/** A person at a post from when (included) until when (excluded). */
const tenureColumns = () => ({
  id: text('id').primaryKey(),
  post: text('post')
    .notNull()
    .references(() => posts.id),
  person: text('person')
    .notNull()
    .references(() => people.id),
  fromAt: instant('from_at').notNull(),
  untilAt: instant('until_at'),
});

/** Who holds a post from when (included) until when (excluded). Two holders at one instant are refused (migration `constraints`). */
export const appointments = person.table(
  'appointments',
  {
    ...tenureColumns(),
    /** The responsibility pledge (责任书): its text or its document, the SHA-256 of either, and the day it was signed. */
    pledgeText: text('pledge_text'),
    pledgeDocument: text('pledge_document'),
    pledgeHash: text('pledge_hash'),
    pledgeOn: date('pledge_on', { mode: 'string' }),
  },
  (t) => [
    check('appointments_range', sql`${t.untilAt} > ${t.fromAt}`),
    check(
      'appointments_pledge',
      sql`num_nonnulls(${t.pledgeHash}, ${t.pledgeOn}) IN (0, 2) AND num_nonnulls(${t.pledgeText}, ${t.pledgeDocument}) = num_nonnulls(${t.pledgeHash})`,
    ),
    index('appointments_person').on(t.person),
    index('appointments_post').on(t.post),
    index('appointments_from').on(t.fromAt),
    index('appointments_until').on(t.untilAt),
  ],
);

/**
 * Handovers of a post: who left it when, and who has since what he had: the successor, or the post of the head above.
 * `byName`: what he was given by name went along. What was said with it lies here, its hash in the organisation's chain.
 */
export const handovers = person.table(
  'handovers',
  {
    id: text('id').primaryKey(),
    post: text('post')
      .notNull()
      .references(() => posts.id),
    person: text('person')
      .notNull()
      .references(() => people.id),
    toPerson: text('to_person').references(() => people.id),
    toPost: text('to_post').references(() => posts.id),
    fromAt: instant('from_at').notNull(),
    byName: boolean('by_name').notNull(),
    /** The unit of the post, and those of the posts that the person still holds then: what lies under them stays with him. */
    unit: text('unit').references(() => units.id),
    keeps: text('keeps').array().notNull().default(sql`'{}'`),
    reason: text('reason'),
    note: text('note'),
    /** SHA-256 of the RFC 8785 form of `{note, reason}`; null when nothing was said. */
    wordsHash: text('words_hash'),
    recordedAt: instant('recorded_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    check('handovers_one_heir', sql`num_nonnulls(${t.toPerson}, ${t.toPost}) = 1`),
    index('handovers_person').on(t.person),
    index('handovers_post').on(t.post),
    index('handovers_from').on(t.fromAt),
  ],
);

/**
 * Who stands in for the holder of a post from when (included) until when (excluded). Two deputies at one instant are refused
 * (migration `ladder_rules`).
 */
export const substitutions = pgTable('substitutions', tenureColumns(), (t) => [
  check('substitutions_range', sql`${t.untilAt} > ${t.fromAt}`),
  index('substitutions_person').on(t.person),
  index('substitutions_post').on(t.post),
]);

/** Changes of the organisation asked for over HTTP, by what their Idempotency-Key stands for, each with its answer: a repeat finds it. */
export const organisationRequests = person.table('organisation_requests', {
  id: text('id').primaryKey(),
  /** SHA-256 of the request's canonical body. */
  bodyHash: text('body_hash').notNull(),
  answer: json('answer'),
  recordedAt: instant('recorded_at').notNull().default(sql`clock_timestamp()`),
});

/**
 * Logins, and the API key the first run gave each: only the SHA-256 of a key is kept. `role` of a login without post is a right in
 * its unit. Keys that people make are `login_keys`.
 */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    /** Null for a login that has no such key. */
    hash: text('hash'),
    /** `all`, or `read`: a key that changes nothing. */
    scope: text('scope').notNull().default('all'),
    /** What the key is for, as `linli keys` shows it: `caseworker`, `cashHolder`, `auditor` … */
    role: text('role').notNull(),
    person: text('person')
      .notNull()
      .references(() => people.id),
    post: text('post').references(() => posts.id),
    unit: text('unit')
      .notNull()
      .references(() => units.id),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
  },
  (t) => [
    uniqueIndex('api_keys_hash').on(t.hash),
    check('api_keys_hash_form', sql`${t.hash} ~ '^[0-9a-f]{64}$'`),
    check('api_keys_scope', sql`${t.scope} IN ('all', 'read')`),
  ],
);
