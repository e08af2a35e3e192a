import fc from 'fast-check';
import { test } from 'vitest';
import { differenceOf } from './document.ts';
import { movementFen } from './entry.ts';
import { Scene } from './scene.fixture.ts';

// Random acts of both keepers against the simplest model there is: two lists of entries, each reversed or not.

interface ModelEntry {
  readonly id: string;
  readonly doc: string;
  readonly fen: number;
  readonly direction: 'in' | 'out';
  reversed: boolean;
}
type Side = 'cash' | 'ledger';

const step = fc.oneof(
  fc.record({
    do: fc.constant('record' as const),
    side: fc.constantFrom<Side>('cash', 'ledger'),
    doc: fc.constantFrom('A', 'B', 'C'),
    fen: fc.constantFrom(100, 250),
    direction: fc.constantFrom<'in' | 'out'>('in', 'in', 'in', 'out'),
  }),
  fc.record({ do: fc.constant('reverse' as const), side: fc.constantFrom<Side>('cash', 'ledger'), nth: fc.nat(20) }),
  fc.record({ do: fc.constant('compare' as const), by: fc.constantFrom('accountant', 'cashHolder', 'secretary') }),
  fc.record({ do: fc.constant('carry' as const) }),
  fc.record({ do: fc.constant('later' as const), days: fc.integer({ min: 1, max: 4 }) }),
);

test('random acts: the books are always what the simple model says', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const scene = new Scene();
      const model: Record<Side, ModelEntry[]> = { cash: [], ledger: [] };
      for (const each of steps) {
        if (each.do === 'record') record(scene, model, each);
        else if (each.do === 'reverse') reverse(scene, model, each);
        else if (each.do === 'compare') scene.does(each.by, 'books.reconcile', { data: { book: 'earnings' } });
        else if (each.do === 'carry')
          scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: 'x' } });
        else scene.until(new Date(Date.parse(scene.now) + each.days * 86_400_000).toISOString());
        compare(scene, model);
      }
    }),
    { numRuns: 300 },
  );
});

function record(
  scene: Scene,
  model: Record<Side, ModelEntry[]>,
  asked: { side: Side; doc: string; fen: number; direction: 'in' | 'out' },
): void {
  const { side, doc, fen, direction } = asked;
  const twice = model[side].some((entry) => entry.doc === doc && !entry.reversed);
  const poor = side === 'cash' && direction === 'out' && balance(model.cash) < fen;
  const expected = twice ? 'SAME_DOCUMENT' : poor ? 'NOT_ENOUGH_MONEY' : undefined;
  // money leaves by a payout only; one that is not paid in the end stays approved, for a later entry
  if (side === 'cash' && direction === 'out') approvePayout(scene, fen);
  same(scene[side](doc, fen, { direction }), expected, 'record');
  if (!expected) model[side].push({ id: lastOf(scene, side), doc, fen, direction, reversed: false });
}

function approvePayout(scene: Scene, amountFen: number): void {
  const data = { book: 'earnings', channel: 'cash', amountFen, text: 'x' };
  same(scene.does('beneficiary', 'payout.request', { data }), undefined, 'request');
  const target = Object.entries(scene.book.payouts).find(([, { state }]) => state === 'requested')![0];
  same(scene.does('secretary', 'payout.approve', { target }), undefined, 'approve');
}

function reverse(scene: Scene, model: Record<Side, ModelEntry[]>, { side, nth }: { side: Side; nth: number }): void {
  const entry = model[side][nth % Math.max(1, model[side].length)];
  if (!entry) return;
  const left = balance(model.cash) - movementFen({ direction: entry.direction, amountFen: entry.fen });
  const poor = side === 'cash' && left < 0;
  const expected = entry.reversed ? 'ALREADY_DONE' : poor ? 'NOT_ENOUGH_MONEY' : undefined;
  const role = side === 'cash' ? 'cashHolder' : 'accountant';
  same(scene.does(role, 'entry.reverse', { target: entry.id, reason: 'x' }), expected, 'reverse');
  if (!expected) entry.reversed = true;
}

function compare(scene: Scene, model: Record<Side, ModelEntry[]>): void {
  const { book } = scene;
  for (const side of ['cash', 'ledger'] as const) {
    same(book[side]['cash']?.balanceFen, balance(model[side]), `${side} balance`);
    const red = model[side].filter((entry) => entry.reversed).length;
    same(book[side]['cash']?.no, model[side].length + red, `${side} count`);
    scene.facts
      .filter((fact) => fact.side === side && side === 'cash')
      .forEach((fact, i) => {
        same(fact.id, `earnings.c.cash.${i + 1}`, 'gapless');
      });
  }
  const live = (side: Side) =>
    new Map(model[side].filter((entry) => !entry.reversed).map((entry) => [entry.doc, entry]));
  const [cash, ledger] = [live('cash'), live('ledger')];
  const docs = [...new Set([...cash.keys(), ...ledger.keys()])].sort();
  const agreed = docs.filter((doc) => {
    const [c, l] = [cash.get(doc), ledger.get(doc)];
    return c && l && c.fen === l.fen && c.direction === l.direction;
  });
  same(book.matched, agreed.length, 'matched');
  const open = Object.values(book.open);
  same(
    open
      .map((doc) => doc.sourceDoc)
      .sort()
      .join(),
    docs.filter((doc) => !agreed.includes(doc)).join(),
    'open',
  );
  for (const doc of open) {
    same(differenceOf(doc) !== undefined, true, 'an open document differs');
    // whatever is open is on a clock or in front of the approver, unless he signed it
    const clocks = [doc.clock, doc.discrepancy].filter((id) => id && Object.hasOwn(scene.state.deadlines, id));
    same(clocks.length > 0 || doc.carried === true, true, 'no difference without a deadline');
  }
  const wanted = open.flatMap((doc) => doc.discrepancy ?? []).sort();
  same(Object.keys(book.discrepancies).sort().join(), wanted.join(), 'discrepancies');
  const running = open.flatMap((doc) => [doc.clock, doc.discrepancy].filter((id) => id !== undefined));
  for (const id of Object.keys(scene.state.deadlines))
    same(running.includes(id), true, `deadline ${id} belongs to something`);
}

function balance(entries: readonly ModelEntry[]): number {
  return entries.reduce(
    (sum, { reversed, direction, fen }) => (reversed ? sum : sum + (direction === 'in' ? fen : -fen)),
    0,
  );
}

function lastOf(scene: Scene, side: Side): string {
  return scene.facts.filter((fact) => fact.side === side).at(-1)!.id;
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}
