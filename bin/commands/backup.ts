import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { BackupTaken } from '../backup/backup.ts';
import { EXIT_CODES, type Outcome, outcomeOf } from '../backup/outcome.ts';
import type { OnShelf } from '../backup/shelf.ts';
import type { BackupVerdict } from '../backup/verify.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { withTemporalOnly } from './with-stores.ts';

interface Options {
  readonly to?: string;
  readonly keysTo?: string;
  readonly keysElsewhere?: true;
  readonly recordOnly?: true;
  readonly inClear?: true;
  readonly keepDays?: number;
  readonly json?: true;
}

interface VerifyOptions {
  readonly keysFrom?: string;
  readonly logKey: readonly string[];
  readonly json?: true;
}

/** `linli backup --to FOLDER`, and what is done with backups: `verify`, `list` and `prune`. */
export const register: RegisterCommand = (program, context) => {
  const backup = program
    .command('backup')
    .description(
      'copy the histories of open workflow runs and then the whole database into a folder, while people work on',
    )
    .option('--to <folder>', 'a folder that is not there yet')
    .option('--keys-to <folder>', 'the keys, into a folder elsewhere: they never lie in the backup itself')
    .option(
      '--keys-elsewhere',
      'the yearly keys in the data folder have a copy elsewhere already: without one the backup is lost with this machine',
    )
    .option('--record-only', 'without Temporal: the database alone')
    .option('--in-clear', 'not sealed: for a machine without the yearly keys; then keep it on an encrypted disk')
    .option('--keep-days <days>', 'until when it is kept; default: LINLI_BACKUP_KEEP_DAYS, 30', days)
    .option(
      '--json',
      'for programs: {folder, record, tables, histories, keys, yearlyKeysCopied, sealed, signed, keepUntil, noted}',
    )
    .action(async (options: Options) => {
      const { to } = options;
      // not a required option: then the command below it would require it as well
      if (to === undefined)
        return backup.error("error: required option '--to <folder>' not specified", { exitCode: 2 });
      const taken = await take(context, { ...options, to });
      const { folder, manifest, keys, signed, noted } = taken;
      if (!options.json) return tell(context, taken);
      const { record, tables, histories, seal, keepUntil } = manifest;
      const { YEARLY } = await import('../backup/keys.ts');
      const yearlyKeysCopied = keys?.includes(YEARLY) ?? false;
      const counted = { tables: tables.length, histories: histories.length };
      context.print(
        JSON.stringify(
          {
            ...{ folder, record, ...counted, keys: keys ?? null, yearlyKeysCopied },
            ...{ sealed: seal !== undefined, signed, keepUntil, noted },
          },
          undefined,
          2,
        ),
      );
    });
  backup
    .command('verify')
    .description(
      'prove from its files alone that a backup is whole, and with the yearly keys also what is in them; exit 1 and the findings when it is not, 3 when nothing is wrong and it is not proven: its files were not opened, or no known key has signed it',
    )
    .argument('<folder>', 'the backup')
    .option('--keys-from <folder>', 'the keys that were backed up apart; else those of this machine')
    .option(
      '--log-key <key>',
      'the key that has to have signed it, as the house has told it (linli audit key)',
      several,
      [],
    )
    .option(
      '--json',
      'for programs: {outcome, holds, opened, signature: {key, known}, findings, destroyedSince: [caseId], record, takenAt, keepUntil}',
    )
    .action(async (folder: string, _: unknown, command: Command) => {
      const { verifyBackup } = await import('../backup/verify.ts');
      const { dataKeysAtHand, yearlyKeysAtHand } = await import('../backup/keys.ts');
      const { logKeysHere, signatureLine } = await import('../backup/signature.ts');
      const config = context.config();
      // --json is an option of the command above as well, which takes it first
      const { keysFrom, logKey, json } = command.optsWithGlobals<VerifyOptions>();
      const yearly = yearlyKeysAtHand(config, keysFrom);
      const verdict = await verifyBackup(folder, {
        yearly,
        logKeys: (of) => (logKey.length > 0 ? logKey : logKeysHere(config, keysFrom, of)),
      });
      const { manifest, signature, content } = verdict;
      const findings = [...verdict.findings];
      if (logKey.length > 0 && !signature.known) findings.push('it is not signed with the key that was given');
      const { destroyed } = await dataKeysAtHand(config, keysFrom, yearly);
      const destroyedSince = [...verdict.sealedWith].filter(([, ids]) => [...ids].some(destroyed)).map(([id]) => id);
      const outcome = outcomeOf(findings.length === 0, content !== undefined && signature.known);
      process.exitCode = EXIT_CODES[outcome];
      if (!json) {
        const { toDate } = await import('../../engine/time/civil.ts');
        judge(context, { ...verdict, findings }, outcome, signatureLine(signature), toDate(new Date().toISOString()));
        if (destroyedSince.length > 0)
          context.print(
            `! ${destroyedSince.length} cases were destroyed since, and who they were about is in it, for whoever has the yearly keys: ${destroyedSince.join(', ')}. Way out: take another backup, and delete this one and its copies`,
          );
        return;
      }
      const { record, takenAt, keepUntil = null } = manifest;
      const holds = outcome === 'holds';
      const told = {
        outcome,
        holds,
        opened: content !== undefined,
        signature,
        findings,
        destroyedSince,
        record,
        takenAt,
        keepUntil,
      };
      context.print(JSON.stringify(told, undefined, 2));
    });
  backup
    .command('list')
    .description('the backups in a folder, and the keys of backups: of when they are and which are past their day')
    .argument('<folder>', 'the folder they lie in')
    .option('--json', 'for programs: {items: [{name, kind, past, installation, takenAt, keepUntil}]}')
    .action(async (folder: string, _: unknown, command: Command) => {
      const { shelfOf } = await import('../backup/shelf.ts');
      const items = await shelfOf(folder, new Date().toISOString());
      if (command.optsWithGlobals<Options>().json) return context.print(JSON.stringify({ items }, undefined, 2));
      for (const each of items)
        context.print(`${each.past ? '!' : '✓'} ${lineOf(each)}${each.past ? ': past it' : ''}`);
      if (items.some(({ past }) => past)) context.print('linli backup prune removes what is past its day');
    });
  backup
    .command('prune')
    .description(
      'remove the backups in a folder that are past their day, and the keys of backups, but never the last that is whole; and what was broken off and lay there for a day',
    )
    .argument('<folder>', 'the folder they lie in')
    .option('--dry-run', 'say what would be removed')
    .option('--json', 'for programs: {removed: [item as of list], left: [{name, why}]}')
    .action(async (folder: string, { dryRun }: { readonly dryRun?: true }, command: Command) => {
      const [{ prune }, { logKeysHere }] = await Promise.all([
        import('../backup/shelf.ts'),
        import('../backup/signature.ts'),
      ]);
      const done = await prune(folder, {
        now: new Date().toISOString(),
        logKeys: (of) => logKeysHere(context.config(), undefined, of),
        dryRun: dryRun === true,
      });
      if (command.optsWithGlobals<Options>().json) return context.print(JSON.stringify(done, undefined, 2));
      for (const each of done.removed) context.print(`✓ ${dryRun ? 'would remove' : 'removed'} ${lineOf(each)}`);
      for (const { name, why } of done.left) context.print(`! left ${name}: ${why}`);
      context.print(`${done.removed.length} ${dryRun ? 'would be ' : ''}removed`);
    });
};

