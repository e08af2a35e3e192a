import type { RegisterCommand } from '../context.ts';

interface Options {
  readonly area?: string;
  readonly reason?: string;
  readonly json?: true;
}

/**
 * `linli calendar load`: a year's official calendar from a file, in Linli's own form or that of holiday-cn. Running
 * processes count by it from their next act on and project the deadlines it touches. Exit code 1 and what is wrong when
 * the file does not hold.
 */
export const register: RegisterCommand = (program, context) => {
  program
    .command('calendar')
    .description('the official working-day calendar')
    .command('load <file>')
    .description('load a year: {year, source, days: [{date, name, off}]}, or a file of holiday-cn')
    .option('--area <unit>', 'days for a unit and all below it, laid over the country’s')
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'for programs: {loaded, changed, year, area, revision, problems: [{path, message: [zh, en]}]}')
    .action(async (file: string, { json, ...options }: Options) => {
      const { loadCalendarFile } = await import('../calendar/load.ts');
      const answer = await loadCalendarFile(context, file, options);
      if (!answer.loaded) process.exitCode = 1;
      if (json) return context.print(JSON.stringify(answer, undefined, 2));
      for (const { path, message } of answer.problems) context.print(`✗ ${path}: ${message.join(' · ')}`);
      if (!answer.loaded) return;
      const effect = answer.changed
        ? '已载入，受影响的期限将重新推算 loaded; the deadlines it touches are projected again'
        : '内容相同，没有变化 the same as before; nothing changes';
      context.print(`✓ ${answer.year} (${answer.revision}): ${effect}`);
    });
};
