import { InvalidArgumentError } from 'commander';
import type { RegisterCommand } from '../context.ts';

interface Options {
  readonly json?: true;
  readonly seconds: number;
  readonly rounds: number;
  readonly seed: number;
  readonly profile?: string;
  readonly n?: number;
}

/** `npm run bench`: how fast this is beside bare Temporal, on a whole Linli of its own that is thrown away afterwards. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('bench')
    .description('measure cases and acts over HTTP against bare Temporal workflows, in one run on the same servers')
    .argument(
      '[names...]',
      'what to measure: start, act, spread, hot when none is named; burst, idle and record take minutes',
    )
    .option('--json', 'one JSON object a line: {name, ours, reference, ratio, unit, n, note}')
    .option('--seconds <seconds>', 'seconds of measuring for each side and number of clients', positive, 12)
    .option('--rounds <rounds>', 'into how many rounds they are cut; the sides take turns', positive, 3)
    .option('--seed <number>', 'for the texts that are written', Number, 1)
    .option(
      '--n <number>',
      'how many cases come due at once (burst, 1000) or lie idle (idle, 5000), or events of the large dossier (record, 20000)',
      count,
    )
    .option('--profile <folder>', 'write CPU profiles of the process with API and worker there')
    .action(async (names: string[], { json, seconds, rounds, seed, profile, n }: Options) => {
      const { runBench, subjects } = await import('../../bench/bench.ts');
      const unknown = names.filter((name) => !(name in subjects));
      if (unknown.length > 0) {
        context.say(`There is nothing named ${unknown.join(', ')} to measure: ${Object.keys(subjects).join(', ')}.`);
        process.exitCode = 2;
        return;
      }
      const given = { ...(profile === undefined ? {} : { profile }), ...(n === undefined ? {} : { n }) };
      const broken = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => broken.abort());
      const { signal } = broken;
      await runBench(
        { names, seconds, rounds: Math.ceil(rounds), seed, json: json ?? false, signal, ...given },
        context,
      );
      process.exit();
    });
};

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3_600)) throw new InvalidArgumentError('Give a number above 0, at most 3600.');
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 10 && value <= 100_000)) {
    throw new InvalidArgumentError('Give a whole number from 10 to 100000.');
  }
  return value;
}