/** A number of days as it was written. Throws what is to be told. */
function days(text: string): number {
  const n = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (n >= 1 && n <= 36_500) return n;
  throw new Error(`${text} is no number of days. Way out: one from 1 to 36500.`);
}

const lineOf = (each: OnShelf): string =>
  each.kind === 'unfinished'
    ? `${each.name} was broken off, and is no backup`
    : `${each.name} (${each.kind}) as of ${each.takenAt}, kept until ${each.keepUntil ?? 'somebody removes it: no day was written'}`;

const several = (each: string, before: readonly string[]): string[] => [...before, each];

async function take(
  context: CommandContext,
  { to, keysTo, keysElsewhere, recordOnly, inClear, keepDays }: Options & { readonly to: string },
): Promise<BackupTaken> {
  const { takeBackup } = await import('../backup/backup.ts');
  const config = context.config();
  const yearly = (await import('../yearly-keys.ts')).yearlyKeysFile(config);
  const withTheMachine = !relative(resolve(config.dataDir), resolve(yearly)).startsWith('..');
  if (existsSync(yearly) && withTheMachine && keysTo === undefined && !keysElsewhere && !inClear)
    throw new Error(
      `The backup would be sealed with a yearly key that lies in the data folder alone (${yearly}), and be worth nothing when this machine is lost. ` +
        'Ways out: --keys-to a folder elsewhere; --keys-elsewhere, where a copy of that file is kept already; LINLI_KEY_FILE, to keep it outside the data folder.',
    );
  const say = context.say;
  return context.withDatabase((databaseUrl) => {
    const given = { databaseUrl, config, to, keysTo, inClear: inClear === true, keepDays, say };
    if (recordOnly) return takeBackup({ ...given, client: undefined });
    return withTemporalOnly(context, (client) => takeBackup({ ...given, client }));
  });
}

