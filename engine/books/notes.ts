import { z } from 'zod';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { yuan } from './checks.ts';

/** The notes and coins there are, in fen: 100, 50, 20, 10, 5 and 1 yuan, 5 and 1 jiao. */
export const NOTES = ['10000', '5000', '2000', '1000', '500', '100', '50', '10'] as const;

/** A note or coin, by its value in fen. */
export type Note = (typeof NOTES)[number];

/** How many pieces of each were counted; one that is not named was not there. */
export const denominations = z
  .partialRecord(z.enum(NOTES), z.int().min(0).max(1_000_000))
  .describe('pieces of each note and coin, by its value in fen');

/** What counted notes and coins come to, in fen. */
export function worthOf(pieces: z.infer<typeof denominations>): number {
  return NOTES.reduce((sum, note) => sum + Number(note) * (pieces[note] ?? 0), 0);
}

/** INVALID_DATA when notes and coins do not come to the sum that was given beside them. */
export function notesProblem(
  pieces: z.infer<typeof denominations> | undefined,
  givenFen: number | undefined,
): Refusal | undefined {
  if (pieces === undefined || givenFen === undefined) return undefined;
  const worth = worthOf(pieces);
  if (worth === givenFen) return undefined;
  return refuse(
    'INVALID_DATA',
    [
      `各面额合计 ${yuan(worth)} 元，与所填现金 ${yuan(givenFen)} 元不符。`,
      `The notes and coins come to ${yuan(worth)} yuan, the sum given is ${yuan(givenFen)} yuan.`,
    ],
    [['重新清点，两者一致再提交', 'Count again until both agree']],
    [{ path: 'data.denominations', message: inBoth('与现金合计不符', 'not the sum of the cash') }],
  );
}
