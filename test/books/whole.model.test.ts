import { expect, test } from 'vitest';
import { chooseSeed } from '../faults/play.ts';
import { kinds } from './model/model-scene.ts';
import { HISTORY, playHistory } from './model/play.ts';

/** Operations of one run. */
const OPERATIONS = 2_000;

// Everything that can be done to a book, by everybody, right and wrong, against lists of what was taken. The seed tells which
// history failed; `npm run campaign:books -- --seed … --n 100` plays it again.

test('random acts by random roles: the whole of the books is what the simple model says, after each of 2,000 operations', async () => {
  const first = chooseSeed();
  const accepted = new Set<string>();
  const refused = new Set<string>();
  for (let n = 0; n < OPERATIONS / HISTORY; n++) {
    const history = await playHistory(first + n, HISTORY);
    for (const type of history.accepted.keys()) accepted.add(type);
    for (const type of history.refused.keys()) refused.add(type);
  }
  // the acts come everywhere: otherwise the test would prove nothing
  const told = `seed ${first}`;
  for (const type of ['cash.record', 'ledger.record', 'entry.reverse', 'voucher.review', 'payout.approve'])
    expect(accepted, told).toContain(type);
  for (const type of ['gift.record', 'advance.record', 'cash.count', 'books.closeDay', 'statement.import'])
    expect(accepted, told).toContain(type);
  for (const type of ['cash.record', 'ledger.record', 'books.closeMonth', 'payout.approve'])
    expect(refused, told).toContain(type);
}, 120_000);

test('the same seed plays the same history', async () => {
  for (const seed of kinds.keys()) {
    const [once, again] = [await playHistory(seed + 1, 40), await playHistory(seed + 1, 40)];
    expect(again).toEqual(once);
  }
}, 60_000);
