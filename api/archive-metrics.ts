import { Gauge, type Registry } from 'prom-client';
import type { Sql } from '../db/client.ts';
import { type ArchiveFigures, archiveFigures } from '../db/queries/archive.ts';

/** After this an ended run of a workflow should be archived. */
const boundMs = 600_000;

/**
 * Figures of the archive, read from the tables when they are asked for, so that any process tells them. In order they are
 * zero, but for the age of the last look. Without the database they are left out.
 */
export function registerArchiveMetrics(registry: Registry, sql: Sql): void {
  let asked: Promise<ArchiveFigures | undefined> | undefined;
  const figures = (): Promise<ArchiveFigures | undefined> => {
    asked ??= archiveFigures(sql, boundMs)
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
  const gauge = (name: string, help: string, value: (figures: ArchiveFigures) => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        const found = await figures();
        if (found) this.set(value(found));
      },
    });
  gauge('linli_archive_overdue', 'Ended workflow runs not archived after ten minutes', ({ overdue }) => overdue);
  gauge('linli_archive_lost', 'Those of them that Temporal had deleted', ({ lost }) => lost);
  gauge(
    'linli_archive_scan_seconds',
    "Age of the last whole look at Temporal's list",
    ({ scanSeconds }) => scanSeconds,
  );
}
