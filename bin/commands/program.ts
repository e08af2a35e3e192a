import { InvalidArgumentError } from 'commander';
import { isCalendarDate, normalizeInstant, startOfDay } from '../../engine/time/civil.ts';
import type { Instant } from '../../sdk/time.ts';
import type { RegisterCommand } from '../context.ts';

interface SimulateOptions {
  readonly from?: Instant;
  readonly until?: Instant;
  readonly years?: number;
  readonly ics?: string;
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
    .action(async (folder: string | undefined, { json }: { json?: true }) => {
      const { checkPrograms } = await import('../program/check.ts');
      const { programs, problems } = await checkPrograms(folder, context.config().plugins);
      const holds = problems.length === 0 && programs.length > 0;
      if (!holds) process.exitCode = 1;
      if (json) return context.print(JSON.stringify({ holds, programs, problems }, undefined, 2));
      for (const problem of problems) context.print(`✗ ${problem}`);
      for (const { id, version, name, hash } of programs)
        context.print(`✓ ${id} ${version} ${name.join(' · ')}  ${hash}`);
      if (programs.length + problems.length === 0) context.print('✗ there is no program (a folder with program.ts)');
    });
  group
    .command('simulate')
    .description(
      'the agenda of a case over the years when nobody does anything: tasks, deadlines, rungs; nothing is started',
    )
    .argument('<id>', 'the program')
    .option('--from <date>', 'when the case is opened; default today', readMoment)
    .option('--until <date>', 'until when; default a year later', readMoment)
    .option('--years <n>', 'instead of --until: so many years, 1 to 50', readYears)
    .option('--ics <file>', 'also write deadlines and duties as a calendar file (iCalendar)')
    .option(
      '--json',
      'for programs: {program, openedAt, until, agenda: [{at, kind, text: [zh, en]}], dates, truncated}',
    )
    .action(async (id: string, options: SimulateOptions) => {
      const { agendaOf } = await import('../program/simulate.ts');
      const answer = await agendaOf(id, options, context.config().plugins);
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
