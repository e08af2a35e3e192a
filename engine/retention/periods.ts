import type { Lengthened, RetentionFacts } from '../../sdk/retention.ts';
import type { CalendarDate } from '../../sdk/time.ts';
import { addDays, addMonths, toDate } from '../time/civil.ts';
import { RETENTION, type RetentionClass } from './classes.ts';

/** How long one class of a case is kept. `until`: the last day; absent while the period has not begun, and for what is kept for ever. */
export interface Kept {
  readonly class: RetentionClass;
  readonly count: number;
  readonly since?: CalendarDate;
  readonly until?: CalendarDate;
  /** The period that counts, where an area has lengthened the one of the table. */
  readonly lengthened?: Lengthened;
  readonly state: 'notBegun' | 'running' | 'over' | 'forever' | 'nothing';
}

/**
 * How long each class of a case is kept. Of the period of the table and those of the areas the longest counts, so that nothing
 * that is set anywhere shortens what the law asks for. Day by day, in civil time; the last day belongs to the period.
 */
export function periodsOf(facts: RetentionFacts, lengthened: readonly Lengthened[], today: CalendarDate): Kept[] {
  return RETENTION.map((each): Kept => {
    const { count = 0, newest } = facts.held[each.id] ?? {};
    if (!each.period) return { class: each, count, state: 'forever' };
    if (count === 0) return { class: each, count, state: 'nothing' };
    const anchor = anchorOf(each, facts, newest);
    const longest = longestOf(each, lengthened);
    const more = longest ? { lengthened: longest } : {};
    if (anchor === undefined) return { class: each, count, ...more, state: 'notBegun' };
    const until = addMonths(anchor, longest ? longest.years * 12 : monthsOf(each.period));
    return { class: each, count, since: addDays(anchor, 1), until, ...more, state: until < today ? 'over' : 'running' };
  });
}

/** The last day of the longest period of what is destroyed with the contents of a case; undefined while one has not begun. */
export function keptUntil(kept: readonly Kept[]): CalendarDate | undefined {
  const mine = kept.filter((each) => each.class.stays === undefined && each.state !== 'nothing');
  if (mine.some(({ until }) => until === undefined)) return undefined;
  return mine.reduce<CalendarDate | undefined>(
    (last, { until }) => (last === undefined || (until !== undefined && until > last) ? until : last),
    undefined,
  );
}

/** Months of a period. */
export function monthsOf(period: NonNullable<RetentionClass['period']>): number {
  return 'years' in period ? period.years * 12 : period.months;
}

/** The day the period counts from, which is not counted itself (Civil Code art. 201). */
function anchorOf(
  { from }: RetentionClass,
  { endedAt }: RetentionFacts,
  newest: CalendarDate | undefined,
): CalendarDate | undefined {
  if (from === 'caseEnded') return endedAt === undefined ? undefined : toDate(endedAt);
  if (newest === undefined) return undefined;
  return from === 'newest' ? newest : `${newest.slice(0, 4)}-12-31`;
}

/** The longest that areas have set, where it is longer than the table says. */
function longestOf({ id, period }: RetentionClass, lengthened: readonly Lengthened[]): Lengthened | undefined {
  const law = period ? monthsOf(period) : Number.POSITIVE_INFINITY;
  return lengthened
    .filter((each) => each.class === id && each.years * 12 > law)
    .reduce<Lengthened | undefined>((most, each) => (most && most.years >= each.years ? most : each), undefined);
}
