import type { Rebuilt } from '../../door/rebuild.ts';
import type { RegisterCommand } from '../context.ts';

interface Options {
  readonly case?: string;
  readonly write?: true;
  readonly json?: true;
}

/** `linli rebuild`: state, row and read models of the cases from their events; without `--write` it only says what differs. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('rebuild')
    .description(
      "rebuild cases' states and read models from their events; without --write only say what differs (then exit 1)",
    )
    .option('--case <id>', 'one case only')
    .option('--write', 'write what the events lead to; one case a transaction, people can go on working')
    .option('--json', 'for programs: {cases, differing: [{caseId, differences, written, held, refused}]}')
    .action(async (options: Options) => {
      const { rebuildCases } = await import('../audit/rebuild.ts');
      const { cases, differing } = await rebuildCases(context, { caseId: options.case, write: options.write === true });
      if (differing.some(({ written }) => !written)) process.exitCode = 1;
      if (options.json) context.print(JSON.stringify({ cases, differing }, undefined, 2));
      else for (const each of differing) for (const line of linesOf(each)) context.print(line);
      if (options.json) return;
      const written = differing.filter((each) => each.written).length;
      context.print(`${cases} cases looked at, ${differing.length} differ, ${written} rebuilt`);
    });
};

function linesOf({ caseId, differences, written, held, refused }: Rebuilt): string[] {
  if (refused !== undefined)
    return [`✗ case ${caseId} is left as it is: ${refused}. Way out: linli audit verify --case ${caseId}`];
  return [
    ...differences.map((what) => `${written ? '✓ rebuilt' : '✗'} case ${caseId}: ${what}`),
    ...heldLines(caseId, held),
  ];
}

/** What is said of effects whose rows were missing: one line each. */
export const heldLines = (caseId: string, held: readonly string[]): string[] =>
  held.map(
    (id) =>
      `! case ${caseId}: effect ${id} is held; "linli restore-workflows" begins it where Temporal does not know it`,
  );
