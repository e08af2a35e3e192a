import { expect, test } from 'vitest';
import { keyOf } from '../../sdk/keys.ts';
import { occurredAt, type ScriptedAct } from '../../sdk/scenario.ts';
import fule from './program.ts';
import { earningsFen, sales, scenarios, wholeStory } from './scenarios.ts';

const all = Object.entries(scenarios);
const logins = [...Object.keys(fule.roles).filter((role) => 'post' in fule.roles[role]!), 'caseworker'];
const keys = [...fule.stages.flatMap(({ items }) => items.map(keyOf)), ...fule.duties.map(({ duty }) => duty)];

test.each(all)('%s is told in order and within the days before now', (_, { acts, openedDaysAgo }) => {
  const days = acts.map(({ day }) => day);
  expect(days).toEqual([...days].sort((a, b) => a - b));
  expect(days.every((day) => day > 0 && day < openedDaysAgo)).toBe(true);
  expect(openedDaysAgo).toBeLessThanOrEqual(30);
});

test.each(all)('%s names only what the program has', (_, scenario) => {
  expect(scenario.program).toBe(fule.id);
  expect(Object.keys(scenario.data)).toEqual([...fule.intake]);
  for (const { role } of scenario.parties) expect(fule.roles[role]).toHaveProperty('party');
  for (const [role, post] of Object.entries(scenario.assignments)) expect(fule.roles[role]).toMatchObject({ post });
  for (const act of scenario.acts) {
    expect(logins).toContain(act.as);
    if (act.onBehalfOf) expect(fule.roles).toHaveProperty(act.onBehalfOf);
    if (act.type === 'task.complete' || act.type === 'milestone.reach') {
      expect(keys).toContain(act.target?.replace(/-\d+$/, ''));
    }
    expect(act.reason).toBeTruthy();
    for (const field of Object.keys((act.data?.['fields'] as object) ?? {})) expect(fule.fields).toHaveProperty(field);
  }
});

test.each(all)('%s refers only to what an earlier act made', (_, { acts }) => {
  const made = new Set<string>();
  for (const { target, label } of acts) {
    if (target?.startsWith('@')) expect(made).toContain(target.slice(1));
    if (label) {
      expect(made).not.toContain(label);
      made.add(label);
    }
  }
});

test('the sales sum to the reported 2,590 yuan, on at least six days in at least twelve lines', () => {
  expect(earningsFen).toBe(259_000);
  expect(new Set(sales.map(({ day }) => Math.floor(day))).size).toBeGreaterThanOrEqual(6);
  const lines = linesOf(wholeStory.acts, 'in');
  expect(lines.length).toBeGreaterThanOrEqual(12);
  expect(sum(lines.map(({ amountFen }) => amountFen))).toBe(259_000);
  for (const { quantity = 0, priceFen = 0, amountFen } of lines) expect(amountFen).toBe(quantity * priceFen);
});

test('once the wrong entry is reversed the cash book holds the same', () => {
  const recorded = wholeStory.acts.filter(({ type, data }) => type === 'cash.record' && data?.['direction'] === 'in');
  const reversed = wholeStory.acts.filter(({ type }) => type === 'entry.reverse').map(({ target }) => target?.slice(1));
  const live = recorded.filter(({ label }) => !reversed.includes(label));
  expect(reversed).toHaveLength(1);
  expect(live.length).toBe(recorded.length - 1);
  expect(sum(live.map(({ data }) => Number(data?.['amountFen'])))).toBe(259_000);
});

test('the milestones find what they count', () => {
  const before = (milestone: string): ScriptedAct[] =>
    wholeStory.acts.slice(
      0,
      wholeStory.acts.findIndex(({ target }) => target === milestone),
    );
  const done = (acts: ScriptedAct[], key: string): number =>
    acts.filter(({ target }) => target?.split('-')[0] === key).length;
  expect(done(before('speaks'), 'visit')).toBe(4);
  expect(done(before('speaks'), 'craft')).toBe(2);
  expect(done(before('earns'), 'market')).toBe(3);
  expect(wholeStory.acts.some(({ target }) => target === 'visit-3')).toBe(false);
});

test('an act happened its days after the opening, and never in the future', () => {
  const act = { day: 1.5, as: 'caseworker', type: 'note.add' };
  expect(occurredAt(act, '2026-11-01T00:00:00.000Z', '2026-11-22T00:00:00.000Z')).toBe('2026-11-02T12:00:00.000Z');
  expect(occurredAt(act, '2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z')).toBe('2026-11-02T00:00:00.000Z');
});

interface Line {
  readonly amountFen: number;
  readonly quantity?: number;
  readonly priceFen?: number;
}

function linesOf(acts: readonly ScriptedAct[], direction: 'in' | 'out'): Line[] {
  return acts
    .filter(({ type, data }) => type === 'ledger.record' && data?.['direction'] === direction)
    .flatMap(({ data }) => data?.['lines'] as Line[]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
