import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { toldWords } from '../../db/queries/complaints.ts';
import { wordsOf } from '../../db/queries/events.ts';
import { actIdOf } from '../../door/act-id.ts';
import type { Act } from '../../engine/act.ts';
import { actorOf, type Caller } from '../auth/caller.ts';
import { callerOfSession } from '../auth/sessions.ts';
import { complaintSight } from '../complaint-sight.ts';
import type { AppDeps } from '../deps.ts';
import type { AppEnv } from '../env.ts';
import { notFound, problemBody } from '../errors.ts';
import { administeredBy } from '../inbox.ts';
import { type Language, pick } from '../language.ts';
import { caseNames, caseToRead, nowOf, pinnedProgram } from '../reading.ts';
import { caseView } from '../views/case-view.ts';
import { voiceView } from '../views/voice-view.ts';
import { formOf, isOurs, page, pageLanguage, toSignIn, visitorOf } from './frame.ts';
import { VoicePage } from './voice.tsx';
import { PURPOSE, SayPage } from './voice-say.tsx';
import type { Refused, Saying } from './voice-saying.ts';

const SAYINGS: Readonly<Record<Saying, (form: Form) => Pick<Act, 'type' | 'target' | 'data'>>> = {
  agree: ({ heard, separate, ...form }) => ({
    type: 'consent.give',
    data: {
      ...(heard?.trim() ? { heard } : {}),
      ...(separate === 'yes' ? { separate: true } : {}),
      ...purposesIn(form),
      ...(form['purpose'] ? { only: true } : {}),
    },
  }),
  refuse: ({ note }) => ({ type: 'consent.refuse', data: note?.trim() ? { note } : {} }),
  withdraw: ({ note, ...form }) => ({
    type: 'consent.withdraw',
    data: { ...(note?.trim() ? { note } : {}), ...purposesIn(form) },
  }),
  complain: ({ text = '', about }) => ({ type: 'complaint.make', data: { text, ...(about ? { about } : {}) } }),
  emergency: ({ text = '', kind = '', about }) => ({
    type: 'emergency.report',
    data: { kind, text, ...(about ? { about } : {}) },
  }),
  appeal: ({ id = '', text = '' }) => ({ type: 'complaint.appeal', target: id, data: { text } }),
  answer: ({ id = '', text = '' }) => ({ type: 'complaint.answer', target: id, data: { text } }),
  settle: ({ id = '', text = '' }) => ({ type: 'emergency.close', target: id, data: { text } }),
  takeBack: ({ id = '' }) => ({ type: 'complaint.withdraw', target: id }),
};

type Form = Readonly<Record<string, string | undefined>>;

/** The purposes of a form: the one it is about, or those that are ticked. */
function purposesIn({ purpose, ...form }: Form): { purposes?: string[] } {
  const ticked = Object.entries(form).flatMap(([name, value]) =>
    name.startsWith(PURPOSE) && value === 'yes' ? [name.slice(PURPOSE.length)] : [],
  );
  const purposes = purpose ? [purpose] : ticked;
  return purposes.length > 0 ? { purposes } : {};
}

/** `/cases/{id}/voice`: the page of whoever a case is for, and what he says there. Every word is an act like any other. */
export function voiceRoutes(deps: AppDeps) {
  const app = new Hono<AppEnv>();

  app.get('/cases/:caseId/voice', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const shown = await shownTo(deps, c, caller);
    return page(c, <VoicePage {...shown} done={c.req.query('done') === 'yes'} />);
  });

  app.get('/cases/:caseId/voice/:saying', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const saying = sayingOf(c.req.param('saying'));
    const shown = await shownTo(deps, c, caller);
    const form = { key: randomUUID(), id: c.req.query('id') ?? '', purpose: c.req.query('purpose') ?? '' };
    // a link of a page that has grown old: the new page shows what can be said now
    const stale = form.purpose !== '' && !shown.voice.purposes.some(({ key }) => key === form.purpose);
    if (stale) return c.redirect(`/cases/${encodeURIComponent(shown.view.id)}/voice`, 303);
    return page(c, <SayPage {...shown} saying={saying} form={form} trouble={undefined} />);
  });

  app.post('/cases/:caseId/voice/:saying', async (c) => {
    const caller = await callerOfSession(c, deps.sql);
    if (!caller) return toSignIn(c);
    const saying = sayingOf(c.req.param('saying'));
    const form = await formOf(c);
    const shown = await shownTo(deps, c, caller);
    const again = (trouble: Refused, status: 403 | 409 | 422) =>
      page(c, <SayPage {...shown} saying={saying} form={{ ...form, key: randomUUID() }} trouble={trouble} />, status);
    if (!isOurs(form, caller)) return again({ detail: expired(shown.language), waysOut: [] }, 403);
    const { path } = c.req;
    const key = /^[\x21-\x7e]{1,255}$/.test(form['key'] ?? '') ? form['key']! : randomUUID();
    const id = actIdOf({ caller: caller.person, method: 'POST', path, idempotencyKey: key });
    const act: Act = { id, actor: actorOf(caller), ...SAYINGS[saying](form) };
    const outcome = await deps.door.act({ caseId: shown.view.id, act });
    if (outcome.status === 'recorded')
      return c.redirect(`/cases/${encodeURIComponent(shown.view.id)}/voice?done=yes`, 303);
    const { status, detail, waysOut = [] } = problemBody(outcome.refusal, shown.language);
    return again({ detail, waysOut }, status === 403 || status === 409 ? status : 422);
  });

  return app;
}

function sayingOf(text: string): Saying {
  if (Object.hasOwn(SAYINGS, text)) return text as Saying;
  throw notFound();
}

function expired(language: Language): string {
  return pick(['表单已过期，请再发送一次。', 'The form had expired. Please send it again.'], language);
}

/** What the pages of a voice show to this caller. Throws the problem 404 where the case is not his to know of. */
async function shownTo(deps: AppDeps, c: Context<AppEnv>, caller: Caller) {
  const language = pageLanguage(c);
  const record = await caseToRead(deps, caller, c.req.param('caseId') ?? '');
  const program = await pinnedProgram(deps, record.programHash);
  if (!program) throw notFound();
  const [words, told, sight, names, visitor] = await Promise.all([
    wordsOf(deps.sql, record.caseId),
    toldWords(deps.sql, record.caseId, caller.person, administeredBy(caller)),
    complaintSight(deps, caller, record.caseId),
    caseNames(deps, record, [record.state.assignments, record.unit], language),
    visitorOf(deps, caller, language),
  ]);
  const now = nowOf(deps);
  const { state } = record;
  const voice = voiceView({ state, program, now }, { person: caller.person, words, sight, told }, names, language);
  return { language, visitor, view: caseView(record, program, language, now), voice };
}
