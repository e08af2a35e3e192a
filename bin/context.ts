import type { Command } from 'commander';
import type { Logger } from 'pino';
import { type Config, readConfig, type TemporalTarget } from './config.ts';
import { createLog } from './platform/log.ts';
import { runningPostgres, startPostgres } from './platform/postgres.ts';
import { runningTemporal } from './platform/temporal.ts';

/** What every command is given. */
export interface CommandContext {
  /** The environment, read and checked when first asked for. Throws `ConfigError`. */
  config(): Config;
  /** JSON lines on standard error. */
  readonly log: Logger;
  /** Prints a result to standard output. */
  print(text: string): void;
  /** Tells people what goes on, on standard error. */
  say(text: string): void;
  /** Runs something on the database: DATABASE_URL, else the one of the data folder, started for the time when it is not up. */
  withDatabase<T>(act: (databaseUrl: string) => Promise<T>): Promise<T>;
  /** The Temporal server: the configured one, else the one that runs on the data folder; undefined when there is none. */
  temporal(): TemporalTarget | undefined;
}

/** A command's file exports this as `register`. */
export type RegisterCommand = (program: Command, context: CommandContext) => void;

/** The context over the environment of this process. */
export function commandContext(): CommandContext {
  let config: Config | undefined;
  const read = (): Config => {
    config ??= readConfig();
    return config;
  };
  const log = createLog({ level: process.env['LINLI_LOG'] === 'debug' ? 'debug' : 'info' });
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    config: read,
    log,
    say,
    print: (text) => void process.stdout.write(`${text}\n`),
    async withDatabase(act) {
      const { databaseUrl, dataDir } = read();
      if (databaseUrl) return act(databaseUrl);
      const found = await runningPostgres(dataDir);
      if (found) return act(found.url);
      say('starting the database of the data folder for this command …');
      const started = await startPostgres({ dataDir, log });
      try {
        return await act(started.url);
      } finally {
        await started.stop();
      }
    },
    temporal() {
      const { temporal, dataDir } = read();
      if (temporal) return temporal;
      const found = runningTemporal(dataDir);
      return found && { connectionOptions: { address: found.address }, namespace: found.namespace };
    },
  };
}
