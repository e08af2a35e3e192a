import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { someAtATime } from '../../activities/some-at-a-time.ts';
import { connect, type Sql } from '../../db/client.ts';
import { rungFaults } from '../../test/support/rungs-once.ts';
import { makeDatabase, startFleet } from '../burst/fleet.ts';
import { COMMIT_ROW, QUEUE_CONCURRENCY } from '../burst/names.ts';
import type { Bench, Subject } from '../context.ts';
import { startScript } from '../processes.ts';
import { type Line, line } from '../report.ts';

/** Time set aside to prepare, for each by the pace of some prepared before; when it was not enough, all of it is done again with three times as much. */
const spare = 1.4;
const leastMs = 10_000;
const jobMs = 1;
const mostTries = 3;
/** So many are prepared before, with a deadline after everything (within the hour that the program gives); this also warms the processes up. */
const before = (n: number): number => Math.max(20, Math.ceil(n / 20));
const longAfterMs = 55 * 60_000;

/** Not everything was prepared when the instant came: nothing is at one instant. */
class TooLate extends Error {}

/** N deadlines at one instant. */
export const burst: Subject = {
  about: 'deadlines that come due at one instant, until every inbox row is written (--n; 1,000 when not said)',
  byName: true,
  async run(bench) {
    const n = bench.n ?? 1_000;
    const queueMs = await sides.queue(bench, n);
    const bareMs = await sides.bare(bench, n);
    const timers = await sides.timers(bench, n);
    const wheel = await sides.wheel(bench, n);
    return [
      seconds('burst', wheel.writtenMs, bareMs, n, `${throughWheel}; against ${pair}`),
      seconds('burst.timers', timers.writtenMs, bareMs, n, `the same by the cases' own timers alone; against ${pair}`),
      seconds('burst.queue', wheel.writtenMs, queueMs, n, `${throughWheel}; against ${plainQueue}`),
      seconds(
        'burst.witnessed',
        wheel.witnessedMs,
        bareMs,
        n,
        `until every case's workflow has its rung as well; against ${pair}`,
      ),
    ];
  },
};

/** The same with the wheel and the plain queue alone, which takes a quarter of the time: for 10,000. */
export const burstQueue: Subject = {
  about: "the same through the unit's wheel and a plain job queue alone (--n; 10,000 when not said)",
  byName: true,
  async run(bench) {
    const n = bench.n ?? 10_000;
    const queueMs = await sides.queue(bench, n);
    const { writtenMs } = await sides.wheel(bench, n);
    return [seconds('burst.queue', writtenMs, queueMs, n, `${throughWheel}; against ${plainQueue}`)];
  },
};

const throughWheel = "from the instant to the last inbox row, through the unit's wheel";
const plainQueue = `a job queue (graphile-worker, ${QUEUE_CONCURRENCY} at a time) whose job writes one row`;
const pair = 'bare workflows with a timer and one ordinary activity that writes one row';

function seconds(name: string, oursMs: number, referenceMs: number, n: number, note: string): Line {
  return line(name, oursMs / 1_000, referenceMs / 1_000, 's', n, note);
}

/** Each side of a burst, measured on its own. */
const sides = {
  queue(bench: Bench, n: number): Promise<number> {
    return side(bench.say, `${n} jobs of a plain queue`, (attempt) => runQueue(bench, n, attempt), onlyWritten);
  },
  bare(bench: Bench, n: number): Promise<number> {
    const what = `${n} bare workflows with a timer and one activity that writes one row`;
    return side(bench.say, what, (attempt) => runBare(bench, n, attempt), onlyWritten);
  },
  timers(bench: Bench, n: number): Promise<FleetTimes> {
    return side(
      bench.say,
      `${n} cases by their own timers alone`,
      (attempt) => runFleet(bench, 'timers', n, attempt),
      both,
    );
  },
  wheel(bench: Bench, n: number): Promise<FleetTimes> {
    return side(
      bench.say,
      `${n} cases of a unit with a wheel`,
      (attempt) => runFleet(bench, 'wheel', n, attempt),
      both,
    );
  },
};

interface FleetTimes {
  readonly writtenMs: number;
  readonly witnessedMs: number;
}

const onlyWritten = (writtenMs: number): string => `written in ${Math.round(writtenMs)} ms`;
const both = ({ writtenMs, witnessedMs }: FleetTimes): string =>
  `${onlyWritten(writtenMs)}, witnessed in ${Math.round(witnessedMs)} ms`;

