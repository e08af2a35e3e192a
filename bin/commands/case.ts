import { InvalidArgumentError } from 'commander';
import { NoteError, type NoteVerifier, parseVerifier } from '../../engine/record/note.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { withSql } from './with-stores.ts';

interface ExportOptions {
  readonly to: string;
  readonly receiver: string;
  readonly reason?: string;
  readonly by?: string;
  readonly passphraseFile: string;
  readonly wait: number;
}

interface ImportOptions {
  readonly unit: string;
  readonly by: string;
  readonly map?: string;
  readonly passphraseFile: string;
  readonly trustedKey?: NoteVerifier;
  readonly unproven?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

const SESSION = { max: 4, name: 'linli case', statementTimeoutMs: 600_000 };

/** `linli case export`, `import`, `take-back`, `confirm`: a whole case goes from one installation to another (docs/moving-a-case.md). */
export const register: RegisterCommand = (program, context) => {
  const cases = program.command('case').description('a whole case moves to another installation of Linli');
  cases
    .command('export')
    .description('hand a case away and write it, sealed, into a file; again: write the file of a case handed away')
    .argument('<caseId>', 'the case')
    .requiredOption('--to <file>', 'the file to be written; it must not be there yet')
    .requiredOption('--receiver <installation>', 'the installation that takes it: the part after linli/ of its log key')
    .requiredOption('--passphrase-file <file>', 'a file whose first line is the passphrase')
    .option('--reason <text>', 'why it moves')
    .option('--by <person>', 'who decided it: the head of the unit, or one above')
    .option('--wait <seconds>', 'how long to wait for a signed checkpoint that covers it', secondsOf, 150)
    .action((caseId: string, options: ExportOptions) => exportCase(context, caseId, options));
  cases
    .command('import')
    .description('take a case from a file, all of it or nothing; --dry-run says what would come of it')
    .argument('<file>', 'the file as "linli case export" wrote it')
    .requiredOption('--unit <id>', 'the unit it goes to')
    .requiredOption('--by <person>', 'who decided it: the head of that unit, or one above')
    .requiredOption('--passphrase-file <file>', 'a file whose first line is the passphrase')
    .option('--map <file>', 'JSON {posts, people, units}: who of those over there is who here')
    .option('--trusted-key <name+id+key>', 'the public key of the other installation’s log (linli audit key)', keyOf)
    .option('--unproven', 'take it although no key from elsewhere proves it')
    .option('--dry-run', 'do everything and undo it')
    .option('--json', 'for programs: {came, …}')
    .action((file: string, options: ImportOptions) => importCase(context, file, options));
  cases
    .command('take-back')
    .description('take back a case that was handed away and is not confirmed')
    .argument('<caseId>', 'the case')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--by <person>', 'who decided it: the head of the unit, or one above')
    .action(async (caseId: string, { reason, by }: { reason: string; by: string }) => {
      await move(context, caseId, { type: 'case.takeBack', data: { by }, reason });
      context.print(
        `✓ case ${caseId} goes on here. Have the file destroyed: whoever has it could still take the case.`,
      );
    });
  cases
    .command('confirm')
    .description('end a case here that the other installation has taken, by its receipt')
    .argument('<receipt>', 'as "linli case import" printed it over there')
    .action(async (receipt: string) => {
      const [, caseId, seq, hash, installation] = /^([^:]+):(\d{1,15}):([0-9a-f]{64}):(.+)$/.exec(receipt) ?? [];
      if (caseId === undefined || seq === undefined || hash === undefined || installation === undefined)
        throw new Error('This is no receipt. Way out: give it as "linli case import" printed it, all of it.');
      await move(context, caseId, { type: 'case.depart', data: { installation, seq: Number(seq), hash } });
      context.print(`✓ case ${caseId} is closed here and goes on in installation ${installation}`);
    });
};

async function exportCase(context: CommandContext, caseId: string, options: ExportOptions): Promise<void> {
  const { handedTo, recordMove, writeDeparture } = await import('../move/depart.ts');
  const { passphraseIn } = await import('../move/sealed-file.ts');
  const { to: file, receiver, by, reason, wait } = options;
  const passphrase = passphraseIn(options.passphraseFile);
  const { seq, head, proved } = await withSql(context, SESSION, async (sql) => {
    const before = await handedTo(sql, caseId);
    if (before !== undefined && before !== receiver)
      throw new Error(`Case ${caseId} was handed to installation ${before}. Way out: linli case take-back.`);
    if (before === undefined) {
      if (!reason || !by) throw new Error('Handing a case away needs --reason and --by.');
      const refusal = await recordMove({ sql, log: context.log }, caseId, {
        ...{ type: 'case.handAway', data: { to: receiver, by }, reason },
      });
      if (refusal) throw refused(refusal);
      context.say(`case ${caseId} is handed away: nothing is recorded in it here until it is taken back`);
    }
    return writeDeparture({ sql }, caseId, { file, passphrase, waitMs: wait * 1_000 });
  });
  context.print(`✓ ${file}: case ${caseId} up to event ${seq} ${head}`);
  if (!proved)
    context.print(
      `! no signed checkpoint covers its last event yet: the receiver cannot prove the file. Way out: write it again (another --to) when a worker has signed one`,
    );
}

async function importCase(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const { passphraseIn, withOpened } = await import('../move/sealed-file.ts');
  const { mapIn } = await import('../move/map-file.ts');
  const { takeIn } = await import('../move/take-in.ts');
  const { openKeys } = await import('../keys.ts');
  const { unit, by, trustedKey, unproven, dryRun } = options;
  const map = mapIn(options.map);
  const told = await withOpened(file, passphraseIn(options.passphraseFile), (path) =>
    withSql(context, SESSION, async (sql) => {
      // as a start does: a whole case is written, and never in clear
      if (!dryRun) await openKeys(context.config(), sql);
      return takeIn(
        { sql, path, key: trustedKey, unproven: unproven === true, write: dryRun !== true },
        { unit, by, map },
      );
    }),
  );
  if (told.came !== 'received') process.exitCode = 1;
  if (options.json) context.print(JSON.stringify(told, undefined, 2));
  else for (const line of told.lines) context.print(line);
}

async function move(
  context: CommandContext,
  caseId: string,
  act: Parameters<typeof import('../move/depart.ts').recordMove>[2],
): Promise<void> {
  const { recordMove } = await import('../move/depart.ts');
  const refusal = await withSql(context, SESSION, (sql) => recordMove({ sql, log: context.log }, caseId, act));
  if (refusal) throw refused(refusal);
}

/** A refusal as the commands say it: what, why, and the ways out. */
function refused({ code, detail, waysOut }: Refusal): Error {
  const ways = waysOut.map(([zh, en]) => `\n  → ${zh} ${en}`).join('');
  return new Error(`${code}: ${detail[0]} ${detail[1]}${ways}`);
}

function keyOf(text: string): NoteVerifier {
  try {
    return parseVerifier(text);
  } catch (error) {
    throw error instanceof NoteError ? new InvalidArgumentError(error.message) : error;
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('Give whole seconds.');
  return seconds;
}
