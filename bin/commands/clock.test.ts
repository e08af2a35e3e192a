import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandContext } from '../context.ts';
import { register } from './clock.ts';

/** Runs the command in this process; the code of a misuse is commander's, which the process turns into exit code 2. */
function clock(...args: string[]): { readonly code: string | undefined; readonly printed: string } {
  let printed = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const print = (text: string): void => {
    printed += `${text}\n`;
  };
  register(program, { ...commandContext(), print });
  try {
    program.parse(['clock', ...args], { from: 'user' });
    return { code: undefined, printed };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.code, printed };
    throw error;
  }
}

describe('linli clock', () => {
  it('prints the due date with a reason for every day', () => {
    const { printed } = clock('--start', '2026-09-18', '--budget', '15 working days', '--json');
    const { due, provisional, days } = JSON.parse(printed);
    expect({ due, provisional }).toEqual({ due: '2026-10-15', provisional: false });
    expect(days).toHaveLength(28);
    expect(days[0]).toEqual({
      date: '2026-09-18',
      counted: false,
      why: ['起算当日不计入', 'the start day is not counted'],
    });
    expect(days.at(-1)).toEqual({
      date: '2026-10-15',
      counted: true,
      why: ['第 15 个工作日，共 15 个', 'working day 15 of 15'],
    });
  });

  it('takes pauses any number of times', () => {
    const pauses = ['--pause', '2026-10-09..2026-10-12', '--pause', '2026-10-12..2026-10-12'];
    const { printed } = clock('--start', '2026-09-18', '--budget', '15 working days', ...pauses, '--json');
    expect(JSON.parse(printed).due).toBe('2026-10-20');
  });

  it('takes extensions, and prints what api promises and nothing else', () => {
    const { printed } = clock(
      '--start',
      '2026-09-18',
      '--budget',
      '20 days',
      '--extend',
      '10 days',
      '--extend',
      '1 day',
      '--json',
    );
    const answer = JSON.parse(printed);
    expect(answer.due).toBe('2026-10-19');
    expect(Object.keys(answer)).toEqual(['due', 'provisional', 'days']);
    expect(new Set(answer.days.flatMap(Object.keys))).toEqual(new Set(['date', 'counted', 'why']));
  });

  it('says so where a date would lie outside the years it counts in', () => {
    expect(clock('--start', '2950-01-01', '--budget', '60 years').code).toBe('commander.invalidArgument');
    expect(clock('--start', '2999-12-31', '--budget', '1 working day').code).toBe('commander.invalidArgument');
    expect(clock('--start', '2999-12-31', '--budget', '40 days').code).toBe('commander.invalidArgument');
  });

  it('prints for people', () => {
    const last = (start: string) => clock('--start', start, '--budget', '1 month').printed.trimEnd().split('\n').at(-1);
    expect(last('2026-09-18T10:00:00+08:00')).toBe('2026-10-19');
    expect(last('2026-12-18T10:00:00+08:00')).toMatch(/^2027-01-18 .*provisional/);
  });

  it.each([
    [['--start', '2026-09-18'], 'commander.missingMandatoryOptionValue'],
    [['--start', '2026-09-31', '--budget', '2 days'], 'commander.invalidArgument'],
    [['--start', '2026-09-18', '--budget', '2 fortnights'], 'commander.invalidArgument'],
    [['--start', '2026-09-18', '--budget', '2 days', '--pause', '2026-10-12..2026-10-09'], 'commander.invalidArgument'],
    [['--start', '2026-09-18', '--budget', '2 days', '--pause', '2026-10-09'], 'commander.invalidArgument'],
    [['--start', '2026-09-18', '--budget', '2 days', '--extend', 'a bit'], 'commander.invalidArgument'],
    [['--start', '2026-09-18', '--budget', '-2 days'], 'commander.invalidArgument'],
    [['--start', '2026-09-18', '--budget', '2 days', 'more'], 'commander.excessArguments'],
  ])('%j is wrong use', (args, code) => expect(clock(...args)).toEqual({ code, printed: '' }));

  it('ends the process with 2 on wrong use', () => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', main, 'clock'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  }, 30_000);
});
