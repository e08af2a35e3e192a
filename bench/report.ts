import { brief, quantile } from './numbers.ts';
import { type Measured, rateOf } from './rounds.ts';

/** One line of the result. `ratio` = ours / reference, both measured in this run. */
export interface Line {
  readonly name: string;
  readonly ours: number;
  readonly reference: number;
  /** Null where the reference has nothing of the kind. */
  readonly ratio: number | null;
  readonly unit: string;
  /** How many calls of ours stand behind the figure. */
  readonly n: number;
  readonly note: string;
}

/** A line from two figures. */
export function line(name: string, ours: number, reference: number, unit: string, n: number, note: string): Line {
  const ratio = reference === 0 ? null : brief(ours / reference);
  return { name, ours: brief(ours), reference: brief(reference), ratio, unit, n, note };
}

/** Rate and latencies of ours against one reference; with the reference's short name as suffix where it is not the first. */
export function compare(
  name: string,
  ours: Measured,
  reference: Measured,
  { unit, suffix = '', note }: { unit: string; suffix?: string; note: string },
): Line[] {
  const n = ours.latenciesMs.length;
  const at = (share: number) => [quantile(ours.latenciesMs, share), quantile(reference.latenciesMs, share)] as const;
  return [
    line(`${name}${suffix}`, rateOf(ours), rateOf(reference), unit, n, note),
    line(`${name}.p50${suffix}`, ...at(0.5), 'ms', n, `median time of a call; ${note}`),
    line(`${name}.p95${suffix}`, ...at(0.95), 'ms', n, note),
    line(`${name}.p99${suffix}`, ...at(0.99), 'ms', n, note),
  ];
}

/** A line for people. */
export function inWords({ name, ours, reference, ratio, unit, n, note }: Line): string {
  return `${name.padEnd(24)} ${String(ours).padStart(8)} / ${String(reference).padStart(8)} ${unit.padEnd(12)} = ${String(ratio ?? '–').padStart(6)}   (n ${n}; ${note})`;
}
