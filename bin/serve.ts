import type { Config } from './config.ts';
import type { CommandContext } from './context.ts';
import { configuredLogins, type DatabaseLogins, ownLogins } from './database-logins.ts';
import { createLog } from './platform/log.ts';
import { runningPostgres } from './platform/postgres.ts';
import { nextStopSignal } from './platform/signals.ts';
import { drain, startServices } from './services.ts';

/**
 * `linli api` and `linli worker`: one part as a process of its own, any number of them, until Ctrl-C or SIGTERM.
 * Database and Temporal are the configured ones, else those of a `linli start` that runs on the data folder.
 */
export async function serve(part: 'api' | 'worker', context: CommandContext): Promise<void> {
  const config = context.config();
  const log = createLog({ level: config.logLevel });
  const database = await loginsOf(config);
  // Temporal's own default: the server of a developer's machine
  const temporal = context.temporal() ?? { connectionOptions: { address: 'localhost:7233' }, namespace: 'default' };
  const stop = nextStopSignal();
  const services = await startServices({ parts: [part], database, temporal, config, log });
  context.print(services.url ? `Linli's API is ready at ${services.url}` : "Linli's worker is ready");
  const signal = await stop.signal;
  log.info({ signal }, 'finishing what is under way');
  await drain(services, log);
}

/** How this process reaches the database: each address that is its own, else `DATABASE_URL`, else what runs on the data folder. */
async function loginsOf(config: Config): Promise<DatabaseLogins> {
  const address = config.databaseUrl ?? config.databaseUrls.api ?? config.databaseUrls.worker;
  if (address !== undefined) return configuredLogins(config, address);
  const own = await runningPostgres(config.dataDir);
  if (own) return ownLogins(config, own.url);
  throw new Error(
    `There is no database: DATABASE_URL is not set, and none runs on ${config.dataDir}. ` +
      'Ways out: set DATABASE_URL, or run "linli start", which brings one.',
  );
}
