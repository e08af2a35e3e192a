import fc from 'fast-check';
import { test } from 'vitest';
import type { CaseEvent } from '../event.ts';
import { toDate } from '../time/civil.ts';
import { monthOf, shiftPeriod } from './closings.ts';
import { NOTES } from './notes.ts';
import { people, Scene } from './scene.fixture.ts';

// Random entries, counts and closings over months: whatever comes, opening is the last closing, what a closing says is what
// the entries say, and no entry ever falls into what is closed.

const step = fc.oneof(
  fc.record({ do: fc.constant('both' as const), fen: fc.constantFrom(10, 100, 5000) }),
  fc.record({ do: fc.constantFrom('cash' as const, 'ledger' as const), fen: fc.constantFrom(10, 100) }),
  fc.record({ do: fc.constant('reverse' as const), nth: fc.nat(30) }),
  fc.record({ do: fc.constant('count' as const), off: fc.constantFrom(0, 0, 0, 10), other: fc.boolean() }),
  fc.record({ do: fc.constant('closeDay' as const), back: fc.nat(3) }),
  fc.record({ do: fc.constant('closeMonth' as const), back: fc.nat(3), sign: fc.boolean() }),
  fc.record({ do: fc.constant('decide' as const) }),
  fc.record({ do: fc.constant('later' as const), days: fc.integer({ min: 1, max: 20 }) }),
  // what a careful month's end looks like, so that closings are reached often
  fc.record({ do: fc.constant('tidy' as const) }),
);

test('opening is the last closing, and nothing is booked into what is closed', { timeout: 120_000 }, () => {
  let months = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), fc.boolean(), (steps, project) => {
      const scene = new Scene({ closeWithin: '10 working days', ...(project ? { keeps: 'project funds' } : {}) });
      let doc = 0;
      for (const each of steps) {
        if (each.do === 'both' || each.do === 'cash') scene.cash(`S-${++doc}`, each.fen);
        if (each.do === 'both') scene.ledger(`S-${doc}`, each.fen);
        if (each.do === 'ledger') scene.ledger(`S-${++doc}`, each.fen);
        if (each.do === 'reverse') reverse(scene, each.nth);
        if (each.do === 'count') count(scene, each.off, each.other);
        if (each.do === 'closeDay') closeDay(scene, each.back);
        if (each.do === 'closeMonth') closeMonth(scene, each.back, each.sign);
        if (each.do === 'decide') decide(scene);
        if (each.do === 'tidy') tidy(scene);
        if (each.do === 'later') scene.until(new Date(Date.parse(scene.now) + each.days * 86_400_000).toISOString());
      }
      check(scene);
      months += scene.events.filter(({ type }) => type === 'month.closed').length;
    }),
    { numRuns: 60 },
  );
  if (months < 30) throw new Error(`only ${months} months were closed: the steps do not reach what they are to test`);
});

function reverse(scene: Scene, nth: number): void {
  const fact = scene.facts[nth % Math.max(1, scene.facts.length)];
  if (!fact) return;
  scene.does(fact.side === 'cash' ? 'cashHolder' : 'accountant', 'entry.reverse', { target: fact.id, reason: 'x' });
}

function count(scene: Scene, off: number, other: boolean): void {
  let left = (scene.book.cash['cash']?.balanceFen ?? 0) + off;
  const denominations: Record<string, number> = {};
  for (const note of NOTES) {
    denominations[note] = Math.floor(left / Number(note));
    left %= Number(note);
  }
  const data = { book: 'earnings', denominations, ...(other ? { witness: people.cashHolder } : {}) };
  same(scene.does(other ? 'secretary' : 'cashHolder', 'cash.count', { data }), undefined, 'count');
}

function closeDay(scene: Scene, back: number): void {
  const day = toDate(new Date(Date.parse(scene.now) - back * 86_400_000).toISOString());
  scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day } });
}

function closeMonth(scene: Scene, back: number, sign: boolean): void {
  const month = shiftPeriod(monthOf(toDate(scene.now)), -back);
  const data = { book: 'earnings', month };
  if (scene.does('accountant', 'books.closeMonth', { data }) !== 'BLOCKED' || !sign) return;
  scene.does('accountant', 'books.reconcile', { data });
  decide(scene);
  for (const fen of [10, 100, 5000, -10, -100]) {
    const carry = { cash: fen };
    scene.does('accountant', 'books.closeMonth', { data: { ...data, carry } });
  }
}

function decide(scene: Scene): void {
  scene.does('head:unit', 'discrepancy.decide', { data: { decision: 'carry', text: 'x' } });
  scene.does('secretary', 'discrepancy.decide', { data: { decision: 'carry', text: 'x' } });
}

