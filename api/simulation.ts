import type { Actor } from '../engine/act.ts';
import type { Refusal } from '../engine/refusal.ts';
import { type Simulated, type Simulation, sampleOrg, simulateStepwise, type TimedAct } from '../engine/simulate.ts';
import type { WorkCalendar } from '../engine/time/calendar.ts';
import { productCalendar } from '../engine/time/calendar-years.ts';
import { addMs } from '../engine/time/civil.ts';
import type { Program } from '../sdk/program.ts';
import { problem } from './errors.ts';

/** What is simulated: the case's data, its span, and acts along the way. `as` is a role of the program, or `caseworker`. */
export interface SimulationWish {
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly openedAt: string;
  readonly until: string;
  /** Default: the years that come with this release. */
  readonly calendar?: WorkCalendar;
  readonly script?: readonly (Omit<TimedAct, 'actor' | 'id'> & { readonly as?: string })[];
}

/** A simulation stops at so many events. */
const MOST_EVENTS = 5_000;

/** It computes so long at a stretch, then lets people's requests and the worker go first for as long again. */
const STRETCH_MS = 10;

/** So many may wait for the one that runs. */
const MOST_WAITING = 4;

const DAY_MS = 86_400_000;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a program in a made-up organisation, all posts filled and one person for each party. Resolves to the engine's answer.
 * One at a time in a process, in short stretches: it never holds up what is real. Throws the problem BUSY when others wait.
 */
export function simulateProgram(program: Program, hash: string, wish: SimulationWish): Promise<Simulated | Refusal> {
  if (waiting >= MOST_WAITING)
    throw problem(
      'BUSY',
      ['正在进行的推演较多。', 'Other simulations are being computed.'],
      [['稍后再试，或缩短推演的时间', 'Try again in a moment, or over a shorter time']],
    );
  waiting += 1;
  const mine = last
    .then(() => inStretches(simulateStepwise(simulationOf(program, hash, wish))))
    .finally(() => {
      waiting -= 1;
    });
  last = mine.catch(() => undefined);
  return mine;
}

async function inStretches<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const end = performance.now() + STRETCH_MS;
    do {
      const { done, value } = steps.next();
      if (done) return value;
    } while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, STRETCH_MS));
  }
}

function simulationOf(program: Program, hash: string, wish: SimulationWish): Simulation {
  const org = sampleOrg(program, addMs(wish.openedAt, -DAY_MS));
  const roles = Object.entries(program.roles);
  const caseworker: Actor = { kind: 'person', id: 'caseworker', logins: [{ role: 'caseworker', unit: 'community' }] };
  const actors = new Map<string, Actor>([
    ['caseworker', caseworker],
    ['subDistrictHead', holderOf('sub-district-head')],
    ['districtHead', holderOf('district-head')],
    ...roles.map(([role, def]): [string, Actor] => [role, 'post' in def ? holderOf(def.post) : personOf(role)]),
  ]);
  return {
    program,
    programHash: hash,
    calendar: wish.calendar ?? productCalendar,
    org,
    openedAt: wish.openedAt,
    until: wish.until,
    limit: MOST_EVENTS,
    request: {
      actor: caseworker,
      unit: 'community',
      data: wish.data,
      parties: roles.flatMap(([role, def]) =>
        'party' in def && !def.optional ? [{ role, person: personOf(role).id }] : [],
      ),
      assignments: Object.fromEntries(
        roles.flatMap(([role, def]) => ('post' in def && !def.optional ? [[role, def.post]] : [])),
      ),
    },
    script: (wish.script ?? []).map(({ as = 'caseworker', ...act }) => ({
      ...act,
      actor: actors.get(as) ?? caseworker,
    })),
  };
}

function holderOf(post: string): Actor {
  return { kind: 'person', id: `holder of ${post}`, logins: [] };
}

function personOf(role: string): Actor {
  return { kind: 'person', id: `person of ${role}`, logins: [] };
}
