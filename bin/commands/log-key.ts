import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { withSql } from './with-stores.ts';

const session = { max: 2, name: 'linli audit' };

/** `linli audit key`: the keys that check the log. `linli audit rotate-key`: another one from now on. */
export function registerLogKey(audit: Command, context: CommandContext): void {
  audit
    .command('key')
    .description('show the public keys of the log, the one that signs now last: hand it to whoever keeps a witness')
    .option('--json', 'for programs: {origin, keys: [{key, announced, madeAt}]}')
    .action(async ({ json }: { json?: true }) => {
      const [{ logKeysMade }, { logOrigin }] = await Promise.all([
        import('../../db/queries/record-log.ts'),
        import('../../door/log/checkpoint.ts'),
      ]);
      await withSql(context, session, async (sql) => {
        const [origin, keys] = [await logOrigin(sql), await logKeysMade(sql)];
        if (json) {
          const shown = keys.map(({ key, announced, madeAt }) => ({ key, announced, madeAt }));
          context.print(JSON.stringify({ origin, keys: shown }, undefined, 2));
          return;
        }
        if (keys.length === 0) context.say(`${origin} has no key yet: a worker makes one when it starts.`);
        for (const { key, announced, madeAt } of keys)
          context.print(`${key}  since ${madeAt}${announced ? '' : ', not announced by the one before'}`);
      });
    });
  audit
    .command('rotate-key')
    .description('let another key sign the log from now on; the old one signs that it comes next')
    .option('--lost', 'the old key is lost: whoever keeps a witness has to be told the new one')
    .action(async ({ lost = false }: { lost?: boolean }) => {
      const [{ logKeyFile, logKeyFiles }, { rotateKey }, { logOrigin }, { createTransactions }] = await Promise.all([
        import('../log-key.ts'),
        import('../../door/log/rotate.ts'),
        import('../../door/log/checkpoint.ts'),
        import('../../db/transactions.ts'),
      ]);
      const files = logKeyFiles(logKeyFile(context.config()));
      await withSql(context, session, async (sql) => {
        const next = files.next(await logOrigin(sql));
        const transactions = createTransactions(sql, { lanes: 1, role: 'linli_log' });
        try {
          const { key, announced } = await transactions.run((tx) => rotateKey(tx, files, next, lost));
          files.adopt();
          context.print(key);
          context.say(
            announced
              ? 'the old key has announced it: witnesses follow by themselves'
              : 'nothing announces it: hand it to whoever keeps a witness (linli witness --log-key)',
          );
        } finally {
          await transactions.end();
        }
      });
    });
}
