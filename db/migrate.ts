import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { schemas } from './client.ts';

/** Any number; every process that migrates this database uses the same. */
const migrationLock = 4_711_018_001;

/**
 * So long a migration waits for a table that somebody uses, and so often it begins again. Whoever comes after one that waits
 * waits behind it, also to read: so it gives way soon.
 */
const lockTimeoutMs = 3_000;
const tries = 20;
const pauseMs = 1_000;
/** `lock_not_available`. */
const lockedBySomebody = '55P03';

const ownMigrations = fileURLToPath(new URL('migrations', import.meta.url));

/** The hashes of this release's migrations, in order, as the database remembers them. */
export const migrationHashes = (): string[] =>
  readMigrationFiles({ migrationsFolder: ownMigrations }).map(({ hash }) => hash);

/** Brings an empty database up to the first `n` migrations only: what an earlier release had made of it. */
export async function migrateTo(url: string, n: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'linli-migrations-'));
  try {
    cpSync(ownMigrations, folder, { recursive: true });
    const file = join(folder, 'meta/_journal.json');
    const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: unknown[] };
    writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, n) }));
    await migrate(url, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Brings the database up to this release, one process at a time: others wait for the lock and then find nothing to do.
 * Works as superuser and as an ordinary owner with CREATEROLE, on PostgreSQL 15 and newer. All migrations that are missing are
 * one transaction. Throws when a table stays in use.
 */
export async function migrate(url: string, migrationsFolder = ownMigrations): Promise<void> {
  const connection = { search_path: schemas };
  const client = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {}, connection });
  try {
    await client`SELECT pg_advisory_lock(${migrationLock})`;
    await client.unsafe(`SET lock_timeout = ${lockTimeoutMs}`);
    await givingWay(() => applyMigrations(drizzle(client), { migrationsFolder }));
  } catch (error) {
    throw new Error(`The database could not be migrated: ${reason(error)}`, { cause: error });
  } finally {
    // closing the session gives the lock back
    await client.end({ timeout: 5 });
  }
}

/** Runs what changes nothing when it fails until it has all the locks it needs. Throws the last error. */
async function givingWay(work: () => Promise<unknown>): Promise<void> {
  for (let n = 1; ; n += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const { code, cause } = error as { code?: string; cause?: { code?: string } };
      if ((cause?.code ?? code) !== lockedBySomebody) throw error;
      if (n === tries)
        throw new Error(
          'a table it changes is in use, and was so for over a minute. Way out: end long reports, backups and open psql sessions on this database, and start again',
          { cause: error },
        );
      await sleep(pauseMs);
    }
  }
}

/** Drizzle's own message holds the statement with all parameters; the server's reason is in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message.startsWith('a table it changes');
  return !own && error.cause instanceof Error ? error.cause.message : error.message;
}
