import type { CommandContext, RegisterCommand } from '../context.ts';
import { lives, readInstance } from '../platform/claim.ts';

interface Options {
  readonly from: string;
  readonly keysFrom?: string;
  readonly withoutKeys?: true;
  readonly json?: true;
}

/** `linli restore --from FOLDER`: a backup into an empty data folder or database, and then a verification of the record. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('restore')
    .description(
      'restore a backup into an empty data folder or database, and prove the record; exit 1 when it does not hold',
    )
    .requiredOption('--from <folder>', 'the backup')
    .option('--keys-from <folder>', 'the keys that were backed up apart')
    .option('--without-keys', 'the keys are lost: the record alone, whose histories nobody can read')
    .option('--json', 'for programs: {installation, takenAt, record, keys, holds, signedFurther, findings}')
    .action(async (options: Options) => {
      refuseRunning(context);
      const { restoreBackup } = await import('../backup/restore.ts');
      const { prove } = await import('../audit/prove.ts');
      const { isSignedFurther } = await import('../audit/restore-notes.ts');
      const { from, keysFrom, withoutKeys, json } = options;
      const config = context.config();
      const { manifest, keys, proof } = await context.withDatabase(async (databaseUrl) => {
        const restored = await restoreBackup({ databaseUrl, config, from, keysFrom, withoutKeys, say: context.say });
        await copyArchive(context, databaseUrl);
        context.say('proving the record …');
        // on the database that is up for this command
        const here: CommandContext = { ...context, withDatabase: (act) => act(databaseUrl) };
        return { ...restored, proof: await prove(here, undefined, undefined) };
      });
      const { installation, takenAt, record } = manifest;
      // what this machine's key signed after the backup cannot be in it; that the backup's own newest checkpoint holds was verified
      const findings = proof.findings.filter((finding) => !isSignedFurther(finding));
      const signedFurther = findings.length < proof.findings.length;
      const holds = findings.length === 0;
      if (!holds) process.exitCode = 1;
      if (json) {
        context.print(
          JSON.stringify({ installation, takenAt, record, keys, holds, signedFurther, findings }, undefined, 2),
        );
        return;
      }
      for (const { rule, caseId, seq, what } of findings)
        context.print(`✗ ${rule}: case ${caseId}${seq === undefined ? '' : ` event ${seq}`}: ${what}`);
      context.print(
        `${holds ? '✓' : '✗'} restored as of ${takenAt}: ${record.cases} cases, ${record.events} events; the record ${holds ? 'holds' : 'does not hold'}`,
      );
      if (signedFurther)
        context.print(
          '! this machine has signed the log further than the backup goes: nothing is signed until "linli audit accept-restore", after the repair',
        );
      if (keys.length > 0) context.print(`✓ keys put back: ${keys.join(', ')}`);
      context.print(
        'At the next start every case is compared with its workflow and the archive before anything fires.',
      );
    });
};

function refuseRunning(context: CommandContext): void {
  const { dataDir, databaseUrl } = context.config();
  const instance = readInstance(dataDir);
  if (databaseUrl === undefined && instance && lives(instance))
    throw new Error(`Linli runs on ${dataDir} (process ${instance.pid}). Way out: end it first.`);
}

/** The archive's folder gets its copies at once, as a worker would write them: a record is proven with them. */
async function copyArchive(context: CommandContext, databaseUrl: string): Promise<void> {
  const { archiveFolderOf } = await import('../audit/prove.ts');
  const folder = archiveFolderOf(context);
  if (folder === undefined) return;
  const { createArchiveFolder } = await import('../../activities/archive-folder.ts');
  const { connect } = await import('../../db/client.ts');
  const sql = connect(databaseUrl, { max: 1, name: 'linli restore' });
  try {
    const step = createArchiveFolder(sql, folder);
    while ((await step()) > 0);
  } finally {
    await sql.end();
  }
}
