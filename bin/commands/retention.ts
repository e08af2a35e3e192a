import type { CommandContext, RegisterCommand } from '../context.ts';
import { withSql } from './with-stores.ts';

const session = { max: 1, name: 'linli retention' };

interface ReportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly csv?: true;
  readonly json?: true;
}

interface ReapplyOptions {
  readonly logKey: readonly string[];
  readonly unsigned: readonly string[];
}

/** `linli retention report`: what was destroyed, when, by whom and under which rule (docs/retention.md). */
export const register: RegisterCommand = (program, context) => {
  const retention = program
    .command('retention')
    .description('what was destroyed when its periods had run out (docs/retention.md)');
  retention
    .command('report')
    .description('the list of what was destroyed (销毁清册)')
    .option('--from <day>', 'from this day on, YYYY-MM-DD in Shanghai')
    .option('--to <day>', 'up to this day, included')
    .option('--csv', 'as a table for spreadsheets, UTF-8')
    .option('--json', 'for programs: {items: [certificate]}')
    .action((options: ReportOptions) => report(context, options));
  retention
    .command('reapply')
    .description(
      'after a restore: destroy again what was destroyed since the backup, as LINLI_KEY_FOLDER tells; exit 1 when something there is not believed',
    )
    .option(
      '--log-key <key...>',
      'also what these keys of the log have signed, as the house has told them (linli audit key)',
      [],
    )
    .option(
      '--unsigned <case...>',
      'also these cases, of which nobody has signed it: compare them first with the list of what was destroyed (销毁清册)',
      [],
    )
    .action((options: ReapplyOptions) => reapply(context, options));
};

async function report(context: CommandContext, { from, to, csv, json }: ReportOptions): Promise<void> {
  for (const day of [from, to])
    if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day))
      throw new Error(`${day} is no day. Way out: write it as 2026-11-30.`);
  const [{ certificates }, { certificateTable, certificateView }, { csvOf }] = await Promise.all([
    import('../../db/queries/destroyed.ts'),
    import('../../api/retention/report.ts'),
    import('../../api/sheets/write-csv.ts'),
  ]);
  const found = await withSql(context, session, (sql) => certificates(sql, { from, to }));
  const items = found.map((each) => certificateView(each, 'zh'));
  if (json) return context.print(JSON.stringify({ items }, undefined, 2));
  if (csv) return context.print(csvOf(certificateTable(items, 'zh')).trimEnd());
  for (const { caseNo, unit, destroyedAt, requested, approved, counts, digest, backupsUntil } of items)
    context.print(
      `${destroyedAt} ${caseNo} (${unit}): ${counts.events} events, ${counts.documents} documents; asked for by ${requested.by}, approved by ${approved.by}; ${digest}${backupsUntil === null ? '' : `; backups made before are kept until ${backupsUntil}`}`,
    );
  context.print(`${items.length} cases destroyed`);
}

async function reapply(context: CommandContext, { logKey, unsigned }: ReapplyOptions): Promise<void> {
  const [{ keysHere }, { reapplyAll, reappliedLine }, { logKeysHere }] = await Promise.all([
    import('../keys.ts'),
    import('../reapply.ts'),
    import('../backup/signature.ts'),
  ]);
  await withSql(context, session, async (sql) => {
    const config = context.config();
    const { copies } = await keysHere(config, sql);
    if (!copies?.buried)
      throw new Error('There is no folder that tells what was destroyed. Way out: name it with LINLI_KEY_FOLDER.');
    const logKeys = (of: string) => [...logKeysHere(config, undefined, of), ...logKey];
    await reapplyAll(sql, copies, { logKeys, unsigned }, (done) => {
      if (done.what === 'refused') process.exitCode = 1;
      context.print(reappliedLine(done));
    });
  });
}
