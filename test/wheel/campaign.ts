import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseSeed } from '../faults/play.ts';
import { randomFrom } from '../faults/random.ts';
import { Rig } from '../faults/rig.ts';
import { quietRuntime } from '../support/quiet.ts';
import { allCrashes, allWitnessed, type CrashRound, crashRound, prepareCrashes } from './crashes.ts';

// `npm run campaign:wheel -- --seed 7 --n 10000`: so many deadlines, in rounds at one instant each; in every round something
// else is broken in the middle. What came of it goes to docs/campaigns/.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Deadlines in all. */
    n: { type: 'string', default: '10000' },
    /** `yes`: waits until every workflow has taken in its rung as well, a hundred a second at most. */
    witness: { type: 'string', default: 'yes' },
    /** Where the result goes; `none`: nowhere. */
    to: { type: 'string', default: join(import.meta.dirname, '../../docs/campaigns') },
  },
});
const seed = Number(values.seed) || chooseSeed();
const n = Number(values.n);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

quietRuntime();
say(`seed ${seed}, ${n} deadlines`);
const begun = new Date();
const rig = await Rig.build();
const rounds: CrashRound[] = [];
let witnessedAfterMs: number | undefined;
try {
  const program = await prepareCrashes(rig);
  const random = randomFrom(seed);
  for (const [i, crash] of allCrashes.entries()) {
    const deadlines = Math.floor(((i + 1) * n) / allCrashes.length) - Math.floor((i * n) / allCrashes.length);
    const round = await crashRound(rig, program, { crash, deadlines, random });
    rounds.push(round);
    say(`${round.wrong.length === 0 ? '✓' : '✗'} ${JSON.stringify(round)}`);
    write();
  }
  if (values.witness === 'yes') {
    const since = performance.now();
    await rig.standUp('worker', 'worker 2');
    await allWitnessed(rig);
    witnessedAfterMs = Math.round(performance.now() - since);
    say(`all witnessed ${Math.round(witnessedAfterMs / 1_000)} s after the last round`);
    write();
  }
} finally {
  const failed = rounds.filter(({ wrong }) => wrong.length > 0);
  say(`${rounds.length - failed.length} of ${allCrashes.length} rounds held (seed ${seed})`);
  if (failed.length > 0) say(JSON.stringify(rig.troubles(), undefined, 2));
  await rig.close();
  process.exitCode = failed.length > 0 || rounds.length < allCrashes.length ? 1 : 0;
}
process.exit();

/** Written anew after each round, so that a campaign that is broken off leaves what it has found. */
function write(): void {
  if (values.to === 'none') return;
  mkdirSync(values.to, { recursive: true });
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  const commit = status === 0 ? stdout.trim() : null;
  const machine = {
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: loadavg().map((each) => Math.round(each)),
  };
  const result = { seed, deadlines: n, begun, ended: new Date(), commit, machine, rounds, witnessedAfterMs };
  const file = join(values.to, `wheel-${begun.toISOString().slice(0, 10)}-seed-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}
