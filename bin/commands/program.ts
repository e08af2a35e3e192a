import { InvalidArgumentError } from 'commander';
import { isCalendarDate, normalizeInstant, startOfDay } from '../../engine/time/civil.ts';
import type { Instant } from '../../sdk/time.ts';
import type { CommandContext, RegisterCommand } from '../context.ts';
import { withSql } from './with-stores.ts';

interface SimulateOptions {
  readonly from?: Instant;
  readonly until?: Instant;
  readonly years?: number;
  readonly ics?: string;
  readonly in?: string;
  readonly json?: true;
}

interface CheckOptions {
  readonly json?: true;
  readonly release?: true;
  readonly keep?: true;
  readonly histories?: string;
}

interface MigrateOptions {
  readonly to?: string;
  readonly mapping?: string;
  readonly by: string;
  readonly reason: string;
  readonly dryRun?: true;
  readonly batch?: number;
  readonly undo?: string;
  readonly json?: true;
}

/** `linli program new`, `check` and `simulate`: a program begun, and what it is worth before a case runs on it. */
export const register: RegisterCommand = (program, context) => {
  const group = program.command('program').description('programs: a new one, problems, agenda');
  group
    .command('new')
    .description('the folder of a new program, which passes every check as it stands; nothing is overwritten')
    .argument('<id>', 'small letters, digits and hyphens')
    .option('--from <program>', 'begin as a copy of this installed program')
    .option('--in <folder>', 'the folder of programs; default the one of this installation')
    .action(async (id: string, { from, in: folder }: { from?: string; in?: string }) => {
      const { newProgram } = await import('../program/new.ts');
      const on = new Date().toISOString().slice(0, 10);
      const made = newProgram(id, { from, folder, on });
      for (const file of made.files) context.print(`${made.folder}/${file}`);
      context.say(`write your own words into it, then: linli program check ${made.folder}`);
    });
  group
    .command('check')
    .description(
      'every problem of the programs of this installation, or of a folder or package; exit 1 when there is one',
    )
    .argument('[folder]', "a program's own folder, a folder of such folders, or an installed npm package")
    .option('--json', 'for programs: {holds, programs, problems}')
    .option('--keep', "of a program's own folder: keep it as released, versions/<version>.json; never overwritten")
    .option(
      '--release',
      'also whether it may run on the record of this installation: no case orphaned, every history replays',
    )
    .option('--histories <folder>', 'with --release: recorded histories to replay; default those of this release')
    .action(async (folder: string | undefined, { json, release, histories, keep }: CheckOptions) => {
      const { checkPrograms } = await import('../program/check.ts');
      const checked = await checkPrograms(folder, context.config().plugins);
      const { programs } = checked;
      const problems = [...checked.problems, ...(release ? await releaseProblems(context, histories) : [])];
      const holds = problems.length === 0 && programs.length > 0;
      if (!holds) process.exitCode = 1;
      if (holds && keep && folder !== undefined)
        context.say(`kept: ${await (await import('../program/keep.ts')).keepVersion(folder)}`);
      if (json) return context.print(JSON.stringify({ holds, programs, problems }, undefined, 2));
      for (const problem of problems) context.print(`✗ ${problem}`);
      for (const { id, version, name, hash } of programs)
        context.print(`✓ ${id} ${version} ${name.join(' · ')}  ${hash}`);
      if (programs.length + problems.length === 0) context.print('✗ there is no program (a folder with program.ts)');
    });
  group
    .command('migrate')
    .description('running cases go on with another version; case by case, each reversible; called again it goes on')
    .argument('<id>', 'the program')
    .option('--to <version>', 'the version they go to')
    .option('--mapping <file>', 'JSON {stages, items, fields, roles}: what goes where; null leaves behind')
    .requiredOption('--by <person>', 'who decided it: the head of the unit, or one above')
    .requiredOption('--reason <text>', 'why')
    .option('--dry-run', 'say for every case what would change, and keep nothing')
    .option('--batch <n>', 'at most so many cases this time', readCount)
    .option('--undo <migration>', 'take a migration back, by the id it printed')
    .option('--json', 'for programs: {id, cases, remaining}')
    .action((id: string, options: MigrateOptions) => migrate(context, id, options));
  group
    .command('simulate')
    .description(
      'the agenda of a case over the years when nobody does anything: tasks, deadlines, rungs; nothing is started',
    )
    .argument('<id>', 'the program')
    .option('--from <date>', 'when the case is opened; default today', readMoment)
    .option('--until <date>', 'until when; default a year later', readMoment)
    .option('--years <n>', 'instead of --until: so many years, 1 to 50', readYears)
    .option('--in <folder>', 'a folder of programs; default the one of this installation')
    .option('--ics <file>', 'also write deadlines and duties as a calendar file (iCalendar)')
    .option(
      '--json',
      'for programs: {program, openedAt, until, agenda: [{at, kind, text: [zh, en]}], dates, truncated}',
    )
    .action(async (id: string, options: SimulateOptions) => {
      const { agendaOf } = await import('../program/simulate.ts');
      const answer = await agendaOf(id, options, context.config().plugins, options.in);
      if (options.ics !== undefined) {
        const [{ icalendar }, { writeFileSync }] = await Promise.all([
          import('../../api/feeds/ical.ts'),
          import('node:fs'),
        ]);
        writeFileSync(options.ics, icalendar(answer.dates, 'zh'));
        context.say(`${answer.dates.length} dates written to ${options.ics}`);
      }
      if (options.json) return context.print(JSON.stringify(answer, undefined, 2));
      const { localTime } = await import('../../api/timeline-text.ts');
      for (const { at, text } of answer.agenda) context.print(`${localTime(at)}  ${text.join(' · ')}`);
      if (answer.truncated) context.say('cut short after so many events: give an earlier --until');
    });
};

