import type { Repaired } from '../../door/repair.ts';
import type { RegisterCommand } from '../context.ts';

interface Options {
  readonly case?: string;
  readonly write?: true;
  readonly json?: true;
}

/** `linli repair-record`: what frozen cases' records lack is put back from the workflow histories; without `--write` only told. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('repair-record')
    .description("put back into frozen cases' records what their workflow histories hold; without --write only say it")
    .option('--case <id>', 'one case only')
    .option('--write', 'write it, and let the cases go')
    .option('--json', 'for programs: [{caseId, missing, written, held, refused}]')
    .action(async (options: Options) => {
      const target = context.temporal();
      if (!target)
        throw new Error(
          'There is no Temporal: TEMPORAL_ADDRESS is not set, and none runs on the data folder. Way out: start Linli.',
        );
      const [{ Client, Connection }, { repairRecord }, { connect }] = await Promise.all([
        import('@temporalio/client'),
        import('../audit/repair.ts'),
        import('../../db/client.ts'),
      ]);
      const connection = await Connection.connect({ ...target.connectionOptions, connectTimeout: 5_000 });
      try {
        const client = new Client({ connection, namespace: target.namespace });
        const repaired = await context.withDatabase(async (url) => {
          const sql = connect(url, { max: 2, name: 'linli repair-record' });
          try {
            return await repairRecord({ sql, client, caseId: options.case, write: options.write === true });
          } finally {
            await sql.end();
          }
        });
        if (repaired.some(({ written }) => !written)) process.exitCode = 1;
        if (options.json) context.print(JSON.stringify(repaired, undefined, 2));
        else for (const line of linesOf(repaired)) context.print(line);
      } finally {
        await connection.close();
      }
    });
};

function linesOf(repaired: readonly Repaired[]): string[] {
  if (repaired.length === 0) return ['no case is frozen'];
  return repaired.flatMap(({ caseId, missing, written, held, refused }) => [
    refused !== undefined
      ? `✗ case ${caseId} stays frozen: ${refused}`
      : `${written ? '✓' : '✗'} case ${caseId}: ${missing} events ${written ? 'put back, it goes on' : 'are missing; --write puts them back'}`,
    ...held.map(
      (id) =>
        `! case ${caseId}: effect ${id} is held; "linli restore-workflows" begins it where Temporal does not know it`,
    ),
  ]);
}
