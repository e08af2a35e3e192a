import { connect } from '../../db/client.ts';
import { findOrphans } from '../../db/queries/owners.ts';
import type { RegisterCommand } from '../context.ts';

/** `linli owners`: shows that everything open has somebody in office who answers for it. Exit code 1 where something has not. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('owners')
    .description('look for open items and deadlines that nobody in office answers for')
    .option('--json', 'for programs: {open, orphans: [{caseId, caseNo, id, role}]}')
    .action(async (options: { json?: true }) => {
      const proof = await context.withDatabase(async (url) => {
        const sql = connect(url, { max: 1, name: 'linli owners', statementTimeoutMs: 600_000 });
        try {
          return await findOrphans(sql);
        } finally {
          await sql.end();
        }
      });
      const { open, orphans } = proof;
      if (orphans.length > 0) process.exitCode = 1;
      if (options.json) return context.print(JSON.stringify(proof, undefined, 2));
      for (const { caseId, id, role } of orphans) context.print(`✗ 无人负责 nobody answers: ${caseId} ${id} (${role})`);
      if (orphans.length === 0)
        context.print(`✓ 件件有人负责 everything has an owner: ${open} open items and deadlines`);
    });
};
