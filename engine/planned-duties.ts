import type { Duty } from '../sdk/program.ts';
import type { CalendarDate } from '../sdk/time.ts';
import { afterNext, nextOf } from './duties.ts';
import type { RunningDuty } from './state.ts';
import type { WorkCalendar } from './time/calendar.ts';
import type { Place, Planned } from './time/occurrence.ts';

/**
 * The occurrences a running duty has yet to open, as they are planned now, up to a day (included) and at most so many. A
 * suspension, a newer calendar or the end of the duty changes them: they are a look ahead, no promise.
 */
export function plannedOccurrences(
  duty: Duty,
  running: RunningDuty,
  calendar: WorkCalendar,
  { until, most }: { readonly until: CalendarDate; readonly most: number },
): (Place & Planned)[] {
  const found: (Place & Planned)[] = [];
  let at: RunningDuty | undefined = running;
  while (at && found.length < most) {
    const next = nextOf(duty, at, calendar);
    if (next.date > until) break;
    found.push(next);
    at = afterNext(duty, at, calendar);
  }
  return found;
}
