import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const everywhereElse = ['**/node_modules/**', '**/dist/**', '**/.data/**'];
const needsServices = [
  ...['**/*.pg.test.ts', '**/*.temporal.test.ts', '**/*.long.test.ts'],
  ...['test/e2e/**', 'test/faults/**', 'test/twenty-years.test.ts'],
];
const slowMs = 60_000;
// A process takes one file after another, and what is imported is read once: otherwise each file reads hundreds of modules
// anew, which takes more than most files do. So no test may leave behind anything in its process: no variable of a module, no
// environment variable, no double of a global.
const sharedProcess = { isolate: false } as const;

// Kinds of tests by what they need: nothing; a real PostgreSQL; a real Temporal as well; whole processes of their own. Those
// with services run together, so that tests that mostly wait and tests that mostly work share the processors.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          ...sharedProcess,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...everywhereElse, ...needsServices],
          testTimeout: 20_000,
          hookTimeout: slowMs,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          ...sharedProcess,
          include: ['**/*.pg.test.ts'],
          exclude: everywhereElse,
          globalSetup: 'test/global-setup.ts',
          testTimeout: slowMs,
          hookTimeout: slowMs,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ['**/*.temporal.test.ts'],
          exclude: everywhereElse,
          globalSetup: 'test/global-setup.ts',
          testTimeout: 2 * slowMs,
          hookTimeout: 2 * slowMs,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: everywhereElse,
          testTimeout: 5 * slowMs,
          hookTimeout: 5 * slowMs,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // takes minutes a file, and is not part of `npm test`: `npm run test:long`, or after all others by `npm test -- --with-long`
        extends: true,
        test: {
          name: 'long',
          include: ['**/*.long.test.ts'],
          exclude: everywhereElse,
          globalSetup: 'test/global-setup.ts',
          testTimeout: 2 * slowMs,
          hookTimeout: 2 * slowMs,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // one case over twenty years: `npm run test:years`
        extends: true,
        test: {
          name: 'years',
          include: ['test/twenty-years.test.ts'],
          exclude: everywhereElse,
          globalSetup: 'test/global-setup.ts',
          testTimeout: 2 * slowMs,
          hookTimeout: 2 * slowMs,
          sequence: { groupOrder: 5 },
        },
      },
      {
        // not part of `npm test`: `npm run faults`, or after all others by `npm test -- --with-faults`
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          exclude: everywhereElse,
          testTimeout: 10 * slowMs,
          hookTimeout: 4 * slowMs,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
