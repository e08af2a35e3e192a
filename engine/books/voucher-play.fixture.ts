import fc from 'fast-check';
import type { Party } from '../state.ts';
import { differenceOf } from './document.ts';
import { movementFen } from './entry.ts';
import { people, Scene } from './scene.fixture.ts';

// Everybody around a book with reviewed vouchers and the money of two households, in any order, right and wrong, against what
// must always hold. No step expects an answer: whatever is let through must keep the books right.

type Side = 'cash' | 'ledger';

/** One thing somebody tries. */
export type Step =
  | {
      readonly do: 'cash' | 'make';
      readonly doc: string;
      readonly fen: number;
      readonly party: number;
      readonly by: string;
    }
  | { readonly do: 'review'; readonly nth: number; readonly approve: boolean; readonly by: string }
  | { readonly do: 'reverse'; readonly side: Side; readonly nth: number }
  | { readonly do: 'match'; readonly cash: number; readonly ledger: readonly number[]; readonly by: string }
  | { readonly do: 'ask'; readonly fen: number; readonly party: number }
  | { readonly do: 'approve' | 'pay' | 'voucher' | 'confirm'; readonly nth: number }
  | { readonly do: 'decide' }
  | { readonly do: 'later'; readonly days: number };

const persons = Object.values(people);
const by = (usual: string) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...persons) });
const doc = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const fen = fc.constantFrom(100, 200, 300);
const party = fc.integer({ min: 1, max: 2 });
const nth = fc.nat(30);

/** Random steps. */
export const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('cash' as const), doc, fen, party, by: by(people.cashHolder) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('make' as const), doc, fen, party, by: by(people.accountant) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        ...{ do: fc.constant('review' as const), nth, by: by(people.reviewer) },
        approve: fc.constantFrom(true, true, true, false),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('reverse' as const), side: fc.constantFrom<Side>('cash', 'ledger'), nth }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        ...{ do: fc.constant('match' as const), cash: nth, by: by(people.secretary) },
        ledger: fc.array(nth, { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('ask' as const), fen, party }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('approve' as const, 'pay' as const, 'voucher' as const, 'confirm' as const),
        nth,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('decide' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('later' as const), days: fc.integer({ min: 1, max: 20 }) }) },
  ),
  { minLength: 1, maxLength: 80, size: 'max' },
);

/** A case in which this happens. */
export function openPlay(): Scene {
  const scene = new Scene(
    { profile: 'vouchers', reviews: 'reviewer', match: '5 working days' },
    { beneficiary: { name: ['住户', 'households'], party: 'many', answers: 'secretary' } },
  );
  const second: Party = { id: 'party-2', role: 'beneficiary', name: '邱某', since: '2026-01-01T00:00:00.000Z' };
  scene.state = { ...scene.state, parties: { ...scene.state.parties, 'party-2': second } };
  return scene;
}

