import { z } from 'zod';
import { namesOf } from '../../db/queries/names.ts';
import { postInReach } from '../../db/queries/organisation.ts';
import { toDate } from '../../engine/time/civil.ts';
import { notBegun, over } from '../appointment-problems.ts';
import { administers } from '../appointments.ts';
import { may } from '../auth/caller.ts';
import { handOver } from '../handover.ts';
import { handoverPreview } from '../handover-preview.ts';
import { pick } from '../language.ts';
import { nowOf } from '../reading.ts';
import { HandoverRequest } from '../schemas/handover.ts';
import { idsIn } from '../views/names.ts';
import { HandoverList } from './handover.tsx';
import { handoverWord } from './handover-words.ts';
import { fromDay, personChoices, personIn, written } from './organisation-choices.ts';
import { AreaField, CheckField, TextField, TimeField } from './organisation-fields.tsx';
import { type FormContext, orgForm } from './organisation-form.ts';
import { PersonField, PledgeFields, pledgeIn, pledgeNames } from './organisation-office-fields.tsx';
import { postPath } from './organisation-post-forms.tsx';

/** The preview of a handover with the names that appear in it. Throws the problems 403, 404. */
export async function handoverToSee(context: FormContext, id: string) {
  const { deps, caller, language } = context;
  const preview = await handoverPreview(deps, caller, id, language);
  const { appointment, fallsTo, deputies, deputyships, byName } = preview;
  const names = await namesOf(
    deps.sql,
    idsIn([appointment.post, appointment.person, fallsTo, deputies, deputyships, byName.keeps]),
  );
  const post = pick(names.posts.get(appointment.post) ?? [appointment.post, appointment.post], language);
  return { preview, names, name: `${post} · ${names.people.get(appointment.person) ?? appointment.person}` };
}

/** Whether a caller may hand a post over; who may not sees the list without the form. */
export async function mayHandOver({ deps, caller }: FormContext, post: string): Promise<boolean> {
  return may(caller, 'organisation') && (await postInReach(deps.sql, post, caller.unit)) === true;
}

const confirmed = '!请先核对清单，再勾选|look through the list first, then tick this';

/** End an appointment: everything that goes over on one page, and the one act that does it. */
export const handoverForm = orgForm({
  ...{ title: 'handover', button: 'handOverNow', grave: true },
  schema: HandoverRequest.extend({ seen: z.string().refine((said) => said === 'yes', confirmed) }).transform(
    ({ seen: _, ...body }) => body,
  ),
  names: {
    ...{ to: ['to', 'successor'], at: ['at', 'handoverDay'], seen: ['seen', 'seen'] },
    ...{ reason: ['reason', 'reason'], note: ['note', 'note'], ...pledgeNames },
  },
  async open(context, id) {
    const found = await handoverToSee(context, id);
    const { appointment } = found.preview;
    await administers(context.deps.sql, context.caller, appointment.post);
    const now = nowOf(context.deps);
    if (appointment.untilAt !== null && appointment.untilAt <= now) throw over();
    if (appointment.fromAt > now) throw notBegun();
    const people = await personChoices(context);
    return { ...found, id, today: toDate(now), people: people?.filter(([person]) => person !== appointment.person) };
  },
  about: ({ name }) => name,
  back: ({ preview }) => postPath(preview.appointment.post),
  above: ({ preview, names }, language) => <HandoverList preview={preview} names={names} language={language} />,
  fields: (form, { preview, names, people, today }) => (
    <>
      <PersonField form={form} name="to" label="successor" people={people} none="nobodyFollows" />
      <p class="hint">
        {handoverWord('falls', form.language)}
        {pick(names.posts.get(preview.fallsTo) ?? [preview.fallsTo, preview.fallsTo], form.language)}
      </p>
      <TimeField form={form} name="at" type="date" label="handoverDay" hint="handoverDayHint" min={today} />
      <TextField form={form} name="reason" label="reason" max={2_000} />
      <AreaField form={form} name="note" label="note" />
      <PledgeFields form={form} />
      <CheckField form={form} name="seen" label="seen" required />
    </>
  ),
  async wish(values, context) {
    const at = fromDay(values['at'], 'at', context);
    const to = written(values['to']) && (await personIn(values['to'], 'to', context));
    const [reason, note] = [written(values['reason']), written(values['note'])];
    return {
      ...{ seen: values['seen'] ?? '', ...pledgeIn(values) },
      ...{ ...(to ? { to } : {}), ...(at ? { at } : {}), ...(reason ? { reason } : {}), ...(note ? { note } : {}) },
    };
  },
  make: ({ deps }, asking, body, { id }) => handOver(deps, asking, id, { ...body, at: body.at ?? asking.now }),
});
