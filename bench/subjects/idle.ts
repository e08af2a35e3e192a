import { setTimeout as sleep } from 'node:timers/promises';
import { someAtATime } from '../../activities/some-at-a-time.ts';
import { startFleet } from '../burst/fleet.ts';
import type { Bench, Subject } from '../context.ts';
import { residentBytes } from '../processes.ts';
import { type Line, line } from '../report.ts';

const farMs = 50 * 60_000;
const calmMs = 5_000;

interface Sizes {
  readonly workerBytes: number;
  readonly serverBytes: number;
  readonly serverFileBytes: number;
  readonly databaseBytes: number;
}

/** What an open case costs in which nothing happens. */
export const idle: Subject = {
  about:
    'memory and database of open cases in which nothing happens, at 500 and 5,000 (--n: at a tenth of it and at n)',
  byName: true,
  async run(bench) {
    const steps = bench.n === undefined ? [500, 5_000] : [Math.ceil(bench.n / 10), bench.n];
    const fleet = await startFleet(bench.installation, 'idle', { wheels: true });
    try {
      const ours = await grow(bench, steps, {
        what: 'cases',
        pid: fleet.workerPid,
        add: (n) => fleet.prepare(n, Date.now() + farMs),
        database: () => databaseBytes(fleet.sql),
      });
      const dueAtMs = Date.now() + 30 * 86_400_000;
      const bare = await grow(bench, steps, {
        what: 'bare workflows',
        pid: bench.reference.pid,
        add: (n) => startBare(bench, n, dueAtMs),
        database: async () => 0,
      });
      return steps.flatMap((n, i) => lines(n, [ours[0]!, ours[i + 1]!], [bare[0]!, bare[i + 1]!]));
    } finally {
      await fleet.stop();
    }
  },
};

interface Growing {
  readonly what: string;
  readonly pid: number;
  add(n: number): Promise<void>;
  database(): Promise<number>;
}

/** Measures with none, and after each step. */
async function grow({ installation, say }: Bench, steps: readonly number[], side: Growing): Promise<Sizes[]> {
  const sizes: Sizes[] = [];
  let there = 0;
  for (const n of [0, ...steps]) {
    if (n > there) await side.add(n - there);
    there = n;
    await sleep(calmMs);
    sizes.push({
      workerBytes: residentBytes(side.pid),
      serverBytes: residentBytes(installation.temporal.pid),
      serverFileBytes: installation.temporal.fileBytes(),
      databaseBytes: await side.database(),
    });
    say(`idle: ${n} ${side.what}: ${JSON.stringify(sizes.at(-1))}`);
  }
  return sizes;
}

function lines(n: number, [from, to]: readonly [Sizes, Sizes], [bareFrom, bareTo]: readonly [Sizes, Sizes]): Line[] {
  const each = (key: keyof Sizes, name: string, note: string): Line =>
    line(
      `idle.${name}.${n}`,
      (to[key] - from[key]) / n / 1_024,
      (bareTo[key] - bareFrom[key]) / n / 1_024,
      'KiB/case',
      n,
      note,
    );
  const against = 'growth since none was there; against a bare workflow that sleeps';
  return [
    each('workerBytes', 'worker', `memory of the worker process, cached workflows included; ${against}`),
    each('serverBytes', 'server', `memory of Temporal's server; ${against}`),
    each('serverFileBytes', 'serverFile', `Temporal's file with its log; ${against}`),
    each('databaseBytes', 'database', 'PostgreSQL: record, state, read models, indexes; a bare workflow has none'),
  ];
}

async function databaseBytes(sql: Bench['installation']['sql']): Promise<number> {
  const [row] = await sql<{ size: number }[]>`SELECT pg_database_size(current_database()) AS size`;
  return row!.size;
}

async function startBare({ reference }: Bench, n: number, dueAtMs: number): Promise<void> {
  const texts = Array.from({ length: n }, (_, i) => `${i}`);
  await someAtATime(32, texts, (text) => reference.alarm(dueAtMs, text));
  // until the last of them sleeps
  await sleep(3_000);
}
