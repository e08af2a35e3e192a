import { InvalidArgumentError } from 'commander';
import { NoteError, type NoteVerifier, parseVerifier } from '../../engine/record/note.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import type { Verdict, VerifyOptions } from '../dossier/verify.ts';
import { FolderError, readWitness } from '../witness/folder.ts';

interface Options {
  readonly json?: true;
  readonly head?: NonNullable<VerifyOptions['known']>;
  readonly key?: NoteVerifier;
  readonly witness?: readonly string[];
}

/** `linli dossier verify FILE`: proves a dossier from its file alone, without database and network. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('dossier')
    .description('dossiers of cases, offline')
    .command('verify')
    .description('verify a dossier without database and network; exit 1 and the findings when it does not hold')
    .argument('<file>', 'the archive')
    .option(
      '--head <seq:hash>',
      'an event as you know it from elsewhere: a checkpoint, an answer, an earlier dossier',
      headOf,
    )
    .option('--key <name+id+key>', 'the key of the log that signs checkpoints, as you know it from elsewhere', keyOf)
    .option(
      '--witness <folder>',
      'what a witness has kept (linli witness): it has to have seen the checkpoint',
      notesIn,
    )
    .option('--json', 'for programs: {holds, case, seq, head, checked, findings, unchecked}')
    .action(async (file: string, { json, head, key, witness }: Options) => {
      const { verifyDossier } = await import('../dossier/verify.ts');
      const verdict = await verifyDossier(file, {
        ...(head ? { known: head } : {}),
        key,
        witness,
      });
      if (!verdict.holds) process.exitCode = 1;
      if (json) context.print(JSON.stringify(verdict, undefined, 2));
      else tell(context, verdict);
    });
};

function headOf(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Give number and hash of an event like 57:9f3c… (64 digits).');
  return { seq: Number(seq), hash };
}

function keyOf(text: string): NoteVerifier {
  try {
    return parseVerifier(text);
  } catch (error) {
    throw error instanceof NoteError ? new InvalidArgumentError(error.message) : error;
  }
}

function notesIn(folder: string): readonly string[] {
  try {
    return readWitness(folder).notes.map(({ note }) => note);
  } catch (error) {
    throw error instanceof FolderError ? new InvalidArgumentError(error.message) : error;
  }
}

function tell(
  context: CommandContext,
  { holds, total, findings, unchecked, checked, seq, head, redacted }: Verdict,
): void {
  for (const { rule, where, what } of findings) context.print(`✗ ${rule}: ${where}: ${what[0]} ${what[1]}`);
  if (total > findings.length) context.print(`… ${total - findings.length} more`);
  for (const { rule, why } of unchecked) context.print(`? ${rule}: ${why[0]}。 ${why[1]}`);
  const state = holds ? '✓ 案卷成立 the dossier holds' : '✗ 案卷不成立 the dossier does not hold';
  const which = redacted ? '（隐去版 redacted）' : '';
  context.print(
    `${state}${which}: ${checked.files} files, ${checked.events} events, ${checked.witnessed} witnessed, ` +
      `${checked.documents} documents bound by the chain; event ${seq ?? '–'} ${head ?? ''}`,
  );
}
