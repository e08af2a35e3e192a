import type { TimeOfDay } from './time.ts';

/** A time of day by which something is planned, or the slot `from` … `to` in which it is. */
export interface TimeSlot {
  readonly from: TimeOfDay;
  /** The end of a slot, up to `24:00`. */
  readonly to?: TimeOfDay;
}

const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const SLOT = new RegExp(`^(${TIME})(?:-(${TIME}|24:00))?$`);

/** Reads `21:00` or `16:00-18:00`; undefined for anything else, also for a slot that does not end after it begins. */
export function parseAt(text: string): TimeSlot | undefined {
  const match = SLOT.exec(text);
  const from = match?.[1];
  const to = match?.[2];
  if (from === undefined) return undefined;
  if (to === undefined) return { from };
  return from < to ? { from, to } : undefined;
}