function tell(context: CommandContext, { folder, manifest, keys, signed, noted }: BackupTaken): void {
  const { record, tables, histories, takenAt, seal, keepUntil } = manifest;
  const bytes = tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  context.print(
    `✓ ${folder}: ${record.cases} cases, ${record.events} events, ${tables.length} tables (${bytes} bytes packed), ` +
      `${histories.length} histories of open runs; as of ${takenAt}`,
  );
  if (seal) context.print(`✓ sealed: it opens with the yearly key ${seal.yearlyKey} alone`);
  else context.print('! it lies in clear: keep it on an encrypted disk');
  context.print(`✓ kept until ${keepUntil}: linli backup prune removes it then`);
  if (!noted)
    context.print(
      '! the database takes no note of it: a report of what was destroyed will not say that it is in this backup',
    );
  if (!signed) context.print('! not signed: the key of the log does not lie on this machine');
  if (keys === undefined)
    context.print(
      `! the keys are not in it${seal ? ', and it is lost with them' : ''}: linli backup … --keys-to <folder elsewhere>`,
    );
  else context.print(`✓ keys apart: ${keys.length > 0 ? keys.join(', ') : 'none lie on this machine'}`);
  if (record.unwitnessed > 0)
    context.print(`! ${record.unwitnessed} events had been answered and were not witnessed by their workflows yet`);
}

const SAID: Readonly<Record<Outcome, string>> = {
  holds: '✓ 备份完整 the backup is whole',
  'does not hold': '✗ 备份不完整 the backup is not whole',
  unproven: '? 备份未证实 nothing is wrong with the files, and the backup is not proven',
};

function judge(
  context: CommandContext,
  { findings, manifest, content }: BackupVerdict,
  outcome: Outcome,
  signed: string,
  today: string,
): void {
  for (const what of findings) context.print(`✗ ${what}`);
  const { record, takenAt, installation, seal, keepUntil } = manifest;
  if (outcome === 'unproven' && !content)
    context.print(
      `? what the files hold was not looked at: they open with the yearly key ${seal?.yearlyKey}, which is not here (--keys-from, LINLI_KEY_FILE)`,
    );
  context.print(signed);
  if (keepUntil !== undefined && keepUntil < today)
    context.print(`! it was kept until ${keepUntil}: linli backup prune removes it`);
  context.print(
    `${SAID[outcome]}: installation ${installation}, as of ${takenAt}, ` +
      `${record.cases} cases, ${record.events} events, ${record.logSize} of them in the log`,
  );
}
