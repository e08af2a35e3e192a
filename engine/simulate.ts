import type { Program, Text } from '../sdk/program.ts';
import { idMadeBy } from '../sdk/scenario.ts';
import type { Instant } from '../sdk/time.ts';
import type { Act, Actor } from './act.ts';
import { isRefusal } from './act-kind.ts';
import { advance } from './advance.ts';
import { agenda } from './agenda.ts';
import { addFact } from './books/facts.ts';
import { addMovements, type Movement } from './books/movements.ts';
import { addPosted, nothingPosted, type PostedFacts } from './books/posted-facts.ts';
import { decide } from './decide.ts';
import type { CaseEvent, EventDraft } from './event.ts';
import { evolve } from './evolve.ts';
import { type OpenRequest, open } from './open.ts';
import type { Refusal } from './refusal.ts';
import type { State } from './state.ts';
import type { WorkCalendar } from './time/calendar.ts';
import { addMs } from './time/civil.ts';
import type { EntryFact, Org, World } from './world.ts';

/**
 * An act of a simulated script and the moment at which it is recorded. A target `@label` means what the act of that label
 * made; `photo` and `file` in `evidence` stand for a document of that kind.
 */
export interface TimedAct extends Omit<Act, 'id'> {
  readonly at: Instant;
  readonly label?: string;
}

/** A program, the world it is simulated in, and what is done along the way. */
export interface Simulation {
  readonly program: Program;
  readonly programHash: string;
  readonly calendar: WorkCalendar;
  readonly org: Org;
  readonly request: Omit<OpenRequest, 'actId' | 'caseId' | 'caseNo'>;
  readonly openedAt: Instant;
  readonly until: Instant;
  readonly script?: readonly TimedAct[];
  /** Asked for the next act when the script is over, and before each moment at which something is due: nothing is to wait for time. */
  readonly drive?: (state: State) => TimedAct | undefined;
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
 * Runs a program over the years with the very functions that run real cases, without starting anything. Returns the refusal when the opening itself is refused.
 */
export function simulate(simulation: Simulation): Simulated | Refusal {
  const steps = simulateStepwise(simulation);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** {@link simulate}, pausing after each step, so that whoever runs it can let others work in between. */
export function* simulateStepwise(simulation: Simulation): Generator<void, Simulated | Refusal> {
  const { openedAt, until, script = [], limit = 100_000, request } = simulation;
  const refused: Simulated['refused'][number][] = [];
  const opening = open(
    { ...request, actId: 'simulated', caseId: 'simulated', caseNo: 'simulated' },
    worldAt(simulation, openedAt),
  );
  if (isRefusal(opening)) return opening;
  const run = begin(opening.events, openedAt);
  const made = new Map<string, string>();
  const acts = [...script].sort((a, b) => (a.at < b.at ? -1 : 1));
  for (let n = 0; ; yield) {
    const act = acts[n] ?? simulation.drive?.(run.state);
    const due = agenda(run.state);
    const actFirst = act !== undefined && act.at <= until && (due === undefined || act.at < due);
    const over = !actFirst && (due === undefined || due > until);
    if (over || run.events.length >= limit) return { events: run.events, refused, state: run.state, cut: !over };
    const next = actFirst ? act.at : due!;
    const now = next > run.state.at ? next : run.state.at;
    if (!actFirst) {
      record(run, advance(run.state, worldAt(simulation, now, run)).events, now);
      continue;
    }
    n++;
    const { at: _, label, target, ...plain } = act;
    const aim = target?.startsWith('@') ? made.get(target.slice(1)) : target;
    const asked: Act = { id: `simulated-${n}`, ...plain, ...(aim === undefined ? {} : { target: aim }) };
    const answer = decide(run.state, asked, worldAt(simulation, now, run, act.evidence));
    if (isRefusal(answer)) {
      refused.push({ at: now, type: act.type, detail: answer.detail, code: answer.code });
      continue;
    }
    record(run, answer.events, now, act.actor);
    const id = idMadeBy(act.type, answer.events);
    if (label && id) made.set(label, id);
  }
}

/** A case while it is simulated: what happened, what it led to, and the rows of the books it would have. */
interface Run {
  state: State;
  entries: readonly EntryFact[];
  movements: readonly Movement[];
  posted: PostedFacts;
  readonly events: CaseEvent[];
}

function begin(drafts: readonly EventDraft[], now: Instant): Run {
  const [first, ...rest] = drafts.map((draft, n) => eventOf(draft, n + 1, now));
  const books = { entries: [], movements: [], posted: nothingPosted };
  const run: Run = { state: evolve(undefined, first!), ...books, events: [first!] };
  for (const event of rest) take(run, event);
  return run;
}

function record(run: Run, drafts: readonly EventDraft[], now: Instant, actor?: Actor): void {
  for (const draft of drafts) take(run, eventOf(draft, run.events.length + 1, now, actor));
}

function take(run: Run, event: CaseEvent): void {
  run.state = evolve(run.state, event);
  run.entries = addFact(run.entries, event);
  run.movements = addMovements(run.movements, event);
  run.posted = addPosted(run.posted, event);
  run.events.push(event);
}

function eventOf(draft: EventDraft, seq: number, now: Instant, actor?: Actor): CaseEvent {
  const by = actor ? { kind: actor.kind, id: actor.id } : { kind: 'system', id: 'clock' };
  return { ...draft, seq, occurredAt: draft.occurredAt ?? now, recordedAt: now, actor: by };
}

function worldAt(simulation: Simulation, now: Instant, run?: Run, evidence: readonly string[] = []): World {
  const { program, programHash, calendar, org } = simulation;
  const documents = evidence.map((id) => ({ id, kind: id === 'file' ? ('file' as const) : ('photo' as const) }));
  return {
    now,
    program,
    programHash,
    calendar,
    org,
    facts: {
      ...{ documents, entries: run?.entries ?? [], movements: run?.movements ?? [] },
      posted: run?.posted ?? nothingPosted,
    },
  };
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
