// Brings messages to people in a process of its own, for tests that kill it. Argument: JSON of its orders.

import { connect } from '../../db/client.ts';
import { roleOfPart } from '../../db/roles.ts';
import { createDeliveries } from '../../door/deliveries.ts';

/** What the parent tells. */
export interface DelivererOrders {
  readonly databaseUrl: string;
  readonly now: string;
  /** How long it waits between lease and delivery, so that a kill falls there. */
  readonly waitMs: number;
}

const { databaseUrl, now, waitMs } = JSON.parse(process.argv[2] ?? '{}') as DelivererOrders;
const deliveries = createDeliveries({
  sql: connect(databaseUrl, { role: roleOfPart('worker') }),
  settleMs: 0,
  now: async () => now,
  step: async () => {
    process.stdout.write('at work\n');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  },
});
for (;;) {
  if ((await deliveries.turn()) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
}
