import type { RegisterCommand } from '../context.ts';

/** `linli api`: the API and pages as a process of its own. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('api')
    .description('run the API and the pages alone')
    .action(async () => {
      const { serve } = await import('../serve.ts');
      await serve('api', context);
      // libraries may keep handles open; by now everything has ended in order
      process.exit();
    });
};
