import type { Side } from './entry.ts';
import type { BookState } from './state.ts';

/** The clock that runs until a frozen side of a book is counted; undefined where none does. */
export function clockOfCount(state: BookState, side: Side): string | undefined {
  return state.chases?.[side];
}

/** A book of which one side waits to be counted by the new keeper, under this clock. */
export function chased(state: BookState, side: Side, clock: string): BookState {
  return { ...state, chases: { ...state.chases, [side]: clock } };
}

/** A book of which a side does not wait to be counted, or not any more. */
export function unchased(state: BookState, side: Side): BookState {
  if (clockOfCount(state, side) === undefined) return state;
  const { chases: { [side]: _, ...others } = {}, ...rest } = state;
  return Object.keys(others).length === 0 ? rest : { ...rest, chases: others };
}
