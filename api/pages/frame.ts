import { readFileSync } from 'node:fs';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { createMiddleware } from 'hono/factory';
import type { Child } from 'hono/jsx';
import { NONCE, secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { namesOf } from '../../db/queries/names.ts';
import type { Caller } from '../auth/caller.ts';
import { sameText } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { countUnread } from '../inbox.ts';
import { type Language, negotiate, pick } from '../language.ts';
import type { Visitor } from './layout.tsx';

const policy = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

type Policy = NonNullable<Parameters<typeof secureHeaders>[0]>['contentSecurityPolicy'];

const headers = (contentSecurityPolicy: NonNullable<Policy>) =>
  secureHeaders({
    ...{ contentSecurityPolicy, referrerPolicy: 'same-origin', xFrameOptions: 'DENY' },
    // told for every answer alike, and only where there is https
    strictTransportSecurity: false,
  });

/** Everything a page may load comes from this server; no script at all, and none that an attribute holds. */
export const strict = headers(policy);

/**
 * The same for a page with a script of our own, which may ask this server. It alone runs: its tag carries a number that every
 * answer makes anew, and neither what stands in the page nor another file of this server has it.
 */
export const scripted = headers({ ...policy, scriptSrc: [NONCE], connectSrc: ["'self'"] });

/** The same for a page whose forms may lead on to other servers, as a single sign-on is one. */
export const scriptedTo = (origins: readonly string[]) =>
  headers({
    ...policy,
    scriptSrc: [NONCE],
    connectSrc: ["'self'"],
    formAction: [...policy.formAction, ...origins],
  });

/** A browser tells where a form comes from, and only our own pages may send one; programs tell nothing and are no danger. */
export const ownForms = createMiddleware<AppEnv>(async (c, next) => {
  const tells = c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') !== undefined;
  return tells ? csrf()(c, next) : next();
});

/** A file beside the pages. */
export const asset = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** No browser keeps what is answered so: whoever sits down after somebody has signed out goes back to nothing. */
export const UNKEPT = { 'Cache-Control': 'private, no-store' };

/** Answers a page, which nobody keeps unless `more` says otherwise. */
export function page(
  c: Context,
  content: Child,
  status: ContentfulStatusCode = 200,
  more: Record<string, string> = {},
): Response | Promise<Response> {
  return c.html(`<!DOCTYPE html>${content}`, status, { ...UNKEPT, ...more });
}

/** Where a page of ours may lead back to: a path on this server, nothing else. */
export function ownPath(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])[\w\-./%?=&]{0,300}$/.test(path) ? path : '/';
}

/** The cookie of the language that was chosen: with https only this very host can set it. */
const languageCookie = (c: Context) => (c.get('secure') ? '__Host-linli_language' : 'linli_language');

/** Keeps the language a visitor chose, for a year. */
export function chooseLanguage(c: Context, language: Language): void {
  const secure = c.get('secure') === true;
  setCookie(c, languageCookie(c), language, { path: '/', sameSite: 'Lax', httpOnly: true, secure, maxAge: 31_536_000 });
}

/** The language of a page: the one chosen, else the browser's. */
export function pageLanguage(c: Context): Language {
  const chosen = getCookie(c, languageCookie(c));
  return chosen === 'en' || chosen === 'zh' ? chosen : negotiate(c.req.header('accept-language'));
}

/** Leads to the sign-in, and from there back to what was asked for. */
export function toSignIn(c: Context): Response {
  return c.redirect(`/sign-in?back=${encodeURIComponent(c.req.path)}`, 303);
}

/** What a form holds: its texts by name. A form that cannot be read is an empty one. */
export async function formOf(c: Context): Promise<Readonly<Record<string, string>>> {
  const form = await c.req.parseBody().catch((): Record<string, unknown> => ({}));
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Whether a form carries the token of this session's pages. */
export function isOurs(form: Readonly<Record<string, string>>, caller: Caller): boolean {
  return sameText(form['token'] ?? '', caller.csrfToken ?? '');
}

/** Who is signed in, for the head of a page. */
export async function visitorOf(deps: AppDeps, caller: Caller, language: Language): Promise<Visitor> {
  const [names, unread] = await Promise.all([
    namesOf(deps.sql, new Set([caller.person, caller.post ?? caller.unit])),
    countUnread(deps, caller),
  ]);
  const post = names.posts.get(caller.post ?? '') ?? names.units.get(caller.unit);
  return {
    name: names.people.get(caller.person) ?? caller.person,
    post: post && pick(post, language),
    csrfToken: caller.csrfToken ?? '',
    unread,
  };
}
