import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quietRuntime } from '../support/quiet.ts';
import type { Verdict } from './oracle.ts';
import { chooseSeed, judgeAll, playScenario, preparePlay } from './play.ts';
import { Rig } from './rig.ts';
import { scenarios } from './scenarios.ts';

// `npm run campaign:faults -- --seed 7 --minutes 60`: faults in an order drawn from the seed, on one installation, as long
// as there is time. What came of it goes to docs/campaigns/.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    /** Factor for the length of outages and the number of kills. */
    length: { type: 'string', default: '3' },
    /** Only scenarios whose name has one of these, separated by commas, in it. */
    only: { type: 'string', default: '' },
    /** Where the result goes; `none`: nowhere. */
    to: { type: 'string', default: join(import.meta.dirname, '../../docs/campaigns') },
  },
});
const seed = Number(values.seed) || chooseSeed();
const roundMs = 20 * 60_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Round extends Verdict {
  readonly name: string;
  readonly tookMs: number;
}

quietRuntime();
say(`seed ${seed}, ${values.minutes} minutes`);
const rig = await Rig.build();
const begun = new Date();
const rounds: Round[] = [];
/** A round never ended: what it still does would disturb others. */
let hung = false;
try {
  const play = preparePlay(rig, seed, Number(values.length));
  const chosen = Object.entries(scenarios).filter(([name]) =>
    values.only.split(',').some((part) => name.includes(part)),
  );
  if (chosen.length === 0) throw new Error(`no scenario has "${values.only}" in its name`);
  const endMs = performance.now() + Number(values.minutes) * 60_000;
  do {
    // each once in an order by chance, at least; then all again
    for (const [name, scenario] of shuffled(chosen, play.random.next)) {
      if (hung || (rounds.length >= chosen.length && performance.now() > endMs)) break;
      await round(name, () => playScenario(play, scenario));
    }
  } while (!hung && performance.now() < endMs);
  if (!hung) await round('the whole record', () => judgeAll(play));
} finally {
  const failed = rounds.filter(({ wrong }) => wrong.length > 0);
  say(`${rounds.length - failed.length} rounds held, ${failed.length} did not (seed ${seed})`);
  if (failed.length > 0) say(JSON.stringify(rig.troubles(), undefined, 2));
  await rig.close();
  process.exitCode = failed.length > 0 || rounds.length === 0 ? 1 : 0;
}
process.exit();

async function round(name: string, work: () => Promise<Verdict>): Promise<void> {
  const begin = performance.now();
  const over = new AbortController();
  const verdict = await Promise.race([work(), tooLong(over.signal)]).catch(
    (error: unknown): Verdict => ({ wrong: [error instanceof Error ? error.message : String(error)], figures: {} }),
  );
  over.abort();
  rounds.push({ name, tookMs: Math.round(performance.now() - begin), ...verdict });
  say(`${verdict.wrong.length === 0 ? '✓' : '✗'} ${name} (${Math.round((performance.now() - begin) / 1_000)} s)`);
  say(`  ${JSON.stringify(verdict.figures)}`);
  for (const what of verdict.wrong.slice(0, 20)) say(`  ${what}`);
  if (values.to !== 'none') write(values.to);
}

async function tooLong(signal: AbortSignal): Promise<Verdict> {
  await sleep(roundMs, undefined, { signal });
  hung = true;
  return { wrong: [`it did not end within ${roundMs / 60_000} minutes`], figures: {} };
}

function shuffled<T>(list: readonly T[], next: () => number): T[] {
  return list
    .map((each) => ({ each, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

/** Written anew after each round, so that a campaign that is broken off leaves what it has found. */
function write(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `faults-${begun.toISOString().slice(0, 10)}-seed-${seed}.json`);
  const machine = { cpus: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version };
  const result = {
    seed,
    begun,
    ended: new Date(),
    commit: commitNow(),
    machine,
    length: Number(values.length),
    rounds,
  };
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}

function commitNow(): string | null {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
