import type { OrgNames } from '../../db/queries/names.ts';
import { purposeName } from '../../engine/purpose.ts';
import type { State } from '../../engine/state.ts';
import { keyOf } from '../../sdk/keys.ts';
import type { Program, Text } from '../../sdk/program.ts';
import { type Language, pick } from '../language.ts';
import type { Names } from '../timeline-text.ts';

/** Bodies that vote, as programs name them. A body a program invents is shown by its key. */
const BODIES: Readonly<Record<string, Text>> = {
  'party-branch': ['党支部', 'the party branch'],
  'two-committees': ['两委会', 'the two committees'],
  'residents-representatives': ['居民代表会议', 'the residents’ representatives'],
};

/**
 * The names a case's timeline and plan are written with. `things`: items and deadlines the state no longer holds. Unknown keys are shown as they are, never an error.
 */
export function namesFor(
  program: Program | undefined,
  state: State | undefined,
  org: OrgNames,
  language: Language,
  things: ReadonlyMap<string, Text> = new Map(),
): Names {
  const asIs = (key: string): Text => [key, key];
  const items = new Map<string, Text>();
  for (const stage of program?.stages ?? []) for (const item of stage.items) items.set(keyOf(item), item.name);
  for (const duty of program?.duties ?? []) items.set(duty.duty, duty.name);
  for (const [key, { name }] of Object.entries(state?.added ?? {})) items.set(key, name);
  const stages = new Map((program?.stages ?? []).map(({ stage, name }) => [stage, name]));
  const books = new Map((program?.books ?? []).map(({ book, name }) => [book, name]));
  const post = (id: string) => {
    const name = org.posts.get(id);
    return name ? pick(name, language) : id;
  };
  const unit = (id: string) => {
    const name = org.units.get(id);
    return name ? pick(name, language) : id;
  };
  return {
    role: (key) => program?.roles[key]?.name ?? asIs(key),
    stage: (key) => stages.get(key) ?? asIs(key),
    item: (key) => items.get(key) ?? asIs(key),
    fields: program?.fields ?? {},
    field: (key) => program?.fields[key]?.name ?? asIs(key),
    outcome: (key) => program?.life.outcomes[key] ?? asIs(key),
    body: (key) => BODIES[key] ?? asIs(key),
    purpose: (key) => purposeName(program ?? {}, key),
    book: (key) => books.get(key) ?? asIs(key),
    party: (id) => state?.parties[id]?.name ?? (state?.parties[id] ? pick(roleName(program, state, id), language) : id),
    post,
    unit,
    person: (id) => org.people.get(id) ?? id,
    thing(id) {
      const open = state?.items[id]?.name ?? state?.deadlines[id]?.name ?? things.get(id);
      if (open) return open;
      const stage = /^stage:(.+)\.\d+$/.exec(id)?.[1];
      if (stage !== undefined) return stages.get(stage) ?? asIs(stage);
      const key = id.replace(/-\d+$/, '');
      return items.get(key) ?? asIs(id);
    },
  };
}

function roleName(program: Program | undefined, state: State, party: string): Text {
  const role = state.parties[party]?.role ?? party;
  return program?.roles[role]?.name ?? [role, role];
}

/** Every short text in a value: among them are the ids of posts, people and units it speaks of. */
export function idsIn(value: unknown, ids = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    if (value.length <= 100) ids.add(value);
  } else if (Array.isArray(value)) for (const one of value) idsIn(one, ids);
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) idsIn(one, ids);
  return ids;
}
