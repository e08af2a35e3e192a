import type { CommandContext, RegisterCommand } from '../context.ts';
import { withSql } from './with-stores.ts';

// a key that cannot be opened is what it reports
const session = { max: 2, name: 'linli data-keys', keys: 'none' } as const;

/** `linli data-keys check`, `rotate`, `split` and `join`: the keys that encrypt what leaves the database, and those that wrap them. */
export const register: RegisterCommand = (program, context) => {
  const keys = program.command('data-keys').description('the keys that encrypt (docs/keys.md)');
  keys
    .command('check')
    .description('open every data key with the yearly keys of this machine; compare the copies outside the database')
    .option('--mend', 'write the copies that are missing or differ')
    .option('--json', 'for programs: {keys, before, copies, findings, yearlyKeys: [{id, madeAt}]}')
    .action(async ({ mend = false, json }: { mend?: boolean; json?: true }) => check(context, mend, json === true));
  keys
    .command('rotate')
    .description('make a new yearly key and wrap all data keys with it; broken off, the next call goes on')
    .option('--make-only', 'make it and wrap nothing: where several machines need the file, before it is handed out')
    .action(async ({ makeOnly = false }: { makeOnly?: boolean }) => rotate(context, makeOnly));
  keys
    .command('split')
    .description(
      'split the yearly keys into shares for several people: so many as are needed give them back, fewer tell nothing',
    )
    .requiredOption('--to <folder>', 'where the shares are written; not there yet')
    .option('--need <n>', 'how many shares it takes', Number, 2)
    .option('--of <n>', 'how many there are', Number, 3)
    .action(async ({ to, need, of }: { to: string; need: number; of: number }) => {
      const [{ splitYearlyKeys }, { yearlyKeysFile }] = await Promise.all([
        import('../recovery.ts'),
        import('../yearly-keys.ts'),
      ]);
      for (const file of await splitYearlyKeys(yearlyKeysFile(context.config()), to, { need, of })) context.print(file);
      context.say(`hand each to another person, remove ${to}, and split again after every "linli data-keys rotate"`);
    });
  keys
    .command('join')
    .description('make the lost file of the yearly keys anew from shares')
    .argument('<shares...>', 'the files of as many shares as are needed')
    .action(async (shares: string[]) => {
      const [{ joinYearlyKeys }, { yearlyKeysFile }] = await Promise.all([
        import('../recovery.ts'),
        import('../yearly-keys.ts'),
      ]);
      const file = yearlyKeysFile(context.config());
      const ids = await joinYearlyKeys(file, shares);
      context.print(`${file} holds again: ${ids.join(', ')}`);
      context.say('"linli data-keys check" says whether they open every data key');
    });
};

async function check(context: CommandContext, mend: boolean, json: boolean): Promise<void> {
  const [{ checkKeys }, { keysHere }] = await Promise.all([import('../../door/keys/check.ts'), import('../keys.ts')]);
  await withSql(context, session, async (sql) => {
    const here = await keysHere(context.config(), sql, { begins: false });
    if (!here.yearly.exists()) {
      const none = { keys: 0, before: 0, copies: 0, findings: [], yearlyKeys: [] };
      return context.print(
        json ? JSON.stringify(none, undefined, 2) : 'no keys were made yet: the first start makes them',
      );
    }
    const found = await checkKeys(here, mend);
    const { keys, before, copies, findings } = found;
    if (findings.length > 0 || (copies > 0 && !mend)) process.exitCode = 1;
    if (json) return context.print(JSON.stringify({ ...found, yearlyKeys: here.yearly.list() }, undefined, 2));
    for (const { id, madeAt } of here.yearly.list()) context.print(`yearly key ${id}, made ${madeAt}`);
    for (const each of findings) context.print(`✗ ${each}`);
    if (copies > 0)
      context.print(
        `${mend ? '✓' : '✗'} ${copies} copies outside the database ${mend ? 'written' : 'are missing or differ; --mend writes them'}`,
      );
    if (!here.copies) context.print('! there are no copies outside the database: LINLI_KEY_FOLDER is not set');
    context.print(
      `${keys} data keys, ${keys - findings.length} can be opened, ${before} wrapped with an older yearly key`,
    );
  });
}

async function rotate(context: CommandContext, makeOnly: boolean): Promise<void> {
  const [{ rewrapKeys, rotating, wrappedBefore }, { keysHere }] = await Promise.all([
    import('../../door/keys/rewrap.ts'),
    import('../keys.ts'),
  ]);
  await withSql(context, session, async (sql) => {
    const here = await keysHere(context.config(), sql);
    await rotating(sql, async () => {
      const left = await wrappedBefore(here);
      if (left === 0) {
        const { id } = here.yearly.add();
        context.print(
          `yearly key ${id} is made in ${here.yearly.file}: keep a copy of that file apart from the database's`,
        );
      } else
        context.say(
          `${left} data keys are still wrapped with an older yearly key: going on with those, no new one is made`,
        );
      if (makeOnly) return;
      context.print(`${await rewrapKeys(here)} data keys wrapped with yearly key ${here.yearly.newest().id}`);
    });
  });
}
