import type { Client } from '@temporalio/client';
import type { Sql } from '../../db/client.ts';
import type { CommandContext } from '../context.ts';

/** How many connections to the database a command opens at most, and what the server's list of sessions shows. */
export interface SessionOptions {
  readonly max: number;
  readonly name: string;
  /** Absent: the keys of this machine, which may be made. `none`: for what looks into nothing that is sealed, or looks at the keys themselves. */
  readonly keys?: 'none';
}

/** What a command works on that needs both. */
export interface Stores {
  readonly sql: Sql;
  readonly client: Client;
}

/** Runs something on the database, with the keys of this machine unless it needs none. */
export async function withSql<T>(
  context: CommandContext,
  session: SessionOptions,
  act: (sql: Sql) => Promise<T>,
): Promise<T> {
  const [{ connect }, { giveKeysHere }] = await Promise.all([import('../../db/client.ts'), import('../keys.ts')]);
  return context.withDatabase(async (url) => {
    const sql = connect(url, { max: session.max, name: session.name });
    try {
      if (session.keys !== 'none') await giveKeysHere(context.config(), sql);
      return await act(sql);
    } finally {
      await sql.end();
    }
  });
}

/** Runs something on the Temporal server, what it holds being decrypted with the keys of the database. Throws like `withTemporal`. */
export const withTemporalOnly = <T>(context: CommandContext, act: (client: Client) => Promise<T>): Promise<T> =>
  withTemporal(context, { max: 2, name: 'linli keys' }, ({ client }) => act(client));

/** Runs something on the database and the Temporal server. `sends`: it may say something to workflows, with keys that are made where there are none. Throws when there is no Temporal or it cannot be reached. */
export async function withTemporal<T>(
  context: CommandContext,
  session: SessionOptions & { readonly sends?: true },
  act: (stores: Stores) => Promise<T>,
): Promise<T> {
  const target = context.temporal();
  if (!target)
    throw new Error(
      'There is no Temporal: TEMPORAL_ADDRESS is not set, and none runs on the data folder. Way out: start Linli.',
    );
  const temporal = await import('@temporalio/client');
  const connection = await temporal.Connection.connect({ ...target.connectionOptions, connectTimeout: 5_000 });
  try {
    // the converter's keys are the client's too
    return await withSql(context, { ...session, keys: 'none' }, async (sql) => {
      const dataConverter = await converterOf(context, sql, session.sends === true);
      const decrypts = dataConverter ? { dataConverter } : {};
      return act({ sql, client: new temporal.Client({ connection, namespace: target.namespace, ...decrypts }) });
    });
  } finally {
    await connection.close();
  }
}

async function converterOf(context: CommandContext, sql: Sql, sends: boolean) {
  if (!sends) return (await import('../converter-to-read.ts')).converterToRead(context.config(), sql);
  const [{ clientConverter }, { openKeys }] = await Promise.all([
    import('../../activities/data-converter.ts'),
    import('../keys.ts'),
  ]);
  return clientConverter(await openKeys(context.config(), sql));
}
