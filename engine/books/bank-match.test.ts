import { describe, expect, it } from 'vitest';
import type { BankEntryFact, BankLineFact } from './bank-facts.ts';
import { findPairs } from './bank-match.ts';

const line = (id: string, date: string, yuan: number, more: Partial<BankLineFact> = {}): BankLineFact => ({
  id,
  channel: 'bank',
  date,
  direction: yuan < 0 ? 'out' : 'in',
  amountFen: Math.abs(yuan) * 100,
  ...more,
});
const entry = (id: string, date: string, yuan: number, more: Partial<BankEntryFact> = {}): BankEntryFact => ({
  id,
  channel: 'bank',
  occurredDate: date,
  direction: yuan < 0 ? 'out' : 'in',
  amountFen: Math.abs(yuan) * 100,
  sourceDoc: id,
  ...more,
});
const pairs = (lines: BankLineFact[], entries: BankEntryFact[]) =>
  findPairs(lines, entries).map((pair) => `${pair.line}=${pair.entry} ${pair.how}`);

describe('finding lines of the bank in the journal', () => {
  it.each<[string, BankLineFact[], BankEntryFact[], string[]]>([
    [
      'the same amount on the same day',
      [line('l', '2026-11-03', 100)],
      [entry('e', '2026-11-03', 100)],
      ['l=e amount and date'],
    ],
    ['within five days', [line('l', '2026-11-08', 100)], [entry('e', '2026-11-03', 100)], ['l=e amount and date']],
    ['not after six', [line('l', '2026-11-09', 100)], [entry('e', '2026-11-03', 100)], []],
    ['never the other way', [line('l', '2026-11-03', 100)], [entry('e', '2026-11-03', -100)], []],
    ['never another amount', [line('l', '2026-11-03', 100, { reference: 'e' })], [entry('e', '2026-11-03', 101)], []],
    [
      'the number on the paper goes before the day',
      [line('l', '2026-11-20', 100, { text: '转账 收据-77' })],
      [entry('near', '2026-11-20', 100), entry('far', '2026-11-01', 100, { sourceDoc: '收据-77' })],
      ['l=far reference'],
    ],
    [
      'two that fit alike are left to a person',
      [line('l', '2026-11-03', 100)],
      [entry('e', '2026-11-02', 100), entry('f', '2026-11-04', 100)],
      [],
    ],
    [
      'two lines for one entry too',
      [line('l', '2026-11-03', 100), line('m', '2026-11-03', 100)],
      [entry('e', '2026-11-03', 100)],
      [],
    ],
    [
      'the same day settles what the week leaves open',
      [line('l', '2026-11-03', 100), line('m', '2026-11-05', 100)],
      [entry('e', '2026-11-03', 100), entry('f', '2026-11-04', 100)],
      ['l=e amount and date', 'm=f amount and date'],
    ],
  ])('%s', (_, lines, entries, expected) => {
    expect(pairs(lines, entries)).toEqual(expected);
  });
});
