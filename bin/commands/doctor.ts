import type { RegisterCommand } from '../context.ts';

/** `linli doctor`: what is wrong with the set-up and how to mend it. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('doctor')
    .description('say what is wrong with the set-up and how to mend it; exit 1 when something is')
    .option('--json', 'for programs: one list of findings')
    .action(async ({ json }: { json?: boolean }) => {
      const { examine } = await import('../doctor.ts');
      const findings = await examine(context.config());
      if (json) context.print(JSON.stringify(findings, undefined, 2));
      else
        for (const { ok, what, mend } of findings)
          context.print(`${ok ? '✓' : '✗'} ${what}${mend ? `\n    ${mend}` : ''}`);
      process.exitCode = findings.every(({ ok }) => ok) ? 0 : 1;
    });
};
