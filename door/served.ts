import { createHash } from 'node:crypto';
import type { Tx } from '../db/transactions.ts';
import type { Instant } from '../sdk/time.ts';

/** Which units have a wheel that turns, as their wheels last said; what was read holds for a few seconds. */
export interface ServedUnits {
  /** Whether a wheel serves the unit at this moment. */
  has(tx: Tx, unit: string, now: Instant): Promise<boolean>;
}

const holdsMs = 5_000;
/** A wheel that is later than this serves nobody. */
const lateMs = 10_000;
const leastGraceMs = 30_000;
const spreadMs = 90_000;

/** What the process knows of wheels. */
export function createServedUnits(): ServedUnits {
  const known = new Map<string, { readonly readMs: number; readonly until: number }>();
  return {
    async has(tx, unit, now) {
      let found = known.get(unit);
      if (!found || performance.now() - found.readMs > holdsMs) {
        const [row] = await tx<{ turnedAt: Instant; armedAt: Instant | null }[]>`
          SELECT turned_at AS "turnedAt", armed_at AS "armedAt" FROM wheels WHERE unit = ${unit}`;
        const times = row ? [Date.parse(row.turnedAt), Date.parse(row.armedAt ?? row.turnedAt)] : [];
        found = { readMs: performance.now(), until: Math.max(...times) + lateMs };
        known.set(unit, found);
      }
      return Date.parse(now) < found.until;
    },
  };
}

/**
 * How much later than due a case's own timer looks where a wheel serves its unit: long enough for the wheel to be through,
 * and never the same for many cases.
 */
export function graceMs(caseId: string): number {
  return leastGraceMs + (createHash('sha256').update(caseId).digest().readUInt32BE() % spreadMs);
}
