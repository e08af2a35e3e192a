import { Option } from 'commander';
import type { RegisterCommand } from '../context.ts';
import { firstRunKeys } from './keys.ts';

interface Options {
  readonly lang: 'zh' | 'en';
}

/** `linli demo`: the 福乐 story over HTTP against the running server, on a new case each time. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('demo')
    .description('play the 福乐 story over HTTP against the running server, on a new case')
    .addOption(new Option('--lang <language>', 'language of the print').choices(['zh', 'en']).default('zh'))
    .action(async ({ lang }: Options) => {
      const { play } = await import('../demo/play.ts');
      await play(firstRunKeys(context), lang, context.print);
    });
};
