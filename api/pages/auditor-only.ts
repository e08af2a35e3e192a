import type { Context } from 'hono';
import { type Caller, may } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound } from '../errors.ts';
import type { Language } from '../language.ts';
import { pageLanguage, toSignIn, visitorOf } from './frame.ts';
import type { Visitor } from './layout.tsx';

/** Who looks at a page of the auditor's. */
export interface AuditorLooks {
  readonly caller: Caller;
  readonly language: Language;
  readonly visitor: Visitor;
}

/** Makes pages that only auditors find: everybody else is told that there is nothing, or asked to sign in. */
export const auditorOnly =
  (deps: AppDeps) =>
  (show: (c: Context<AppEnv>, looks: AuditorLooks) => Promise<Response>) =>
  async (c: Context<AppEnv>): Promise<Response> => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    if (!may(caller, 'audit')) throw notFound();
    const language = pageLanguage(c);
    return show(c, { caller, language, visitor: await visitorOf(deps, caller, language) });
  };
