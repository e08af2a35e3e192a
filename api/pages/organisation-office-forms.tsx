import { namesOf } from '../../db/queries/names.ts';
import { type AppointmentRow, appointmentOf } from '../../db/queries/organisation.ts';
import { type SubstitutionRow, substitutionOf } from '../../db/queries/substitutions.ts';
import { toDate } from '../../engine/time/civil.ts';
import { administers, appoint, endAppointment } from '../appointments.ts';
import { may } from '../auth/caller.ts';
import { notFound, problem } from '../errors.ts';
import { pick } from '../language.ts';
import { renamePerson } from '../post-changes.ts';
import { nowOf } from '../reading.ts';
import { AppointmentEnd, AppointmentRequest, SubstitutionEnd, SubstitutionRequest } from '../schemas/organisation.ts';
import { PersonChange } from '../schemas/units.ts';
import { endSubstitution, substitute } from '../substitutions.ts';
import { localTime } from '../timeline-text.ts';
import { fromDay, personChoices, personIn, throughDay, written } from './organisation-choices.ts';
import { TextField, TimeField } from './organisation-fields.tsx';
import { type FormContext, orgForm } from './organisation-form.ts';
import { formWord } from './organisation-form-words.ts';
import { PersonField, PledgeFields, pledgeIn, pledgeNames } from './organisation-office-fields.tsx';
import { postPath, postToChange } from './organisation-post-forms.tsx';

/** Appoint somebody to a post, from today or a later day, with the pledge signed for it. */
const appointForm = orgForm({
  ...{ title: 'appoint', button: 'appoint', schema: AppointmentRequest },
  names: { person: ['person', 'person'], from: ['from', 'fromDay'], ...pledgeNames },
  async open(context, id) {
    const [subject, people] = await Promise.all([postToChange(context, id), personChoices(context)]);
    return { ...subject, people, today: toDate(nowOf(context.deps)) };
  },
  about: ({ name }) => name,
  back: ({ post }) => postPath(post.id),
  fields: (form, { people, today }) => (
    <>
      <PersonField form={form} name="person" label="person" people={people} />
      <TimeField form={form} name="from" type="date" label="fromDay" hint="fromDayHint" min={today} />
      <PledgeFields form={form} open />
    </>
  ),
  async wish(values, context, { post }) {
    const from = fromDay(values['from'], 'from', context);
    const person = await personIn(values['person'], 'person', context);
    return { post: post.id, person, ...(from ? { from } : {}), ...pledgeIn(values) };
  },
  make: ({ deps }, asking, body) => appoint(deps, asking, { ...body, from: body.from ?? asking.now }),
  ways: { POST_HELD: ({ post }) => [postPath(post.id), 'toPost'] },
});

/** Let somebody stand in at a post, for some days or until it is ended. */
const deputyForm = orgForm({
  ...{ title: 'deputy', button: 'deputyNow', schema: SubstitutionRequest },
  names: { person: ['person', 'deputyWho'], from: ['from', 'fromDay'], until: ['until', 'throughDay'] },
  async open(context, id) {
    const [subject, people] = await Promise.all([postToChange(context, id), personChoices(context)]);
    return { ...subject, people, today: toDate(nowOf(context.deps)) };
  },
  about: ({ name }) => name,
  back: ({ post }) => postPath(post.id),
  fields: (form, { people, today }) => (
    <>
      <p>{formWord('deputyHint', form.language)}</p>
      <PersonField form={form} name="person" label="deputyWho" people={people} />
      <TimeField form={form} name="from" type="date" label="fromDay" hint="fromDayHint" min={today} />
      <TimeField form={form} name="until" type="date" label="throughDay" hint="throughDayHint" min={today} />
    </>
  ),
  async wish(values, context, { post }) {
    const [from, until] = [fromDay(values['from'], 'from', context), throughDay(values['until'], 'until')];
    const person = await personIn(values['person'], 'person', context);
    return { post: post.id, person, ...(from ? { from } : {}), ...(until ? { until } : {}) };
  },
  make: ({ deps }, asking, body) =>
    substitute({ sql: deps.sql, programs: deps.programs.all() }, asking, { ...body, from: body.from ?? asking.now }),
});

/** Somebody at a post: the names a form about it is headed with. */
async function namedAt<T extends AppointmentRow | SubstitutionRow>({ deps, caller, language }: FormContext, row: T) {
  await administers(deps.sql, caller, row.post);
  const names = await namesOf(deps.sql, new Set([row.post, row.person]));
  const post = pick(names.posts.get(row.post) ?? [row.post, row.post], language);
  return { row, name: `${names.people.get(row.person) ?? row.person} · ${post}` };
}

/** Take an appointment back that has not begun. */
const withdraw = orgForm({
  ...{ title: 'withdraw', button: 'withdraw', grave: true, schema: AppointmentEnd, names: {} },
  async open(context, id) {
    const row = await appointmentOf(context.deps.sql, id);
    // one that runs is handed over, on the page that shows what goes along
    if (!row || row.fromAt <= nowOf(context.deps)) throw notFound();
    return namedAt(context, row);
  },
  about: ({ name }) => name,
  back: ({ row }) => postPath(row.post),
  fields: (form, { row }) => (
    <>
      <p>{formWord('withdrawHint', form.language)}</p>
      <p class="hint">{localTime(row.fromAt)}</p>
    </>
  ),
  wish: () => ({}),
  make: ({ deps }, asking, _, { row }) => endAppointment(deps.sql, asking, row.id, asking.now),
});

/** End a substitution, now or with a day to come. */
const endDeputy = orgForm({
  ...{ title: 'endDeputy', button: 'endDeputy', schema: SubstitutionEnd },
  names: { until: ['until', 'throughDay'] },
  async open(context, id) {
    const row = await substitutionOf(context.deps.sql, id);
    if (!row) throw notFound();
    return namedAt(context, row);
  },
  about: ({ name }) => name,
  back: ({ row }) => postPath(row.post),
  fields: (form) => <TimeField form={form} name="until" type="date" label="throughDay" hint="endsNowHint" />,
  wish(values) {
    const until = throughDay(values['until'], 'until');
    return until ? { until } : {};
  },
  make: ({ deps }, asking, { until }, { row }) => endSubstitution(deps.sql, asking, row.id, until ?? asking.now),
});

/** Correct a person's name. */
const renameSomebody = orgForm({
  ...{ title: 'renamePerson', button: 'save', schema: PersonChange, names: { name: ['name', 'personName'] } },
  async open({ deps, caller }, id) {
    const name = (await namesOf(deps.sql, new Set([id]))).people.get(id);
    if (name === undefined) throw notFound();
    if (!may(caller, 'organisation'))
      throw problem(
        'FORBIDDEN',
        ['只有管理员可以登记人员。', 'Only administrators add people and correct their names.'],
        [['请管理员办理', 'Ask an administrator']],
      );
    return { id, name };
  },
  about: ({ name }) => name,
  back: ({ id }) => `/organisation/people/${encodeURIComponent(id)}`,
  initial: ({ name }) => ({ name }),
  fields: (form) => <TextField form={form} name="name" label="personName" required />,
  wish: ({ name }) => ({ name: written(name) ?? '' }),
  make: ({ deps }, asking, { name }, { id }) => renamePerson(deps.sql, asking, { id, name }),
});

/** The forms about people in posts, by the last part of their path. */
export const officeForms = {
  'posts/appoint': appointForm,
  'posts/deputy': deputyForm,
  'appointments/withdraw': withdraw,
  'substitutions/end': endDeputy,
  'people/rename': renameSomebody,
} as const;
