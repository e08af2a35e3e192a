import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { namesOf } from '../../db/queries/names.ts';
import { actIdOf } from '../../door/act-id.ts';
import type { Act } from '../../engine/act.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { problemBody } from '../errors.ts';
import { pick } from '../language.ts';
import { caseRetention, retentionTable } from '../retention/view.ts';
import type { CaseRetentionView } from '../schemas/retention.ts';
import { isFormKey } from './form-values.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { CaseRetentionPage, type Refused, RetentionTablePage } from './retention.tsx';
import { retentionWord } from './retention-words.ts';

type Form = Readonly<Record<string, string>>;

/** The table of how long things are kept, and the page of one case with holds and requests to erase. */
export function retentionPages(deps: AppDeps) {
  const app = new Hono<AppEnv>();

  app.get('/retention', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const language = pageLanguage(c);
    const table = await retentionTable(deps, language);
    const names = await namesOf(deps.sql, new Set(table.lengthened.map(({ unit }) => unit)));
    const units = (id: string) => {
      const name = names.units.get(id);
      return name ? pick(name, language) : id;
    };
    const visitor = await visitorOf(deps, caller, language);
    return page(c, <RetentionTablePage {...{ language, visitor, table, units }} />);
  });

  app.get('/cases/:caseId/retention', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    return caller ? show(c, caller) : toSignIn(c);
  });

  app.post('/cases/:caseId/retention', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const form = await formOf(c);
    const language = pageLanguage(c);
    const act = asAct(form);
    if (!isOurs(form, caller) || !act || !isFormKey(form['key']))
      return show(c, caller, { detail: retentionWord('expired', language), waysOut: [] }, 403);
    // whoever may not know of the case is told so by its page
    const { caseId } = await caseRetention(deps, caller, c.req.param('caseId'), language);
    const id = actIdOf({ caller: caller.person, method: 'POST', path: c.req.path, idempotencyKey: form['key']! });
    const outcome = await deps.door.act({ caseId, act: { ...act, id, actor: actorOf(caller) } });
    if (outcome.status === 'recorded') return c.redirect(c.req.path, 303);
    const { status, detail, waysOut = [] } = problemBody(outcome.refusal, language);
    return show(c, caller, { detail, waysOut }, status === 403 || status === 409 ? status : 422);
  });

  async function show(c: Context<AppEnv>, caller: Caller, trouble?: Refused, status: 200 | 403 | 409 | 422 = 200) {
    const language = pageLanguage(c);
    const view = await caseRetention(deps, caller, c.req.param('caseId') ?? '', language);
    const names = await namesOf(deps.sql, new Set(namedIn(view)));
    const people = (id: string) => names.people.get(id) ?? id;
    const visitor = await visitorOf(deps, caller, language);
    return page(
      c,
      <CaseRetentionPage {...{ language, visitor, view, people, trouble }} formKey={randomUUID()} />,
      status,
    );
  }

  return app;
}

/** The persons a page names: who has set holds, and who decides about the destruction. */
function namedIn({ holds, destruction, destroyed }: CaseRetentionView): string[] {
  const two = destruction
    ? [destruction.by, destruction.approvedBy]
    : [destroyed?.requested.by, destroyed?.approved.by];
  return [...holds.map(({ by }) => by), ...two.flatMap((by) => by ?? [])];
}

/** The act a form stands for; undefined when it is none of ours. What is wrong with its content the door says. */
function asAct(form: Form): Pick<Act, 'type' | 'target' | 'data' | 'reason' | 'onBehalfOf'> | undefined {
  const { type, target = '', reason = '', text = '', decision, ground } = form;
  const said = (name: 'note' | 'witness') => (form[name]?.trim() ? { [name]: form[name]!.trim() } : {});
  const behalf = form['onBehalfOf']?.trim() ? { onBehalfOf: form['onBehalfOf'].trim() } : {};
  if (type === 'hold.set') return { type, reason, data: { ground } };
  if (type === 'hold.lift') return { type, target, reason, data: {} };
  if (type === 'destruction.approve') return { type, data: {} };
  if (type === 'destruction.request' || type === 'destruction.refuse' || type === 'destruction.revoke')
    return { type, reason, data: {} };
  if (type === 'erasure.request') return { type, ...behalf, data: { ...said('note'), ...said('witness') } };
  if (type === 'erasure.answer') return { type, data: { decision, text } };
  if (type === 'erasure.withdraw') return { type, ...behalf, data: { ...said('note'), ...said('witness') } };
  return undefined;
}
