import type { RegisterCommand } from '../context.ts';

/** `linli restore-workflows`: starts the workflows of open cases again from the record, where none runs. Safe to repeat. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('restore-workflows')
    .description('start the workflows of open cases again from the record, after Temporal lost them; safe to repeat')
    .action(async () => {
      const target = context.temporal();
      if (!target)
        throw new Error(
          'There is no Temporal: TEMPORAL_ADDRESS is not set, and none runs on the data folder. Way out: start Linli.',
        );
      const [{ Client, Connection }, { restoreWorkflows }, { connect }] = await Promise.all([
        import('@temporalio/client'),
        import('../../activities/restore.ts'),
        import('../../db/client.ts'),
      ]);
      const connection = await Connection.connect({ ...target.connectionOptions, connectTimeout: 5_000 });
      try {
        const client = new Client({ connection, namespace: target.namespace });
        const n = await context.withDatabase(async (url) => {
          const sql = connect(url, { max: 4, name: 'linli restore-workflows' });
          try {
            return await restoreWorkflows({ sql, client, log: context.log });
          } finally {
            await sql.end();
          }
        });
        context.print(`${n} workflows started or woken`);
      } finally {
        await connection.close();
      }
    });
};
