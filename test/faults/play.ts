import { Callers } from './client.ts';
import { judge, type Verdict } from './oracle.ts';
import { type Random, randomFrom } from './random.ts';
import type { Rig } from './rig.ts';
import type { Scenario } from './scenarios.ts';

/** A run of scenarios on one installation, with one seed. */
export interface Play {
  readonly seed: number;
  readonly random: Random;
  readonly callers: Callers;
  readonly rig: Rig;
  readonly length: number;
}

/** The seed of `LINLI_SEED`, or one by chance. */
export function chooseSeed(): number {
  return Number(process.env['LINLI_SEED']) || Math.floor(Math.random() * 1e9);
}

/** Sets a play up on a rig. `length` 1: outages of seconds, a few kills each. */
export function preparePlay(rig: Rig, seed: number, length: number): Play {
  return { rig, seed, length, random: randomFrom(seed), callers: new Callers(() => rig.urls) };
}

/** Plays a scenario with one API and one worker up at its start, and judges what it left. */
export async function playScenario(play: Play, scenario: Scenario): Promise<Verdict> {
  const { rig } = play;
  await rig.standUp('api', 'worker');
  const since = await now(rig);
  const ground = { ...play, figures: {} };
  await scenario(ground);
  return judge(ground, since);
}

/** Judges everything there is, the whole record with all histories. */
export async function judgeAll(play: Play): Promise<Verdict> {
  await play.rig.standUp('api', 'worker');
  return judge({ ...play, figures: {} });
}

async function now({ sql }: Rig): Promise<string> {
  const [row] = await sql<{ now: string }[]>`SELECT clock_timestamp() AS now`;
  return row!.now;
}
