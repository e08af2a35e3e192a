import { keepersNow } from '../db/queries/book-keepers.ts';
import { clockOfCount } from '../engine/books/chased.ts';
import type { Side } from '../engine/books/entry.ts';
import { isEmpty, keeperOf } from '../engine/books/keeper.ts';
import type { Deadline, State } from '../engine/state.ts';
import type { Program } from '../sdk/program.ts';
import type { BookSight } from './book-sight.ts';
import type { AppDeps } from './deps.ts';

/** Who keeps a side of a book, who fills its role now, and since when it waits to be counted; null: it does not, or that is hidden. */
export interface KeeperView {
  readonly side: Side;
  readonly keeper: string | null;
  readonly holder: string | null;
  readonly frozenSince: string | null;
  /** The clock that runs until it is counted, and when that is due; null before it has begun, or when none runs. */
  readonly clock: string | null;
  readonly countBy: string | null;
}

const SIDES: readonly Side[] = ['cash', 'ledger'];

/**
 * The keepers of both sides of a case's books. A side is frozen while its role is filled by another than its keeper, or by
 * nobody, and something is left in it: since its keeper lost the post, or the role was given to another. Where the balance is
 * hidden from the reader, so is that something is left.
 */
export async function bookKeepers(
  deps: Pick<AppDeps, 'sql'>,
  state: State,
  program: Program | undefined,
  sight: BookSight,
): Promise<ReadonlyMap<string, readonly KeeperView[]>> {
  const asked = (program?.books ?? []).flatMap((def) =>
    SIDES.map((side) => {
      const book = state.books[def.book];
      const { post = null, person = null } = state.assignments[def[side]] ?? {};
      const keeper = (book && keeperOf(book, side)) ?? null;
      return { book: def.book, side, role: def[side], post, person, keeper, left: book ? !isEmpty(book, side) : false };
    }),
  );
  const rows = await keepersNow(deps.sql, state.caseId, asked);
  const views = new Map<string, KeeperView[]>();
  for (const [n, { book, side, keeper, left }] of asked.entries()) {
    const { holder = null, since = null } = rows[n] ?? {};
    const hidden = sight.hidesBalance(book, side);
    const frozen = !hidden && left && keeper !== null && holder !== keeper;
    const clock = hidden ? undefined : clockOf(state, book, side);
    const view = { side, keeper, holder, frozenSince: frozen ? since : null, clock: clock?.id ?? null };
    views.set(book, [...(views.get(book) ?? []), { ...view, countBy: clock?.dueAt ?? null }]);
  }
  return views;
}

function clockOf(state: State, book: string, side: Side): Deadline | undefined {
  const of = state.books[book];
  return state.deadlines[(of && clockOfCount(of, side)) ?? ''];
}
