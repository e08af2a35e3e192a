import type { Item, Need } from './program.ts';

/** The key of an item, whatever its kind: `meet` of `{ task: 'meet', … }`. */
export function keyOf(item: Item): string {
  if ('task' in item) return item.task;
  if ('milestone' in item) return item.milestone;
  if ('await' in item) return item.await;
  if ('child' in item) return item.child;
  if ('vote' in item) return item.vote;
  if ('disclosure' in item) return item.disclosure;
  if ('group' in item) return item.group;
  if ('choice' in item) return item.choice;
  return item.call;
}

/** True for an item that must be done before its stage is: neither offered (`optional`) nor a task without end (`repeat`). */
export function isRequired(item: Item): boolean {
  return !item.optional && !('repeat' in item && item.repeat);
}

/** A need and every need inside it. */
export function needsWithin(need: Need): Need[] {
  return [need, ...(need.any ?? []).flatMap(needsWithin)];
}
