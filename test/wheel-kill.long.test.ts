import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PinnedProgram } from '../door/programs.ts';
import { randomFrom } from './faults/random.ts';
import { Rig } from './faults/rig.ts';
import { quietRuntime } from './support/quiet.ts';
import { type Crash, crashRound, prepareCrashes } from './wheel/crashes.ts';

let rig: Rig;
let program: PinnedProgram;
beforeAll(async () => {
  quietRuntime();
  rig = await Rig.build();
  program = await prepareCrashes(rig);
}, 120_000);
afterAll(() => rig.close(), 60_000);

const random = randomFrom(1);

// each place and 10,000 deadlines: npm run campaign:wheel
test.each<[string, Crash]>([
  ['the worker ends itself with everything written and nothing committed', { what: 'step', step: 'wheel-written' }],
  ['a worker is killed', { what: 'kill', victim: 'worker' }],
  ['Temporal is killed', { what: 'kill', victim: 'temporal' }],
  ['PostgreSQL is killed', { what: 'kill', victim: 'postgres' }],
])(
  '1,000 deadlines of two units at one instant, and in the middle %s: each rung once',
  async (_, crash) => {
    const round = await crashRound(rig, program, { crash, deadlines: 1_000, random });
    expect(round.wrong).toEqual([]);
  },
  300_000,
);
