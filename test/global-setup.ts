import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../bin/platform/postgres.ts';
import { startTemporal } from '../bin/platform/temporal.ts';
import { makeTestFolder, removeTestFolder, sweepTestFolders } from './support/folders.ts';

declare module 'vitest' {
  /** What the set-up of a run tells its tests. */
  export interface ProvidedContext {
    /** Administrative address of the run's PostgreSQL. */
    readonly postgresUrl: string;
    /** Name of the migrated database that tests clone. */
    readonly templateDatabase: string;
    readonly temporalAddress: string;
    readonly temporalNamespace: string;
  }
}

const templateDatabase = 'linli_template';

/** Starts the services that a project's tests need, once for its run, and ends them after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = pino({ level: 'warn' }, pino.destination(2));
  await sweepTestFolders(log);
  const dataDir = makeTestFolder('run');
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.reverse()) await each();
    removeTestFolder(dataDir);
  };
  try {
    const server = await startPostgres({ dataDir, log, durable: false });
    stops.push(server.stop);
    await makeTemplate(server.url);
    project.provide('postgresUrl', server.url);
    project.provide('templateDatabase', templateDatabase);
    if (project.name !== 'integration') {
      const temporal = await startTemporal({ dataDir, log, headless: true });
      stops.push(temporal.stop);
      project.provide('temporalAddress', temporal.address);
      project.provide('temporalNamespace', temporal.namespace);
    }
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeTemplate(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`CREATE DATABASE ${sql(templateDatabase)}`;
  } finally {
    await sql.end();
  }
  const file = join(import.meta.dirname, '../db/migrate.ts');
  if (!existsSync(file)) return;
  const { migrate } = (await import(pathToFileURL(file).href)) as { migrate(url: string): Promise<unknown> };
  await migrate(adminUrl.replace(/[^/]*$/, templateDatabase));
}
