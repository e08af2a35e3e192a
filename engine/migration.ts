import { isRequired, keyOf } from '../sdk/keys.ts';
import type { Duty, Item, Program, Text } from '../sdk/program.ts';
import type { FieldValue } from './act.ts';
import type { EventData } from './event.ts';
import { fieldProblems } from './fields.ts';
import { APPROVAL, doerOf, kindOf } from './lookup.ts';
import type { OpenItem, Parked, State } from './state.ts';

/** What of a program a case holds on to by name. `items`: items of stages, and duties. */
export const NAMED = ['stages', 'items', 'fields', 'roles'] as const;
/** One of {@link NAMED}. */
export type NamedKind = (typeof NAMED)[number];

/** Where what a case has goes in another version: a name there; null: nowhere. What is not in it goes to the same name. */
export type Mapping = { readonly [K in NamedKind]?: Readonly<Record<string, string | null>> | undefined };

/** What a case has and how it goes on in another version, or why it cannot. */
export interface Placement {
  readonly problems: readonly { readonly path: string; readonly message: Text }[];
  /** Of each kind, what is called otherwise now. */
  readonly renamed: Readonly<Record<NamedKind, Readonly<Record<string, string>>>>;
  readonly dropped: Readonly<Record<NamedKind, readonly string[]>>;
}

/** An item of a stage or a duty, wherever it stands in a program. */
interface Found {
  readonly kind: string;
  readonly stage?: string;
  readonly item?: Item;
  readonly duty?: Duty;
}

/**
 * Where everything this case uses has its place in the version it is to go to: by name, or as the mapping says. What has none,
 * is of another kind there, or would meet something else in its place, is a problem with its path in the mapping.
 */
export function placed(state: State, from: Program, to: Program, mapping: Mapping): Placement {
  const problems: Placement['problems'][number][] = [];
  const renamed = { stages: {}, items: {}, fields: {}, roles: {} } as Record<NamedKind, Record<string, string>>;
  const dropped = { stages: [], items: [], fields: [], roles: [] } as Record<NamedKind, string[]>;
  for (const kind of NAMED) {
    const goesTo = new Map<string, string>();
    for (const name of usedBy(state, kind)) {
      const path = `data.mapping.${kind}.${name}`;
      const given = own(mapping[kind], name);
      if (given === null) {
        if (kind === 'stages' && name === state.stage)
          problems.push({
            path,
            message: ['个案正在这个阶段，须有去处', 'the case is in this stage, which needs a place'],
          });
        dropped[kind].push(name);
        continue;
      }
      const target = given ?? name;
      const why = fits(kind, name, target, { state, from, to });
      if (why) problems.push({ path, message: why });
      const other = goesTo.get(target);
      if (other !== undefined)
        // told at the one whose place the mapping names
        problems.push({
          path: given === undefined ? `data.mapping.${kind}.${other}` : path,
          message: [`与“${other}”去处相同`, `goes to the same place as "${other}"`],
        });
      goesTo.set(target, name);
      if (target !== name) renamed[kind][name] = target;
    }
  }
  return { problems, renamed, dropped };
}

/** What a case has of each kind: stages it was in or its plan speaks of, items open or counted and duties that run, fields filled, roles somebody fills. */
function usedBy(state: State, kind: NamedKind): string[] {
  if (kind === 'fields') return Object.keys(state.fields);
  if (kind === 'roles')
    return unique([...Object.keys(state.assignments), ...Object.values(state.parties).map(({ role }) => role)]);
  if (kind === 'stages') {
    const planned = Object.values(state.added).flatMap(({ stage }) => stage ?? []);
    return Object.entries(state.stages).flatMap(([key, { round, target, within }]) =>
      round > 0 || target !== undefined || within !== undefined || planned.includes(key) ? [key] : [],
    );
  }
  const open = Object.values(state.items).flatMap((item) => (isOfProgram(item) ? [item.key] : []));
  const counted = Object.keys(state.counts).filter((key) => !Object.hasOwn(state.added, key));
  const round = Object.keys(state.round).filter((key) => !Object.hasOwn(state.added, key));
  return unique([...open, ...counted, ...round, ...Object.keys(state.duties)]).filter((key) => key !== APPROVAL);
}

/** Kinds of open items that the program itself has; others are the engine's, or a worker's. */
const OF_PROGRAM: ReadonlySet<OpenItem['kind']> = new Set([
  ...(['task', 'milestone', 'await', 'child', 'call', 'vote', 'disclosure', 'duty'] as const),
]);
const isOfProgram = ({ kind, key }: OpenItem): boolean => OF_PROGRAM.has(kind) && key !== APPROVAL;

