import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import postgres from 'postgres';
import { verifySmtp } from '../activities/channels/email.ts';
import type { Config } from './config.ts';
import { TEMPORAL_CLI_VERSION, temporalCliPath } from './platform/binaries.mjs';
import { lives, readInstance } from './platform/claim.ts';
import { isFree } from './platform/ports.ts';
import { runningPostgres } from './platform/postgres.ts';
import { accountFor, postgresPrograms } from './platform/postgres-files.ts';
import { runningTemporal } from './platform/temporal.ts';

/** One thing looked at. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** How to mend it; missing when all is well. */
  readonly mend?: string;
}

/** Above this a process alarms; see "One clock" in the architecture. */
const clockLimitMs = 60_000;

/** Looks at everything that a start needs. Starts nothing; fetches Temporal's program when it is missing. */
export async function examine(config: Config): Promise<Finding[]> {
  const instance = readInstance(config.dataDir);
  const up = instance !== undefined && lives(instance);
  return [
    nodeVersion(),
    ...config.unknown.map((name) => bad(`variable ${name} is not known`, 'See docs/configuration.md for the names.')),
    folder(config.dataDir),
    up ? good(`Linli runs as process ${instance.pid}, ${instance.url ?? 'still starting'}`) : await port(config),
    ...(await database(config, up)),
    ...(await temporal(config, up)),
    ...(await mail(config)),
  ];
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return good(`Node ${process.versions.node}`);
  return bad(`Node ${process.versions.node}`, 'Install Node 20.19 or newer.');
}

function folder(dataDir: string): Finding {
  let place = dataDir;
  while (!existsSync(place)) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    return good(`data folder ${dataDir}${place === dataDir ? '' : ' (made at the first start)'}`);
  } catch {
    return bad(`data folder ${dataDir} cannot be written`, 'Change its owner, or choose another with LINLI_DATA.');
  }
}

async function port(config: Config): Promise<Finding> {
  if (await isFree(config.port, config.host)) return good(`port ${config.port} is free`);
  return good(`port ${config.port} is taken: the next free one will be used`);
}

async function database(config: Config, up: boolean): Promise<Finding[]> {
  const url = config.databaseUrl ?? (await runningPostgres(config.dataDir))?.url;
  if (!url && up) return [bad('the database does not run', `See ${config.dataDir}/logs/postgres.log.`)];
  if (!url)
    return [
      attempt('PostgreSQL of this release runs on this machine', () =>
        postgresPrograms(accountFor(`${config.dataDir}/postgres`), config.dataDir),
      ),
    ];
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    const [row] = await sql<{ version: number; now: number }[]>`
      SELECT current_setting('server_version_num')::int / 10000 AS version,
             (extract(epoch FROM clock_timestamp()) * 1000)::float AS now`;
    if (!row) throw new Error('it gives no answer');
    const { version, now } = row;
    return [
      version >= 15 ? good(`PostgreSQL ${version}`) : bad(`PostgreSQL ${version}`, 'Linli needs 15 or newer.'),
      clock('the database', now),
    ];
  } catch (error) {
    return [bad(`the database does not answer: ${reason(error)}`, 'Check DATABASE_URL, the server and its firewall.')];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function temporal(config: Config, up: boolean): Promise<Finding[]> {
  const running = runningTemporal(config.dataDir);
  const target =
    config.temporal ?? (running && { connectionOptions: { address: running.address }, namespace: running.namespace });
  if (!target && up) return [bad('Temporal does not run', `See ${config.dataDir}/logs/temporal.log.`)];
  if (!target) {
    const found = await temporalCliPath().then(
      () => undefined,
      (error: Error) => error.message,
    );
    return [
      found === undefined ? good(`Temporal ${TEMPORAL_CLI_VERSION} is there`) : bad('Temporal is missing', found),
    ];
  }
  const { connectionOptions, namespace } = target;
  const where = `Temporal at ${connectionOptions.address ?? 'localhost:7233'}`;
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: 5_000 });
    try {
      await connection.withDeadline(Date.now() + 5_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return [good(`${where}, namespace ${namespace}`)];
    } finally {
      await connection.close();
    }
  } catch (error) {
    return [bad(`${where}: ${reason(error)}`, 'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the server.')];
  }
}

async function mail({ smtp, publicUrl, sms }: Config): Promise<Finding[]> {
  const outside = smtp !== undefined || sms !== undefined;
  const links =
    outside && publicUrl === undefined
      ? [bad('messages carry no link to the pages', 'Set LINLI_PUBLIC_URL to the address people reach Linli at.')]
      : [];
  if (!smtp) return links;
  const where = `the mail server ${smtp.host}:${smtp.port}`;
  const found = await verifySmtp(smtp).then(
    () => good(`${where} answers${smtp.user === undefined ? '' : ' and takes our login'}`),
    (error: unknown) => bad(`${where}: ${reason(error)}`, 'Check LINLI_SMTP_… and the server.'),
  );
  return [found, ...links];
}

function clock(whose: string, theirs: number): Finding {
  const offMs = Math.abs(theirs - Date.now());
  if (offMs < clockLimitMs) return good(`clocks of ${whose} and of this machine agree`);
  return bad(
    `the clock of ${whose} differs by ${Math.round(offMs / 1_000)} s`,
    'Set both machines by a time server (NTP).',
  );
}

function attempt(what: string, act: () => unknown): Finding {
  try {
    act();
    return good(what);
  } catch (error) {
    return bad(`not so: ${what}`, reason(error));
  }
}

function good(what: string): Finding {
  return { ok: true, what };
}

function bad(what: string, mend: string): Finding {
  return { ok: false, what, mend };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.message === '' ? String(error.code) : error.message;
}
