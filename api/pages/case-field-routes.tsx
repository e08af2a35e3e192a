import { type Context, Hono } from 'hono';
import { isStated } from '../access/purposes.ts';
import type { Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { fieldSight } from '../case-field.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { statusOfKind } from '../errors.ts';
import { pick } from '../language.ts';
import { CaseFieldPage, fieldPath } from './case-field.tsx';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';

/**
 * `/cases/{caseId}/fields/{field}`: a sensitive field of a case. The page asks what it is needed for and says nothing of it; its form
 * shows it. A link alone shows nothing, and states no purpose in somebody's name.
 */
export function caseFieldPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();
  app.get('/cases/:caseId/fields/:field', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    return caller ? show(c, caller, 'asked') : toSignIn(c);
  });
  app.post('/cases/:caseId/fields/:field', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const form = await formOf(c);
    if (!isOurs(form, caller)) return c.redirect(fieldPath(c.req.param('caseId'), c.req.param('field')), 303);
    const { purpose = '' } = form;
    if (isStated(purpose)) caller.reads?.state(purpose);
    return show(c, caller, 'told');
  });

  async function show(c: Context<AppEnv>, caller: Caller, how: 'asked' | 'told') {
    const language = pageLanguage(c);
    const key = c.req.param('field') ?? '';
    const { record, field, value, problem } = await fieldSight(deps, caller, c.req.param('caseId') ?? '', key);
    const { caseId, caseNo } = record;
    const never = problem?.refusal.kind === 'forbidden' ? problem : undefined;
    if (how === 'told' && problem && !never) return c.redirect(fieldPath(caseId, key), 303);
    const shown = (
      <CaseFieldPage
        {...{ caseId, caseNo, language }}
        field={key}
        name={pick(field.name, language)}
        value={how === 'told' ? value : undefined}
        never={never && pick(never.refusal.detail, language)}
        asks={problem !== undefined}
        visitor={await visitorOf(deps, caller, language)}
      />
    );
    return page(c, shown, never ? statusOfKind[never.refusal.kind] : 200);
  }
  return app;
}
