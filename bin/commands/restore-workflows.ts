import type { RegisterCommand } from '../context.ts';
import { withTemporal } from './with-stores.ts';

/** `linli restore-workflows`: starts the workflows of open cases again from the record, where none runs. Safe to repeat. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('restore-workflows')
    .description('start the workflows of open cases again from the record, after Temporal lost them; safe to repeat')
    .action(async () => {
      const session = { max: 4, name: 'linli restore-workflows', sends: true } as const;
      const n = await withTemporal(context, session, async ({ sql, client }) => {
        const { restoreWorkflows } = await import('../../activities/restore.ts');
        return restoreWorkflows({ sql, client, log: context.log });
      });
      context.print(`${n} workflows started or woken`);
    });
};
