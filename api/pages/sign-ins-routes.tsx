import { type Context, Hono } from 'hono';
import type { Sql } from '../../db/client.ts';
import {
  hasIdentity,
  identifiedBy,
  identityHash,
  identityHolder,
  identityRequired,
} from '../../db/queries/identities.ts';
import { namesOf } from '../../db/queries/names.ts';
import { securityEvents } from '../../db/queries/security-events.ts';
import { factorRequired, loginsOfPerson } from '../../db/queries/sign-in.ts';
import {
  endSessions,
  isTaken,
  makeLink,
  makeLogins,
  makeSecurityAdmin,
  type SignInPerson,
  setStopped,
  signInPeople,
  signInPerson,
  voidSignIn,
} from '../../db/queries/sign-in-people.ts';
import { isTopmost } from '../../db/queries/unit-tree.ts';
import { changeOrganisation, type Organisation } from '../../door/organisation.ts';
import { ADMINISTRATORS } from '../../engine/logins.ts';
import { isIdNumber } from '../../engine/sensitive.ts';
import { type Caller, may } from '../auth/caller.ts';
import { endKey } from '../auth/own-keys.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { plainName, type SignIns, suggestedName } from '../auth/sign-in-people.ts';
import { type SignInsRight, signInsRight } from '../auth/sign-ins-right.ts';
import { hashOf, newToken } from '../auth/tokens.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound } from '../errors.ts';
import { originOf } from '../origin.ts';
import type { AccountWord } from './account-words.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { namedKeys } from './keys.tsx';
import { MessagePage } from './message.tsx';
import { SecurityLogPage, SignInsPage, SignInsPersonPage, signInsPath } from './sign-ins.tsx';

const PEOPLE_ON_PAGE = 50;
const EVENTS_ON_PAGE = 100;
const INVITATION_HOURS = 7 * 24;
const RESET_HOURS = 24;
/** What the login of a post is for, by the kind of the post. Never `admin` or `auditor`: no post brings those. */
const ROLES = {
  caseworker: 'caseworker',
  director: 'director',
  secretary: 'cadre',
  'district-head': 'districtHead',
  'sub-district-head': 'subDistrictHead',
  'residents-representative': 'cashHolder',
  'supervision-head': 'accountant',
};

type Form = Readonly<Record<string, string>>;

interface Change {
  readonly c: Context<AppEnv>;
  readonly caller: Caller;
  readonly right: SignInsRight;
  readonly found: SignInPerson;
  readonly form: Form;
}

