import type { Instant } from '../../sdk/time.ts';
import { addDays, msBetween, startOfDay, toDate } from './civil.ts';

/** A moment from which something holds, as people read it: local date and minute, `2026-11-22 11:16`. */
export function fromMinute(at: Instant): string {
  const date = toDate(at);
  const minutes = Math.floor(msBetween(startOfDay(date), at) / 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A moment up to which something holds: midnight is 24:00 of the day that ends. */
export function untilMinute(at: Instant): string {
  const text = fromMinute(at);
  return text.endsWith('00:00') ? `${addDays(toDate(at), -1)} 24:00` : text;
}
