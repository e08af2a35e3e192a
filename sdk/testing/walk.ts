import { isRefusal } from '../../engine/act-kind.ts';
import type { CaseEvent } from '../../engine/event.ts';
import { itemOf } from '../../engine/lookup.ts';
import { type Simulation, sampleOrg, simulate, type TimedAct } from '../../engine/simulate.ts';
import type { OpenItem, State } from '../../engine/state.ts';
import { weekdayCalendar } from '../../engine/time/calendar.ts';
import { addMs } from '../../engine/time/civil.ts';
import { keyOf, needsWithin } from '../keys.ts';
import type { Field, Item, Program } from '../program.ts';
import { programHash } from '../program-hash.ts';
import type { Instant } from '../time.ts';
import { sampleActor } from './scripts.ts';

/** What happened in a case in which everything was done as soon as it could be. */
export interface Walk {
  readonly events: readonly CaseEvent[];
  readonly state: State;
  /** The last thing that was tried and refused, in words, for whoever looks why it went no further. */
  readonly refused: readonly {
    readonly type: string;
    readonly code: string;
    readonly detail: readonly [string, string];
  }[];
}

const OPENED: Instant = '2026-03-02T01:00:00.000Z';
const HOUR_MS = 3_600_000;
const REASON = '按计划办理';

/**
 * Opens a case of a program in the sample organisation and does whatever can be done, until the case is closed: consent, the
 * votes, every task with its fields and proof, every milestone, whatever is awaited, asked of a call or of another program.
 * Throws when the opening is refused, or the engine throws.
 */
export function walk(program: Program, until: Instant = '2036-03-02T00:00:00.000Z'): Walk {
  const simulated = simulate({ ...sampleSimulation(program, OPENED, until), limit: 20_000, drive: driver(program) });
  if (isRefusal(simulated)) throw new Error(`a case cannot be opened: ${simulated.detail[1]}`);
  return simulated;
}

/** A case of a program opened in the sample organisation, with something in every field asked for and a person in every role that does something. */
export function sampleSimulation(program: Program, openedAt: Instant, until: Instant): Simulation {
  return {
    program,
    programHash: programHash(program),
    calendar: weekdayCalendar,
    org: sampleOrg(program, openedAt),
    request: {
      actor: sampleActor(program, 'caseworker'),
      unit: 'community',
      data: sampleFields(program, program.intake),
      parties: partiesOf(program),
      assignments: {},
    },
    openedAt,
    until,
  };
}

/** Something right for each of these fields of a program. */
export function sampleFields(program: Program, names: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(names.map((name) => [name, sampleOf(program.fields[name])]));
}

function sampleOf(field: Field | undefined): string | number | boolean {
  if (field?.sensitive === 'idNumber') return '11010119900307889X';
  if (field?.sensitive === 'telephone') return '010-12345678';
  switch (field?.kind) {
    case 'number':
      return 1;
    case 'yesNo':
      return true;
    case 'date':
      return '2000-01-01';
    case 'choice':
      return field.of?.[0] ?? '';
    default:
      return '…';
  }
}

function partiesOf(program: Program): Simulation['request']['parties'] {
  const doing = new Set(
    program.stages.flatMap(({ items }) =>
      items.flatMap((item) => ('by' in item ? [item.by] : 'milestone' in item ? [item.agrees] : [])),
    ),
  );
  for (const { by } of program.duties) doing.add(by);
  return Object.entries(program.roles).flatMap(([role, def]) =>
    'party' in def && (!def.optional || (doing.has(role) && role !== 'guardian')) ? [{ role, name: `某${role}` }] : [],
  );
}

/** Tells, for a state, the next thing to do; each is tried once until something else has happened. */
function driver(program: Program): (state: State) => TimedAct | undefined {
  const tried = new Map<string, string>();
  const most = mostNeeded(program);
  return (state) => {
    const now = JSON.stringify([state.status, state.stage, state.counts, state.votes, Object.keys(state.items)]);
    for (const [name, act] of possible(program, most, state)) {
      if (tried.get(name) === now) continue;
      tried.set(name, now);
      return { at: addMs(state.at, HOUR_MS), ...act };
    }
    return undefined;
  };
}

type Step = readonly [name: string, act: Omit<TimedAct, 'at'>];

function possible(program: Program, most: ReadonlyMap<string, number>, state: State): Step[] {
  if (state.status === 'proposed') return [...consentSteps(program, state), ...voteSteps(program, state)];
  if (state.status !== 'open') return [];
  const steps = Object.values(state.items).flatMap((item) => itemSteps(program, most, state, item));
  const over = program.stages.every(({ stage }) => ['done', 'skipped'].includes(state.stages[stage]?.state ?? ''));
  if (!over) return steps;
  const outcome = Object.keys(program.life.outcomes)[0] ?? '';
  const as = program.stages[0]?.answers ?? 'caseworker';
  const close = { type: 'case.close', data: { outcome }, reason: REASON, actor: sampleActor(program, as) };
  return [...steps, ['close', close]];
}