/** Tries a step. */
export function play(scene: Scene, step: Step): string | undefined {
  const base = { book: 'earnings', direction: 'in', channel: 'cash' };
  switch (step.do) {
    case 'cash':
      return scene.does(
        'cashHolder',
        'cash.record',
        { data: { ...base, sourceDoc: step.doc, amountFen: step.fen } },
        step.by,
      );
    case 'make': {
      const lines = [{ text: 'x', amountFen: step.fen, party: `party-${step.party}` }];
      return scene.does('accountant', 'ledger.record', { data: { ...base, sourceDoc: step.doc, lines } }, step.by);
    }
    case 'review': {
      const data = step.approve ? { approve: true } : { approve: false, text: 'x' };
      const target = pick(Object.keys(scene.book.drafts ?? {}), step.nth);
      return scene.does('reviewer', 'voucher.review', { target, data }, step.by);
    }
    case 'reverse': {
      const target = pick(entriesOf(scene, step.side), step.nth)?.id;
      return scene.does(step.side === 'cash' ? 'cashHolder' : 'accountant', 'entry.reverse', { target, reason: 'x' });
    }
    case 'match': {
      const open = Object.values(scene.book.open);
      const cash = pick(
        open.flatMap((each) => each.cash?.entry ?? []),
        step.cash,
      );
      const all = open.flatMap((each) => each.ledger?.entry ?? []);
      const ledger = [...new Set(step.ledger.flatMap((n) => pick(all, n) ?? []))];
      return scene.does(
        'secretary',
        'books.match',
        { data: { book: 'earnings', cash: [cash ?? 'x'], ledger } },
        step.by,
      );
    }
    case 'ask': {
      const data = { book: 'earnings', channel: 'cash', amountFen: step.fen, text: 'x', party: `party-${step.party}` };
      return scene.does('beneficiary', 'payout.request', { data });
    }
    case 'approve':
      return scene.does('secretary', 'payout.approve', { target: payout(scene, 'requested', step.nth) });
    case 'pay': {
      const id = payout(scene, 'approved', step.nth);
      const { amountFen = 1, channel = 'cash' } = (id && scene.book.payouts[id]) || {};
      return scene.cash(id ?? 'P', amountFen, { direction: 'out', channel, payout: id });
    }
    case 'voucher': {
      const paid = pick(
        scene.facts.filter(({ side, payout: of, reverses }) => side === 'cash' && of && !reverses),
        step.nth,
      );
      return scene.ledger(paid?.sourceDoc ?? 'P', paid?.amountFen ?? 1, {
        direction: 'out',
        payout: paid?.payout ?? 'x',
      });
    }
    case 'confirm':
      return scene.does('beneficiary', 'payout.confirm', { target: payout(scene, 'paid', step.nth) });
    case 'decide':
      return scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: 'x' } });
    case 'later':
      scene.until(new Date(Date.parse(scene.now) + step.days * 86_400_000).toISOString());
      return undefined;
  }
}

/** What must hold after every step. Throws where it does not. */
export function check(scene: Scene): void {
  const { book, facts, events } = scene;
  for (const side of ['cash', 'ledger'] as const) {
    const own = entriesOf(scene, side);
    same(
      book[side]['cash']?.balanceFen,
      own.reduce((sum, each) => sum + movementFen(each), 0),
      `${side} balance`,
    );
    same(book[side]['cash']?.no, own.length, `${side} count`);
  }
  numbers(scene);
  for (const event of events) {
    if (event.type !== 'ledger.recorded' && event.type !== 'ledger.reversed') continue;
    const { madeBy, draft } = event.data.entry;
    same(madeBy, people.accountant, 'who made a voucher');
    same(event.actor.id !== madeBy, true, 'made and reviewed by two');
    same(draft !== undefined, true, 'a voucher has been under review');
  }
  const live = facts.filter(({ reverses, reversedBy }) => !reverses && !reversedBy);
  const docs = new Set(live.map(({ sourceDoc }) => sourceDoc));
  for (const entry of live.filter(({ side }) => side === 'cash')) {
    const voucher = live.find(({ side, sourceDoc }) => side === 'ledger' && sourceDoc === entry.sourceDoc);
    const others = [voucher?.recordedBy, voucher?.reviewedBy];
    same(others.includes(entry.recordedBy), false, 'who recorded the money neither made nor reviewed its voucher');
  }
  const open = Object.values(book.open);
  same(book.matched + open.length, docs.size, 'every document is matched or open');
  for (const each of open) {
    same(differenceOf(each) !== undefined, true, 'an open document differs');
    const clocks = [each.clock, each.discrepancy].filter((id) => id && Object.hasOwn(scene.state.deadlines, id));
    same(clocks.length > 0 || each.carried === true, true, 'no open document without a clock');
  }
  const groups = groupBy(
    live.filter(({ match }) => match !== undefined),
    ({ match }) => match,
  );
  for (const [id, members] of groups) {
    const fenOf = (side: Side) =>
      members.filter((each) => each.side === side).reduce((sum, each) => sum + each.amountFen, 0);
    same(fenOf('cash'), fenOf('ledger'), `match ${id} comes to zero`);
    same(
      open.some(({ cash, ledger }) => members.some((m) => m.id === cash?.entry || m.id === ledger?.entry)),
      false,
      'matched and open',
    );
  }
  subLedgers(scene);
  const known = new Set([
    ...open.flatMap(({ clock, discrepancy }) => [clock, discrepancy]),
    ...Object.keys(book.drafts ?? {}),
  ]);
  for (const id of Object.keys(scene.state.deadlines)) same(known.has(id), true, `deadline ${id} belongs to something`);
  for (const id of Object.keys(book.drafts ?? {}))
    same(Object.hasOwn(scene.state.deadlines, id), true, 'a review has its clock');
}

