import type { Advance } from './advance-state.ts';

/** A register of gifts: its last number, the last number of an anonymous giver in its year, and who is yet to be thanked. */
export interface GiftState {
  readonly no: number;
  readonly anonymous?: { readonly year: string; readonly n: number };
  /** Gifts nobody has thanked for, by id: the item of the work list that asks for it. */
  readonly open: Readonly<Record<string, string>>;
}

/** What the registers add to the state of a book; each absent until it is used. */
export interface RegisterState {
  readonly gifts?: GiftState;
  /** Unsettled advances by id, and the last number of their register. */
  readonly advances?: { readonly no: number; readonly open: Readonly<Record<string, Advance>> };
}

/** The open advances of a book. */
export function openAdvances({ advances }: RegisterState): Readonly<Record<string, Advance>> {
  return advances?.open ?? {};
}