/** `/sign-ins`: whom security administrators invite, reset, unlock and stop, and the security log. */
export function signInsPages(deps: AppDeps, signIns: SignIns) {
  const { sql } = deps;
  const app = new Hono<AppEnv>();

  /** A page for whoever `rightOf` finds a right of, with that right. */
  const signedIn =
    <R,>(
      rightOf: (caller: Caller) => Promise<R | undefined>,
      show: (c: Context<AppEnv>, caller: Caller, right: R) => Promise<Response>,
    ) =>
    async (c: Context<AppEnv>) => {
      const caller = await callerOfSession(c, sql);
      if (!caller) return toSignIn(c);
      const right = await rightOf(caller);
      if (right === undefined) return page(c, <MessagePage language={pageLanguage(c)} what="limited" />, 403);
      return show(c, caller, right);
    };
  const manages = (caller: Caller) => signInsRight(sql, caller);
  const ofUnit = ({ unit }: Caller) => ({ unit, administrators: ADMINISTRATORS });

  async function list(
    { c, caller, right }: Pick<Change, 'c' | 'caller' | 'right'>,
    more: { readonly error?: AccountWord; readonly status?: 403 } = {},
  ): Promise<Response> {
    const language = pageLanguage(c);
    const q = (c.req.query('q') ?? '').trim().slice(0, 100);
    const skip = /^\d{1,6}$/.test(c.req.query('skip') ?? '') ? Number(c.req.query('skip')) : 0;
    const rows = await signInPeople(sql, ofUnit(caller), { q, skip, limit: PEOPLE_ON_PAGE });
    const next =
      rows.length > PEOPLE_ON_PAGE ? `/sign-ins?q=${encodeURIComponent(q)}&skip=${skip + PEOPLE_ON_PAGE}` : undefined;
    const people = rows.slice(0, PEOPLE_ON_PAGE);
    const visitor = await visitorOf(deps, caller, language);
    const standsIn = right === 'standsIn';
    const [identity, factor, topmost] = await Promise.all([
      identityRequired(sql),
      factorRequired(sql),
      isTopmost(sql, caller.unit),
    ]);
    const { status = more.error ? 422 : 200, error } = more;
    return page(
      c,
      <SignInsPage
        {...{ language, visitor, people, q, next, standsIn, identity, factor, error }}
        rules={!standsIn && topmost}
      />,
      status,
    );
  }

  app.get(
    '/sign-ins',
    signedIn(manages, (c, caller, right) => list({ c, caller, right })),
  );
  /** A switch for everybody: what is demanded of who signs in. */
  const demand = (
    what: 'identity' | 'factor',
    isRequired: (sql: Sql) => Promise<boolean>,
    set: (organisation: Organisation, required: boolean) => Promise<void>,
  ) =>
    app.post(
      `/sign-ins/${what}`,
      signedIn(manages, async (c, caller, right) => {
        const form = await formOf(c);
        if (!isOurs(form, caller)) return toSignIn(c);
        if (right === 'standsIn' || !(await isTopmost(sql, caller.unit)))
          return list({ c, caller, right }, { error: 'ownOnly', status: 403 });
        if (form['required'] !== 'yes' && form['required'] !== 'no')
          return list({ c, caller, right }, { error: 'unclear' });
        const required = form['required'] === 'yes';
        if (what === 'factor' && required && !caller.strong)
          return list({ c, caller, right }, { error: 'factorFirst' });
        if ((await isRequired(sql)) !== required) {
          await changeOrganisation(sql, { kind: 'person', id: caller.person }, (organisation) =>
            set(organisation, required),
          );
          const kind = `${what}${required ? 'Required' : 'Free'}`;
          await signIns.note(c, { kind, person: caller.person, by: caller.person });
        }
        return c.redirect('/sign-ins', 303);
      }),
    );
  demand('identity', identityRequired, (organisation, required) => organisation.requireIdentity(required));
  demand('factor', factorRequired, (organisation, required) => organisation.requireFactor(required));

  app.get(
    '/sign-ins/log',
    signedIn(
      async (caller) => (may(caller, 'securityLog') ? 'own' : manages(caller)),
      async (c, caller) => {
        const language = pageLanguage(c);
        const before = /^\d{1,15}$/.test(c.req.query('before') ?? '') ? { before: Number(c.req.query('before')) } : {};
        const rows = await securityEvents(sql, { under: caller.unit, limit: EVENTS_ON_PAGE + 1, ...before });
        const events = rows.slice(0, EVENTS_ON_PAGE);
        const ids = events.flatMap(({ person, by }) => [person, by]).filter((id) => id !== null);
        const { people: names } = await namesOf(sql, new Set(ids));
        const next = rows.length > EVENTS_ON_PAGE ? `/sign-ins/log?before=${events.at(-1)?.id}` : undefined;
        const visitor = await visitorOf(deps, caller, language);
        return page(c, <SecurityLogPage {...{ language, visitor, events, names, next }} reader={caller.person} />);
      },
    ),
  );

  /**
   * Takes back whose identity was verified: for another than who entered it, a security administrator or an auditor. One man alone puts
   * no number in the place of another.
   */
  app.post(
    '/sign-ins/log/unidentify',
    signedIn(
      async (caller) => (may(caller, 'securityLog') ? 'own' : undefined),
      async (c, caller) => {
        const form = await formOf(c);
        if (!isOurs(form, caller)) return toSignIn(c);
        const person = form['person'] ?? '';
        const found = await signInPerson(sql, ofUnit(caller), person);
        if (!found) throw notFound();
        const known = await identifiedBy(sql, person);
        if (person === caller.person || known?.by === caller.person)
          return page(c, <MessagePage language={pageLanguage(c)} what="limited" />, 403);
        if (found.identifiedAt !== null) {
          await changeOrganisation(sql, { kind: 'person', id: caller.person }, (organisation) =>
            organisation.unidentify(person),
          );
          await signIns.note(c, { kind: 'unidentified', person, by: caller.person });
        }
        return c.redirect('/sign-ins/log', 303);
      },
    ),
  );

  async function personToShow(caller: Caller, person: string): Promise<SignInPerson> {
    const found = await signInPerson(sql, ofUnit(caller), person);
    if (!found) throw notFound();
    return found;
  }

  async function show(
    { c, caller, right }: Pick<Change, 'c' | 'caller' | 'right'>,
    person: string,
    more: {
      readonly link?: string;
      readonly error?: AccountWord;
      readonly status?: 403 | 409;
      readonly done?: boolean;
    } = {},
  ): Promise<Response> {
    const language = pageLanguage(c);
    const found = await personToShow(caller, person);
    const locked = found.username !== null && (await signIns.isLocked(found.username));
    const events = await securityEvents(sql, { person, limit: 20 });
    const visitor = await visitorOf(deps, caller, language);
    const suggested = suggestedName(person);
    const keys = await namedKeys(sql, person, language);
    const { status = more.error ? 422 : 200, ...said } = more;
    const shown = { language, visitor, found, locked, suggested, events, keys, ...said };
    const standsIn = right === 'standsIn';
    return page(c, <SignInsPersonPage {...shown} {...{ standsIn }} own={person === caller.person} />, status);
  }

  app.get(
    '/sign-ins/people/:person',
    signedIn(manages, (c, caller, right) =>
      show({ c, caller, right }, c.req.param('person') ?? '', c.req.query('done') === undefined ? {} : { done: true }),
    ),
  );

  /** `toAll`: also about other administrators and auditors, never about oneself. */
  const change = (what: string, work: (context: Change) => Promise<Response | undefined>, toAll = false) =>
    app.post(
      `/sign-ins/people/:person/${what}`,
      signedIn(manages, async (c, caller, right) => {
        const form = await formOf(c);
        if (!isOurs(form, caller)) return toSignIn(c);
        const found = await personToShow(caller, c.req.param('person') ?? '');
        if ((found.apart && !toAll) || found.person === caller.person)
          return show({ c, caller, right }, found.person, { error: 'apart', status: 403 });
        return (await work({ c, caller, right, found, form })) ?? c.redirect(`${signInsPath(found.person)}?done`, 303);
      }),
    );
  /** The keyed hash of the identity number a form says; undefined when it says none. */
  const identityIn = (form: Form): string | undefined => {
    const number = (form['idNumber'] ?? '').trim().toUpperCase();
    return isIdNumber(number) ? identityHash(sql, number) : undefined;
  };
  const note = ({ c, caller, found }: Change, kind: string) =>
    signIns.note(c, { kind, person: found.person, by: caller.person });

  /** Keeps by which identity number a person was verified; false where it came to be somebody else's meanwhile. */
  async function identify(caller: Caller, person: string, hash: string): Promise<boolean> {
    try {
      await changeOrganisation(sql, { kind: 'person', id: caller.person }, (organisation) =>
        organisation.identify(person, hash),
      );
      return true;
    } catch (error) {
      if (/^identities_/.test((error as { constraint_name?: string }).constraint_name ?? '')) return false;
      throw error;
    }
  }

  /** Makes a link and shows it this once. */
  async function giveLink(context: Change, kind: 'invitation' | 'reset', username: string): Promise<Response> {
    const { c, caller, found } = context;
    const token = newToken();
    const hours = kind === 'reset' ? RESET_HOURS : INVITATION_HOURS;
    const { person } = found;
    await makeLink(sql, { ...{ kind, person, username, hours }, hash: hashOf(token), by: caller.person });
    await note(context, kind === 'reset' ? 'resetMade' : 'invited');
    return show(context, found.person, { link: `${originOf(deps, c)}/welcome/${token}` });
  }

  change('invite', async (context) => {
    const { caller, found, form } = context;
    const username = plainName(form['username'] ?? '');
    const { person } = found;
    if (found.username !== null) return undefined;
    if (!/^[a-z0-9][a-z0-9.-]{2,39}$/.test(username)) return show(context, person, { error: 'nameWrong' });
    if (await isTaken(sql, username, person)) return show(context, person, { error: 'nameTaken' });
    const made = await makeLogins(sql, { person, unit: caller.unit, roles: ROLES });
    if (made > 0) await note(context, 'loginMade');
    if ((await loginsOfPerson(sql, person)).length === 0) return show(context, person, { error: 'noPost' });
    return giveLink(context, 'invitation', username);
  });
  change(
    'identity',
    async (context) => {
      const { caller, found, form } = context;
      const hash = identityIn(form);
      if (hash === undefined) return show(context, found.person, { error: 'identityWrong' });
      const holder = await identityHolder(sql, hash);
      if (holder === found.person) return undefined;
      if (found.identifiedAt !== null) return show(context, found.person, { error: 'identityKept', status: 409 });
      if (holder !== undefined || !(await identify(caller, found.person, hash)))
        return show(context, found.person, { error: 'identityTaken', status: 409 });
      await note(context, 'identified');
      return undefined;
    },
    true,
  );
  change('reset', async (context) => {
    const { caller, found, form } = context;
    if (found.username === null) return undefined;
    const factors = form['factors'] === 'yes';
    if (factors) {
      if (found.identifiedAt === null) return show(context, found.person, { error: 'identityFirst' });
      if (!(await hasIdentity(sql, found.person, identityIn(form) ?? '')))
        return show(context, found.person, { error: 'identityOther' });
      const known = await identifiedBy(sql, found.person);
      if (known?.fresh && known.by === caller.person)
        return show(context, found.person, { error: 'identityFresh', status: 403 });
      const { password } = await signIns.people(context.c).$context;
      await voidSignIn(sql, found.person, await password.hash(newToken()));
      await note(context, 'factorsDropped');
    }
    await changeOrganisation(sql, { kind: 'person', id: caller.person }, (organisation) =>
      organisation.tellReset(found.person, { factors }),
    );
    return giveLink(context, 'reset', found.username);
  });
  change('unlock', async (context) => {
    if (context.found.username !== null) await signIns.unlock(context.found.username);
    await note(context, 'unlocked');
    return undefined;
  });
  change('end', async (context) => {
    await endSessions(sql, context.found.person);
    await note(context, 'sessionsEnded');
    return undefined;
  });
  change('keys', async ({ c, found, form }) => {
    await endKey(c, sql, found.person, form['id'] ?? '');
    return undefined;
  });
  change('security', async (context) => {
    const { c, caller, right, found } = context;
    if (right !== 'standsIn') return show(context, found.person, { error: 'standsInOnly', status: 403 });
    if (found.username === null) return show(context, found.person, { error: 'uninvited' });
    await makeSecurityAdmin(sql, found.person, caller.unit);
    await note(context, 'securityAdminMade');
    return c.redirect('/account', 303);
  });
  for (const [what, stopped] of [
    ['stop', true],
    ['allow', false],
  ] as const)
    change(what, async (context) => {
      await setStopped(sql, context.found.person, stopped);
      await note(context, stopped ? 'stopped' : 'allowed');
      return undefined;
    });

  app.onError((error, c) => {
    if (error instanceof ApiProblem && error.refusal.kind === 'notFound')
      return page(c, <MessagePage language={pageLanguage(c)} what="notFound" />, 404);
    throw error;
  });
  return app;
}
