import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lengthened, RetentionClassId, RetentionFacts } from '../../sdk/retention.ts';
import { addDays, addMonths } from '../time/civil.ts';
import { MOST_YEARS, RETENTION } from './classes.ts';
import { keptUntil, monthsOf, periodsOf } from './periods.ts';

const ended = '2026-03-05T02:00:00.000Z';
const stateOf = (id: RetentionClassId, facts: RetentionFacts, today: string, more: Lengthened[] = []) => {
  const { since, until, state } = periodsOf(facts, more, today).find((each) => each.class.id === id)!;
  return [since, until, state];
};
const facts = (id: RetentionClassId, newest?: string, endedAt?: string): RetentionFacts => ({
  held: { [id]: { count: 1, ...(newest === undefined ? {} : { newest }) } },
  ...(endedAt === undefined ? {} : { endedAt }),
});
const longer = (of: RetentionClassId, years: number): Lengthened => ({ class: of, years, unit: 'u', source: 's' });

test.each([
  [
    'files of the approval: three years from the end',
    'approval',
    facts('approval', undefined, ended),
    '2029-03-05',
    ['2026-03-06', '2029-03-05', 'running'],
  ],
  [
    'and the last day belongs to them',
    'approval',
    facts('approval', undefined, ended),
    '2029-03-06',
    ['2026-03-06', '2029-03-05', 'over'],
  ],
  [
    'files of the daily work: five',
    'daily',
    facts('daily', undefined, ended),
    '2030-01-01',
    ['2026-03-06', '2031-03-05', 'running'],
  ],
  ['nothing counts while the help goes on', 'daily', facts('daily'), '2090-01-01', [undefined, undefined, 'notBegun']],
  [
    'ended on a leap day',
    'approval',
    facts('approval', undefined, '2024-02-29T01:00:00.000Z'),
    '2027-02-28',
    ['2024-03-01', '2027-02-28', 'running'],
  ],
  [
    'ended after midnight in China',
    'approval',
    facts('approval', undefined, '2026-03-04T16:30:00.000Z'),
    '2029-03-05',
    ['2026-03-06', '2029-03-05', 'running'],
  ],
  [
    'vouchers: thirty years from the year after',
    'accounts',
    facts('accounts', '2026-01-02'),
    '2056-12-31',
    ['2027-01-01', '2056-12-31', 'running'],
  ],
  [
    'and over on New Year',
    'accounts',
    facts('accounts', '2026-12-31'),
    '2057-01-01',
    ['2027-01-01', '2056-12-31', 'over'],
  ],
  [
    'reconciliations: ten',
    'reconciliations',
    facts('reconciliations', '2026-06-30'),
    '2030-01-01',
    ['2027-01-01', '2036-12-31', 'running'],
  ],
  [
    'reads: six months from the last',
    'accessLog',
    facts('accessLog', '2026-08-31'),
    '2027-02-28',
    ['2026-09-01', '2027-02-28', 'running'],
  ],
  [
    'yearly reports for ever',
    'yearlyReports',
    facts('yearlyReports', '2026-06-30'),
    '2099-01-01',
    [undefined, undefined, 'forever'],
  ],
] as const)('%s', (_, id, given, today, expected) => {
  expect(stateOf(id, given, today)).toEqual(expected);
});

test('an area makes a period longer, and never shorter: the longest counts, whoever set it', () => {
  const given = facts('approval', undefined, ended);
  expect(stateOf('approval', given, '2027-01-01', [longer('approval', 10), longer('approval', 5)])[1]).toBe(
    '2036-03-05',
  );
  expect(stateOf('approval', given, '2027-01-01', [longer('approval', 3), longer('daily', 50)])[1]).toBe('2029-03-05');
});

test('no set of longer periods ends one before the law lets it end; the contents are kept until the last one ends', () => {
  const classes = RETENTION.flatMap(({ id, period }) => (period ? [id] : []));
  const day = fc.integer({ min: 0, max: 20_000 }).map((n) => addDays('2000-01-01', n));
  fc.assert(
    fc.property(
      fc.record({ endedOn: day, newest: day, today: day }),
      fc.array(fc.record({ class: fc.constantFrom(...classes), years: fc.integer({ min: 1, max: MOST_YEARS }) }), {
        maxLength: 6,
      }),
      ({ endedOn, newest, today }, set) => {
        const held = Object.fromEntries(RETENTION.map(({ id }) => [id, { count: 1, newest }]));
        const kept = periodsOf(
          { held, endedAt: `${endedOn}T01:00:00.000Z` },
          set.map((each) => longer(each.class, each.years)),
          today,
        );
        for (const { class: of, until, state } of kept) {
          if (!of.period) continue;
          const from = of.from === 'caseEnded' ? endedOn : newest;
          expect(until! >= addMonths(from, monthsOf(of.period))).toBe(true);
          expect(state === 'over').toBe(until! < today);
          if (of.stays === undefined) expect(keptUntil(kept)! >= until!).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('while one period has not begun, nobody knows until when the contents are kept; what is not there keeps nothing', () => {
  const held = { approval: { count: 2 }, accounts: { count: 0 } };
  expect(keptUntil(periodsOf({ held }, [], '2026-01-01'))).toBeUndefined();
  expect(keptUntil(periodsOf({ held, endedAt: ended }, [], '2026-01-01'))).toBe('2029-03-05');
});
