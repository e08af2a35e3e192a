import type { UnitRow } from '../../db/queries/organisation.ts';
import { unitInReach } from '../../db/queries/organisation.ts';
import { OFFICE_HOURS } from '../../engine/time/rungs.ts';
import { may } from '../auth/caller.ts';
import { notFound } from '../errors.ts';
import { pick } from '../language.ts';
import { addPerson, addPost } from '../post-changes.ts';
import { UnitHours } from '../schemas/organisation.ts';
import { Nothing, PersonRequest, PostRequest, UnitChange, UnitRequest } from '../schemas/units.ts';
import { addUnit, changeUnit, closeUnit } from '../unit-changes.ts';
import { administersUnit, type OrgAsking } from '../unit-guards.ts';
import { setHours } from '../units.ts';
import { kindChoices, nameIn, postChoices, written } from './organisation-choices.ts';
import { CheckField, type Choice, NameFields, SelectField, TextField, TimeField } from './organisation-fields.tsx';
import { type FormContext, orgForm } from './organisation-form.ts';
import { formWord } from './organisation-form-words.ts';
import { levelsBelow, levelWord } from './organisation-words.ts';

/** A unit with what a form about it offers. */
export interface UnitSubject {
  readonly unit: UnitRow;
  readonly name: string;
  readonly choices: readonly Choice[];
}

/** The page of a unit. */
export const unitPath = (id: string): string => `/organisation?unit=${encodeURIComponent(id)}`;

/** A unit the caller administers, for a form about it. Throws the problems 403, 404. */
export async function unitToChange(
  context: FormContext,
  id: string,
  choices: (unit: UnitRow) => Promise<readonly Choice[]> = async () => [],
): Promise<UnitSubject> {
  const { deps, caller, language } = context;
  await administersUnit(deps.sql, caller, id);
  const found = await unitInReach(deps.sql, id, caller.unit);
  if (!found) throw notFound();
  const { unit } = found;
  return { unit, name: pick([unit.nameZh, unit.nameEn], language), choices: await choices(unit) };
}

/** An id made of the request's, so that a repeat names the same. */
export const madeId = (asking: OrgAsking, prefix: string): string => `${prefix}-${asking.request!.id.slice(0, 13)}`;

const ofUnit = { about: ({ name }: UnitSubject) => name, back: ({ unit }: UnitSubject) => unitPath(unit.id) };
const ofName = { name: ['zh', 'nameZh'], 'name[0]': ['zh', 'nameZh'], 'name[1]': ['en', 'nameEn'] } as const;

const rename = orgForm({
  ...{ ...ofUnit, title: 'rename', button: 'save', schema: UnitChange, names: ofName },
  open: unitToChange,
  initial: ({ unit }) => ({ zh: unit.nameZh, en: unit.nameEn }),
  fields: (form) => <NameFields form={form} />,
  wish: ({ zh, en }) => ({ name: nameIn(zh, en) }),
  make: ({ deps }, asking, body, { unit }) => changeUnit(deps.sql, asking, unit.id, body),
});

const head = orgForm({
  ...{ ...ofUnit, title: 'setHead', button: 'save', schema: UnitChange },
  names: { headPost: ['head', 'headPost'] },
  open: (context, id) => unitToChange(context, id, (unit) => postChoices(context, unit.id)),
  initial: ({ unit }) => ({ head: unit.headPost ?? '' }),
  fields: (form, { choices }) => (
    <SelectField form={form} name="head" label="headPost" hint="headHint" choices={choices} none="noHead" />
  ),
  wish: (values) => ({ headPost: values['head'] || null }),
  make: ({ deps }, asking, body, { unit }) => changeUnit(deps.sql, asking, unit.id, body),
});

const hours = orgForm({
  ...{ ...ofUnit, title: 'hours', button: 'save', schema: UnitHours },
  names: { 'hours.from': ['from', 'hoursFrom'], 'hours.to': ['to', 'hoursTo'], hours: ['from', 'hoursFrom'] },
  open: unitToChange,
  initial: ({ unit }) => ({ from: unit.hoursFrom ?? OFFICE_HOURS.from, to: unit.hoursTo ?? OFFICE_HOURS.to }),
  fields: (form) => (
    <>
      <TimeField form={form} name="from" type="time" label="hoursFrom" hint="hoursHint" />
      <TimeField form={form} name="to" type="time" label="hoursTo" />
    </>
  ),
  wish: ({ from, to }) => ({ hours: from || to ? { from: from ?? '', to: to ?? '' } : null }),
  make: ({ deps }, asking, body, { unit }) => setHours(deps.sql, asking, unit.id, body.hours),
});

