import type { Actor } from '../../engine/act.ts';
import { type Simulation, sampleOrg, type TimedAct } from '../../engine/simulate.ts';
import { weekdayCalendar } from '../../engine/time/calendar.ts';
import { addMs } from '../../engine/time/civil.ts';
import type { Program } from '../program.ts';
import { programHash } from '../program-hash.ts';
import type { Scenario } from '../scenario.ts';
import type { Instant } from '../time.ts';

/** The person who holds the sample organisation's post of a role's kind; the caseworker of the unit for `caseworker`. */
export function sampleActor(program: Program, as: string): Actor {
  const role = program.roles[as];
  if (role && 'post' in role) return { kind: 'person', id: `holder of ${role.post}`, logins: [] };
  if (as === 'subDistrictHead') return { kind: 'person', id: 'holder of sub-district-head', logins: [] };
  return { kind: 'person', id: 'the caseworker', logins: [{ role: 'caseworker', unit: 'community' }] };
}

/** A scenario as a simulation: recorded as it happens, in the sample organisation, with the weekday calendar. */
export function simulationOf(program: Program, scenario: Scenario, openedAt: Instant, until: Instant): Simulation {
  return {
    program,
    programHash: programHash(program),
    calendar: weekdayCalendar,
    org: sampleOrg(program, openedAt),
    request: {
      actor: sampleActor(program, 'caseworker'),
      unit: 'community',
      data: scenario.data,
      parties: scenario.parties,
      assignments: {},
    },
    openedAt,
    until,
    script: scenario.acts.map((act): TimedAct => {
      const { day, as, says: _, ...rest } = act;
      return { ...rest, at: addMs(openedAt, Math.round(day * 86_400_000)), actor: sampleActor(program, as) };
    }),
  };
}
