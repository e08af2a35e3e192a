import { InvalidArgumentError } from 'commander';
import { isCalendarDate, normalizeInstant, startOfDay } from '../../engine/time/civil.ts';
import type { Instant } from '../../sdk/time.ts';
import type { RegisterCommand } from '../context.ts';

interface SimulateOptions {
  readonly from?: Instant;
  readonly until?: Instant;
  readonly json?: true;
}

/** `linli program check` and `linli program simulate`: what a program is worth before a case runs on it. */
export const register: RegisterCommand = (program, context) => {
  const group = program.command('program').description('look at programs: problems, agenda');
  group
    .command('check')
    .description('every problem of the programs of this installation, or of a folder; exit 1 when there is one')
    .argument('[folder]', "a program's own folder, or a folder of such folders")
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
    .option('--until <date>', 'until when; default two years later', readMoment)
    .option('--json', 'for programs: {program, openedAt, until, agenda: [{at, kind, text: [zh, en]}], truncated}')
    .action(async (id: string, options: SimulateOptions) => {
      const { agendaOf } = await import('../program/simulate.ts');
      const answer = await agendaOf(id, options, context.config().plugins);
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
