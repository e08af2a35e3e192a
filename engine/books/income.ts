import { z } from 'zod';
import type { ActContext } from '../act-kind.ts';
import { inBoth, type Refusal, refuse } from '../refusal.ts';
import { toDate } from '../time/civil.ts';
import type { OpenedBook } from './access.ts';
import { type AllowanceEffect, allowanceEffect, allowanceWords, householdFacts, mustBeSeen } from './allowance.ts';
import { yuan } from './checks.ts';

/** What an act on a payout says of the allowance: whoever does it has seen what it may do. */
export const allowanceSeen = z
  .literal(true)
  .optional()
  .describe('what the payout may do to the allowance (低保) has been seen; asked for where it may fall or stop');

/** A payout as the reckoning looks at it; `id` where it is asked for already. */
interface Asked {
  readonly id?: string;
  readonly amountFen: number;
}

/**
 * What a payout of a book would do to the allowance of the household, this month; undefined where the program says nothing of
 * one. Counted as received are payouts confirmed this month and those approved and on their way, or this month's earnings.
 */
export function effectOf(
  { state, world }: Pick<ActContext, 'state' | 'world'>,
  book: OpenedBook,
  { id, amountFen }: Asked,
): AllowanceEffect | undefined {
  const rule = book.def.allowance;
  if (!rule) return undefined;
  const month = toDate(world.now).slice(0, 7);
  const facts = (world.facts.income ?? []).filter((fact) => fact.book === book.def.book && fact.what === rule.counts);
  const counted = facts.filter((fact) => (fact.month ?? month) === month && (id === undefined || fact.id !== id));
  const known = new Set(facts.map((fact) => fact.id));
  const onTheWay =
    rule.counts === 'earnings'
      ? []
      : Object.entries(book.state.payouts).filter(
          ([key, payout]) => key !== id && !known.has(key) && payout.state !== 'requested',
        );
  const sum = (all: readonly { readonly amountFen: number }[]) => all.reduce((fen, each) => fen + each.amountFen, 0);
  return allowanceEffect(rule, {
    month,
    receivedFen: sum(counted) + sum(onTheWay.map(([, payout]) => payout)),
    payoutFen: amountFen,
    ...householdFacts(rule, state.fields),
  });
}

/** ALLOWANCE_AFFECTED where a payout may lower or end the allowance and nobody has said that he has seen it. */
export function unseenProblem(effect: AllowanceEffect | undefined, seen: true | undefined): Refusal | undefined {
  if (!effect || seen || !mustBeSeen(effect)) return undefined;
  const { freeFen } = effect;
  return refuse(
    'ALLOWANCE_AFFECTED',
    allowanceWords(effect),
    [
      ...(freeFen > 0
        ? [
            [
              `分月支付：本月还可支付 ${yuan(freeFen)} 元而不计入收入`,
              `Pay in parts, by the month: ${yuan(freeFen)} yuan can still be paid this month without counting`,
            ] as const,
          ]
        : [['分月支付，或改在以后月份支付', 'Pay in parts, or in a later month'] as const]),
      ['先向街道或县级民政部门问清楚', 'Ask the sub-district or the civil affairs office first'],
      [
        '本人知情并同意后，data.allowanceSeen 填 true 再提交',
        'When the person knows and agrees, send it again with data.allowanceSeen: true',
      ],
    ],
    [{ path: 'data.allowanceSeen', message: inBoth('确认已知情', 'say that it has been seen') }],
  );
}
