import { describe, expect, it } from 'vitest';
import { createFold } from './fold.ts';

type Side = 'cash' | 'ledger' | 'none';

function setUp() {
  const calls: string[][] = [];
  const fold = createFold<{ id: string; side: Side }, string>({
    send: async (caseId, requests) => {
      calls.push(requests.map(({ id }) => id));
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (requests.some(({ id }) => id === 'bad')) throw new Error('store away');
      return requests.map(({ id }) => `${caseId}:${id}`);
    },
    sideOf: ({ side }) => (side === 'none' ? undefined : side),
    most: 4,
  });
  return { fold, calls };
}
const act = (id: string, side: Side = 'none') => ({ id, side });

describe('createFold', () => {
  it('sends a lone act at once and gathers those that come meanwhile', async () => {
    const { fold, calls } = setUp();
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => fold.act('case', act(id))));
    expect(answers).toEqual(['case:a', 'case:b', 'case:c']);
    expect(calls).toEqual([['a'], ['b', 'c']]);
  });

  it('never mixes the two sides of the books, keeps the order and the limit', async () => {
    const { fold, calls } = setUp();
    const acts = [
      act('a'),
      act('b', 'cash'),
      act('c'),
      act('d', 'ledger'),
      act('e', 'cash'),
      act('f'),
      act('g'),
      act('h'),
      act('i'),
    ];
    await Promise.all(acts.map((one) => fold.act('case', one)));
    expect(calls).toEqual([['a'], ['b', 'c'], ['d'], ['e', 'f', 'g', 'h'], ['i']]);
  });

  it('lets cases pass one another, and goes on after a failure', async () => {
    const { fold, calls } = setUp();
    const results = await Promise.allSettled([
      fold.act('x', act('bad')),
      fold.act('y', act('a')),
      fold.act('x', act('b')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(calls).toEqual([['bad'], ['a'], ['b']]);
    expect(await fold.act('x', act('c'))).toBe('x:c');
  });
});
