import fc from 'fast-check';
import { test } from 'vitest';
import { movementFen } from './entry.ts';
import { Scene } from './scene.fixture.ts';

// Random advances, money in and out on both sides, red ink and withdrawals, against the simplest model: lists of movements.

const step = fc.oneof(
  fc.record({
    do: fc.constant('claim' as const),
    paid: fc.constantFrom('into the book', 'to others'),
    fen: fc.integer({ min: 1, max: 400 }),
  }),
  fc.record({
    do: fc.constant('move' as const),
    side: fc.constantFrom('cash' as const, 'ledger' as const),
    direction: fc.constantFrom('in' as const, 'out' as const),
    claim: fc.nat(5),
    fen: fc.oneof(fc.integer({ min: 1, max: 450 }), fc.constant('rest' as const)),
  }),
  fc.record({ do: fc.constant('reverse' as const), nth: fc.nat(30) }),
  fc.record({ do: fc.constant('withdraw' as const), claim: fc.nat(5) }),
);

interface Claim {
  readonly id: string;
  readonly fen: number;
  readonly paid: string;
}

test('random acts: never more repaid than owed, and the register says what the books say', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
      const scene = new Scene({ keeps: 'project funds' });
      const claims: Claim[] = [];
      scene.cash('start', 100_000);
      for (const [n, each] of steps.entries()) {
        if (each.do === 'claim') claim(scene, claims, each, n);
        else if (each.do === 'move') move(scene, claims, each, n);
        else if (each.do === 'reverse') reverse(scene, each.nth);
        else withdraw(scene, claims[each.claim]);
        compare(scene, claims);
      }
    }),
    { numRuns: 300 },
  );
});

function claim(scene: Scene, claims: Claim[], { paid, fen }: { paid: string; fen: number }, n: number): void {
  const data = { book: 'earnings', amountFen: fen, paid, helper: { name: '罗某' }, for: 'x', sourceDoc: `D-${n}` };
  const refused = scene.does('secretary', 'advance.record', { data });
  if (refused) throw new Error(`claim: ${refused}`);
  const event = scene.events.find((each, i) => each.type === 'advance.recorded' && i >= scene.events.length - 2);
  claims.push({ id: (event!.data as { id: string }).id, fen, paid });
}

function move(
  scene: Scene,
  claims: readonly Claim[],
  asked: { side: 'cash' | 'ledger'; direction: 'in' | 'out'; claim: number; fen: number | 'rest' },
  n: number,
): void {
  const of = claims[asked.claim];
  if (!of) return;
  const { side, direction } = asked;
  const { came, went } = sums(scene, side, of.id);
  const into = of.paid === 'into the book';
  const most = direction === 'in' ? (into ? of.fen - came : 0) : into ? came - went : of.fen - went;
  const fen = asked.fen === 'rest' ? Math.max(1, most) : asked.fen;
  const more = { direction, advance: of.id };
  const allowed = isOpen(scene, of.id) && fen <= most;
  const refused = side === 'cash' ? scene.cash(`M-${n}`, fen, more) : scene.ledger(`M-${n}`, fen, more);
  if (allowed !== (refused === undefined))
    throw new Error(`${fen} of ${most} ${side} ${direction}: ${String(refused)}`);
}

function reverse(scene: Scene, nth: number): void {
  const entry = scene.facts[nth];
  if (!entry || entry.advance === undefined) return;
  scene.does(entry.side === 'cash' ? 'cashHolder' : 'accountant', 'entry.reverse', { target: entry.id, reason: 'x' });
}

function withdraw(scene: Scene, of: Claim | undefined): void {
  if (of) scene.does('secretary', 'advance.withdraw', { target: of.id, reason: 'x' });
}

function compare(scene: Scene, claims: readonly Claim[]): void {
  for (const { id, fen, paid } of claims) {
    const state = scene.book.advances?.open[id];
    for (const side of ['cash', 'ledger'] as const) {
      const { came, went } = sums(scene, side, id);
      if (came < 0 || went < 0 || went > fen || came > fen)
        throw new Error(`${id} ${side}: ${came} in, ${went} out of ${fen}`);
      if (paid === 'into the book' && went > came) throw new Error(`${id} ${side}: ${went} repaid of ${came}`);
      if (state && (state[side].inFen !== came || state[side].outFen !== went)) throw new Error(`${id}: state differs`);
      if (!state && paid === 'into the book' && came !== went)
        throw new Error(`${id} is settled with money in the book`);
    }
    const clock = Object.hasOwn(scene.state.deadlines, id);
    if (clock !== (state !== undefined)) throw new Error(`${id}: ${clock ? 'a clock without a claim' : 'no clock'}`);
  }
  const owed = scene.facts
    .filter(({ side }) => side === 'ledger')
    .flatMap(({ lines }) => lines ?? [])
    .filter(({ account }) => account === '2209')
    .reduce((sum, { side, amountFen }) => sum + (side === 'credit' ? amountFen : -amountFen), 0);
  const register = claims
    .filter(({ paid }) => paid === 'into the book')
    .map(({ id }) => sums(scene, 'ledger', id))
    .reduce((sum, { came, went }) => sum + came - went, 0);
  if (owed !== register) throw new Error(`2209 says ${owed}, the register ${register}`);
}

function isOpen(scene: Scene, id: string): boolean {
  return Object.hasOwn(scene.book.advances?.open ?? {}, id);
}

function sums(scene: Scene, side: 'cash' | 'ledger', id: string): { came: number; went: number } {
  const own = scene.facts.filter((fact) => fact.side === side && fact.advance === id);
  const total = (direction: 'in' | 'out') =>
    own
      .filter((fact) => fact.direction === direction)
      .reduce((sum, fact) => sum + Math.abs(movementFen(fact)) * Math.sign(fact.amountFen), 0);
  return { came: total('in'), went: total('out') };
}
