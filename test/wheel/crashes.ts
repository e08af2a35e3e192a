import { setTimeout as sleep } from 'node:timers/promises';
import { signalRun } from '../../activities/case-run.ts';
import { loadCaseToRun } from '../../activities/case-to-run.ts';
import { callWheel } from '../../activities/wheel-call.ts';
import { installPrograms, type PinnedProgram } from '../../door/programs.ts';
import type { DoorStep } from '../../door/step.ts';
import { TIME_SIGNAL } from '../../workflows/names.ts';
import type { Random } from '../faults/random.ts';
import type { Rig, Server } from '../faults/rig.ts';
import { burstBudgetMs, burstProgram } from '../support/burst-program.ts';
import { openMany } from '../support/many-cases.ts';
import { rungFaults, rungsFired } from '../support/rungs-once.ts';
import { caseworkerOf } from './caseworker.ts';

/** What is broken while the deadlines of one round come due. */
export type Crash =
  | { readonly what: 'step'; readonly step: DoorStep }
  | { readonly what: 'kill'; readonly victim: Server | 'worker' };

/** Each place inside the wheel's and the case timers' transactions, and each process. */
export const allCrashes: readonly Crash[] = [
  ...(['wheel-begun', 'wheel-locked', 'wheel-fired', 'wheel-written', 'wheel-committed', 'wheel-between'] as const).map(
    (step) => ({ what: 'step', step }) as const,
  ),
  ...(['advance-locked', 'advance-fired'] as const).map((step) => ({ what: 'step', step }) as const),
  ...(['worker', 'temporal', 'postgres'] as const).map((victim) => ({ what: 'kill', victim }) as const),
];

/** What a round came to. */
export interface CrashRound {
  readonly crash: string;
  readonly deadlines: number;
  /** From the instant until all had fired, crash and recovery included. */
  readonly firedAfterMs: number;
  /** How many had fired when the process was killed. */
  readonly firedAtCrash: number;
  /** Whether the process that was to end itself did. */
  readonly crashed: boolean;
  readonly wrong: readonly string[];
}

/** Two wheels turn at the same instant. */
const units = ['community-1', 'community-2'];
/** So many cases' workflows look at the very instant, beside the wheel. */
const mostAsking = 40;
const leadMs = 3_000;
const patienceMs = 300_000;

/** Puts the program of bursts into the rig's database. */
export async function prepareCrashes(rig: Rig): Promise<PinnedProgram> {
  return (await installPrograms(rig.sql, [burstProgram])).latest(burstProgram.id)!;
}

/**
 * So many deadlines of two units come due at one instant while both wheels and case timers work together and one thing is broken in the
 * middle. Two workers are there; the one with a failpoint ends itself. Then the tables are judged: each rung once.
 */
export async function crashRound(
  rig: Rig,
  program: PinnedProgram,
  { crash, deadlines, random }: { readonly crash: Crash; readonly deadlines: number; readonly random: Random },
): Promise<CrashRound> {
  const before = await rungsFired(rig.sql);
  const failing = crash.what === 'step';
  // a case's own timers get a chance where no other worker turns the wheel before them
  await rig.standUp(...(failing ? [] : ['worker', 'worker 2']));
  const dueAtMs = Date.now() + leadMs + deadlines * 4;
  const cases: string[] = [];
  for (const [i, unit] of units.entries()) {
    const share = Math.floor((deadlines + i) / units.length);
    const opened = await openMany(rig.sql, program, share, {
      ...{ actor: caseworkerOf(unit), unit, data: { need: '屋顶漏水' }, assignments: {} },
      openedAt: new Date(dueAtMs - burstBudgetMs).toISOString(),
      parties: [{ role: 'household', name: '周某' }],
    });
    cases.push(...opened.slice(0, mostAsking / units.length));
  }
  await rig.withTemporal((client) => Promise.all(units.map((unit) => callWheel(client, unit))));
  if (failing)
    await rig.start('worker', {
      failpoint: `${crash.step}:${random.between(1, Math.max(1, Math.floor(deadlines / 300)))}`,
    });
  await sleep(Math.max(0, dueAtMs - Date.now()));
  const asking = askFor(rig, cases);
  const share = random.between(5, 50) / 100;
  let firedAtCrash = 0;
  let crashed = true;
  if (crash.what === 'kill') {
    await until(async () => {
      firedAtCrash = (await rungsFired(rig.sql)) - before;
      return firedAtCrash >= share * deadlines;
    });
    await kill(rig, crash.victim);
  } else {
    await until(async () => !rig.part('worker').lives() || (await rungsFired(rig.sql)) - before >= deadlines);
    firedAtCrash = (await rungsFired(rig.sql)) - before;
    crashed = !rig.part('worker').lives();
    await rig.standUp('worker', 'worker 2');
  }
  await until(async () => (await rungsFired(rig.sql)) - before >= deadlines);
  const firedAfterMs = Date.now() - dueAtMs;
  await asking;
  await sleep(500); // who fires twice, does it about now
  const fired = (await rungsFired(rig.sql)) - before;
  const wrong = await rungFaults(rig.sql, new Date(dueAtMs).toISOString());
  if (fired !== deadlines) wrong.push(`${fired} rungs fired of ${deadlines}`);
  if (!crashed) wrong.push('nothing crashed');
  if (firedAtCrash >= deadlines) wrong.push('it crashed when all had fired: it proves nothing');
  return {
    crash: crash.what === 'step' ? crash.step : `kill ${crash.victim}`,
    deadlines,
    firedAfterMs,
    firedAtCrash,
    crashed,
    wrong,
  };
}

/** Waits until every workflow has taken in what fired, and nobody has to be woken any more. */
export async function allWitnessed(rig: Rig): Promise<void> {
  await until(async () => {
    const [row] = await rig.sql<{ ok: boolean }[]>`
      SELECT NOT EXISTS (SELECT FROM cases WHERE witnessed_seq < seq) AND NOT EXISTS (SELECT FROM wakes) AS ok`;
    return row!.ok;
  }, 1_800_000);
}

/** Starts the workflows of these cases: each asks the door at once, as a timer makes it do. One that fails is left to the sweeper. */
function askFor(rig: Rig, cases: readonly string[]): Promise<unknown> {
  return rig
    .withTemporal((client) =>
      Promise.all(
        cases.map(async (caseId) => {
          const work = await loadCaseToRun(rig.sql, caseId);
          if (work) await signalRun(client, work, { name: TIME_SIGNAL, args: [] });
        }),
      ),
    )
    .catch(() => undefined);
}

async function kill(rig: Rig, victim: Server | 'worker'): Promise<void> {
  if (victim === 'worker') {
    await rig.part('worker').kill();
    await rig.start('worker');
    return;
  }
  await rig.killServer(victim);
  await sleep(300);
  await rig.startServer(victim);
}

/** A server that is away answers nothing: it is asked again. */
async function until(what: () => Promise<boolean>, mostMs = patienceMs): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await what().catch(() => false))) {
    if (Date.now() > end) throw new Error(`waited ${mostMs / 1_000} s in vain`);
    await sleep(20);
  }
}
