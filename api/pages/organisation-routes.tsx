import { type Context, Hono } from 'hono';
import { namesOf } from '../../db/queries/names.ts';
import { listAppointments } from '../../db/queries/organisation.ts';
import { findPeople, maySeePerson } from '../../db/queries/people.ts';
import { may } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound } from '../errors.ts';
import { nowOf, overseerOf, peopleReaderOf } from '../reading.ts';
import { asset, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { handoverToSee, mayHandOver } from './handover-form.tsx';
import { HandoverPage } from './handover-page.tsx';
import { type Offer, OrganisationPage } from './organisation.tsx';
import type { FormContext } from './organisation-form.ts';
import { ORG_SHEET } from './organisation-form-page.tsx';
import { organisationForms, orgForms } from './organisation-form-routes.tsx';
import { PeoplePage, PersonPage } from './organisation-people.tsx';
import { PostPage } from './organisation-post.tsx';
import { type Earlier, mayRename, namedTenures, postToShow, unitToShow } from './organisation-shown.ts';
import { whyNot } from './organisation-why.tsx';

const PEOPLE_ON_PAGE = 50;
/** While cases are on their way the page of a unit is renewed after so many seconds; later where all that are left wait for their repair. */
const RENEW_S = '5';
const RENEW_WAITING_S = '60';

/** `/organisation`: the tree of units, a unit, a post, people, what a handover passes on, and the forms that change any of it. */
export function organisationPages(deps: AppDeps) {
  const sheet = asset('organisation.css');
  const app = new Hono<AppEnv>();

  app.get(ORG_SHEET, (c) =>
    c.body(sheet, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'max-age=300' }),
  );

  /** Shows a page to who is signed in; what is not for him, he is told why. */
  const signedIn =
    (show: (c: Context<AppEnv>, context: FormContext) => Promise<Response>) => async (c: Context<AppEnv>) => {
      const caller = await callerOfSession(c, deps.sql);
      if (!caller) return toSignIn(c);
      const context: FormContext = { deps, caller, language: pageLanguage(c) };
      try {
        return await show(c, context);
      } catch (error) {
        return whyNot(c, context, error);
      }
    };

  app.get(
    '/organisation',
    signedIn(async (c, context) => {
      const { caller, language } = context;
      const found = await unitToShow(context, c.req.query('unit') ?? caller.unit, earlierIn(c));
      const visitor = await visitorOf(deps, caller, language);
      const moving = found.moves.filter(({ doneAt }) => doneAt === null);
      const waits = moving.every(({ cases, moved, waiting }) => waiting > 0 && waiting === cases - moved);
      const headers = moving.length > 0 ? { Refresh: waits ? RENEW_WAITING_S : RENEW_S } : {};
      const shown = { ...found, done: doneIn(c) };
      return page(c, <OrganisationPage {...{ language, visitor, shown }} />, 200, headers);
    }),
  );

  app.get(
    '/organisation/posts/:id',
    signedIn(async (c, context) => {
      const { caller, language } = context;
      const shown = { ...(await postToShow(context, c.req.param('id') ?? '', earlierIn(c))), done: doneIn(c) };
      const visitor = await visitorOf(deps, caller, language);
      return page(c, <PostPage {...{ language, visitor, shown }} />);
    }),
  );

  app.get(
    '/organisation/people',
    signedIn(async (c, context) => {
      const { caller, language } = context;
      const q = (c.req.query('q') ?? '').trim().slice(0, 100);
      const skip = /^\d{1,6}$/.test(c.req.query('skip') ?? '') ? Number(c.req.query('skip')) : 0;
      const found = await findPeople(deps.sql, peopleReaderOf(caller), {
        q: q || undefined,
        limit: PEOPLE_ON_PAGE,
        skip,
      });
      const at = `/organisation/people?q=${encodeURIComponent(q)}&skip=${skip + PEOPLE_ON_PAGE}`;
      const offers: Offer[] = may(caller, 'organisation')
        ? [[`/organisation/units/${encodeURIComponent(caller.unit)}/person`, 'addPerson']]
        : [];
      const visitor = await visitorOf(deps, caller, language);
      const next = found.length > PEOPLE_ON_PAGE ? at : undefined;
      return page(
        c,
        <PeoplePage {...{ language, visitor, offers, q, next }} people={found.slice(0, PEOPLE_ON_PAGE)} />,
        200,
      );
    }),
  );

  app.get(
    '/organisation/people/:id',
    signedIn(async (c, context) => {
      const { caller, language } = context;
      const id = c.req.param('id') ?? '';
      const name = (await namesOf(deps.sql, new Set([id]))).people.get(id);
      if (name === undefined || !(await maySeePerson(deps.sql, peopleReaderOf(caller), id))) throw notFound();
      const rows = await listAppointments(
        deps.sql,
        overseerOf(caller),
        { limit: 200, after: undefined },
        { person: id },
      );
      const offers: Offer[] = (await mayRename(context, rows))
        ? [[`/organisation/people/${encodeURIComponent(id)}/rename`, 'renamePerson']]
        : [];
      const props = { ...{ language, id, name, offers }, done: doneIn(c), now: nowOf(deps) };
      const visitor = await visitorOf(deps, caller, language);
      const tenures = await namedTenures(context, rows, 'post');
      return page(c, <PersonPage {...props} visitor={visitor} tenures={tenures} />);
    }),
  );

  // who may hand over gets the form with it, below
  app.get('/organisation/appointments/:id/handover', async (c, next) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const context: FormContext = { deps, caller, language: pageLanguage(c) };
    try {
      const found = await handoverToSee(context, c.req.param('id'));
      if (await mayHandOver(context, found.preview.appointment.post)) return next();
      const visitor = await visitorOf(deps, caller, context.language);
      return page(c, <HandoverPage {...found} language={context.language} visitor={visitor} />);
    } catch (error) {
      return whyNot(c, context, error);
    }
  });

  app.route('/', organisationForms(deps));
  return app;
}

/** Which form led here; nothing where none did. */
function doneIn(c: Context) {
  return orgForms.get(c.req.query('done') ?? '')?.title;
}

/** From where a history goes back; one that was made up means from now. */
function earlierIn(c: Context): Earlier {
  const before = c.req.query('before');
  return before !== undefined && /^[1-9]\d{0,8}$/.test(before) ? { before: Number(before) } : {};
}
