import type { Rung, Tell } from '../sdk/program.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import { unitFor } from './org.ts';
import { rungsOf } from './own-ladders.ts';
import type { Deadline, PlannedRung } from './state.ts';
import { firstWorkingInstant, type Hours, OFFICE_HOURS, rungInstant } from './time/rungs.ts';
import type { World } from './world.ts';

/** What the rungs of a clock are planned by. */
type LadderWorld = Pick<World, 'program' | 'calendar' | 'org' | 'home'>;

/**
 * The ladder of a clock. A reminder that would lie before the clock's own start is left out: it would remind of nothing. So
 * is one that would tell the same people at the same moment as the one after it.
 *
 * A rung in working hours goes by those of the unit it tells: the answering post's for the holder, else the unit whose
 * head is told, as the organisation stands when the rung is planned. So that the district is not told before the community
 * where their hours differ, such a rung waits for the one before it; one before the deadline never waits beyond it.
 */
export function planRungs(
  due: { readonly start: Instant; readonly dueAt: Instant; readonly dueDate?: CalendarDate },
  { ladder, ...whose }: Pick<Deadline, 'ladder' | 'answers' | 'unit'>,
  world: LadderWorld,
): PlannedRung[] {
  const { program, calendar } = world;
  const rungs = rungsOf(program, ladder).map((rung, n) => {
    const hours = hoursOf(world, whose, rung);
    const plain = { ...due, offset: rung.at, calendar };
    const inOrder = rungInstant({ ...plain, hours: hours === 'any' ? hours : OFFICE_HOURS });
    return { n, rung, hours, inOrder, at: rungInstant({ ...plain, hours }) };
  });
  let before: Instant | undefined;
  for (const each of rungs.toSorted((a, b) => (a.inOrder < b.inOrder ? -1 : a.inOrder > b.inOrder ? 1 : a.n - b.n))) {
    if (each.hours === 'any') continue;
    if (before !== undefined && each.at < before) {
      const after = firstWorkingInstant(calendar, each.hours, before);
      each.at = each.at < due.dueAt && after >= due.dueAt ? before : after;
    }
    before = each.at;
  }
  return rungs
    .map(({ n, rung, at }): PlannedRung => ({ n, tell: rung.tell, account: rung.account ?? false, at }))
    .filter(({ at }) => at > due.start)
    .filter(({ at, tell }, n, all) => at >= due.dueAt || all[n + 1]?.at !== at || all[n + 1]?.tell !== tell);
}

/** The hours in which a rung may fire: `any`, or the working hours of the unit it tells. */
export function hoursOf(
  world: Pick<World, 'org' | 'home'>,
  whose: Pick<Deadline, 'answers' | 'unit'>,
  rung: Rung | undefined,
): Hours {
  if (rung?.hours === 'any') return 'any';
  return world.org.units[unitTold(world, whose, rung?.tell ?? 'holder') ?? '']?.hours ?? OFFICE_HOURS;
}

function unitTold(
  { org, home }: Pick<World, 'org' | 'home'>,
  { answers, unit: asked }: Pick<Deadline, 'answers' | 'unit'>,
  tell: Tell,
): string | undefined {
  const post = home?.assignments[answers]?.post;
  const unit = asked ?? (post === undefined ? undefined : org.posts[post]?.unit) ?? home?.unit;
  return unit === undefined || tell === 'holder' ? unit : unitFor(org, unit, tell);
}