const addBelow = orgForm({
  ...{ ...ofUnit, title: 'addUnit', button: 'add', schema: UnitRequest },
  names: { ...ofName, level: ['level', 'level'] },
  open: (context, id) =>
    unitToChange(context, id, async ({ level }) =>
      levelsBelow(level)
        .toReversed()
        .map((each): Choice => [each, levelWord(each, context.language)]),
    ),
  fields: (form, { choices }) => (
    <>
      <NameFields form={form} />
      <SelectField form={form} name="level" label="level" choices={choices} />
    </>
  ),
  wish: ({ zh, en, level }, _, { unit }) => ({ name: nameIn(zh, en), level, above: unit.id }),
  make: ({ deps }, asking, body) => addUnit(deps.sql, asking, { ...body, id: madeId(asking, body.level) }),
  done: ({ id }) => unitPath(id),
});

const addPostHere = orgForm({
  ...{ ...ofUnit, title: 'addPost', button: 'add', schema: PostRequest },
  names: { ...ofName, kind: ['kind', 'kind'] },
  open: (context, id) => unitToChange(context, id, () => kindChoices(context)),
  fields: (form, { choices }) => (
    <>
      <NameFields form={form} />
      <TextField form={form} name="kind" label="kind" hint="kindHint" choices={choices} required />
      <CheckField form={form} name="heads" label="heads" />
    </>
  ),
  wish: ({ zh, en, kind, heads }, _, { unit }) => ({
    ...{ name: nameIn(zh, en), kind: kind?.trim() ?? '', unit: unit.id },
    ...(heads === 'yes' ? { heads: true } : {}),
  }),
  make({ deps }, asking, { heads: isHead, ...post }) {
    const id = madeId(asking, 'post');
    return addPost(deps.sql, asking, { ...post, id, ...(isHead ? { heads: isHead } : {}) });
  },
});

const addSomebody = orgForm({
  ...{ ...ofUnit, title: 'addPerson', button: 'add' },
  names: { name: ['name', 'personName'] },
  // the post is the next form's: nothing of it is written here
  schema: PersonRequest.transform((person) => ({ name: person.name })),
  open: (context, id) => unitToChange(context, id, (unit) => postChoices(context, unit.id, { vacant: true })),
  fields: (form, { choices }) => (
    <>
      <TextField form={form} name="name" label="personName" hint="personHint" required />
      {choices.length === 0 ? null : (
        <SelectField form={form} name="post" label="thenAppoint" choices={choices} none="noPost" />
      )}
    </>
  ),
  wish: ({ name }) => ({ name: written(name) ?? '' }),
  make: ({ deps }, asking, { name }) => addPerson(deps.sql, asking, { id: madeId(asking, 'p'), name }),
  done: ({ id }, { values }) => {
    const post = values['post'];
    return post
      ? `/organisation/posts/${encodeURIComponent(post)}/appoint?person=${encodeURIComponent(id)}`
      : `/organisation/people/${encodeURIComponent(id)}`;
  },
});

const close = orgForm({
  ...{ ...ofUnit, title: 'closeUnit', button: 'closeUnit', grave: true, schema: Nothing, names: {} },
  open: unitToChange,
  fields: (form) => <p>{formWord('closeHint', form.language)}</p>,
  wish: () => ({}),
  async tryOut({ deps, caller, language }, _, { unit }) {
    await closeUnit(deps.sql, { caller }, unit.id);
    return <p>{formWord('closeSure', language)}</p>;
  },
  make: ({ deps }, asking, _, { unit }) => closeUnit(deps.sql, asking, unit.id),
  ways: { UNIT_IN_USE: ({ unit }) => [`/organisation/units/${encodeURIComponent(unit.id)}/merge`, 'merge'] },
  done: (_, { subject }) => unitPath(subject.unit.above ?? subject.unit.id),
});

/** The forms about one unit, by the last part of their path. */
export const unitForms = {
  'units/rename': rename,
  'units/head': head,
  'units/hours': hours,
  'units/add': addBelow,
  'units/post': addPostHere,
  'units/person': addSomebody,
  'units/close': close,
} as const;

/** Whether a caller may change a unit; what he may not is not offered to him. */
export async function mayChangeUnit({ deps, caller }: FormContext, unit: string): Promise<boolean> {
  return may(caller, 'organisation') && ((await unitInReach(deps.sql, unit, caller.unit))?.within ?? false);
}
