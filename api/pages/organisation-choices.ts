import { listPosts, listUnits, type UnitRow, unitsNamed } from '../../db/queries/organisation.ts';
import { findPeople, peopleNamed } from '../../db/queries/people.ts';
import { endOfDay, isCalendarDate, startOfDay, toDate } from '../../engine/time/civil.ts';
import type { Instant } from '../../sdk/time.ts';
import { problem } from '../errors.ts';
import { pick } from '../language.ts';
import { nowOf, peopleReaderOf } from '../reading.ts';
import type { Choice } from './organisation-fields.tsx';
import type { FormContext } from './organisation-form.ts';

/** More units and posts are not offered in one list; over HTTP any can be named. */
const MOST_CHOICES = 500;
/** Of more people than that none are listed: they are named. */
const MOST_PEOPLE = 200;

/** The open units in the administrator's reach; undefined where they are too many for a list. */
export async function unitsInReach({ deps, caller }: FormContext): Promise<readonly UnitRow[] | undefined> {
  const page = { limit: MOST_CHOICES, after: undefined };
  const units = await listUnits(deps.sql, page, { below: caller.unit, open: true });
  return units.length > MOST_CHOICES ? undefined : units;
}

/** Units as choices, but for one. */
export function unitChoices(units: readonly UnitRow[], but: string, { language }: FormContext): readonly Choice[] {
  return units
    .filter(({ id }) => id !== but)
    .map(({ id, nameZh, nameEn }): Choice => [id, pick([nameZh, nameEn], language)]);
}

/** The open posts of a unit as choices; `vacant`: those that nobody holds. */
export async function postChoices(
  { deps, language }: FormContext,
  unit: string,
  { vacant = false } = {},
): Promise<readonly Choice[]> {
  const posts = await listPosts(deps.sql, { limit: MOST_CHOICES, after: undefined }, { unit });
  return posts
    .filter(({ closedAt, holder }) => closedAt === null && (!vacant || holder === null))
    .map(({ id, nameZh, nameEn, holderName }): Choice => {
      const name = pick([nameZh, nameEn], language);
      return [id, vacant || holderName === null ? name : `${name} · ${holderName}`];
    });
}

/** Everybody as choices, with the posts they hold; undefined where they are too many for a list. */
export async function personChoices({ deps, caller, language }: FormContext): Promise<readonly Choice[] | undefined> {
  const people = await findPeople(deps.sql, peopleReaderOf(caller), { limit: MOST_PEOPLE });
  if (people.length > MOST_PEOPLE) return undefined;
  return people.map(
    ({ id, name, posts }): Choice => [id, [name, ...posts.map((post) => pick(post, language))].join(' · ')],
  );
}

/** The id of the unit a field names: chosen where there was a list, otherwise by id or a name that only one has. Throws the problem 422. */
export async function unitIn(
  text: string | undefined,
  { path, choices }: { readonly path: string; readonly choices: readonly Choice[] },
  { deps }: FormContext,
): Promise<string> {
  const wanted = text?.trim() ?? '';
  if (choices.length > 0 || wanted === '') return wanted;
  const [first, ...others] = await unitsNamed(deps.sql, wanted);
  if (first !== undefined && (first === wanted || others.length === 0)) return first;
  throw problem(
    'INVALID_DATA',
    first === undefined
      ? ['没有这个单位，或已撤销。', 'There is no such unit, or it is closed.']
      : [
          `有 ${others.length + 1} 个单位同名，请填写编号：${[first, ...others].join('、')}。`,
          `${others.length + 1} units have that name. Fill in an id: ${[first, ...others].join(', ')}.`,
        ],
    [],
    [{ path, message: first === undefined ? 'none' : 'several' }],
  );
}

/** The kinds of posts that the installed programs look for and that are there already, each with a name it goes by. */
export async function kindChoices({ deps, language }: FormContext): Promise<readonly Choice[]> {
  const known = await deps.sql<{ kind: string; zh: string; en: string }[]>`
    SELECT DISTINCT ON (kind) kind, name_zh AS zh, name_en AS en FROM posts WHERE closed_at IS NULL
    ORDER BY kind, id LIMIT ${MOST_CHOICES}`;
  const kinds = new Map(known.map(({ kind, zh, en }) => [kind, pick([zh, en], language)]));
  for (const program of deps.programs.all())
    for (const role of Object.values(program.roles))
      if ('post' in role && !kinds.has(role.post)) kinds.set(role.post, pick(role.name, language));
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The id of the person a field names, by id or by a name that only one has. Throws the problem 422. */
export async function personIn(text: string | undefined, path: string, { deps, caller }: FormContext): Promise<string> {
  const wanted = text?.trim() ?? '';
  const found = wanted === '' ? [] : await peopleNamed(deps.sql, peopleReaderOf(caller), wanted);
  const [first, ...others] = found;
  if (first && (first.id === wanted || others.length === 0)) return first.id;
  if (first)
    throw problem(
      'INVALID_DATA',
      [
        `有 ${found.length} 人同名，请填写编号：${found.map(({ id }) => id).join('、')}。`,
        `${found.length} people have that name. Fill in an id: ${found.map(({ id }) => id).join(', ')}.`,
      ],
      [],
      [{ path, message: 'several' }],
    );
  throw problem(
    'UNKNOWN_ASSIGNMENT',
    ['没有这个人。', 'There is no such person.'],
    [['先登记这个人', 'Add that person first']],
    [{ path, message: 'none' }],
  );
}

/** The instant at which a day begins; now for today or no day. Throws the problem 422. */
export function fromDay(text: string | undefined, path: string, { deps }: FormContext): Instant | undefined {
  const day = dayIn(text, path);
  return day === undefined || day === toDate(nowOf(deps)) ? undefined : startOfDay(day);
}

/** The instant at which a day is over. Throws the problem 422. */
export function throughDay(text: string | undefined, path: string): Instant | undefined {
  const day = dayIn(text, path);
  return day && endOfDay(day);
}

function dayIn(text: string | undefined, path: string): string | undefined {
  const day = text?.trim() ?? '';
  if (day === '') return undefined;
  if (isCalendarDate(day)) return day;
  throw problem(
    'INVALID_DATA',
    ['日期应写成 2026-09-18 的样子。', 'A day is written like 2026-09-18.'],
    [],
    [{ path, message: 'no day' }],
  );
}

/** The text of a field; undefined where nothing was written. */
export const written = (text: string | undefined): string | undefined => text?.trim() || undefined;

/** A name in both languages out of a form: the Chinese one stands in for an English one that was left out. */
export const nameIn = (zh: string | undefined, en: string | undefined): readonly [string, string] => [
  zh?.trim() ?? '',
  written(en) ?? zh?.trim() ?? '',
];