/** Runs one side and says its figure at once: all sides with 10,000 take an hour, and what was measured is not lost when one breaks. */
async function side<T>(
  say: Bench['say'],
  what: string,
  run: (attempt: number) => Promise<T>,
  inWords: (measured: T) => string,
): Promise<T> {
  say(`burst: ${what} …`);
  const measured = await inTime(say, run);
  say(`burst: ${what}: ${inWords(measured)}`);
  return measured;
}

/** Waits for the instant, then until there are so many rows; answers the milliseconds from the instant on. */
async function measure(dueAtMs: number, n: number, count: () => PromiseLike<{ n: number }[]>): Promise<number> {
  const waitMs = dueAtMs - Date.now();
  if (waitMs < 0) throw new TooLate(`Preparing took ${-waitMs} ms too long for this machine.`);
  await sleep(waitMs);
  const end = Date.now() + 1_200_000;
  for (;;) {
    const [row] = await count();
    if (row!.n >= n) return Date.now() - dueAtMs;
    if (Date.now() > end) throw new Error(`${row!.n} of ${n} rows were written in twenty minutes.`);
    await sleep(50);
  }
}

/** Runs, and again with more time to prepare when that was too little. */
async function inTime<T>(say: Bench['say'], run: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(attempt);
    } catch (error) {
      if (!(error instanceof TooLate) || attempt === mostTries) throw error;
      say(`burst: ${error.message} Again, with more time.`);
    }
  }
}

/** The instant for n, by the pace at which some are prepared now. */
async function instantFor(n: number, attempt: number, prepare: (count: number, dueAtMs: number) => Promise<unknown>) {
  const count = before(n);
  const begunMs = performance.now();
  await prepare(count, Date.now() + longAfterMs);
  const eachMs = (performance.now() - begunMs) / count;
  return Date.now() + leastMs + n * eachMs * spare * 3 ** (attempt - 1);
}

async function runFleet(
  { installation, say }: Bench,
  mode: 'wheel' | 'timers',
  n: number,
  attempt: number,
): Promise<FleetTimes> {
  const fleet = await startFleet(installation, `${mode}_${attempt}`, { wheels: mode === 'wheel' });
  try {
    const dueAtMs = await instantFor(n, attempt, fleet.prepare);
    await fleet.prepare(n, dueAtMs);
    say(`burst: ${mode} ready ${Math.round((dueAtMs - Date.now()) / 1_000)} s before the instant`);
    const writtenMs = await measure(dueAtMs, n, () => fleet.sql<{ n: number }[]>`SELECT count(*) AS n FROM messages`);
    await fleet.witnessed();
    const witnessedMs = Date.now() - dueAtMs;
    const faults = await rungFaults(fleet.sql, new Date().toISOString());
    if (faults.length > 0) throw new Error(`The rungs are not in order: ${faults.slice(0, 5).join('; ')}`);
    return { writtenMs, witnessedMs };
  } finally {
    await fleet.stop();
  }
}

async function runBare({ reference }: Bench, n: number, attempt: number): Promise<number> {
  const start = (count: number, dueAtMs: number) =>
    someAtATime(
      32,
      Array.from({ length: count }, (_, i) => `${i}`),
      (text) => reference.alarm(dueAtMs, text),
    );
  const dueAtMs = await instantFor(n, attempt, start);
  const [there] = await stored(reference.sql);
  await start(n, dueAtMs);
  return measure(dueAtMs, there!.n + n, () => stored(reference.sql));
}

async function runQueue({ installation }: Bench, n: number, attempt: number): Promise<number> {
  const databaseUrl = await makeDatabase(installation.databaseUrl, `bench_queue_${attempt}`);
  const queue = await startScript(fileURLToPath(new URL('../burst/queue.ts', import.meta.url)), { databaseUrl });
  const sql = connect(databaseUrl, { max: 1, name: 'bench', statementTimeoutMs: 60_000 });
  try {
    const dueAtMs = Date.now() + leastMs + n * jobMs * 3 ** (attempt - 1);
    const at = new Date(dueAtMs).toISOString();
    await sql`SELECT graphile_worker.add_job(${COMMIT_ROW}, json_build_object('text', i::text), run_at => ${at}::timestamptz)
      FROM generate_series(1, ${n}::int) i`;
    return await measure(dueAtMs, n, () => stored(sql));
  } finally {
    await sql.end({ timeout: 5 });
    await queue.stop();
  }
}

const stored = (sql: Sql): PromiseLike<{ n: number }[]> => sql<{ n: number }[]>`SELECT count(*) AS n FROM stored`;
