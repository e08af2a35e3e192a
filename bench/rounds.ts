import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './numbers.ts';

/** One thing that is measured. */
export interface Side {
  readonly name: string;
  /** One call of one client; clients are counted from 0. Throws when it fails for good. */
  call(client: number): Promise<void>;
  /** Waits until what the calls have set going is over, so that it does not burden the next side. */
  settle?(): Promise<void>;
  /** Told before and after each measured round. */
  round?(event: 'begin' | 'end'): Promise<void>;
}

/** All measured rounds of one side. */
export interface Measured {
  /** Calls a second, of each round. */
  readonly rates: number[];
  /** Of every call, in milliseconds. */
  readonly latenciesMs: number[];
}

/** How to measure: closed loops, each client sends its next call when the last was answered. */
export interface Plan {
  readonly clients: number;
  readonly rounds: number;
  readonly roundMs: number;
}

/**
 * Measures sides in turn, round by round, in an order that rotates: what disturbs the machine for a while disturbs all of
 * them. One round of each goes before, not counted.
 */
export async function measure(sides: readonly Side[], plan: Plan): Promise<Map<string, Measured>> {
  const results = new Map<string, Measured>(sides.map(({ name }) => [name, { rates: [], latenciesMs: [] }]));
  for (const side of sides) {
    await loop(side, plan.clients, Math.min(plan.roundMs, 3_000));
    await side.settle?.();
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (let i = 0; i < sides.length; i++) {
      const side = sides[(round + i) % sides.length]!;
      await sleep(100);
      await side.round?.('begin');
      const { latenciesMs, elapsedMs } = await loop(side, plan.clients, plan.roundMs);
      await side.settle?.();
      await side.round?.('end');
      const measured = results.get(side.name)!;
      measured.rates.push((latenciesMs.length / elapsedMs) * 1_000);
      for (const each of latenciesMs) measured.latenciesMs.push(each);
    }
  }
  return results;
}

/** The rate of a side: the median of its rounds. */
export const rateOf = ({ rates }: Measured): number => median(rates);

async function loop(side: Side, clients: number, ms: number): Promise<{ latenciesMs: number[]; elapsedMs: number }> {
  const latenciesMs: number[] = [];
  const begun = performance.now();
  const client = async (n: number): Promise<void> => {
    while (performance.now() - begun < ms) {
      const sent = performance.now();
      await side.call(n);
      latenciesMs.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  return { latenciesMs, elapsedMs: performance.now() - begun };
}
