import type { Client } from '@temporalio/client';
import type { Sql } from '../../db/client.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { archiveReader } from './archive.ts';
import { historyReader } from './histories.ts';

/**
 * Reads all that is left of a case's runs, for its dossier: those in the archive, and those Temporal still keeps. Where Temporal
 * cannot be reached, those in the archive alone; rejects where that leaves none.
 */
export function caseHistories(sql: Sql, client: Client) {
  const [live, archive] = [
    historyReader(client),
    archiveReader(sql, { converter: client.options.loadedDataConverter }),
  ];
  return async (caseId: string): Promise<readonly WitnessedRun[]> => {
    const [kept, archived] = await Promise.allSettled([live(caseId), archive(caseId)]);
    const runs = archived.status === 'fulfilled' ? archived.value.runs : [];
    if (kept.status === 'rejected' && runs.length === 0) throw kept.reason;
    const all = new Map(runs.map((run) => [run.runId, run]));
    for (const run of kept.status === 'fulfilled' ? kept.value : []) all.set(run.runId, run);
    return [...all.values()];
  };
}
