import type { Direction } from '../../engine/books/entry.ts';
import type { Channel } from '../../sdk/program.ts';

/** An entry that waits to be matched. */
export interface Unmatched {
  readonly id: string;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly amountFen: number;
}

/** Entries of both sides that come to the same: one on one side, one or several on the other. */
export interface Candidate {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** So many are offered, of so many entries together, and sums are tried so many times in all. */
const MOST = 12;
const MOST_TOGETHER = 6;
const MOST_TRIES = 20_000;

/**
 * What could be matched by hand, by sum alone: a single entry with one or several of the other side, of its channel and
 * direction. Pairs come first, then the smaller groups. What does not fit within the limits is left for people to find.
 */
export function candidatesOf(left: readonly Unmatched[], right: readonly Unmatched[]): readonly Candidate[] {
  const tries = { left: MOST_TRIES };
  const one = left.flatMap((each) => groupsOf(each, right, tries).map((ids) => ({ left: [each.id], right: ids })));
  const many = right.flatMap((each) =>
    groupsOf(each, left, tries)
      .filter((ids) => ids.length > 1)
      .map((ids) => ({ left: ids, right: [each.id] })),
  );
  const size = (each: Candidate) => each.left.length + each.right.length;
  return [...one, ...many].sort((a, b) => size(a) - size(b)).slice(0, MOST);
}

/** Groups of entries that come to what one says. */
function groupsOf(one: Unmatched, others: readonly Unmatched[], tries: { left: number }): readonly string[][] {
  const fitting = others
    .filter(({ channel, direction, amountFen }) => {
      return channel === one.channel && direction === one.direction && amountFen > 0 && amountFen <= one.amountFen;
    })
    .sort((a, b) => b.amountFen - a.amountFen);
  const found: string[][] = [];
  const search = (from: number, restFen: number, ids: readonly string[]): void => {
    if (restFen === 0) found.push([...ids]);
    if (restFen === 0 || ids.length === MOST_TOGETHER) return;
    for (let n = from; n < fitting.length && found.length < MOST; n++) {
      tries.left -= 1;
      if (tries.left < 0) return;
      const { id, amountFen } = fitting[n]!;
      if (amountFen <= restFen) search(n + 1, restFen - amountFen, [...ids, id]);
    }
  };
  search(0, one.amountFen, []);
  return found;
}
