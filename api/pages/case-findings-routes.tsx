import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { actIdOf } from '../../door/act-id.ts';
import type { Act } from '../../engine/act.ts';
import { findingsOf } from '../audit/findings.ts';
import { actorOf, type Caller, may } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { problemBody } from '../errors.ts';
import { caseToRead } from '../reading.ts';
import { aw } from './audit-words.ts';
import { CaseFindingsPage } from './case-findings.tsx';
import { isFormKey } from './form-values.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';

type Form = Readonly<Record<string, string>>;

/** The page of a case's findings and its forms. */
export function caseFindingsPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();

  app.get('/cases/:caseId/findings', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    return show(c, caller, c.req.query('sample'));
  });

  app.post('/cases/:caseId/findings', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const form = await formOf(c);
    const { sample } = form;
    const language = pageLanguage(c);
    const act = asAct(form);
    const { key } = form;
    if (!isOurs(form, caller) || !act || !isKey(key))
      return show(c, caller, sample, { status: 403, detail: aw('expired', language) });
    const { caseId } = await caseToRead(deps, caller, c.req.param('caseId'));
    const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: key });
    const outcome = await deps.door.act({ caseId, act: { ...act, id, actor: actorOf(caller) } });
    if (outcome.status === 'recorded') {
      const back = sample === undefined ? '' : `?sample=${encodeURIComponent(sample)}`;
      return c.redirect(`${c.req.path}${back}`, 303);
    }
    const { status, detail, waysOut } = problemBody(outcome.refusal, language);
    return show(c, caller, sample, { status, detail, ...(waysOut ? { waysOut } : {}) });
  });

  async function show(
    c: Context<AppEnv>,
    caller: Caller,
    sample: string | undefined,
    trouble?: { readonly status: number; readonly detail: string; readonly waysOut?: readonly string[] },
  ) {
    const language = pageLanguage(c);
    const { caseId, caseNo } = await caseToRead(deps, caller, c.req.param('caseId') ?? '');
    const found = await findingsOf(deps, [caseId], language);
    const status =
      trouble === undefined ? 200 : trouble.status === 403 || trouble.status === 409 ? trouble.status : 422;
    return page(
      c,
      <CaseFindingsPage
        {...{ language, caseId, caseNo, sample }}
        visitor={await visitorOf(deps, caller, language)}
        findings={found(caseId).findings}
        auditor={may(caller, 'audit')}
        formKey={randomUUID()}
        trouble={trouble && { detail: trouble.detail, waysOut: trouble.waysOut ?? [] }}
      />,
      status,
    );
  }

  return app;
}

/** A key of a form, with what of the page it is about behind it. */
function isKey(key: string | undefined): key is string {
  return isFormKey(key?.slice(0, 36)) && /^[\w-]{8,200}$/.test(key ?? '');
}

/** The act a form stands for; undefined when it is none of ours. What is wrong with its content the door says. */
function asAct(form: Form): Pick<Act, 'type' | 'target' | 'data'> | undefined {
  const { type, target = '', text = '' } = form;
  const within = /^\d{1,3}$/.test(form['within'] ?? '') ? { within: `${form['within']} working days` } : {};
  if (type === 'finding.answer') return { type, target, data: { text } };
  if (type === 'finding.accept') return { type, target, data: {} };
  if (type === 'finding.return') return { type, target, data: { text, ...within } };
  if (type !== 'inspection.record') return undefined;
  const found = form['finding']?.trim();
  const remark = form['remark']?.trim();
  return {
    type,
    data: {
      method: form['method'],
      findings: found ? [{ text: found, ...within }] : [],
      ...(form['sample'] ? { sample: form['sample'] } : {}),
      ...(remark ? { text: remark } : {}),
    },
  };
}