function consentSteps({ consent, ...program }: Program, state: State): Step[] {
  if (!consent || state.consent) return [];
  const by = consent.by.find((role) => Object.values(state.parties).some((party) => party.role === role));
  if (by === undefined) return [];
  return [['consent', spoken({ consent, ...program }, by, { type: 'consent.give', data: { witness: '见证人' } })]];
}

function voteSteps(program: Program, state: State): Step[] {
  const votes = (program.approval?.votes ?? []).filter((body) => !state.votes[body]?.passed);
  return votes.map((body): Step => {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0 };
    return [`vote ${body}`, { ...proven, type: 'decision.record', data, actor: sampleActor(program, 'caseworker') }];
  });
}

const proven = { evidence: ['photo', 'file'], reason: REASON } as const;

function itemSteps(program: Program, most: ReadonlyMap<string, number>, state: State, item: OpenItem): Step[] {
  const { id, key, kind, by, repeat, stage } = item;
  const data = { note: '已办理', witness: '见证人' };
  const enough = (repeat || kind === 'duty') && (state.counts[key] ?? 0) >= (most.get(key) ?? 0);
  if (enough) return [];
  if (kind === 'task' || kind === 'duty' || kind === 'added') {
    const fields = sampleFields(program, asked(program, stage, key));
    return [[id, spoken(program, by, { type: 'task.complete', target: id, data: { ...data, fields } })]];
  }
  if (kind === 'milestone')
    return [
      [
        id,
        spoken(program, by, {
          type: 'milestone.reach',
          target: id,
          data: { ...data, fields: lacking(program, state, stage, key) },
        }),
      ],
    ];
  const def = itemOf(program, stage, key);
  if (def && 'vote' in def) {
    const vote = { body: def.body, eligible: 9, present: 9, for: 9, against: 0, abstain: 0, text: '同意' };
    return [[id, spoken(program, by, { type: 'decision.record', target: id, data: vote })]];
  }
  if (def && 'disclosure' in def) {
    const said = { text: '公示内容', days: def.days };
    return state.disclosures?.[id]
      ? []
      : [[id, spoken(program, by, { type: 'disclosure.post', target: id, data: said })]];
  }
  if (kind === 'await') return [[id, spoken(program, by, { type: 'await.occur', target: id, data })]];
  if (kind === 'child' || kind === 'call') {
    const actor = { kind: 'system', id: 'effect', logins: [] } as const;
    return [[id, { type: 'effect.answer', target: id, data: { result: {} }, actor }]];
  }
  if (kind === 'group') {
    const actor = { kind: 'system', id: 'groups', logins: [] } as const;
    const size = spoken(program, by, { type: 'group.setSize', target: id, data: { size: 1 } });
    return [
      [`${id} size`, size],
      [`${id} count`, { type: 'group.count', target: id, data: { listed: 1, ended: 1 }, actor }],
    ];
  }
  if (kind === 'choice') {
    const step = (name: string, type: string, said: object): Step => [
      `${id} ${name}`,
      spoken(program, by, { type, target: id, data: said }),
    ];
    return [
      step('one', 'option.add', { name: '甲方案' }),
      step('other', 'option.add', { name: '乙方案' }),
      step('not', 'option.reject', { option: '1' }),
      step('this', 'option.choose', { option: '2' }),
    ];
  }
  return [];
}

/** An act in the name of a role: by the holder of its post, or by a caseworker for a party. */
function spoken(
  program: Program,
  role: string,
  act: { type: string; target?: string; data: object },
): Omit<TimedAct, 'at'> {
  const def = program.roles[role];
  const party = def !== undefined && 'party' in def;
  const actor = sampleActor(program, party ? 'caseworker' : role);
  return { ...act, ...proven, actor, ...(party ? { onBehalfOf: role } : {}) };
}

function asked(program: Program, stage: string | undefined, key: string): readonly string[] {
  const item = itemOf(program, stage, key);
  if (item && 'task' in item) return item.asks ?? [];
  return program.duties.find(({ duty }) => duty === key)?.asks ?? [];
}

/** Fields a milestone needs that nothing has filled yet: they may be said with it. */
function lacking(program: Program, state: State, stage: string | undefined, key: string) {
  const item: Item | undefined = itemOf(program, stage, key);
  const needs = item && 'milestone' in item ? needsWithin(item.needs) : [];
  const empty = needs.flatMap(({ filled }) => filled ?? []).filter((name) => state.fields[name] === undefined);
  return sampleFields(program, empty);
}

/** How often each item or duty is counted at most, by what any condition of the program asks. */
function mostNeeded(program: Program): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  const conditions = program.stages.flatMap((stage) => [
    stage.when,
    ...stage.items.flatMap((item) => [item.when, 'milestone' in item ? item.needs : undefined]),
  ]);
  for (const need of conditions.flatMap((each) => (each ? needsWithin(each) : [])))
    for (const [key, n = 0] of Object.entries(need.done ?? {})) most.set(key, Math.max(most.get(key) ?? 0, n));
  // what nobody counts is done once, so that it is seen to work
  for (const item of program.stages.flatMap(({ items }) => items)) most.set(keyOf(item), most.get(keyOf(item)) ?? 1);
  return most;
}
