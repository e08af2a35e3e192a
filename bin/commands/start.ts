import type { RegisterCommand } from '../context.ts';

/** `linli start`: everything on this machine. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('start')
    .description('run everything on this machine: database, Temporal, API, worker and pages')
    .action(async () => {
      const { start } = await import('../start.ts');
      process.exitCode = await start(context.config(), context);
      // libraries may keep handles open; by now everything has ended in order
      process.exit();
    });
};
