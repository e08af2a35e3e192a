import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check, openPlay, play, steps } from './voucher-play.fixture.ts';

test('maker, reviewer, cash holder, approver and persons in any order: the books always hold', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(steps, (all) => {
      const scene = openPlay();
      for (const step of all) {
        play(scene, step);
        check(scene);
      }
      for (const { type } of scene.events) reached.add(type);
    }),
    { numRuns: 400 },
  );
  // the steps come everywhere, the rarest of these in three runs of a hundred: otherwise the test would prove nothing
  for (const type of [
    'ledger.recorded',
    'ledger.reversed',
    'voucher.returned',
    'books.matched',
    'books.unmatched',
    'payout.paid',
    'payout.confirmed',
  ])
    expect(reached).toContain(type);
}, 120_000);
