import { createTransactions } from '../../db/transactions.ts';
import { tellDisabled } from '../../door/undelivered.ts';
import type { Instant } from '../../sdk/time.ts';
import { giveUp } from './attempts.ts';
import type { Served } from './queue.ts';
import type { SendingDeps } from './sending-deps.ts';

/** Sends nothing more over an endpoint, and tells its owner and the administrators why. */
export async function disableEndpoint(
  { sql, log }: Pick<SendingDeps, 'sql' | 'log'>,
  { id, channel, person, unit }: Served,
  why: 'gone' | 'failing',
  now: Instant,
): Promise<void> {
  const transactions = createTransactions(sql, { lanes: 1 });
  try {
    await transactions.run(async (tx) => {
      const { count } = await tx`
        UPDATE person.channel_endpoints SET disabled_at = ${now}, disabled_reason = ${why} WHERE id = ${id} AND disabled_at IS NULL`;
      if (count > 0) await tellDisabled(tx, { id, channel, person, unit }, why, now);
    });
  } finally {
    await transactions.end();
  }
  log.error({ alarm: 'ENDPOINT', endpointId: id, channel, why }, 'an endpoint takes no more messages and was disabled');
  await giveUp(sql, id, now, false);
}
