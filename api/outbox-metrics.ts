import { Gauge, type Registry } from 'prom-client';
import type { Sql } from '../db/client.ts';
import { type OutboxFigures, outboxFigures } from '../db/queries/sendings.ts';

/**
 * Figures of what goes outside, read from the tables when they are asked for, so that any process tells them. Without the
 * database they are left out, and the others are told all the same.
 */
export function registerOutboxMetrics(registry: Registry, sql: Sql): void {
  let asked: Promise<OutboxFigures | undefined> | undefined;
  const figures = (): Promise<OutboxFigures | undefined> => {
    asked ??= outboxFigures(sql)
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
  const gauge = (name: string, help: string, value: (figures: OutboxFigures) => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        const found = await figures();
        if (found) this.set(value(found));
      },
    });
  gauge('linli_outbox_waiting', 'Deliveries on their way to an endpoint outside', ({ waiting }) => waiting);
  gauge('linli_outbox_oldest_seconds', 'For how long the oldest of them is due', ({ oldestSeconds }) => oldestSeconds);
  gauge('linli_channels_failing', 'Endpoints whose last attempt failed', ({ failing }) => failing);
  gauge('linli_channels_disabled', 'Endpoints that were disabled', ({ disabled }) => disabled);
  new Gauge({
    name: 'linli_delivery_attempts_day',
    help: 'Attempts of the last 24 hours by channel and outcome',
    labelNames: ['channel', 'outcome'] as const,
    registers: [registry],
    async collect() {
      const found = await figures();
      if (!found) return;
      this.reset();
      for (const { channel, outcome, n } of found.attempts) this.set({ channel, outcome }, n);
    },
  });
}
