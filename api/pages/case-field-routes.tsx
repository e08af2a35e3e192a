import { Hono } from 'hono';
import { callerOfSession } from '../auth/sessions.ts';
import { fieldSight } from '../case-field.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { statusOfKind } from '../errors.ts';
import { pick } from '../language.ts';
import { CaseFieldPage } from './case-field.tsx';
import { UNKEPT } from './form-values.ts';
import { page, pageLanguage, toSignIn, visitorOf } from './frame.ts';

/** `/cases/{caseId}/fields/{field}`: a sensitive field of a case in clear, once it is said what for. */
export function caseFieldPages(deps: AppDeps) {
  return new Hono<AppEnv>().get('/cases/:caseId/fields/:field', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const key = c.req.param('field');
    const { record, field, value, problem } = await fieldSight(deps, caller, c.req.param('caseId'), key);
    const { caseId, caseNo } = record;
    const never = problem?.refusal.kind === 'forbidden' ? pick(problem.refusal.detail, language) : undefined;
    const shown = (
      <CaseFieldPage
        {...{ caseId, caseNo, language, value, never }}
        field={key}
        name={pick(field.name, language)}
        visitor={await visitorOf(deps, caller, language)}
      />
    );
    return page(c, shown, problem ? statusOfKind[problem.refusal.kind] : 200, UNKEPT);
  });
}
