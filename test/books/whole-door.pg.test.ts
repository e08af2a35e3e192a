import { expect, test } from 'vitest';
import { freshDatabase } from '../support/postgres.ts';
import { playThroughDoor } from './model/door-history.ts';
import { kinds } from './model/model-scene.ts';

const SEED = 20_261_120;
const OPERATIONS = 50;

test.each([...kinds.keys()])(
  'through the whole door every act is taken or refused as the model says, and all proofs hold (%i)',
  async (n) => {
    const database = await freshDatabase();
    try {
      const { accepted } = await playThroughDoor(database.url, SEED + n, OPERATIONS);
      expect([...accepted.values()].reduce((sum, each) => sum + each, 0)).toBeGreaterThan(10);
    } finally {
      await database.close();
    }
  },
  120_000,
);
