import { namesOf } from '../../db/queries/names.ts';
import { overseenUnits } from '../../db/queries/workload.ts';
import { isAboutMinor } from '../../engine/access.ts';
import type { Act } from '../../engine/act.ts';
import { type Caller, may } from '../auth/caller.ts';
import type { AppDeps } from '../deps.ts';
import { type CaseToRead, nowOf } from '../reading.ts';
import type { AccessDecisions } from './access-forms.tsx';

/** What a caller may decide about who reads a case; the door has the last word. */
export async function decisionsOn(deps: AppDeps, caller: Caller, record: CaseToRead): Promise<AccessDecisions> {
  const { state, unit } = record;
  const headed = await overseenUnits(deps.sql, { person: caller.person, loginUnit: undefined }, unit);
  const heads = headed.length > 0;
  if (!heads && !may(caller, 'audit')) return { toReview: [] };
  const now = nowOf(deps);
  const { standing, persons = {} } = state.minorAccess ?? {};
  const waiting = Object.values(state.emergencyAccess ?? {}).filter(({ person }) => person !== caller.person);
  const names = await namesOf(deps.sql, new Set([...Object.keys(persons), ...waiting.map(({ person }) => person)]));
  const nameOf = (person: string) => names.people.get(person) ?? person;
  const approved = [
    ...(standing === undefined ? [] : [{ who: undefined, until: standing }]),
    ...Object.entries(persons).map(([person, until]) => ({ who: nameOf(person), until })),
  ].filter(({ until }) => until > now);
  return {
    ...(heads && isAboutMinor(state, now) ? { minors: { approved } } : {}),
    toReview: waiting.map(({ id, person, from, until, endedAt }) => ({
      ...{ id, name: nameOf(person), from, until: endedAt ?? until },
    })),
  };
}

/** The act a form of the page stands for; undefined when it is none of ours. What is wrong with its content the door says. */
export function decidedBy(form: Readonly<Record<string, string>>): Pick<Act, 'type' | 'target' | 'data'> | undefined {
  const { type, target = '', text = '', justified } = form;
  if (type === 'access.review') {
    if (justified !== 'yes' && justified !== 'no') return undefined;
    return { type, target, data: { justified: justified === 'yes', text } };
  }
  if (type !== 'access.approve') return undefined;
  const person = form['person']?.trim();
  const days = form['days']?.trim();
  return { type, data: { ...(person ? { person } : {}), ...(days ? { days: Number(days) } : {}) } };
}
