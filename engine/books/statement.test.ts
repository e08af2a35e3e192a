import { expect, test } from 'vitest';
import type { Program } from '../../sdk/program.ts';
import { people, Scene } from './scene.fixture.ts';

const roles = {
  beneficiary: { name: ['本人', 'beneficiary'], party: 'one', answers: 'secretary' },
} as Program['roles'];

/** A book with 100 yuan in September, which is over and ready to be closed. */
function september(book: Partial<Program['books'][number]> = {}, withRoles = roles): Scene {
  const scene = new Scene(book, withRoles);
  expect(scene.cash('S-1', 10_000)).toBeUndefined();
  expect(scene.ledger('S-1', 10_000)).toBeUndefined();
  ended(scene, '2026-09', '2026-10-08');
  return scene;
}

function ended(scene: Scene, month: string, on: string): void {
  scene.until(`${on}T02:00:00.000Z`);
  const count = { book: 'earnings', denominations: { '10000': 1 }, witness: people.cashHolder };
  expect(scene.does('secretary', 'cash.count', { data: count })).toBeUndefined();
  const day = `${month}-30`;
  expect(scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day } })).toBeUndefined();
}

const close = (scene: Scene, month = '2026-09') =>
  scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month } });
const give = (scene: Scene, role = 'secretary', data: Record<string, unknown> = {}) =>
  scene.does(role, 'books.giveStatement', { data: { book: 'earnings', ...data } });

test('the statement of a closed month is a task of the post that answers for the person, and names no amount', () => {
  const scene = september();
  expect(scene.state.deadlines).toEqual({});
  expect(close(scene)).toBeUndefined();
  const deadline = scene.state.deadlines['earnings.t.2026-09']!;
  expect(deadline).toMatchObject({ answers: 'secretary', dueDate: '2026-10-22', ladder: 'promise' });
  expect(deadline.name).toEqual([
    '交付并说明对账单：手工收入 2026-09',
    'Hand over and explain the statement: earnings, 2026-09',
  ]);
  expect(JSON.stringify(deadline)).not.toMatch(/100|10,?000/);
});

test('it is done when it was handed over, once', () => {
  const scene = september();
  expect(give(scene)).toBe('NOT_OPEN');
  close(scene);
  expect(give(scene, 'cashHolder')).toBe('FORBIDDEN_ROLE');
  expect(give(scene, 'accountant')).toBe('FORBIDDEN_ROLE');
  expect(give(scene, 'secretary', { month: '2026-08' })).toBe('NOT_OPEN');
  expect(give(scene, 'beneficiary')).toBeUndefined();
  expect(scene.events.slice(-2)).toMatchObject([
    { type: 'statement.given', data: { book: 'earnings', period: '2026-09', how: 'explained' } },
    { type: 'deadline.met', data: { id: 'earnings.t.2026-09', late: false } },
  ]);
  expect(give(scene)).toBe('NOT_OPEN');
});

test('a later month has a statement of its own, and the oldest is given first', () => {
  const scene = september();
  close(scene);
  scene.until('2026-10-09T02:00:00.000Z');
  expect(scene.cash('S-2', 10_000, { direction: 'out', payout: undefined })).not.toBeUndefined();
  scene.until('2026-11-02T02:00:00.000Z');
  expect(scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day: '2026-10-31' } })).toBeUndefined();
  const count = { book: 'earnings', denominations: { '10000': 1 }, witness: people.cashHolder };
  expect(scene.does('secretary', 'cash.count', { data: count })).toBeUndefined();
  expect(close(scene, '2026-10')).toBeUndefined();
  expect(Object.keys(scene.state.deadlines)).toEqual(['earnings.t.2026-09', 'earnings.t.2026-10']);
  expect(give(scene, 'caseworker', { how: 'sent' })).toBeUndefined();
  expect(Object.keys(scene.state.deadlines)).toEqual(['earnings.t.2026-10']);
});

test('where one of the two keepers answers for the person, the approver gives it', () => {
  const answers = (role: string) => ({ beneficiary: { ...roles['beneficiary'], answers: role } }) as Program['roles'];
  for (const role of ['cashHolder', 'accountant']) {
    const scene = september({}, answers(role));
    close(scene);
    expect(scene.state.deadlines['earnings.t.2026-09']).toMatchObject({ answers: 'secretary' });
  }
});

test('project funds belong to nobody: no statement is due', () => {
  const scene = september({ keeps: 'project funds' });
  expect(close(scene)).toBeUndefined();
  expect(scene.state.deadlines).toEqual({});
});
