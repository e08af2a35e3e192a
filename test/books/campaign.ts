import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseSeed } from '../faults/play.ts';
import { cloneDatabase, databaseOf } from '../support/clone.ts';
import { scriptDatabase } from '../support/script-database.ts';
import { playThroughDoor } from './model/door-history.ts';
import { HISTORY, type History, playHistory } from './model/play.ts';

// `npm run campaign:books -- --seed 7 --n 100000`: so many random operations on books, in histories of a hundred each, against
// the simple model; with `--door` through the door into PostgreSQL. What came of it goes to docs/campaigns/.

const { values } = parseArgs({
  options: {
    /** Of the first history; each one after it has the next. */
    seed: { type: 'string' },
    /** Operations in all. */
    n: { type: 'string' },
    /** Through the whole door: real PostgreSQL, a database of its own for each history, all proofs at its end. */
    door: { type: 'boolean', default: false },
    /** Where the result goes; `none`: nowhere. */
    to: { type: 'string', default: join(import.meta.dirname, '../../docs/campaigns') },
  },
});
const seed = Number(values.seed) || chooseSeed();
const n = Number(values.n ?? (values.door ? 4_000 : 100_000));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`seed ${seed}, ${n} operations${values.door ? ' through the door' : ''}`);
const begun = new Date();
const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
const commit = status === 0 ? stdout.trim() : null;
const counts = new Map<string, { accepted: number; refused: number }>();
const byKind = new Map<string, number>();
const events = new Set<string>();
const failed: string[] = [];
let operations = 0;
const server = values.door ? await scriptDatabase() : undefined;
for (let history = 0; operations < n; history++) {
  const length = Math.min(HISTORY, n - operations);
  try {
    const played = await play(seed + history, length);
    byKind.set(played.kind, (byKind.get(played.kind) ?? 0) + length);
    for (const how of ['accepted', 'refused'] as const) {
      for (const [type, times] of played[how]) {
        const count = counts.get(type) ?? { accepted: 0, refused: 0 };
        counts.set(type, { ...count, [how]: count[how] + times });
      }
    }
    for (const type of played.events) events.add(type);
  } catch (error) {
    failed.push((error as Error).message);
    say(`✗ ${(error as Error).message}`);
  }
  operations += length;
  if ((history + 1) % (server ? 10 : 100) === 0) {
    say(`${operations} operations, ${failed.length} histories failed`);
    write();
  }
}
await server?.close();
write();
say(`${operations} operations, ${failed.length} histories failed (seed ${seed})`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** A history in memory, or through the door into a database of its own. */
async function play(first: number, length: number): Promise<History> {
  if (!server) return playHistory(first, length);
  const template = server.url.slice(server.url.lastIndexOf('/') + 1);
  const database = await cloneDatabase(databaseOf(server.url, 'postgres'), template);
  try {
    return await playThroughDoor(database.url, first, length);
  } finally {
    await database.close();
  }
}

/** Written anew from time to time, so that a campaign that is broken off leaves what it has found. */
function write(): void {
  if (values.to === 'none') return;
  mkdirSync(values.to, { recursive: true });
  const machine = {
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: loadavg().map((each) => Math.round(each)),
  };
  const sorted = <T>(map: ReadonlyMap<string, T>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  const result = {
    ...{ seed, asked: n, operations, begun, ended: new Date(), commit, machine },
    ...{ books: sorted(byKind), acts: sorted(counts), events: [...events].sort(), failed },
  };
  const file = join(
    values.to,
    `books${values.door ? '-door' : ''}-${begun.toISOString().slice(0, 10)}-seed-${seed}.json`,
  );
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}
