import { expect, test } from 'vitest';
import { createFoundRight } from './found-right.ts';

test('holds for one calendar of a case, until it is forgotten', () => {
  const known = createFoundRight();
  known.note('a', 'v1');
  expect([known.has('a', 'v1'), known.has('a', 'v2'), known.has('b', 'v1')]).toEqual([true, false, false]);
  known.note('a', 'v2');
  expect([known.has('a', 'v1'), known.has('a', 'v2')]).toEqual([false, true]);
  known.forget('a');
  expect(known.has('a', 'v2')).toBe(false);
});

test('what one door knows another does not', () => {
  const [one, other] = [createFoundRight(), createFoundRight()];
  one.note('a', 'v1');
  expect([one.has('a', 'v1'), other.has('a', 'v1')]).toEqual([true, false]);
});

test('remembers only so many cases', () => {
  const known = createFoundRight(2);
  for (const id of ['a', 'b', 'c']) known.note(id, 'v1');
  expect(['a', 'b', 'c'].map((id) => known.has(id, 'v1'))).toEqual([false, false, true]);
});
