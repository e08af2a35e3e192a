import type { Sql } from '../../db/client.ts';
import { inClear } from '../../db/events-in-clear.ts';
import { createTransactions, type Tx } from '../../db/transactions.ts';

/** Runs statements that look into payloads with SQL, over the events as the keys of the client open them. */
export async function overClearEvents<T>(sql: Sql, read: (tx: Tx) => PromiseLike<T>): Promise<T> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
  try {
    return await transactions.run((tx) => inClear(tx, { caseId: null, types: '.' }, async () => read(tx)));
  } finally {
    await transactions.end();
  }
}