function tidy(scene: Scene): void {
  for (const { side, sourceDoc, amountFen } of scene.facts) {
    const open = scene.book.open[`doc/${sourceDoc}`];
    if (open && side === 'cash' && !open.ledger) scene.ledger(sourceDoc, amountFen);
    if (open && side === 'ledger' && !open.cash) scene.cash(sourceDoc, amountFen);
  }
  count(scene, 0, true);
  for (let i = 0; i < 10; i++) decide(scene);
  const moved = new Set(scene.movements.map(({ day }) => day));
  for (const day of [...moved].sort()) scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day } });
  const month = monthOf(toDate(scene.now));
  const last = `${shiftPeriod(month, -1)}-28`;
  for (const n of [0, 1, 2, 3]) {
    const day = toDate(new Date(Date.parse(`${last}T00:00:00Z`) + n * 86_400_000).toISOString());
    if (monthOf(day) < month) scene.does('cashHolder', 'books.closeDay', { data: { book: 'earnings', day } });
  }
  for (let n = 6; n > 0; n--) {
    scene.does('accountant', 'books.closeMonth', { data: { book: 'earnings', month: shiftPeriod(month, -n) } });
  }
}

interface Sums {
  readonly openingFen: number;
  readonly inFen: number;
  readonly outFen: number;
  readonly closingFen: number;
}

/** Everything again from the events alone. */
function check(scene: Scene): void {
  const booked: { side: 'cash' | 'ledger'; day: string; fen: number; seq: number; period: string }[] = [];
  let day: string | undefined;
  let period: string | undefined;
  let dayFen = 0;
  let month = { cash: 0, ledger: 0, accounts: new Map<string, number>() };
  for (const event of scene.events) {
    const moved = movedBy(event);
    if (moved) {
      same(day === undefined || moved.day > day, true, `an entry on ${moved.day}, ${day} is closed`);
      same(period === undefined || moved.period > period, true, `an entry in ${moved.period}, ${period} is closed`);
      booked.push({ ...moved, seq: event.seq });
    }
    if (event.type === 'day.closed') {
      const [cash] = event.data.channels;
      same(event.data.after, day, 'days follow');
      consistent(
        cash!,
        dayFen,
        sumOf(booked, 'cash', (each) => each.day <= event.data.day && each.day > (day ?? '')),
      );
      dayFen = cash!.closingFen;
      day = event.data.day;
    }
    if (event.type === 'month.closed') {
      const [channel] = event.data.channels;
      const within = (each: { period: string }) => each.period <= event.data.period && each.period > (period ?? '');
      if (period !== undefined) same(event.data.period, shiftPeriod(period, 1), 'months follow');
      consistent(channel!.cash, month.cash, sumOf(booked, 'cash', within));
      consistent(channel!.ledger, month.ledger, sumOf(booked, 'ledger', within));
      const accounts = new Map<string, number>();
      for (const { account, openingFen, closingFen } of event.data.accounts) {
        same(openingFen, month.accounts.get(account) ?? 0, `opening of ${account}`);
        accounts.set(account, closingFen);
      }
      same(sum([...accounts.values()]), 0, 'trial balance');
      for (const { account, fen } of event.data.year?.moved ?? [])
        accounts.set(account, (accounts.get(account) ?? 0) + fen);
      same(sum([...accounts.values()]), 0, 'balance after the year');
      month = { cash: channel!.cash.closingFen, ledger: channel!.ledger.closingFen, accounts };
      period = event.data.period;
    }
  }
}

function movedBy(event: CaseEvent) {
  switch (event.type) {
    case 'cash.recorded':
    case 'cash.reversed':
    case 'ledger.recorded':
    case 'ledger.reversed': {
      const { direction, amountFen, bookedDate } = event.data.entry;
      const day = bookedDate ?? toDate(event.recordedAt);
      const side = event.type.startsWith('cash') ? ('cash' as const) : ('ledger' as const);
      return { side, day, period: monthOf(day), fen: direction === 'in' ? amountFen : -amountFen };
    }
    default:
      return undefined;
  }
}

function sumOf<T extends { side: string; fen: number }>(
  rows: readonly T[],
  side: string,
  pick: (row: T) => boolean,
): number {
  return sum(rows.filter((row) => row.side === side && pick(row)).map(({ fen }) => fen));
}

function consistent(sums: Sums, openingFen: number, movedFen: number): void {
  same(sums.openingFen, openingFen, 'opening is the last closing');
  same(sums.inFen - sums.outFen, movedFen, 'what moved');
  same(sums.closingFen, openingFen + movedFen, 'closing');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}
