import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../../door/verify.ts';
import { randomFrom } from '../faults/random.ts';
import { doorBench } from '../support/door.ts';
import { found, type Ground, isFound, prepareGround } from './ground.ts';
import { mutations, wrongDestructions } from './mutations.ts';

// What an administrator of the database could do, found by "audit verify" with the notes of a witness: no mutation missed, no
// false alarm. The seed is fixed; every kind of change is tried three times or more, at other places.

const SEED = 20_261_122;
const times = Math.max(3, Math.ceil(300 / mutations.length));

let ground: Ground;
beforeAll(async () => {
  ground = await prepareGround(await doorBench());
}, 300_000);
afterAll(() => ground.close());

const look = () => found(ground);

test('what was not touched holds', async () => {
  const proof = await verify(ground.sql, { log: { witness: ground.witness } });
  expect(proof.findings).toEqual([]);
  // or a change of what was never logged could not be found
  expect(proof.checked.unlogged).toBe(0);
  const [row] = await ground.sql<{ chains: number; leaves: number; nodes: number }[]>`
    SELECT (SELECT count(*) FROM log_chains) AS chains, (SELECT count(*) FROM log_leaves) AS leaves,
      (SELECT count(*) FROM log_head_nodes) AS nodes`;
  expect(row!.chains).toBeGreaterThan(16);
  expect(row!.leaves).toBeGreaterThan(100);
  expect(row!.nodes).toBeGreaterThan(0);
});

test.each(mutations)(
  `$name: found each of ${times} times`,
  async (mutation) => {
    const random = randomFrom(SEED + mutations.indexOf(mutation) * 1_000);
    for (let n = 0; n < times; n += 1) {
      const what = await mutation.make(ground, random);
      expect(await isFound(ground), `${mutation.name}: ${what} was not found`).toBe(true);
      await ground.restore();
    }
    expect(await look()).toEqual([]);
  },
  300_000,
);

test.each(wrongDestructions)(
  '$name: its own chain tells, also under a log that was made anew and signed',
  async (mutation) => {
    await mutation.make(ground, randomFrom(SEED));
    await ground.logAnew({ ...ground.signing, remembered: () => undefined });
    const findings = await found(ground, { keys: ground.witness.keys, notes: [] });
    expect(findings.map(({ rule }) => rule)).toContain('chain');
    expect(findings.filter(({ rule }) => rule === 'log' || rule === 'checkpoints')).toEqual([]);
    await ground.restore();
    expect(await look()).toEqual([]);
  },
  300_000,
);
