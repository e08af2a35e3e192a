import { Gauge, type Registry } from 'prom-client';
import type { Sql } from '../db/client.ts';
import { unsignedSeconds } from '../db/queries/record-log.ts';

/** How far the signatures of the log are behind, read from the tables, so that any process tells it. Without the database it is left out. */
export function registerRecordMetrics(registry: Registry, sql: Sql): void {
  new Gauge({
    name: 'linli_unsigned_seconds',
    help: 'Age of the oldest event since the newest signed checkpoint of the log',
    registers: [registry],
    async collect() {
      const seconds = await unsignedSeconds(sql).catch(() => undefined);
      if (seconds !== undefined) this.set(seconds);
    },
  });
}
