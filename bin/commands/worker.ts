import type { RegisterCommand } from '../context.ts';

/** `linli worker`: the worker as a process of its own. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('worker')
    .description('run a worker alone: workflows, timers, deliveries')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      await serve('worker', context);
      // libraries may keep handles open; by now everything has ended in order
      process.exit();
    });
};
