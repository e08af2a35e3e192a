import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { actIdOf } from '../../door/act-id.ts';
import type { Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { ApiProblem, notFound, statusOfKind } from '../errors.ts';
import { nowOf } from '../reading.ts';
import { expired, isFormKey, type Values } from './form-values.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { handoverForm } from './handover-form.tsx';
import {
  changedSince,
  type FormContext,
  fingerprintOf,
  type OpenForm,
  type OrgForm,
  problemOf,
} from './organisation-form.ts';
import { ConfirmPage, FormPage } from './organisation-form-page.tsx';
import { mergeForm } from './organisation-move-forms.tsx';
import { officeForms } from './organisation-office-forms.tsx';
import { postForms } from './organisation-post-forms.tsx';
import { splitForm } from './organisation-split.tsx';
import { unitForms } from './organisation-unit-forms.tsx';
import { whyNot } from './organisation-why.tsx';

/** Every form about the organisation by its path after `/organisation/`, without the id in the middle. */
export const orgForms: ReadonlyMap<string, OrgForm> = new Map(
  Object.entries({
    ...{ ...unitForms, ...postForms, ...officeForms },
    ...{ 'units/merge': mergeForm, 'units/split': splitForm, 'appointments/handover': handoverForm },
  }),
);

const STALE = statusOfKind.stale;

/** No preview where trying out is refused. */
function noPreview(error: unknown): undefined {
  if (!(error instanceof ApiProblem)) throw error;
}

const PATH = '/organisation/:of{units|posts|people|appointments|substitutions}/:id/:what';

/**
 * The forms about the organisation, each on a page of its own. Sent, a form makes its change once and leads to where it
 * shows; one that cannot be undone is tried out first and shows what it would do. What is refused comes back filled in.
 */
export function organisationForms(deps: AppDeps) {
  const app = new Hono<AppEnv>();

  app.get(PATH, async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    return attempt(c, caller, async (context, form) => {
      const asked = Object.entries(c.req.query()).filter(([name]) => Object.hasOwn(form.names, name));
      return shown(c, context, form, { values: { ...form.initial, ...Object.fromEntries(asked) } });
    });
  });

  app.post(PATH, async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return c.redirect('/sign-in', 303);
    const values = await formOf(c);
    return attempt(c, caller, async (context, form) => {
      try {
        return await sent(c, context, form, values);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        return shown(c, context, form, { values, error });
      }
    });
  });

  /** Opens the form of the path; who may not have it is told why. */
  async function attempt(
    c: Context<AppEnv>,
    caller: Caller,
    work: (context: FormContext, form: OpenForm) => Promise<Response>,
  ): Promise<Response> {
    const context: FormContext = { deps, caller, language: pageLanguage(c) };
    const kind = orgForms.get(`${c.req.param('of')}/${c.req.param('what')}`);
    if (!kind) throw notFound();
    let form: OpenForm;
    try {
      form = await kind.open(context, c.req.param('id') ?? '');
    } catch (error) {
      return whyNot(c, context, error);
    }
    return work(context, form);
  }

  async function sent(c: Context<AppEnv>, context: FormContext, form: OpenForm, values: Values): Promise<Response> {
    const { caller } = context;
    const { key } = values;
    if (!isOurs(values, caller) || !isFormKey(key)) throw expired();
    const step = values['step'];
    if (step === 'edit' || step === 'more') return shown(c, context, form, { values });
    const asked = await form.read(values);
    const confirmed = step === 'confirm';
    // what cannot be tried out any more may be done already: making it says so, or why not
    const preview = await (confirmed ? asked.tryOut?.().catch(noPreview) : asked.tryOut?.());
    if (preview !== undefined) {
      const { language } = context;
      const now = await fingerprintOf(preview);
      const problem = confirmed && now !== values['shown'] ? changedSince() : undefined;
      if (!confirmed || problem) {
        const visitor = await visitorOf(deps, caller, language);
        const props = { language, visitor, path: c.req.path, form, values, formKey: key, preview, shown: now };
        const said = problem && problemOf(problem, form, language);
        return page(c, <ConfirmPage {...props} problem={said} />, problem ? STALE : 200);
      }
    }
    if (form.shown !== undefined && values['shown'] !== form.shown) {
      const { seen: _, ...unconfirmed } = values;
      return shown(c, context, form, { values: unconfirmed, error: changedSince() });
    }
    const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
    const done = await asked.make({ caller, now: nowOf(deps), request: { id, bodyHash: asked.bodyHash } });
    const what = `${c.req.param('of')}/${c.req.param('what')}`;
    return c.redirect(`${done}${done.includes('?') ? '&' : '?'}done=${encodeURIComponent(what)}`, 303);
  }

  async function shown(
    c: Context<AppEnv>,
    { caller, language }: FormContext,
    form: OpenForm,
    { values, error }: { values: Values; error?: ApiProblem },
  ): Promise<Response> {
    const status: ContentfulStatusCode = error ? statusOfKind[error.refusal.kind] : 200;
    const content = (
      <FormPage
        {...{ language, form, values }}
        visitor={await visitorOf(deps, caller, language)}
        path={c.req.path}
        problem={error && problemOf(error, form, language)}
        formKey={randomUUID()}
      />
    );
    return page(c, content, status);
  }

  return app;
}
