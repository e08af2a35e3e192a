import { expect, test } from 'vitest';
import type { Allowance } from '../../sdk/program.ts';
import type { IncomeFact } from '../world.ts';
import { allowanceEffect, allowanceWords, householdFacts, mustBeSeen } from './allowance.ts';
import { Scene } from './scene.fixture.ts';

const rule: Allowance = {
  standardFen: 60_000,
  disregardFen: 20_000,
  counts: 'payouts',
  household: 'householdSize',
  drawn: 'allowanceFen',
  source: { name: ['某区低保实施细则', 'rules of a district'], date: '2026-07-01' },
};
const effect = (
  received: number,
  payout: number,
  more: Partial<Parameters<typeof allowanceEffect>[1]> = {},
  of = rule,
) =>
  allowanceEffect(of, {
    ...{
      month: '2026-09',
      receivedFen: received,
      payoutFen: payout,
      household: 2,
      drawnFen: 100_000,
      standardFen: 60_000,
    },
    ...more,
  });

// received, payout, what is known → before, after, verdict
test.each([
  ['within what is not counted', 0, 20_000, {}, 100_000, 100_000, 'none'],
  ['the first fen beyond it', 0, 20_001, {}, 100_000, 99_999, 'lower'],
  ['on top of what came before', 15_000, 10_000, {}, 100_000, 95_000, 'lower'],
  ['all of it goes', 20_000, 100_000, {}, 100_000, 0, 'ends'],
  ['never below nothing', 0, 900_000, {}, 100_000, 0, 'ends'],
  ['none left to lose', 500_000, 1_000, {}, 0, 0, 'none'],
  ['none drawn', 0, 900_000, { drawnFen: 0 }, 0, 0, 'none'],
  ['no more than the standard times the heads', 0, 30_000, { drawnFen: 500_000 }, 120_000, 110_000, 'lower'],
  ['size of the household not on file', 0, 1, { household: undefined }, undefined, undefined, 'unknown'],
  ['allowance not on file', 0, 1, { drawnFen: undefined }, undefined, undefined, 'unknown'],
])('%s', (_, received, payout, more, before, after, verdict) => {
  const made = effect(received, payout, more as object);
  expect([made.beforeFen, made.afterFen, made.verdict]).toEqual([before, after, verdict]);
  expect(mustBeSeen(made)).toBe(verdict !== 'none');
});

test('earnings count when they are earned: paying them out changes nothing more', () => {
  const made = effect(50_000, 900_000, {}, { ...rule, counts: 'earnings' });
  expect(made).toMatchObject({ verdict: 'none', countedFen: 30_000, countedWithFen: 30_000, beforeFen: 70_000 });
});

test('the words say the figures, where the rule stands, and who decides', () => {
  const [zh, en] = allowanceWords(effect(15_000, 10_000));
  expect(zh).toContain('由 1000.00 元降为 950.00 元，减少 50.00 元');
  expect(zh).toContain('某区低保实施细则，2026-07-01');
  expect(zh).toContain('由县级民政部门决定');
  expect(en).toContain('the civil affairs office decides');
});

test('what a case says of the household counts only where it is a sensible number; its standard before the program’s', () => {
  const fields = { householdSize: 3, allowanceFen: 0, standardFen: 71_000 };
  const own = { ...rule, standard: 'standardFen' };
  expect(householdFacts(own, fields)).toEqual({ household: 3, drawnFen: 0, standardFen: 71_000 });
  expect(householdFacts(rule, { householdSize: 0, allowanceFen: -1 })).toEqual({ standardFen: 60_000 });
  expect(householdFacts({ ...rule, household: 'constructor' }, {})).toEqual({ standardFen: 60_000 });
});

/** A book with the rule, in a case that says what the household draws. */
function scene(income: readonly IncomeFact[] = [], counts: Allowance['counts'] = 'payouts'): Scene {
  const made = new Scene({ allowance: { ...rule, counts } });
  made.state = { ...made.state, fields: { householdSize: 2, allowanceFen: 100_000 } };
  made.income = income;
  made.cash('S-1', 900_000);
  return made;
}
const ask = (made: Scene, amountFen: number, more: object = {}) =>
  made.does('beneficiary', 'payout.request', {
    data: { book: 'earnings', channel: 'cash', amountFen, text: '零用', ...more },
  });

test('who asks and who approves have to have seen a payout that lowers the allowance', () => {
  const made = scene();
  expect(ask(made, 20_000)).toBeUndefined();
  expect(made.does('secretary', 'payout.approve', {})).toBeUndefined();
  // the first is on its way: the next counts in full
  expect(ask(made, 5_000)).toBe('ALLOWANCE_AFFECTED');
  expect(ask(made, 5_000, { allowanceSeen: true })).toBeUndefined();
  expect(made.events.at(-1)).toMatchObject({ data: { allowance: { verdict: 'lower', lessFen: 5_000 } } });
  expect(made.does('secretary', 'payout.approve', {})).toBe('ALLOWANCE_AFFECTED');
  expect(made.does('secretary', 'payout.approve', { data: { allowanceSeen: true } })).toBeUndefined();
  expect(made.events.at(-1)).toMatchObject({ type: 'payout.approved', data: { allowance: { verdict: 'lower' } } });
});

test('what was confirmed this month counts, what was confirmed before does not', () => {
  const fact = (month: string): IncomeFact => ({
    book: 'earnings',
    what: 'payouts',
    id: 'earnings.p.90',
    amountFen: 20_000,
    month,
  });
  expect(ask(scene([fact('2026-08')]), 10_000)).toBeUndefined();
  expect(ask(scene([fact('2026-09')]), 10_000)).toBe('ALLOWANCE_AFFECTED');
  expect(ask(scene([{ ...fact('2026-09'), book: 'other' }]), 10_000)).toBeUndefined();
});

test('a book without a rule shows and asks nothing', () => {
  const made = new Scene();
  expect(ask(made, 900_000)).toBeUndefined();
  expect(made.events.at(-1)!.data).not.toHaveProperty('allowance');
});
