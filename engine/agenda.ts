import type { Instant } from '../sdk/time.ts';
import { booksDueAt } from './books/clock.ts';
import type { Lot } from './books/draw.ts';
import { RUNNING } from './life.ts';
import { nextEnd } from './posted.ts';
import type { Deadline, Offer, OpenItem, PlannedRung, State } from './state.ts';
import { type VoiceDue, voicesDue } from './voice/due.ts';

/** Something that time will do to a case, and when. */
export type Due =
  | { readonly what: 'missed'; readonly at: Instant; readonly item: OpenItem }
  | { readonly what: 'rung'; readonly at: Instant; readonly deadline: Deadline; readonly rung: PlannedRung }
  | { readonly what: 'occurrence'; readonly at: Instant; readonly duty: string }
  | { readonly what: 'lapsed'; readonly at: Instant; readonly item: OpenItem }
  | { readonly what: 'offer'; readonly at: Instant; readonly offer: Offer }
  | { readonly what: 'books'; readonly at: Instant }
  | VoiceDue
  | { readonly what: 'disclosure'; readonly at: Instant; readonly id: string }
  | { readonly what: 'followUpEnds'; readonly at: Instant };

/** What comes first of things due at the same instant. */
const ORDER: Readonly<Record<Due['what'], number>> = {
  ...{ missed: 0, rung: 1, occurrence: 2, lapsed: 3, offer: 4, books: 5, voice: 6, disclosure: 7, followUpEnds: 8 },
};

/** Clocks of the case's money. They run while the case is suspended and after it is closed. */
export function isOfMoney({ of }: Pick<Deadline, 'of'>): boolean {
  return of === 'discrepancy' || of === 'payout' || of === 'advance';
}

/**
 * Clocks that also run while the case is suspended: those of its money, of what is to become of it without whom it is for,
 * and those between units and levels.
 */
export function runsSuspended(deadline: Pick<Deadline, 'of'>): boolean {
  return isOfMoney(deadline) || deadline.of === 'settlement' || isBetweenUnits(deadline);
}

/** Clocks between units and levels, and to auditors: what officials owe each other is neither paused nor suspended with the help. */
export function isBetweenUnits({ of }: Pick<Deadline, 'of'>): boolean {
  return of === 'transfer' || of === 'referral' || of === 'escalation' || of === 'finding' || of === 'erasure';
}

/**
 * The next thing time will do to the case; undefined when nothing is planned. Of things due at the same instant a missed
 * occurrence comes before the rungs of its ladder, these before new occurrences, and the end of the follow-up comes last;
 * of the same kind the one with the smaller id, so that the order does not hang on how the state was built.
 */
export function nextDue(state: State, lot?: Lot): Due | undefined {
  // in other hands, or destroyed: no clock of it runs here
  if (state.away || state.destroyed) return undefined;
  let next: Due | undefined;
  const offer = (due: Due) => {
    if (!next || due.at < next.at || (due.at === next.at && isBefore(due, next))) next = due;
  };
  const running = RUNNING.includes(state.status);
  for (const deadline of Object.values(state.deadlines)) {
    const stands = deadline.pausedSince || !(running || runsSuspended(deadline));
    const rung = stands ? undefined : nextRung(deadline);
    if (rung) offer({ what: 'rung', at: rung.at, deadline, rung });
  }
  const books = booksDueAt(state, lot);
  if (books) offer({ what: 'books', at: books });
  for (const due of voicesDue(state)) offer(due);
  for (const each of Object.values(state.offers ?? {})) {
    const at = each.accepted ? undefined : lapseOf(state.deadlines[each.id]);
    if (at) offer({ what: 'offer', at, offer: each });
  }
  if (!running) return next;
  for (const item of Object.values(state.items)) {
    const deadline = state.deadlines[item.id];
    if (item.kind === 'duty' && deadline && !deadline.pausedSince && !item.missedAt) {
      offer({ what: 'missed', at: deadline.dueAt, item });
    }
  }
  const posted = nextEnd(state);
  if (posted) offer({ what: 'disclosure', ...posted });
  for (const [duty, { opensAt }] of Object.entries(state.duties)) offer({ what: 'occurrence', at: opensAt, duty });
  for (const item of Object.values(state.items)) {
    const deadline = state.deadlines[item.id];
    if (item.lapsesAt && !deadline?.pausedSince && !(deadline && nextRung(deadline)))
      offer({ what: 'lapsed', at: item.lapsesAt, item });
  }
  if (state.followUpUntil) offer({ what: 'followUpEnds', at: state.followUpUntil });
  return next;
}

function isBefore(one: Due, other: Due): boolean {
  if (one.what !== other.what) return ORDER[one.what] < ORDER[other.what];
  return nameOf(one) < nameOf(other);
}

function nameOf(due: Due): string {
  if ('item' in due) return due.item.id;
  if ('deadline' in due) return due.deadline.id;
  if ('offer' in due) return due.offer.id;
  if ('of' in due) return `${due.of} ${due.id}`;
  if ('id' in due) return due.id;
  return 'duty' in due ? due.duty : '';
}

/** When a request nobody answers lapses: with the last rung of its clock, which has to fire first. */
function lapseOf(deadline: Deadline | undefined): Instant | undefined {
  if (!deadline || nextRung(deadline)) return undefined;
  return deadline.rungs.reduce((last, { at }) => (at > last ? at : last), deadline.dueAt);
}

/** The instant of the next thing time will do to the case; surprise counts are among them where the lot is known. */
export function agenda(state: State, lot?: Lot): Instant | undefined {
  return nextDue(state, lot)?.at;
}

/** The earliest rung of a deadline that has not fired. */
function nextRung(deadline: Deadline): PlannedRung | undefined {
  let next: PlannedRung | undefined;
  for (const rung of deadline.rungs) if (!rung.firedAt && (!next || rung.at < next.at)) next = rung;
  return next;
}