function fits(
  kind: NamedKind,
  name: string,
  target: string,
  { state, from, to }: { readonly state: State; readonly from: Program; readonly to: Program },
): Text | undefined {
  const nowhere: Text = [
    `新版本没有“${target}”：写明去处，或写 null 表示放下`,
    `the version has no "${target}": say where it goes, or null to leave it behind`,
  ];
  if (kind === 'stages') return to.stages.some(({ stage }) => stage === target) ? undefined : nowhere;
  if (kind === 'roles') {
    const role = own(to.roles, target);
    if (!role) return nowhere;
    const before = own(from.roles, name);
    return before === undefined || 'post' in before === 'post' in role
      ? undefined
      : ['一个是岗位，一个是当事人', 'one is a post, the other a party'];
  }
  if (kind === 'fields') {
    const [before, field] = [own(from.fields, name), own(to.fields, target)];
    if (!field) return nowhere;
    if ((before?.personal && !field.personal) || (before?.sensitive && before.sensitive !== field.sensitive))
      return ['那里不作为个人或敏感信息保护', 'it is not protected there as it is here'];
    const wrong = fieldProblems(to, { [target]: state.fields[name] }, '');
    return wrong && ['原来的内容不符合新的字段', 'what was filled in is not valid there'];
  }
  const found = findIn(to, target);
  if (!found) return nowhere;
  const before = findIn(from, name);
  return before === undefined || before.kind === found.kind
    ? undefined
    : [`原来是 ${before.kind}，那里是 ${found.kind}`, `it is a ${before.kind}, and a ${found.kind} there`];
}

function findIn(program: Program, key: string): Found | undefined {
  for (const { stage, items } of program.stages) {
    const item = items.find((each) => keyOf(each) === key);
    if (item) return { kind: kindOf(item), stage, item };
  }
  const duty = program.duties.find((each) => each.duty === key);
  return duty && { kind: 'duty', duty };
}

/** The open items of a case as another version describes them: name, who does it, who answers. Their ids and clocks stay. */
export function itemsIn(state: State, to: Program, { renamed, dropped }: Placement): OpenItem[] {
  return Object.values(state.items).flatMap((item): OpenItem[] => {
    const stage = item.stage === undefined ? undefined : (renamed.stages[item.stage] ?? item.stage);
    const place = stage === undefined ? {} : { stage };
    const by = renamed.roles[item.by] ?? item.by;
    const answers = renamed.roles[item.answers] ?? item.answers;
    if (!isOfProgram(item)) return [{ ...item, ...place, by, answers }];
    if (dropped.items.includes(item.key)) return [];
    const key = renamed.items[item.key] ?? item.key;
    const found = findIn(to, key);
    const within = to.stages.find((each) => each.stage === found?.stage);
    if (found?.item && within) {
      const { item: now } = found;
      const repeat = 'task' in now && now.repeat === true;
      const who = { by: doerOf(now, within), answers: within.answers };
      return [{ ...item, ...place, key, name: now.name, ...who, required: isRequired(now), repeat }];
    }
    return [{ ...item, ...place, key, by: found?.duty?.by ?? by, answers }];
  });
}

/** The mapping that takes a case back: names as before, and null for whatever only the newer version has. */
export function mappingBack(from: Program, to: Program, { renamed }: Placement): Mapping {
  const namesOf = (program: Program): Record<NamedKind, string[]> => ({
    stages: program.stages.map(({ stage }) => stage),
    items: [...program.stages.flatMap(({ items }) => items.map(keyOf)), ...program.duties.map(({ duty }) => duty)],
    fields: Object.keys(program.fields),
    roles: Object.keys(program.roles),
  });
  const [before, after] = [namesOf(from), namesOf(to)];
  const back = NAMED.map((kind) => {
    const names = Object.entries(renamed[kind]).map(([was, is]) => [is, was] as const);
    const taken = new Set(names.map(([is]) => is));
    const only = after[kind].filter((name) => !taken.has(name) && !before[kind].includes(name));
    return [kind, Object.fromEntries([...names, ...only.map((name) => [name, null] as const)])] as const;
  });
  return Object.fromEntries(back.filter(([, names]) => Object.keys(names).length > 0));
}

