import { casesNumbered, type UnitCase, unitCases } from '../../db/queries/unit-cases.ts';
import { may } from '../auth/caller.ts';
import { problem } from '../errors.ts';
import type { Language } from '../language.ts';
import { overseerOf } from '../reading.ts';
import { UnitSplit } from '../schemas/units.ts';
import { splitUnit } from '../unit-changes.ts';
import type { FormFrame, Values } from './form-values.ts';
import { nameIn, postChoices } from './organisation-choices.ts';
import { AreaField, type Choice, NameFields, SelectField } from './organisation-fields.tsx';
import { type FieldNames, type FormContext, orgForm } from './organisation-form.ts';
import { formWord } from './organisation-form-words.ts';
import { MovingFacts } from './organisation-move-forms.tsx';
import { madeId, unitPath, unitToChange } from './organisation-unit-forms.tsx';

/** Parts of one split on a page; over HTTP twenty. */
const MOST_PARTS = 5;
/** So many cases are listed to be chosen from; of more, numbers are written. */
const MOST_CASES = 100;

/** How many new units the form is about: the number it carries, one more when another was asked for. */
export const partsIn = (values: Values): number =>
  Math.min(
    MOST_PARTS,
    Math.max(1, Number.parseInt(values['parts'] ?? '1', 10) || 1) + (values['step'] === 'more' ? 1 : 0),
  );

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** What a new unit is called on the form: what was written, or its number. */
const partName = (values: Values, n: number, language: Language): string =>
  values[`zh${n}`]?.trim() || `${formWord('newUnit', language)} ${n}`;

function Parts({ form, posts, cases }: { form: FormFrame; posts: readonly Choice[]; cases: readonly UnitCase[] }) {
  const { values, language } = form;
  const parts = numbers(partsIn(values));
  const places = parts.map((n): Choice => [String(n), `→ ${partName(values, n, language)}`]);
  return (
    <>
      <p>{formWord('splitHint', language)}</p>
      <input type="hidden" name="parts" value={String(parts.length)} />
      {parts.map((n) => (
        <fieldset>
          <legend>{`${formWord('newUnit', language)} ${n}`}</legend>
          <NameFields form={form} of={String(n)} />
          <SelectField form={form} name={`head${n}`} label="headThere" choices={posts} none="noHead" />
          {cases.length <= MOST_CASES ? null : (
            <AreaField form={form} name={`numbers${n}`} label="caseNumbers" hint="caseNumbersHint" />
          )}
        </fieldset>
      ))}
      <fieldset class="sort">
        <legend>{formWord('whichPosts', language)}</legend>
        {posts.map(([id, text]) => (
          <SelectField form={form} name={`post:${id}`} label={{ text }} choices={places} none="stays" />
        ))}
      </fieldset>
      {cases.length === 0 || cases.length > MOST_CASES ? null : (
        <details open={cases.some(({ id }) => values[`case:${id}`])}>
          <summary>
            {formWord('whichCases', language)} ({cases.length})
          </summary>
          <p class="hint">{formWord('whichCasesHint', language)}</p>
          <div class="sort">
            {cases.map(({ id, caseNo }) => (
              <SelectField form={form} name={`case:${id}`} label={{ text: caseNo }} choices={places} none="withPosts" />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** Asks for the form with one more part. It comes after the button of the form, which is what Enter means. */
function AnotherPart({ form: { values, language } }: { form: FormFrame }) {
  return partsIn(values) >= MOST_PARTS ? null : (
    <button type="submit" name="step" value="more" class="second" formnovalidate>
      {formWord('anotherPart', language)}
    </button>
  );
}

/** Where the parts of a request's body lie on the form. */
const names: FieldNames = Object.fromEntries(
  [
    ['into', ['zh1', 'newUnit']],
    ...numbers(MOST_PARTS).flatMap((n) => {
      const at = `into[${n - 1}]`;
      return [
        [`${at}.name`, [`zh${n}`, 'nameZh']],
        [`${at}.name[0]`, [`zh${n}`, 'nameZh']],
        [`${at}.name[1]`, [`en${n}`, 'nameEn']],
        [`into.${n - 1}.head`, [`head${n}`, 'headThere']],
        [`numbers${n}`, [`numbers${n}`, 'caseNumbers']],
      ];
    }),
  ].map(([path, field]) => [path, field] as const),
) as FieldNames;

/** The ids a field of each post or case says go to a part. */
const goingTo = (values: Values, what: 'post' | 'case', n: number): string[] =>
  Object.entries(values).flatMap(([name, to]) =>
    name.startsWith(`${what}:`) && to === String(n) ? [name.slice(what.length + 1)] : [],
  );

/** Cases written by their numbers. Throws the problem 422 where one is not there. */
async function casesWritten(values: Values, n: number, { deps, caller }: FormContext, unit: string): Promise<string[]> {
  const wanted = (values[`numbers${n}`] ?? '').split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const found = await casesNumbered(deps.sql, overseerOf(caller), unit, wanted);
  const missing = wanted.filter((no) => !found.some(({ caseNo }) => caseNo === no));
  if (missing.length === 0) return found.map(({ id }) => id);
  throw problem(
    'INVALID_DATA',
    [
      `这些案号不是本单位的未结个案：${missing.slice(0, 10).join('、')}。`,
      `These are no open cases of this unit: ${missing.slice(0, 10).join(', ')}.`,
    ],
    [],
    [{ path: `numbers${n}`, message: 'not there' }],
  );
}

/** Make parts of a unit units of their own; how much goes where is shown first. */
export const splitForm = orgForm({
  ...{ title: 'split', button: 'splitNow', grave: true, schema: UnitSplit, names },
  async open(context, id) {
    const [subject, cases] = await Promise.all([
      unitToChange(context, id, (unit) => postChoices(context, unit.id)),
      unitCases(context.deps.sql, overseerOf(context.caller), id, MOST_CASES),
    ]);
    return { ...subject, cases: may(context.caller, 'organisation') ? cases : [] };
  },
  about: ({ name }) => name,
  back: ({ unit }) => unitPath(unit.id),
  fields: (form, { choices, cases }) => <Parts form={form} posts={choices} cases={cases} />,
  also: (form) => <AnotherPart form={form} />,
  async wish(values, context, { unit }) {
    const parts = numbers(partsIn(values)).map(async (n) => ({
      name: nameIn(values[`zh${n}`], values[`en${n}`]),
      posts: goingTo(values, 'post', n),
      ...(values[`head${n}`] ? { head: values[`head${n}`] } : {}),
      cases: [...goingTo(values, 'case', n), ...(await casesWritten(values, n, context, unit.id))],
    }));
    return { into: await Promise.all(parts) };
  },
  async tryOut({ deps, caller, language }, { into }, { unit, name }) {
    const parts = into.map((part, n) => ({ ...part, id: `dry-run-${n + 1}` }));
    const { into: going } = await splitUnit(deps.sql, { caller }, unit.id, parts);
    return (
      <>
        <p class="lead">{formWord('splitLead', language)}</p>
        {going.map((moving, n) => (
          <section>
            <h2>
              {name} → {parts[n]?.name[language === 'zh' ? 0 : 1]}
            </h2>
            <MovingFacts moving={moving} language={language} />
          </section>
        ))}
        <p class="hint">{formWord('splitAfter', language)}</p>
      </>
    );
  },
  make: ({ deps }, asking, { into }, { unit }) =>
    splitUnit(
      deps.sql,
      asking,
      unit.id,
      into.map((part, n) => ({ ...part, id: `${madeId(asking, unit.level)}-${n + 1}` })),
    ),
});
