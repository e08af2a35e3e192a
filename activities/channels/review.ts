import { createTransactions } from '../../db/transactions.ts';
import { tellUnreached, unreachedPeople } from '../../door/undelivered.ts';
import { countStalled } from './queue.ts';
import type { SendingDeps } from './sending-deps.ts';

/** Alarms when deliveries stall, and tells the heads of people who were not reached. Answers how many people these are. */
export async function reviewSent({ sql, log, clock }: Pick<SendingDeps, 'sql' | 'log' | 'clock'>): Promise<number> {
  const now = await clock();
  const stalled = await countStalled(sql, now);
  if (stalled > 0) log.error({ alarm: 'OUTBOX', stalled }, 'deliveries outside are not sent in time');
  const people = await unreachedPeople(sql, now);
  if (people.length === 0) return 0;
  const transactions = createTransactions(sql, { lanes: 1 });
  let told = 0;
  try {
    for (const person of people) {
      const messages = await transactions.run((tx) => tellUnreached(tx, person, now));
      if (messages === 0) continue;
      told += 1;
      log.error(
        { alarm: 'UNREACHED', messages },
        'messages did not reach somebody outside; the head of his unit is told',
      );
    }
  } finally {
    await transactions.end();
  }
  return told;
}
