import type { AuditProof } from '../../door/verify.ts';
import type { TemporalTarget } from '../config.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { registerLogKey } from './log-key.ts';
import { withSql } from './with-stores.ts';

const session = { max: 1, name: 'linli audit' };

interface Options {
  readonly case?: string;
  readonly recordOnly?: true;
  readonly witness?: string;
  readonly json?: true;
}

/**
 * `linli audit verify`: chain, state, read models and books from the tables, and all of it against the workflows' histories and
 * the signed log. `linli audit key`, `linli audit rotate-key`: the key that signs it.
 */
export const register: RegisterCommand = (program, context) => {
  const audit = program.command('audit').description('proofs that nothing was altered');
  registerLogKey(audit, context);
  audit
    .command('verify')
    .description(
      'prove the record from the tables and the workflow histories; exit 1 and the findings when it does not hold',
    )
    .option('--case <id>', 'one case only')
    .option('--record-only', 'without Temporal: the record is compared with itself alone')
    .option('--witness <folder>', 'what a witness has kept (linli witness): everything it saw signed has to be there')
    .option(
      '--json',
      'for programs: {holds, witness, checked, findings: [{rule, caseId, seq, what}], unproven: [{caseId, from, to, why?}], unread: [{caseId, events}], elsewhere: [{caseId, installation, from, to}]}',
    )
    .action(async (options: Options) => {
      const target = options.recordOnly ? undefined : temporalOf(context);
      const { prove } = await import('../audit/prove.ts');
      const proof = await prove(context, target, options.case, options.witness);
      const isAway = proof.unread.length > 0 || proof.unproven.some(({ why }) => why === 'key away');
      if (!proof.holds || isAway) process.exitCode = 1;
      if (options.json) {
        context.print(JSON.stringify({ ...proof, witness: target ? 'temporal' : 'none' }, undefined, 2));
        return;
      }
      tell(context, proof, target !== undefined);
      const { restoreNotes } = await import('../audit/restore-notes.ts');
      for (const line of await withSql(context, { ...session, keys: 'none' }, (sql) =>
        restoreNotes(sql, context.config(), proof),
      ))
        context.print(line);
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

function tell(
  context: CommandContext,
  { holds, checked, findings, unproven, unread, elsewhere }: AuditProof,
  witnessed: boolean,
): void {
  for (const { rule, caseId, seq, what } of findings) {
    context.print(`✗ ${rule}: case ${caseId}${seq === undefined ? '' : ` event ${seq}`}: ${what}`);
  }
  const { logged, unlogged, checkpoints, witnessNotes } = checked;
  context.print(
    `log: ${logged} events and ${unlogged} to come, ${checkpoints} signed checkpoints, ${witnessNotes} notes of a witness, ${checked.accesses} reads in the access log`,
  );
  for (const { caseId, from, to, why } of unproven) {
    context.print(
      why === 'type unknown'
        ? `? acts: case ${caseId} event ${from}: its act is of a type that this release does not know: not judged. Way out: verify with the release that recorded it`
        : why === 'key away'
          ? `? history: case ${caseId} events ${from} to ${to}: its histories are encrypted with keys that are not here, and prove nothing`
          : `? history: case ${caseId} events ${from} to ${to}: no history holds them any more, the record alone tells them`,
    );
  }
  for (const { caseId, events } of unread) {
    context.print(
      `? key away: case ${caseId}: the payloads of ${events} events cannot be read, their headers alone are verified. Way out: put the file of the yearly keys (LINLI_KEY_FILE) where it was`,
    );
  }
  for (const { caseId, from, to, installation } of elsewhere) {
    context.print(
      `? chain: case ${caseId} events ${from} to ${to} were recorded by installation ${installation}: whether they were rewritten there, its log tells`,
    );
  }
  const with_ = witnessed
    ? `${checked.runs} workflow runs, ${checked.archived} of them in the archive, holding ${checked.witnessed} of the events`
    : `without Temporal, ${checked.archived} archived workflow runs`;
  context.print(
    `${holds ? '✓ 记录成立 the record holds' : '✗ 记录不成立 the record does not hold'}: ${checked.cases} cases, ` +
      `${checked.events} events, ${checked.bookRules} rules of the books, ${with_}`,
  );
}
