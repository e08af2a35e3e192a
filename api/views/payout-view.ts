import type { PayoutRow } from '../../db/queries/books.ts';
import { type AllowanceEffect, allowanceWords } from '../../engine/books/allowance.ts';
import { type Language, pick } from '../language.ts';

/** A payout, with what it may do to the allowance in words: who approves it reads that first. */
export function payoutView({ allowance, ...row }: PayoutRow, language: Language) {
  const effect = allowance as AllowanceEffect | null;
  return {
    ...row,
    allowance: effect && {
      verdict: effect.verdict,
      lessFen: effect.lessFen ?? null,
      text: pick(allowanceWords(effect), language),
    },
  };
}
