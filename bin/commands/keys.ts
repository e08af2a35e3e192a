import type { CommandContext, RegisterCommand } from '../context.ts';
import { type Keys, keysFile, readKeys } from '../keys-file.ts';
import { readInstance } from '../platform/claim.ts';

/** `linli keys`: what the first run made. */
export const register: RegisterCommand = (program, context) => {
  program
    .command('keys')
    .description('show the organisation and the API keys that the first run made')
    .option('--json', 'for programs: {url, units, posts, keys: [{role, person, post, unit, key}]}')
    .action(({ json }: { json?: true }) => {
      const keys = firstRunKeys(context);
      if (json) return context.print(JSON.stringify(keys, undefined, 2));
      context.print(keys.url);
      for (const { role, unit, post, key } of keys.keys)
        context.print(`${role.padEnd(16)} ${(post ?? unit).padEnd(38)} ${key}`);
    });
};

/** The keys of the data folder, with the address at which Linli answers now. Throws when there are none. */
export function firstRunKeys(context: CommandContext): Keys {
  const { dataDir } = context.config();
  const keys = readKeys(dataDir);
  if (keys) return { ...keys, url: readInstance(dataDir)?.url ?? keys.url };
  throw new Error(
    `There are no keys at ${keysFile(dataDir)}. ` +
      'Ways out: run "npm start" once, which makes them; or set LINLI_DATA to the data folder it ran on.',
  );
}
