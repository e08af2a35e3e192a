import { describe, expect, it } from 'vitest';
import { type Budget, type Every, type Offset, parseBudget, parseEvery, parseOffset } from './budget.ts';

describe('budgets', () => {
  it.each([
    ['15 working days', { n: 15, unit: 'working days' }],
    ['1 working day', { n: 1, unit: 'working days' }],
    ['1 days', { n: 1, unit: 'days' }],
    ['0 days', { n: 0, unit: 'days' }],
    ['30 minutes', { n: 30, unit: 'minutes' }],
    ['100 years', { n: 100, unit: 'years' }],
  ])('%s is read', (text, expected) => expect(parseBudget(text)).toEqual(expected));

  it.each([
    '',
    'due',
    '2 day',
    '-1 days',
    '1.5 hours',
    '01 days',
    '1e3 days',
    '5 fortnights',
    '5days',
    ' 5 days',
    '101 years',
    '99999999 days',
    '5 working  days',
  ])('%j is none', (text) => expect(parseBudget(text)).toBeUndefined());
});

describe('intervals', () => {
  it.each([
    ['3 days', { n: 3, unit: 'days' }],
    ['1 month', { n: 1, unit: 'months' }],
  ])('%s is read', (text, expected) => expect(parseEvery(text)).toEqual(expected));
  it.each(['0 days', '5 working days', '2 hours'])('%j is none', (text) => expect(parseEvery(text)).toBeUndefined());
});

describe('offsets', () => {
  it.each([
    ['due', { n: 0, unit: 'minutes' }],
    ['-5 working days', { n: -5, unit: 'working days' }],
    ['+1 working day', { n: 1, unit: 'working days' }],
    ['+2 hours', { n: 2, unit: 'hours' }],
  ])('%s is read', (text, expected) => expect(parseOffset(text)).toEqual(expected));
  it.each(['5 days', '+0 days', '+-5 days', '--5 days', 'Due', '+ 5 days'])('%j is none', (text) =>
    expect(parseOffset(text)).toBeUndefined(),
  );
});

// What is tested here is the compiler (npm run types): it fails where a wrong literal is accepted or a right one refused.
it('literals are checked when compiled', () => {
  const accepted: readonly [Budget, Budget, Every, Offset, Offset] = [
    '15 working days',
    '1 day',
    '3 months',
    '-5 working days',
    'due',
  ];
  const refused = [
    // @ts-expect-error unknown unit
    '5 fortnights' satisfies Budget,
    // @ts-expect-error the singular is for one
    '5 working day' satisfies Budget,
    // @ts-expect-error no number
    'five days' satisfies Budget,
    // @ts-expect-error a duty returns after days or longer
    '5 working days' satisfies Every,
    // @ts-expect-error no sign
    '5 days' satisfies Offset,
    // @ts-expect-error unknown unit
    '+1 decade' satisfies Offset,
  ];
  expect(accepted.map((text) => parseBudget(text) ?? parseOffset(text))).not.toContain(undefined);
  expect(refused).toHaveLength(6);
});
