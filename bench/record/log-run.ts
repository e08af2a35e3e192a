import type { Sql } from '../../db/client.ts';
import { createTransactions } from '../../db/transactions.ts';
import { appendEvents } from '../../door/log/append.ts';
import { makeCheckpoint } from '../../door/log/checkpoint.ts';
import { signingWith } from '../../test/support/record-log.ts';

/** The log of all events, taken on by hand. */
export interface LogRun {
  /** Enters everything that is not in it; how many, and the milliseconds. */
  append(): Promise<{ readonly events: number; readonly ms: number }>;
  /** Signs one checkpoint; its size, and the milliseconds with the commit. */
  checkpoint(): Promise<{ readonly size: number; readonly ms: number }>;
  end(): Promise<void>;
}

/** A log with a key of memory alone. */
export function logRun(sql: Sql): LogRun {
  const transactions = createTransactions(sql, { lanes: 1, role: 'linli_log', deadlineMs: 120_000 });
  const signing = signingWith(7);
  return {
    async append() {
      const begun = performance.now();
      for (let events = 0; ; ) {
        const { added, more } = await transactions.run((tx) => appendEvents(tx, { everything: true }));
        events += added;
        if (!more) return { events, ms: performance.now() - begun };
      }
    },
    async checkpoint() {
      const begun = performance.now();
      const made = await transactions.run(async (tx) => {
        await tx.unsafe('SET LOCAL statement_timeout = 60000');
        return makeCheckpoint(tx, signing, { everyMs: 0, everyEvents: 1 });
      });
      if (!made) throw new Error('Nothing new is in the log to be signed.');
      return { size: made.size, ms: performance.now() - begun };
    },
    end: () => transactions.end(),
  };
}
