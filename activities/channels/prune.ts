import type { Sql } from '../../db/client.ts';
import { createTransactions, type Tx } from '../../db/transactions.ts';
import type { Instant } from '../../sdk/time.ts';

/** So many messages at a time, so that nobody waits for the rows. */
export const mostPruned = 500;

/** What was taken away: outgoing messages with their attempts, and deliveries that never went out. */
export interface Pruned {
  readonly sendings: number;
  readonly neverSent: number;
}

/**
 * Takes away what went out, or failed, before a moment: rows of the outbox, outgoing messages and their attempts, which the
 * database counts per endpoint, day and outcome as they go (`delivery_days`). Nothing that is open goes: neither what is on
 * its way, nor any of a delivery of which it is not settled whether it reached its person. Several processes may do so.
 */
export async function pruneSent(sql: Sql, before: Instant): Promise<Pruned> {
  const transactions = createTransactions(sql, { lanes: 1 });
  try {
    return await transactions.run(async (tx) => {
      const ended = await tx<{ id: string }[]>`
        SELECT s.id FROM sendings s WHERE s.outcome IS NOT NULL AND s.ended_at < ${before} AND NOT EXISTS (
          SELECT FROM outbox mine JOIN outbox o ON o.delivery_id = mine.delivery_id WHERE mine.sending_id = s.id AND ${open(tx)})
        ORDER BY s.ended_at LIMIT ${mostPruned} FOR UPDATE OF s SKIP LOCKED`;
      const ids = tx`SELECT json_array_elements_text(${JSON.stringify(ended.map(({ id }) => id))}::text::json)`;
      await tx`DELETE FROM outbox WHERE sending_id IN (${ids})`;
      await tx`DELETE FROM delivery_attempts WHERE sending_id IN (${ids})`;
      await tx`DELETE FROM sendings WHERE id IN (${ids})`;
      const { count: neverSent } = await tx`
        DELETE FROM outbox WHERE id = ANY (ARRAY(
          SELECT mine.id FROM outbox mine WHERE mine.sending_id IS NULL AND mine.state = 'failed' AND mine.created_at < ${before}
            AND NOT EXISTS (SELECT FROM outbox o WHERE o.delivery_id = mine.delivery_id AND ${open(tx)})
          ORDER BY mine.created_at LIMIT ${mostPruned} FOR UPDATE SKIP LOCKED))`;
      return { sendings: ended.length, neverSent };
    });
  } finally {
    await transactions.end();
  }
}

/** A row `o` of the outbox is on its way, or it is not settled whether its delivery reached its person. */
const open = (tx: Tx) => tx`(o.state IN ('waiting', 'sending') OR (o.personal AND o.reviewed_at IS NULL))`;
