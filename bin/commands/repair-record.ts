import type { Repaired } from '../../door/repair.ts';
import type { RegisterCommand } from '../context.ts';
import { heldLines } from './rebuild.ts';
import { withTemporal } from './with-stores.ts';

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
      const session = { max: 2, name: 'linli repair-record' };
      const repaired = await withTemporal(context, session, async ({ sql, client }) => {
        const { repairRecord } = await import('../audit/repair.ts');
        return repairRecord({ sql, client, caseId: options.case, write: options.write === true });
      });
      if (repaired.some(({ written }) => !written)) process.exitCode = 1;
      if (options.json) context.print(JSON.stringify(repaired, undefined, 2));
      else for (const line of linesOf(repaired)) context.print(line);
    });
};

function linesOf(repaired: readonly Repaired[]): string[] {
  if (repaired.length === 0) return ['no case is frozen'];
  return repaired.flatMap(({ caseId, missing, written, held, refused }) => [
    refused !== undefined
      ? `✗ case ${caseId} stays frozen: ${refused}`
      : `${written ? '✓' : '✗'} case ${caseId}: ${missing} events ${written ? 'put back, it goes on' : 'are missing; --write puts them back'}`,
    ...heldLines(caseId, held),
  ]);
}
