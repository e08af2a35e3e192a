import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** Any number; every process that migrates this database uses the same. */
const migrationLock = 4_711_018_001;

/**
 * Brings the database up to this release, one process at a time: others wait for the lock and then find nothing to do.
 * Works as superuser and as an ordinary owner with CREATEROLE, on PostgreSQL 15 and newer.
 */
export async function migrate(url: string): Promise<void> {
  const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await client`SELECT pg_advisory_lock(${migrationLock})`;
    await applyMigrations(drizzle(client), { migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)) });
  } catch (error) {
    throw new Error(`The database could not be migrated: ${reason(error)}`, { cause: error });
  } finally {
    // closing the session gives the lock back
    await client.end({ timeout: 5 });
  }
}

/** Drizzle's own message holds the statement with all parameters; the server's reason is in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
