import type { Program, Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { Act } from './act.ts';
import { isRefusal } from './act-kind.ts';
import { advance } from './advance.ts';
import { agenda } from './agenda.ts';
import { decide } from './decide.ts';
import type { CaseEvent, EventDraft } from './event.ts';
import { evolve } from './evolve.ts';
import { type OpenRequest, open } from './open.ts';
import type { Refusal } from './refusal.ts';
import type { State } from './state.ts';
import type { WorkCalendar } from './time/calendar.ts';
import { addMs } from './time/civil.ts';
import type { Org, World } from './world.ts';

/** An act of a simulated script and the moment at which it is recorded. */
export interface TimedAct extends Omit<Act, 'id'> {
  readonly at: Instant;
}

export interface Simulation {
  readonly program: Program;
  readonly programHash: string;
  readonly calendar: WorkCalendar;
  readonly org: Org;
  readonly request: Omit<OpenRequest, 'actId' | 'caseId' | 'caseNo'>;
  readonly openedAt: Instant;
  readonly until: Instant;
  readonly script?: readonly TimedAct[];
  /** At most so many events are simulated. */
  readonly limit?: number;
}

/** What would happen: dated events, acts that would be refused, the state at the end, and whether the limit cut it short. */
export interface Simulated {
  readonly events: readonly CaseEvent[];
  readonly refused: readonly {
    readonly at: Instant;
    readonly type: string;
    readonly detail: Text;
    readonly code: string;
  }[];
  readonly state: State;
  readonly cut: boolean;
}

/**
 * Runs a program over the years with the very functions that run real cases, without starting anything. Documents an
 * act names count as photos. Returns the refusal when the opening itself is refused.
 */
export function simulate(simulation: Simulation): Simulated | Refusal {
  const { openedAt, until, script = [], limit = 100_000, request } = simulation;
  const events: CaseEvent[] = [];
  const refused: Simulated['refused'][number][] = [];
  const opening = open(
    { ...request, actId: 'simulated', caseId: 'simulated', caseNo: 'simulated' },
    worldAt(simulation, openedAt),
  );
  if (isRefusal(opening)) return opening;
  let state = record(undefined, opening.events, openedAt, events)!;
  const acts = [...script].sort((a, b) => (a.at < b.at ? -1 : 1));
  for (let n = 0; ; ) {
    const act = acts[n];
    const due = agenda(state);
    const actFirst = act && act.at <= until && (!due || act.at <= due);
    if (!actFirst && (!due || due > until)) return { events, refused, state, cut: false };
    if (events.length >= limit) return { events, refused, state, cut: true };
    if (!actFirst) {
      const now = due! > state.at ? due! : state.at;
      state = record(state, advance(state, worldAt(simulation, now)).events, now, events)!;
      continue;
    }
    const now = act.at > state.at ? act.at : state.at;
    const { at: _, ...plain } = act;
    const answer = decide(state, { id: `simulated-${n}`, ...plain }, worldAt(simulation, now, act.evidence));
    if (isRefusal(answer)) refused.push({ at: now, type: act.type, detail: answer.detail, code: answer.code });
    else state = record(state, answer.events, now, events)!;
    n++;
  }
}

function worldAt(simulation: Simulation, now: Instant, evidence: readonly string[] = []): World {
  const { program, programHash, calendar, org } = simulation;
  const documents = evidence.map((id) => ({ id, kind: 'photo' as const }));
  return { now, program, programHash, calendar, org, facts: { documents, entries: [] } };
}

function record(
  before: State | undefined,
  drafts: readonly EventDraft[],
  now: Instant,
  events: CaseEvent[],
): State | undefined {
  let state = before;
  for (const draft of drafts) {
    const event: CaseEvent = {
      ...draft,
      ...{ seq: events.length + 1, occurredAt: draft.occurredAt ?? now, recordedAt: now },
      actor: { kind: 'system', id: 'simulation' },
    };
    state = evolve(state, event);
    events.push(event);
  }
  return state;
}

/** A made-up organisation for simulating a program anywhere: one unit on each level, one post of each kind, all filled. */
export function sampleOrg(program: Program, since: Instant): Org {
  const kinds = Object.values(program.roles).flatMap((role) => ('post' in role ? [role.post] : []));
  const community = Object.fromEntries(
    [...new Set([...kinds, 'director'])].map((kind) => [kind, { kind, unit: 'community' }]),
  );
  const posts = {
    ...community,
    'sub-district-head': { kind: 'sub-district-head', unit: 'sub-district' },
    'district-head': { kind: 'district-head', unit: 'district' },
  };
  return {
    units: {
      community: { level: 'community', above: 'sub-district', head: 'director' },
      'sub-district': { level: 'sub-district', above: 'district', head: 'sub-district-head' },
      district: { level: 'district', head: 'district-head' },
    },
    posts,
    appointments: Object.keys(posts).map((post) => ({
      post,
      person: `holder of ${post}`,
      from: addMs(since, -86_400_000),
    })),
  };
}