/** What is left behind, with what was left behind earlier and has no place here either; it comes back by name in a version that has it. */
export function parkedBy(state: State, { dropped, renamed }: Placement, to: Program): { parked: Parked; back: Parked } {
  const before = state.parked ?? {};
  const current = state.stage === undefined ? undefined : (renamed.stages[state.stage] ?? state.stage);
  const left: Parked = {
    fields: pick(state.fields, dropped.fields),
    assignments: pick(state.assignments, dropped.roles),
    parties: Object.fromEntries(Object.entries(state.parties).filter(([, { role }]) => dropped.roles.includes(role))),
    stages: pick(state.stages, dropped.stages),
    counts: pick(state.counts, dropped.items),
    round: pick(state.round, dropped.items),
    ended: pick(state.ended ?? {}, dropped.items),
    items: Object.fromEntries(Object.entries(state.items).filter(([, item]) => gone(item, dropped.items))),
    deadlines: Object.fromEntries(
      Object.values(state.items).flatMap((item) => {
        const clock = gone(item, dropped.items) ? state.deadlines[item.id] : undefined;
        if (!clock) return [];
        // its records of accountability are settled when it is left behind
        const { accounts: _, ...rest } = clock;
        return [[item.id, rest] as const];
      }),
    ),
  };
  // an item comes back open only into the round of the stage it was left in
  const comesBack = (id: string) => (before.items?.[id]?.stage ?? current) === current;
  const inRound = (key: string) => findIn(to, key) !== undefined && findIn(to, key)?.stage === current;
  const has = {
    fields: (name: string) => own(to.fields, name) !== undefined && state.fields[name] === undefined,
    assignments: (name: string) => own(to.roles, name) !== undefined && state.assignments[name] === undefined,
    parties: (id: string) => own(to.roles, before.parties?.[id]?.role ?? '') !== undefined && !state.parties[id],
    stages: (name: string) => to.stages.some(({ stage }) => stage === name),
    counts: (name: string) => findIn(to, name) !== undefined,
    round: inRound,
    ended: inRound,
    items: (id: string) => findIn(to, before.items?.[id]?.key ?? '') !== undefined && comesBack(id),
    deadlines: (id: string) => findIn(to, before.items?.[id]?.key ?? '') !== undefined && comesBack(id),
  };
  const back = eachOf(before, (slice, name) => has[slice](name));
  const stays = eachOf(before, (slice, name) => !has[slice](name));
  const parked = Object.fromEntries(
    SLICES.flatMap((slice) => {
      const all = { ...stays[slice], ...left[slice] };
      return Object.keys(all).length > 0 ? [[slice, all]] : [];
    }),
  ) as Parked;
  return { parked, back };
}

const gone = (item: OpenItem, dropped: readonly string[]): boolean =>
  item.kind !== 'duty' && isOfProgram(item) && dropped.includes(item.key);

const SLICES = [
  'fields',
  'assignments',
  'parties',
  'stages',
  'counts',
  'round',
  'ended',
  'items',
  'deadlines',
] as const;

function eachOf(parked: Parked, keep: (slice: (typeof SLICES)[number], name: string) => boolean): Parked {
  return Object.fromEntries(
    SLICES.map((slice) => [
      slice,
      Object.fromEntries(Object.entries(parked[slice] ?? {}).filter(([n]) => keep(slice, n))),
    ]),
  ) as Parked;
}

/** The state under the other version: names changed, what has no place left behind, what comes back there again. */
export function evolveMigration(state: State, data: EventData['case.migrated']): State {
  const { program, from, names, dropped, stages, items, parked, back, mapping } = data;
  const { parked: _, ...rest } = state;
  const move = <T>(slice: Readonly<Record<string, T>>, kind: NamedKind): Record<string, T> =>
    Object.fromEntries(
      Object.entries(slice)
        .filter(([name]) => !dropped[kind].includes(name))
        .map(([name, value]) => [names[kind][name] ?? name, value]),
    );
  const role = (name: string): string => names.roles[name] ?? name;
  const was = { ...move(state.stages, 'stages'), ...back.stages };
  const parties = Object.entries(state.parties).filter(([, party]) => !dropped.roles.includes(party.role));
  const serial = { ...state.serial };
  for (const [old, now] of Object.entries(names.items)) serial[now] = Math.max(serial[now] ?? 0, serial[old] ?? 0);
  return {
    ...rest,
    program,
    migrated: { from, mapping },
    ...(Object.keys(parked).length > 0 ? { parked } : {}),
    fields: { ...move<FieldValue>(state.fields, 'fields'), ...back.fields },
    assignments: { ...move(state.assignments, 'roles'), ...back.assignments },
    parties: {
      ...Object.fromEntries(parties.map(([id, party]) => [id, { ...party, role: role(party.role) }])),
      ...back.parties,
    },
    stages: Object.fromEntries(stages.map((key) => [key, was[key] ?? { round: 0, state: 'future' as const }])),
    ...(state.stage === undefined ? {} : { stage: names.stages[state.stage] ?? state.stage }),
    counts: { ...move(state.counts, 'items'), ...back.counts },
    round: { ...move(state.round, 'items'), ...back.round },
    ...(state.ended || back.ended ? { ended: { ...move(state.ended ?? {}, 'items'), ...back.ended } } : {}),
    items: Object.fromEntries(items.map((item) => [item.id, item])),
    duties: move(state.duties, 'items'),
    serial,
    added: Object.fromEntries(
      Object.entries(state.added).flatMap(([key, item]) => {
        const { stage, by } = item;
        if (stage !== undefined && dropped.stages.includes(stage)) return [];
        const there = stage === undefined ? {} : { stage: names.stages[stage] ?? stage };
        return [[key, { ...item, by: role(by), ...there }] as const];
      }),
    ),
    ...(state.gone ? { gone: move(state.gone, 'roles') } : {}),
    ...(state.refused ? { refused: { ...state.refused, by: role(state.refused.by) } } : {}),
    ...(state.consent ? { consent: { ...state.consent, by: role(state.consent.by) } } : {}),
  };
}

function pick<T>(slice: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(slice).filter(([name]) => names.includes(name)));
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
