import { expect, test } from 'vitest';
import { people, Scene } from './scene.fixture.ts';

/** A payout that was paid, and a slip with a code given out by its approver. */
function paid(way: 'slip' | 'channel' = 'slip'): Scene {
  const scene = new Scene();
  scene.cash('S-1', 1000);
  const data = { book: 'earnings', channel: 'cash', amountFen: 600, text: '生活费' };
  scene.does('beneficiary', 'payout.request', { data });
  expect(issue(scene, 'secretary', way)).toBe('BLOCKED');
  scene.does('secretary', 'payout.approve');
  expect(issue(scene, 'secretary', way)).toBeUndefined();
  expect(scene.cash('P-1', 600, { direction: 'out' })).toBeUndefined();
  return scene;
}

const target = 'earnings.p.2';
const issue = (scene: Scene, role: string, way: string, person?: string) =>
  scene.does(role, 'payout.issueCode', { target, data: { way } }, person);
const confirm = (scene: Scene, role: string, person?: string) =>
  scene.does(
    role,
    'payout.confirm',
    { target, onBehalfOf: 'beneficiary', data: { code: '12345678' } },
    person ?? `${role}-person`,
  );

test('the code of a slip confirms the payout, typed in by neither payer nor issuer', () => {
  const scene = paid();
  scene.code = { id: 'earnings.p.2.1', holds: true };
  expect(confirm(scene, 'secretary', people.secretary)).toBe('ROLES_COLLIDE');
  expect(confirm(scene, 'cashHolder', people.cashHolder)).toBe('ROLES_COLLIDE');
  expect(confirm(scene, 'caseworker')).toBeUndefined();
  expect(scene.events.at(-1)).toMatchObject({ type: 'payout.confirmed', data: { code: 'slip' } });
  expect(JSON.stringify(scene.events)).not.toContain('12345678');
  expect(scene.book.payouts).toEqual({});
});

test('a wrong, old or untried code confirms nothing', () => {
  const scene = paid();
  expect(confirm(scene, 'caseworker')).toBe('CODE_WRONG');
  scene.code = { id: 'earnings.p.2.1', holds: false };
  expect(confirm(scene, 'caseworker')).toBe('CODE_WRONG');
  expect(issue(scene, 'caseworker', 'slip', 'caseworker-person')).toBeUndefined();
  scene.code = { id: 'earnings.p.2.1', holds: true };
  expect(confirm(scene, 'accountant')).toBe('CODE_WRONG');
  scene.code = { id: 'earnings.p.2.2', holds: true };
  scene.now = '2026-09-10T02:00:00.000Z';
  expect(confirm(scene, 'accountant')).toBe('CODE_WRONG');
});

test('over the own channel who gave it out may type it in; never the payer', () => {
  const scene = paid('channel');
  scene.code = { id: 'earnings.p.2.1', holds: true };
  expect(confirm(scene, 'cashHolder', people.cashHolder)).toBe('ROLES_COLLIDE');
  expect(confirm(scene, 'secretary', people.secretary)).toBeUndefined();
});

test('who holds the money has no part in codes, and there are five a day', () => {
  const scene = paid();
  expect(issue(scene, 'cashHolder', 'slip')).toBe('FORBIDDEN_ROLE');
  expect(issue(scene, 'caseworker', 'slip', people.cashHolder)).toBe('ROLES_COLLIDE');
  for (let i = 0; i < 4; i++) expect(issue(scene, 'secretary', 'slip')).toBeUndefined();
  expect(issue(scene, 'secretary', 'slip')).toBe('TOO_OFTEN');
  scene.now = '2026-09-08T02:00:00.000Z';
  expect(issue(scene, 'secretary', 'slip')).toBeUndefined();
});

test('a code is typed in for somebody, who is named', () => {
  const scene = paid();
  scene.code = { id: 'earnings.p.2.1', holds: true };
  expect(scene.does('beneficiary', 'payout.confirm', { target, data: { code: '12345678' } })).toBe('INVALID_DATA');
  expect(scene.does('beneficiary', 'payout.confirm', { target, data: { code: '1' } })).toBe('INVALID_DATA');
  expect(scene.does('beneficiary', 'payout.confirm', { target })).toBeUndefined();
});
