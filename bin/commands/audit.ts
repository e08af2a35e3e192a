import type { AuditProof } from '../../door/verify.ts';
import type { TemporalTarget } from '../config.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';

interface Options {
  readonly case?: string;
  readonly recordOnly?: true;
  readonly json?: true;
}

/** `linli audit verify`: chain, state, read models and books from the tables, and all of it against the workflows' histories. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('audit')
    .description('proofs that nothing was altered')
    .command('verify')
    .description(
      'prove the record from the tables and the workflow histories; exit 1 and the findings when it does not hold',
    )
    .option('--case <id>', 'one case only')
    .option('--record-only', 'without Temporal: the record is compared with itself alone')
    .option('--json', 'for programs: {holds, witness, checked, findings: [{rule, caseId, seq, what}]}')
    .action(async (options: Options) => {
      const target = options.recordOnly ? undefined : temporalOf(context);
      const { prove } = await import('../audit/prove.ts');
      const proof = await prove(context, target, options.case);
      if (!proof.holds) process.exitCode = 1;
      if (options.json) {
        context.print(JSON.stringify({ ...proof, witness: target ? 'temporal' : 'none' }, undefined, 2));
        return;
      }
      tell(context, proof, target !== undefined);
    });
};

function temporalOf(context: CommandContext): TemporalTarget {
  const target = context.temporal();
  if (target) return target;
  throw new Error(
    'There is no Temporal to compare the record with: TEMPORAL_ADDRESS is not set, and none runs on the data folder. ' +
      'Ways out: start Linli, set TEMPORAL_ADDRESS, or give --record-only to compare the record with itself alone.',
  );
}

function tell(context: CommandContext, { holds, checked, findings }: AuditProof, witnessed: boolean): void {
  for (const { rule, caseId, seq, what } of findings) {
    context.print(`✗ ${rule}: case ${caseId}${seq === undefined ? '' : ` event ${seq}`}: ${what}`);
  }
  const with_ = witnessed
    ? `${checked.runs} workflow runs holding ${checked.witnessed} of the events`
    : 'without the workflow histories';
  context.print(
    `${holds ? '✓ 记录成立 the record holds' : '✗ 记录不成立 the record does not hold'}: ${checked.cases} cases, ` +
      `${checked.events} events, ${checked.bookRules} rules of the books, ${with_}`,
  );
}
