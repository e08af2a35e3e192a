import { join } from 'node:path';
import { startPostgres } from '../../bin/platform/postgres.ts';
import { migrate } from '../../db/migrate.ts';
import { makeTestFolder, removeTestFolder } from './folders.ts';
import type { TestDatabase } from './postgres.ts';
import { silentLog as log } from './quiet.ts';

/** A PostgreSQL with a migrated database for a script, outside the test runner. */
export async function scriptDatabase(): Promise<TestDatabase> {
  const folder = makeTestFolder('script');
  const server = await startPostgres({ dataDir: join(folder), log, durable: false });
  await migrate(server.url);
  return {
    url: server.url,
    async close() {
      await server.stop();
      removeTestFolder(folder);
    },
  };
}