/** Numbers of vouchers have no gap within a month of posting. */
function numbers(scene: Scene): void {
  const months = groupBy(entriesOf(scene, 'ledger'), ({ id }) => id.split('.')[2]);
  for (const [month, own] of months)
    own.forEach(({ id }, i) => {
      same(id, `earnings.v.${month}.${i + 1}`, 'gapless');
    });
}

/** The sub-ledgers come to the account of entrusted money, and nobody was paid more than was his at that moment. */
function subLedgers({ facts, events, book }: Scene): void {
  const recorded = new Map<string, number>();
  const paid = new Map<string, number>();
  const add = (to: Map<string, number>, key: string, fenMore: number) => to.set(key, (to.get(key) ?? 0) + fenMore);
  const of = new Map<string, { party: string; amountFen: number }>();
  let account = 0;
  for (const event of events) {
    if (event.type === 'payout.requested')
      of.set(event.data.id, { party: event.data.party ?? '', amountFen: event.data.amountFen });
    if (event.type === 'payout.paid' || event.type === 'payout.unpaid') {
      const { party: whose, amountFen } = of.get(event.data.id)!;
      add(paid, whose, event.type === 'payout.paid' ? amountFen : -amountFen);
      if (event.type === 'payout.paid')
        same((paid.get(whose) ?? 0) <= (recorded.get(whose) ?? 0), true, 'paid from his own');
    }
    if (event.type !== 'ledger.recorded' && event.type !== 'ledger.reversed') continue;
    const { lines, payout: forPayout } = event.data.entry;
    for (const line of lines) {
      if (line.account !== '2601') continue;
      const moved = line.side === 'credit' ? line.amountFen : -line.amountFen;
      account += moved;
      if (forPayout === undefined) add(recorded, line.party ?? '', moved);
    }
  }
  for (const [whose, { recordedFen, paidFen }] of Object.entries(book.persons ?? {})) {
    same(recordedFen, recorded.get(whose) ?? 0, 'recorded of a person');
    same(paidFen, paid.get(whose) ?? 0, 'paid to a person');
  }
  const lines = facts.flatMap((fact) => fact.lines ?? []);
  const byPerson = groupBy(
    lines.filter((line) => line.account === '2601'),
    (line) => line.party ?? '',
  );
  const sum = [...byPerson.values()]
    .flat()
    .reduce((all, line) => all + (line.side === 'credit' ? line.amountFen : -line.amountFen), 0);
  same(byPerson.has(''), false, 'every entrusted line is somebody’s');
  same(sum, account, 'the control account');
}

function payout(scene: Scene, state: string, n: number): string | undefined {
  return pick(
    Object.entries(scene.book.payouts).flatMap(([id, each]) => (each.state === state ? [id] : [])),
    n,
  );
}

function entriesOf({ facts }: Scene, side: Side) {
  return facts.filter((fact) => fact.side === side);
}

function pick<T>(list: readonly T[], n: number): T | undefined {
  return list[n % Math.max(1, list.length)];
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}

function groupBy<T, K>(list: readonly T[], keyOf: (each: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}
