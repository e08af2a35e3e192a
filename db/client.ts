import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** The driver's client. Date columns come back as text in the form of `Instant`; parameters for them are text as well. */
export type Sql = postgres.Sql<{ instant: string }>;

/** Drizzle over a client of its own, because Drizzle changes the parsers of the client it is given. For reading. */
export type Db = PostgresJsDatabase & { $client: postgres.Sql };

/** How to reach the database. */
export interface ClientOptions {
  /** Connections at most. Default 10. */
  readonly max?: number;
  /** What the server's list of sessions shows. Default `linli`. */
  readonly name?: string;
  /** The database role every session begins with, which the login may take on. Default: the login's own. */
  readonly role?: string | undefined;
  /** A statement is given up by the server after this time. Default 10 s. */
  readonly statementTimeoutMs?: number;
  /** Called with the number of a connection that was closed. */
  readonly onclose?: (connection: number) => void;
}

/** A process that stopped may keep a lock no longer than this, nor may one wait longer for it. */
const lockLimitMs = 3_000;

/** Where tables without a schema of their own are looked for, in this order; new ones are made in the first. */
export const schemas = 'public, person';

/** Settings of every connection of ours. Exact numbers matter: see "Postgres settings" in the architecture. */
function settings(options: ClientOptions) {
  return {
    max: options.max ?? 10,
    connect_timeout: 3,
    // Node then probes a silent connection every second
    keep_alive: 1,
    fetch_types: false,
    onnotice: () => {},
    ...(options.onclose ? { onclose: options.onclose } : {}),
    connection: {
      application_name: options.name ?? 'linli',
      ...(options.role === undefined ? {} : { role: options.role }),
      search_path: schemas,
      idle_in_transaction_session_timeout: lockLimitMs,
      lock_timeout: lockLimitMs,
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      TimeZone: 'UTC',
    },
  };
}

/** A client for raw SQL. It connects when first used; `end()` closes it. */
export function connect(url: string, options: ClientOptions = {}): Sql {
  return postgres(url, {
    ...settings(options),
    types: {
      instant: {
        to: 1184,
        from: [1184],
        serialize: (value: string) => value,
        parse: (value: string) => new Date(value).toISOString(),
      },
      // counters stay far below 2^53
      bigint: { to: 20, from: [20], serialize: (value: number) => String(value), parse: Number },
      date: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (value: string) => value },
    },
  }) as unknown as Sql;
}

/** A Drizzle database for the queries in `db/queries`. `db.$client.end()` closes it. */
export function connectDrizzle(url: string, options: ClientOptions = {}): Db {
  return drizzle(postgres(url, settings(options)));
}
