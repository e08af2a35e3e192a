import type { BackupTaken } from '../backup/backup.ts';
import type { BackupVerdict } from '../backup/verify.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { withTemporalOnly } from './with-stores.ts';

interface Options {
  readonly to?: string;
  readonly keysTo?: string;
  readonly recordOnly?: true;
  readonly json?: true;
}

/** `linli backup --to FOLDER`, and `linli backup verify FOLDER`. */
export const register: RegisterCommand = (program, context) => {
  const backup = program
    .command('backup')
    .description(
      'copy the histories of open workflow runs and then the whole database into a folder, while people work on',
    )
    .option('--to <folder>', 'a folder that is not there yet')
    .option('--keys-to <folder>', 'the keys, into a folder elsewhere: they never lie in the backup itself')
    .option('--record-only', 'without Temporal: the database alone')
    .option('--json', 'for programs: {folder, record, tables, histories, keys}')
    .action(async (options: Options) => {
      const { to } = options;
      // not a required option: then the command below it would require it as well
      if (to === undefined)
        return backup.error("error: required option '--to <folder>' not specified", { exitCode: 2 });
      const taken = await take(context, { ...options, to });
      const { folder, manifest, keys } = taken;
      if (!options.json) return tell(context, taken);
      const { record, tables, histories } = manifest;
      context.print(
        JSON.stringify(
          { folder, record, tables: tables.length, histories: histories.length, keys: keys ?? null },
          undefined,
          2,
        ),
      );
    });
  backup
    .command('verify')
    .description('prove from its files alone that a backup is whole; exit 1 and the findings when it is not')
    .argument('<folder>', 'the backup')
    .option('--json', 'for programs: {holds, findings, record, takenAt}')
    .action(async (folder: string, { json }: { readonly json?: true }) => {
      const { verifyBackup } = await import('../backup/verify.ts');
      const verdict = await verifyBackup(folder);
      if (!verdict.holds) process.exitCode = 1;
      const { holds, findings, manifest } = verdict;
      if (json)
        context.print(
          JSON.stringify({ holds, findings, record: manifest.record, takenAt: manifest.takenAt }, undefined, 2),
        );
      else judge(context, verdict);
    });
};

async function take(
  context: CommandContext,
  { to, keysTo, recordOnly }: Options & { readonly to: string },
): Promise<BackupTaken> {
  const { takeBackup } = await import('../backup/backup.ts');
  const config = context.config();
  const say = context.say;
  return context.withDatabase((databaseUrl) => {
    const given = { databaseUrl, config, to, keysTo, say };
    if (recordOnly) return takeBackup({ ...given, client: undefined });
    return withTemporalOnly(context, (client) => takeBackup({ ...given, client }));
  });
}

function tell(context: CommandContext, { folder, manifest, keys }: BackupTaken): void {
  const { record, tables, histories, takenAt } = manifest;
  const bytes = tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  context.print(
    `✓ ${folder}: ${record.cases} cases, ${record.events} events, ${tables.length} tables (${bytes} bytes packed), ` +
      `${histories.length} histories of open runs; as of ${takenAt}`,
  );
  if (keys === undefined) context.print('! the keys are not in it: linli backup … --keys-to <folder elsewhere>');
  else context.print(`✓ keys apart: ${keys.length > 0 ? keys.join(', ') : 'none lie on this machine'}`);
  if (record.unwitnessed > 0)
    context.print(`! ${record.unwitnessed} events had been answered and were not witnessed by their workflows yet`);
}

function judge(context: CommandContext, { holds, findings, manifest }: BackupVerdict): void {
  for (const what of findings) context.print(`✗ ${what}`);
  const { record, takenAt, installation } = manifest;
  context.print(
    `${holds ? '✓ 备份完整 the backup is whole' : '✗ 备份不完整 the backup is not whole'}: installation ${installation}, as of ${takenAt}, ` +
      `${record.cases} cases, ${record.events} events, ${record.logSize} of them in the log`,
  );
}
