import type { RegisterCommand } from '../context.ts';
import { withSql } from './with-stores.ts';

/** `linli sign-in lift-rules`: whoever runs the installation lets people in again who are shut out by what is demanded of all. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('sign-in')
    .description('how people sign in (docs/signing-in.md)')
    .command('lift-rules')
    .description('demand neither a second factor nor a verified identity any longer: the way out when nobody is let in')
    .option('--json', 'for programs: {lifted: ["factor", "identity"]}')
    .action(async ({ json }: { json?: true }) => {
      const { liftRules } = await import('../../door/sign-in-rules.ts');
      await withSql(context, { max: 2, name: 'linli sign-in', keys: 'none' }, async (sql) => {
        const lifted = await liftRules(sql);
        if (json) return context.print(JSON.stringify({ lifted }, undefined, 2));
        if (lifted.length === 0) context.print('nothing is demanded beyond a password: nothing to lift');
        for (const rule of lifted) context.print(`✓ ${rule}: no longer demanded; it is in the security log`);
      });
    });
};
