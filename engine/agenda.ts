import type { Instant } from '../sdk/time.ts';
import { booksDueAt } from './books/clock.ts';
import { RUNNING } from './life.ts';
import type { Deadline, OpenItem, PlannedRung, State } from './state.ts';

/** Something that time will do to a case, and when. */
export type Due =
  | { readonly what: 'missed'; readonly at: Instant; readonly item: OpenItem }
  | { readonly what: 'rung'; readonly at: Instant; readonly deadline: Deadline; readonly rung: PlannedRung }
  | { readonly what: 'occurrence'; readonly at: Instant; readonly duty: string }
  | { readonly what: 'lapsed'; readonly at: Instant; readonly item: OpenItem }
  | { readonly what: 'books'; readonly at: Instant }
  | { readonly what: 'followUpEnds'; readonly at: Instant };

/**
 * The next thing time will do to the case; undefined when nothing is planned. Of things due at the same instant a missed
 * occurrence comes before the rungs of its ladder, these before new occurrences, and the end of the follow-up comes last.
 */
export function nextDue(state: State): Due | undefined {
  if (!RUNNING.includes(state.status)) return undefined;
  let next: Due | undefined;
  const offer = (due: Due) => {
    if (!next || due.at < next.at) next = due;
  };
  for (const item of Object.values(state.items)) {
    const deadline = state.deadlines[item.id];
    if (item.kind === 'duty' && deadline && !deadline.pausedSince && !item.missedAt) {
      offer({ what: 'missed', at: deadline.dueAt, item });
    }
  }
  for (const deadline of Object.values(state.deadlines)) {
    const rung = deadline.pausedSince ? undefined : nextRung(deadline);
    if (rung) offer({ what: 'rung', at: rung.at, deadline, rung });
  }
  for (const [duty, { opensAt }] of Object.entries(state.duties)) offer({ what: 'occurrence', at: opensAt, duty });
  for (const item of Object.values(state.items)) {
    const deadline = state.deadlines[item.id];
    if (item.lapsesAt && !(deadline && nextRung(deadline))) offer({ what: 'lapsed', at: item.lapsesAt, item });
  }
  const books = booksDueAt(state);
  if (books) offer({ what: 'books', at: books });
  if (state.followUpUntil) offer({ what: 'followUpEnds', at: state.followUpUntil });
  return next;
}

/** The instant of the next thing time will do to the case. */
export function agenda(state: State): Instant | undefined {
  return nextDue(state)?.at;
}

/** The earliest rung of a deadline that has not fired. */
export function nextRung(deadline: Deadline): PlannedRung | undefined {
  let next: PlannedRung | undefined;
  for (const rung of deadline.rungs) if (!rung.firedAt && (!next || rung.at < next.at)) next = rung;
  return next;
}