function readMoment(text: string): Instant {
  const moment = isCalendarDate(text) ? startOfDay(text) : normalizeInstant(text);
  if (moment === undefined)
    throw new InvalidArgumentError('Give a date like 2026-09-18 or a moment like 2026-09-18T09:00:00+08:00.');
  return moment;
}

function readYears(text: string): number {
  const years = Number(text);
  if (!Number.isInteger(years) || years < 1 || years > 50)
    throw new InvalidArgumentError('Give a whole number of years from 1 to 50.');
  return years;
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('Give a whole number from 1 on.');
  return count;
}

const SESSION = { max: 4, name: 'linli program', statementTimeoutMs: 600_000 };

/** What keeps these programs from running on this installation's record. */
async function releaseProblems(context: CommandContext, histories: string | undefined): Promise<string[]> {
  const [{ loadPrograms }, { hashesOf, orphans }, { keptVersions }, { installedFolder }, { unreplayable }, { join }] =
    await Promise.all([
      import('../../plugins/index.ts'),
      import('../program/orphans.ts'),
      import('../program/parts.ts'),
      import('../program/check.ts'),
      import('../program/histories.ts'),
      import('node:path'),
    ]);
  const catalogue = await loadPrograms({ packages: context.config().plugins });
  const kept = catalogue.all().flatMap(({ id }) => keptVersions(join(installedFolder, id), []));
  const known = hashesOf([...catalogue.all(), ...kept]);
  const lost = await withSql(context, { ...SESSION, keys: 'none' }, (sql) => orphans(sql, catalogue, known));
  return [...lost, ...(await unreplayable(histories ?? join(installedFolder, '..', 'test', 'histories')))];
}

async function migrate(context: CommandContext, program: string, options: MigrateOptions): Promise<void> {
  const { to: version, undo, by, reason, dryRun = false, batch } = options;
  if ((version === undefined) === (undo === undefined))
    throw new Error('Say either --to <version> or --undo <migration>.');
  const [
    { mappingIn, migrateCases, undoMigration },
    { loadPrograms },
    { keptVersions },
    { installedFolder },
    { readFileSync },
    { join },
  ] = await Promise.all([
    import('../program/migrate.ts'),
    import('../../plugins/index.ts'),
    import('../program/parts.ts'),
    import('../program/check.ts'),
    import('node:fs'),
    import('node:path'),
  ]);
  const catalogue = await loadPrograms({ packages: context.config().plugins });
  // the newest comes last: it is what new cases are opened with
  const installed = [...keptVersions(join(installedFolder, program), []), ...catalogue.all()];
  const mapping = options.mapping === undefined ? {} : mappingIn(readFileSync(options.mapping, 'utf8'));
  const how = { by, reason, dryRun, ...(batch === undefined ? {} : { batch }) };
  const done = await withSql(context, SESSION, (sql) => {
    const stores = { sql, log: context.log, installed };
    return undo === undefined
      ? migrateCases(stores, { program, version: version!, mapping, ...how })
      : undoMigration(stores, { id: undo, ...how });
  });
  if (done.cases.some(({ refused }) => refused)) process.exitCode = 1;
  if (options.json) return context.print(JSON.stringify(done, undefined, 2));
  for (const { caseNo, from, refused, deadlinesMoved, itemsDropped, itemsOpened, leftBehind } of done.cases) {
    if (refused) {
      context.print(`✗ ${caseNo} ${refused.code}: ${refused.detail}`);
      for (const path of refused.paths) context.print(`    ${path}`);
      continue;
    }
    const parts = [
      `deadlines moved ${deadlinesMoved}`,
      `dropped ${itemsDropped.join(', ') || '–'}`,
      `opened ${itemsOpened.join(', ') || '–'}`,
      `left behind ${leftBehind.join(', ') || '–'}`,
    ];
    context.print(`✓ ${caseNo} ${from} → ${undo === undefined ? version : 'before'}: ${parts.join('; ')}`);
  }
  const moved = done.cases.filter(({ refused }) => !refused).length;
  context.say(
    `${dryRun ? 'would move' : 'moved'} ${moved} of ${done.cases.length} cases; ${done.remaining} more to come to; undo with --undo ${done.id}`,
  );
}
