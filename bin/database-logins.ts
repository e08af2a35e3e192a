import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { type ClientOptions, connect, type Sql } from '../db/client.ts';
import { roleOfPart } from '../db/roles.ts';
import type { Config } from './config.ts';
import { makeFile } from './whole-file.ts';

/** The parts of Linli that sign in to the database, each with the role of its name. */
export type Part = 'api' | 'worker' | 'sealer';

/** How a part reaches the database. Holds a password: never print it. */
export interface DatabaseLogin {
  readonly url: string;
  /** The role to take on, where the address' login is not the part's own. */
  readonly role?: string;
}

/** How all parts reach the database, and who owns the tables. */
export interface DatabaseLogins extends Readonly<Record<Part, DatabaseLogin>> {
  /** Migrates, and makes the demonstration's organisation. No process works with it otherwise. */
  readonly owner: string;
}

const parts = ['api', 'worker', 'sealer'] as const;

/** The logins of a database of the operator's own: those configured, else one address for all, whose login takes on the roles. */
export function configuredLogins(
  { databaseUrls }: { readonly databaseUrls: Partial<Config['databaseUrls']> },
  owner: string,
): DatabaseLogins {
  const login = (part: Part): DatabaseLogin => {
    const own = databaseUrls[part];
    return own === undefined ? { url: owner, role: roleOfPart(part) } : { url: own };
  };
  return { owner, api: login('api'), worker: login('worker'), sealer: login('sealer') };
}

/** The logins of the database in the data folder, as the last start made them; before the first, its owner takes on the roles. */
export function ownLogins(config: Pick<Config, 'dataDir'>, owner: string): DatabaseLogins {
  const kept = passwordsIn(config.dataDir);
  if (!kept) return configuredLogins({ databaseUrls: {} }, owner);
  const login = (part: Part): DatabaseLogin => {
    const url = new URL(owner);
    [url.username, url.password] = [roleOfPart(part), kept[part]];
    return { url: url.href };
  };
  return { owner, api: login('api'), worker: login('worker'), sealer: login('sealer') };
}

/**
 * Lets the roles of the parts sign in to the database of the data folder, by passwords that are made once and lie beside that of
 * its owner, readable by him only. After the migrations, which make the roles.
 */
export async function makeOwnLogins(config: Pick<Config, 'dataDir'>, owner: string): Promise<DatabaseLogins> {
  const made = Object.fromEntries(parts.map((part) => [part, randomBytes(24).toString('hex')]));
  if (!passwordsIn(config.dataDir)) makeFile(passwordFile(config.dataDir), `${JSON.stringify(made)}\n`);
  const kept = passwordsIn(config.dataDir)!;
  const sql = postgres(owner, { max: 1, onnotice: () => {} });
  try {
    for (const part of parts)
      await sql.unsafe(`ALTER ROLE ${roleOfPart(part)} LOGIN PASSWORD '${kept[part].replaceAll("'", "''")}'`);
  } finally {
    await sql.end({ timeout: 5 });
  }
  return ownLogins(config, owner);
}

const passwordFile = (dataDir: string): string => join(dataDir, 'postgres.logins.json');

function passwordsIn(dataDir: string): Readonly<Record<Part, string>> | undefined {
  const file = passwordFile(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<Part, string>) : undefined;
}

/** A client of a part. Throws when its login cannot take on its role, saying what to do. */
export async function connectPart({ url, role }: DatabaseLogin, options: Omit<ClientOptions, 'role'>): Promise<Sql> {
  const sql = connect(url, { ...options, role });
  try {
    await sql`SELECT 1`;
    return sql;
  } catch (error) {
    await sql.end({ timeout: 1 });
    const { code } = error as { code?: unknown };
    // of the role a session is to begin with: there is none of that name, or the login is no member of it
    if (role === undefined || (code !== '22023' && code !== '42501')) throw error;
    throw new Error(
      `The login of the database cannot take on the role ${role}: the database is not migrated to this release, or the login is no member. ` +
        'Ways out: run "linli migrate" with the login that owns the tables; or name a login of its own for each part (docs/database-roles.md).',
      { cause: error },
    );
  }
}
