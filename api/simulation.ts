import type { Actor } from '../engine/act.ts';
import { sampleOrg, simulate, type TimedAct } from '../engine/simulate.ts';
import { productCalendar } from '../engine/time/calendar-years.ts';
import { addMs } from '../engine/time/civil.ts';
import type { Program } from '../sdk/program.ts';

/** What is simulated: the case's data, its span, and acts along the way. `as` is a role of the program, or `caseworker`. */
export interface SimulationWish {
  readonly data: Readonly<Record<string, string | number | boolean>>;
  readonly openedAt: string;
  readonly until: string;
  readonly script?: readonly (Omit<TimedAct, 'actor' | 'id'> & { readonly as?: string })[];
}

/** A simulation is computed while others wait: it stops at so many events. */
const MOST_EVENTS = 5_000;

const DAY_MS = 86_400_000;

/** Runs a program in a made-up organisation, all posts filled and one person for each party. Returns the engine's answer. */
export function simulateProgram(program: Program, hash: string, wish: SimulationWish) {
  const org = sampleOrg(program, addMs(wish.openedAt, -DAY_MS));
  const roles = Object.entries(program.roles);
  const caseworker: Actor = { kind: 'person', id: 'caseworker', logins: [{ role: 'caseworker', unit: 'community' }] };
  const actors = new Map<string, Actor>([
    ['caseworker', caseworker],
    ['subDistrictHead', holderOf('sub-district-head')],
    ['districtHead', holderOf('district-head')],
    ...roles.map(([role, def]): [string, Actor] => [role, 'post' in def ? holderOf(def.post) : personOf(role)]),
  ]);
  return simulate({
    program,
    programHash: hash,
    calendar: productCalendar,
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
  });
}

function holderOf(post: string): Actor {
  return { kind: 'person', id: `holder of ${post}`, logins: [] };
}

function personOf(role: string): Actor {
  return { kind: 'person', id: `person of ${role}`, logins: [] };
}
