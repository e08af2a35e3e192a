import { z } from 'zod';
import { MOST_FEN } from './entry.ts';

/** An amount of money asked for: whole fen, at least one, within bounds; red ink is never asked for, only made. */
export const amountFen = z.int().min(1).max(MOST_FEN).describe('whole fen, 1 fen to 10^13');

/** A short text of a person: no control characters, no half characters (a lone surrogate). */
export function words(most: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cs}/u.test(text) && !hasControls(text), 'has control characters');
}

/** The number on the paper, the same on both sides. */
export const sourceDoc = words(100).describe('the number on the paper, the same on both sides');

/** How money moves. */
export const channel = z.enum(['cash', 'bank', 'wechat']);
/** In or out. */
export const direction = z.enum(['in', 'out']);
/** A month of the years 1900 to 2999, `YYYY-MM`. */
export const month = z.string().regex(/^(19|2\d)\d\d-(0[1-9]|1[0-2])$/, 'no month like 2026-09');
/** The key of a book. */
export const bookKey = words(60).describe('the key of the book in the program');

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && code !== 10 && code !== 9) || (code >= 127 && code < 160)) return true;
  }
  return false;
}
