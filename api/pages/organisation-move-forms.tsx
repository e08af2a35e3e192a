import type { UnitRow } from '../../db/queries/organisation.ts';
import type { Moving } from '../../door/unit-changes.ts';
import { heightOf } from '../../engine/org.ts';
import { type Language, pick } from '../language.ts';
import { UnitMerge } from '../schemas/units.ts';
import { mergeUnit } from '../unit-changes.ts';
import { unitChoices, unitIn, unitsInReach } from './organisation-choices.ts';
import { type Choice, UnitField } from './organisation-fields.tsx';
import { type FormContext, orgForm } from './organisation-form.ts';
import { type FormWord, formWord } from './organisation-form-words.ts';
import { unitPath, unitToChange } from './organisation-unit-forms.tsx';
import { Fact } from './parts.tsx';

/** The units another one can go into: of its level or a higher one, and none below itself. Undefined where they are too many for a list. */
export async function mergeChoices(context: FormContext, unit: UnitRow): Promise<readonly Choice[] | undefined> {
  const units = await unitsInReach(context);
  if (!units) return undefined;
  const inside = new Set([unit.id]);
  // units come by id, not from the top: as often as the tree has levels
  for (let n = 0; n < 4; n += 1)
    for (const { id, above } of units) if (above !== null && inside.has(above)) inside.add(id);
  const fit = units.filter(({ id, level }) => !inside.has(id) && heightOf(level) >= heightOf(unit.level));
  return unitChoices(fit, unit.id, context);
}

/** What goes along with a merge or a split, or would. */
export function MovingFacts({ moving, language }: { moving: Moving; language: Language }) {
  const counts: readonly FormWord[] = ['cases', 'deadlines', 'books', 'posts', 'units', 'logins', 'loginsEnding'];
  return (
    <dl class="facts counts">
      {counts.map((each) => {
        const n = moving[each as keyof Moving];
        return n === undefined || (each === 'units' && n === 0) ? null : (
          <Fact term={formWord(each, language)} text={String(n)} />
        );
      })}
    </dl>
  );
}

/** Merge a unit into another one; what goes along is shown first. */
export const mergeForm = orgForm({
  ...{ title: 'merge', button: 'mergeNow', grave: true, schema: UnitMerge, names: { into: ['into', 'into'] } },
  open: (context, id) => unitToChange(context, id, async (unit) => (await mergeChoices(context, unit)) ?? []),
  about: ({ name }) => name,
  back: ({ unit }) => unitPath(unit.id),
  fields: (form, { choices }) => (
    <>
      <p>{formWord('mergeHint', form.language)}</p>
      <UnitField form={form} name="into" label="into" choices={choices} />
    </>
  ),
  wish: async ({ into }, context, { choices }) => ({ into: await unitIn(into, { path: 'into', choices }, context) }),
  async tryOut({ deps, caller, language }, { into }, { unit, name, choices }) {
    const { into: parts } = await mergeUnit(deps.sql, { caller }, unit.id, into);
    const to = choices.find(([id]) => id === into)?.[1] ?? into;
    return (
      <>
        <p class="lead">
          {name} → {to}
        </p>
        <h2>{formWord('willMove', language)}</h2>
        {parts.map((moving) => (
          <MovingFacts moving={moving} language={language} />
        ))}
        <p class="hint">{pick(once, language)}</p>
      </>
    );
  },
  make: ({ deps }, asking, { into }, { unit }) => mergeUnit(deps.sql, asking, unit.id, into),
  done: (_, { body }) => unitPath(body.into),
});

const once = [
  '确认后岗位和下级单位立即转入，未结个案逐件转移，进度显示在单位页面上。',
  'Once you confirm, posts and units below go at once; the open cases follow one by one, as the page of the unit shows.',
] as const;
