import type { Command } from 'commander';
import type { RestoreAccepted } from '../audit/accept-restore.ts';
import type { CommandContext } from '../context.ts';
import { withSql } from './with-stores.ts';

const session = { max: 2, name: 'linli audit', keys: 'none' } as const;

/**
 * `linli audit key`: the keys that check the log. `linli audit rotate-key`: another one from now on. `linli audit accept-restore`:
 * the log is signed again after a restore.
 */
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
  audit
    .command('accept-restore')
    .description(
      'after a restore: give up what was signed of the log that it took away, so that the log is signed again',
    )
    .option('--unread', 'also while histories of held cases cannot be read, when you know why')
    .option('--json', 'for programs: null when there is nothing to give up, or {givenUp, restore, shared, frozen}')
    .action(async ({ json, unread }: { json?: true; unread?: true }) => {
      const [{ acceptRestore }, { logKeyFile }] = await Promise.all([
        import('../audit/accept-restore.ts'),
        import('../log-key.ts'),
      ]);
      const accepted = await withSql(context, session, (sql) =>
        acceptRestore(sql, logKeyFile(context.config()), { unread: unread === true }),
      );
      if (json) context.print(JSON.stringify(accepted ?? null, undefined, 2));
      else
        for (const line of accepted
          ? letter(accepted)
          : ['nothing to give up: the log begins with what was signed here'])
          context.print(line);
    });
}

function letter({ givenUp, restore, shared, frozen }: RestoreAccepted): string[] {
  const { origin, size, root, signedAt } = givenUp;
  return [
    `✓ given up: ${size} events of ${origin}, root ${Buffer.from(root, 'hex').toString('base64')}, signed here last at ${signedAt}`,
    `  why: ${restore.why}, noticed ${restore.foundAt}${restore.asOf === null ? '' : `, its last mark is of ${restore.asOf}`}`,
    shared
      ? `  checkpoints up to number ${shared.number} (${shared.size} events, ${shared.at}) hold as before; those signed after it and before the restore are of a log that is gone`
      : '  no checkpoint of before holds any more',
    '! tell whoever keeps a witness these lines and why it was restored: he keeps his folder as it is, and begins a new one',
    ...(frozen > 0 ? [`! ${frozen} cases still wait for repair: linli repair-record`] : []),
  ];
}
