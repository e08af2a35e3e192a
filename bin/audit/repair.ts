import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { fetchHistory } from '../../activities/history-pages.ts';
import type { Sql } from '../../db/client.ts';
import { createTransactions } from '../../db/transactions.ts';
import { countLot, drawing } from '../../door/count-lot.ts';
import { engine } from '../../door/engine.ts';
import { type Repaired, repairCase, type ToldByHistories } from '../../door/repair.ts';
import { caseWorkflowId, FOLDED_SIGNAL, UNFREEZE_SIGNAL } from '../../workflows/names.ts';
import { archiveReader } from './archive.ts';
import { historyReader } from './histories.ts';

/** What repairing needs, and whether it writes. */
export interface RepairOptions {
  readonly sql: Sql;
  readonly client: Client;
  /** One case only; without it all that are frozen. */
  readonly caseId?: string | undefined;
  readonly write: boolean;
}

/**
 * Puts back into the record of frozen cases what their workflows were told and it lacks, case by case, and lets each go:
 * its workflow is told to ask again. Answers what came of each.
 */
export async function repairRecord({ sql, client, caseId, write }: RepairOptions): Promise<Repaired[]> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
  const repaired: Repaired[] = [];
  try {
    const deps = { transactions, engine: drawing(engine, await countLot(sql)) };
    const cases = await sql<{ id: string }[]>`
      SELECT case_id AS id FROM cases
      WHERE frozen_at IS NOT NULL AND (${caseId ?? null}::text IS NULL OR case_id = ${caseId ?? null}) ORDER BY case_id`;
    for (const { id } of cases) {
      const one = await repairCase(deps, id, await toldOf(sql, client, id), write).catch((error: Error): Repaired => {
        return { caseId: id, missing: 0, written: false, held: [], refused: error.message };
      });
      repaired.push(one);
      if (one.written) await client.workflow.getHandle(caseWorkflowId(id)).signal(UNFREEZE_SIGNAL);
    }
    return repaired;
  } finally {
    await transactions.end();
  }
}

/** What Temporal's histories and the archived ones tell of a case between them. */
async function toldOf(sql: Sql, client: Client, caseId: string): Promise<ToldByHistories> {
  const live = await historyReader(client)(caseId);
  const { runs: archived } = await archiveReader(sql)(caseId);
  const runs = [...live, ...archived];
  const end = runs.reduce((last, run) => (run.end.seq > last.seq ? run.end : last), { seq: 0, head: '' });
  const actTypes = new Map<string, string>();
  for (const { runId } of live) {
    for (const [id, type] of await wakingActs(client, caseId, runId)) actTypes.set(id, type);
  }
  return { events: runs.flatMap(({ events }) => events), end, actTypes };
}

/** Acts by which a run was woken: a signal is named by the act's type and says its id, a folded one names several. */
async function wakingActs(client: Client, caseId: string, runId: string): Promise<[id: string, type: string][]> {
  const { events } = await fetchHistory(client, caseWorkflowId(caseId), runId);
  const found: [string, string][] = [];
  for (const { workflowExecutionSignaledEventAttributes: signal } of events ?? []) {
    const payloads = signal?.input?.payloads;
    if (!signal?.signalName || !payloads?.length) continue;
    const said = await decodeFromPayloadsAtIndex<unknown>(client.options.loadedDataConverter, 0, payloads);
    if (typeof said === 'string') found.push([said, signal.signalName]);
    if (signal.signalName !== FOLDED_SIGNAL || !Array.isArray(said)) continue;
    for (const { id, type } of said as { id?: unknown; type?: unknown }[])
      if (typeof id === 'string' && typeof type === 'string') found.push([id, type]);
  }
  return found;
}
