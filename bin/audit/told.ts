import type { Client } from '@temporalio/client';
import type { Sql } from '../../db/client.ts';
import type { ToldByHistories } from '../../door/repair.ts';
import { archiveReader } from './archive.ts';
import { readFromFolder, runsInFolder } from './folder-runs.ts';
import { historyReader } from './histories.ts';

/**
 * Asks Temporal, the archive in the database and, where there is one, the archive's folder what a case's workflow was told: a
 * database that was put back to an earlier point lacks runs that the folder has. Throws while Temporal cannot be asked.
 */
export function historiesOf(sql: Sql, client: Client, folder?: string): (caseId: string) => Promise<ToldByHistories> {
  const ofTemporal = historyReader(client);
  const ofArchive = archiveReader(sql, { converter: client.options.loadedDataConverter });
  return async (caseId) => {
    const live = await ofTemporal(caseId);
    const { runs: archived } = await ofArchive(caseId);
    const runs = [...live, ...archived];
    const known = new Set(runs.map(({ runId }) => runId));
    for (const runId of folder === undefined ? [] : await runsInFolder(folder, caseId)) {
      if (known.has(runId)) continue;
      runs.push(await readFromFolder(folder as string, { caseId, runId }, client.options.loadedDataConverter));
    }
    const end = runs.reduce((last, run) => (run.end.seq > last.seq ? run.end : last), { seq: 0, head: '' });
    const actTypes = new Map(runs.flatMap(({ acts = [] }) => acts));
    return { events: runs.flatMap(({ events }) => events), end, actTypes };
  };
}
