import { migrate } from '../../db/migrate.ts';
import type { RegisterCommand } from '../context.ts';

/** `linli migrate`: brings the database up to this release, once however many processes try. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('migrate')
    .description('bring the database up to this release')
    .action(async () => {
      await context.withDatabase(migrate);
      context.say('The database is up to this release.');
    });
};
