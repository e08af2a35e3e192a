import type { Reapplied } from '../../door/reapply.ts';
import type { AuditProof } from '../../door/verify.ts';
import { EXIT_CODES, type Outcome, outcomeOf } from '../backup/outcome.ts';
import type { Restored } from '../backup/restore.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { lives, readInstance } from '../platform/claim.ts';

interface Options {
  readonly from: string;
  readonly keysFrom?: string;
  readonly withoutKeys?: true;
  readonly logKey?: string;
  readonly unsigned?: true;
  readonly inClear?: true;
  readonly json?: true;
}

/** `linli restore --from FOLDER`: a backup into an empty data folder or database, and then a verification of the record. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('restore')
    .description(
      'restore a backup into an empty data folder or database, and prove the record; exit 1 when it does not hold, 3 when a part of it cannot be read, or no known key has signed the backup, and so it is not proven',
    )
    .requiredOption('--from <folder>', 'the backup')
    .option('--keys-from <folder>', 'the keys that were backed up apart')
    .option(
      '--without-keys',
      'data keys are lost: what they do not seal alone; what events, states and histories say with them nobody can read',
    )
    .option(
      '--log-key <key>',
      'the key of the log as the house has told it (linli audit key): it has to have signed the backup',
    )
    .option(
      '--unsigned',
      'also a backup that the key of the log that is here has not signed: whose it is, is not proven',
    )
    .option('--in-clear', 'also one in clear that no known key has signed, though there are keys to seal with')
    .option(
      '--json',
      'for programs: {installation, takenAt, record, keys, outcome, holds, signedFurther, findings, unread, unproven, keyless, signature, destroyedAgain: [{caseId, what, why?}]}',
    )
    .action(async (options: Options) => {
      refuseRunning(context);
      const { restoreBackup } = await import('../backup/restore.ts');
      const { signatureLine } = await import('../backup/signature.ts');
      const { prove } = await import('../audit/prove.ts');
      const { isSignedFurther } = await import('../audit/restore-notes.ts');
      const { json, ...asked } = options;
      const config = context.config();
      const { proof, again, ...restored } = await context.withDatabase(async (databaseUrl) => {
        const came = await restoreBackup({
          databaseUrl,
          config,
          ...asked,
          say: context.say,
        });
        const again = await destroyAgain(context, databaseUrl, options);
        await copyArchive(context, databaseUrl);
        context.say('proving the record …');
        // on the database that is up for this command
        const here: CommandContext = { ...context, withDatabase: (act) => act(databaseUrl) };
        return { ...came, again, proof: await prove(here, undefined, undefined) };
      });
      const { manifest, keys, keyless, signature } = restored;
      const { installation, takenAt, record } = manifest;
      // what this machine's key signed after the backup cannot be in it; that the backup's own newest checkpoint holds was verified
      const findings = proof.findings.filter((finding) => !isSignedFurther(finding));
      const signedFurther = findings.length < proof.findings.length;
      const { unread, unproven } = proof;
      const outcome = outcomeOf(findings.length === 0, unread.length + unproven.length === 0 && signature.known);
      process.exitCode = EXIT_CODES[outcome];
      if (again.some(({ what }) => what === 'refused')) process.exitCode = 1;
      if (json) {
        const told = { installation, takenAt, record, keys, outcome, holds: outcome === 'holds', signedFurther };
        context.print(
          JSON.stringify(
            { ...told, findings, unread, unproven, keyless, signature, destroyedAgain: again },
            undefined,
            2,
          ),
        );
        return;
      }
      for (const line of [...linesOf({ ...proof, findings }, restored, outcome), signatureLine(signature)])
        context.print(line);
      if (signedFurther)
        context.print(
          '! this machine has signed the log further than the backup goes: nothing is signed until "linli audit accept-restore", after the repair',
        );
      const { reappliedLine } = await import('../reapply.ts');
      for (const each of again) context.print(reappliedLine(each));
      if (keys.length > 0) context.print(`✓ keys put back: ${keys.join(', ')}`);
      context.print(
        'At the next start every case is compared with its workflow and the archive before anything fires.',
      );
    });
};

function linesOf(
  { findings, unread, unproven }: Pick<AuditProof, 'findings' | 'unread' | 'unproven'>,
  { manifest: { takenAt, record }, keyless }: Restored,
  outcome: Outcome,
): string[] {
  const [mark, said] = {
    holds: ['✓', 'the record holds'],
    'does not hold': ['✗', 'the record does not hold'],
    unproven: [
      '?',
      unread.length + unproven.length > 0
        ? 'what can be read of the record holds, and the rest was not proven'
        : 'the record holds in itself, and it is not proven who wrote it',
    ],
  }[outcome] as [string, string];
  const events = unread.reduce((sum, each) => sum + each.events, 0);
  return [
    ...findings.map(
      ({ rule, caseId, seq, what }) => `✗ ${rule}: case ${caseId}${seq === undefined ? '' : ` event ${seq}`}: ${what}`,
    ),
    ...(keyless.length > 0
      ? [
          `! the data keys of ${keyless.length} of ${record.cases} cases are not here: nobody can read what their events and states say, and nothing can be recorded in them. Way out: put their copies into LINLI_KEY_FOLDER, if they are found`,
        ]
      : []),
    ...(unread.length > 0
      ? [
          `? ${events} events of ${unread.length} cases cannot be read here: of them the headers alone are verified. Way out: name the file of the yearly keys with LINLI_KEY_FILE, then "linli audit verify"`,
        ]
      : []),
    ...(unproven.length > 0
      ? [
          `? the histories of ${new Set(unproven.map(({ caseId }) => caseId)).size} cases are encrypted with keys that are not here, and prove nothing`,
        ]
      : []),
    `${mark} restored as of ${takenAt}: ${record.cases} cases, ${record.events} events; ${said}`,
    ...(outcome === 'does not hold'
      ? ['Ways out: another backup, or another copy of it, into an empty place; "linli rebuild" where the events hold']
      : []),
  ];
}

function refuseRunning(context: CommandContext): void {
  const { dataDir, databaseUrl } = context.config();
  const instance = readInstance(dataDir);
  if (databaseUrl === undefined && instance && lives(instance))
    throw new Error(`Linli runs on ${dataDir} (process ${instance.pid}). Way out: end it first.`);
}

/** What this machine knows to be destroyed since the backup is destroyed again, before anything of it is read. Answers what became of it. */
async function destroyAgain(
  context: CommandContext,
  databaseUrl: string,
  { logKey, keysFrom }: Options,
): Promise<Reapplied[]> {
  const [{ connect }, { copiesHere }, { reapplyAll }, { logKeysHere }] = await Promise.all([
    import('../../db/client.ts'),
    import('../key-copies.ts'),
    import('../reapply.ts'),
    import('../backup/signature.ts'),
  ]);
  const config = context.config();
  const done: Reapplied[] = [];
  const sql = connect(databaseUrl, { max: 1, name: 'linli restore' });
  try {
    const logKeys = (of: string) => [...logKeysHere(config, keysFrom, of), ...(logKey === undefined ? [] : [logKey])];
    await reapplyAll(sql, copiesHere(config), { logKeys }, (each) => done.push(each));
  } finally {
    await sql.end();
  }
  return done.filter(({ what }) => what === 'destroyed' || what === 'refused');
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
