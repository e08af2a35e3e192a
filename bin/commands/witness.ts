import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { RegisterCommand } from '../context.ts';

interface Options {
  readonly url: string;
  readonly folder: string;
  readonly keyFile?: string;
  readonly logKey?: string;
  readonly every: number;
  readonly quietHours: number;
  readonly once?: true;
}

const positive = (text: string): number => {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('a number above 0');
};

/** `linli witness`: keeps the signed checkpoints of a Linli elsewhere, outside the reach of whoever runs it. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('witness')
    .description('keep the signed checkpoints of a Linli elsewhere; exit 1 with evidence when its record was rewritten')
    .requiredOption('--url <address>', 'where Linli answers, like https://linli.example.org')
    .requiredOption('--folder <folder>', 'where checkpoints are kept; lines are only ever added')
    .option('--key-file <file>', 'a file with an auditor’s API key')
    .option('--log-key <key>', 'the log’s key as the house has told it (linli audit key); else the first one seen')
    .option('--every <seconds>', 'from look to look', positive, 60)
    .option('--quiet-hours <hours>', 'after which a log that says nothing new is an alarm', positive, 25)
    .option('--once', 'look once: exit 0 well, 1 refused, 3 nothing new could be learned')
    .action(async ({ keyFile, every, ...options }: Options) => {
      const [{ runWitness }, { nextStopSignal }] = await Promise.all([
        import('../witness/run.ts'),
        import('../platform/signals.ts'),
      ]);
      const stopping = new AbortController();
      if (!options.once) void nextStopSignal(undefined).signal.then(() => stopping.abort());
      process.exitCode = await runWitness({
        ...options,
        ...{ everySeconds: every, say: context.print, stop: stopping.signal },
        apiKey: keyFile === undefined ? undefined : readFileSync(keyFile, 'utf8').trim(),
      });
      if (!options.once) process.exit();
    });
};
