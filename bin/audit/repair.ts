import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { pino } from 'pino';
import type { Sql } from '../../db/client.ts';
import { createTransactions } from '../../db/transactions.ts';
import { countLot, drawing } from '../../door/count-lot.ts';
import { engine } from '../../door/engine.ts';
import { needKeys } from '../../door/need-keys.ts';
import { doorParts } from '../../door/parts.ts';
import { installPrograms } from '../../door/programs.ts';
import { type Repaired, repairCase } from '../../door/repair.ts';
import { caseWorkflowId, UNFREEZE_SIGNAL } from '../../workflows/names.ts';
import { bringBackRuns } from './folder-runs.ts';
import { historiesOf } from './told.ts';

/** What repairing needs, and whether it writes. */
export interface RepairOptions {
  readonly sql: Sql;
  readonly client: Client;
  /** One case only; without it all that are frozen. */
  readonly caseId?: string | undefined;
  readonly write: boolean;
  /** Of the named case: what was recorded since the restore and contradicts the histories is put aside. */
  readonly giveUpSince?: boolean;
  /** Where copies of archived histories are kept; undefined: nowhere on this machine. */
  readonly folder?: string | undefined;
  /** Told of each case as soon as it is done: who breaks it off knows what was written. */
  readonly onCase?: (one: Repaired) => void;
  /** Told of what people have to look after: a copy that was not taken, a workflow that could not be told. */
  readonly onFault?: (what: string) => void;
}

const wakeTries = 4;

/**
 * Puts back into the record of frozen cases what their workflows were told and it lacks, case by case, and lets each go:
 * its workflow is told to ask again. Answers what came of each. A case that is named and was let go before has its workflow told again.
 */
export async function repairRecord({
  sql,
  client,
  caseId,
  write,
  giveUpSince = false,
  folder,
  onCase,
  onFault,
}: RepairOptions): Promise<Repaired[]> {
  if (giveUpSince && caseId === undefined)
    throw new Error('What was done since is given up case by case. Way out: name the case with --case.');
  if (write) await needKeys(sql);
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
  const repaired: Repaired[] = [];
  try {
    const programs = await installPrograms(sql, []);
    const own = drawing(engine, await countLot(sql));
    const door = await doorParts(sql, {
      transactions,
      engine: own,
      programs,
      log: pino({ level: 'error' }, pino.destination(2)),
    });
    const deps = { transactions, engine: own, programs, door };
    const histories = historiesOf(sql, client, folder);
    const tell = (id: string) =>
      wake(client, id).catch((error: Error) =>
        onFault?.(
          `case ${id}: its workflow could not be told that it may go on: ${error.message}. Way out: linli repair-record --case ${id} --write, when Temporal is there`,
        ),
      );
    const ids = await toRepair(sql, caseId);
    if (write && caseId !== undefined && ids.length === 0) await tell(caseId);
    for (const id of ids) {
      const repair = async () => repairCase(deps, id, await histories(id), { write, giveUpSince });
      const one = await repair().catch((error: Error): Repaired => {
        return { caseId: id, missing: 0, written: false, held: [], refused: error.message };
      });
      repaired.push(one);
      onCase?.(one);
      if (one.written) await tell(id);
    }
    if (write && folder !== undefined) for (const what of (await bringBackRuns(sql, folder)).refused) onFault?.(what);
    return repaired;
  } finally {
    await transactions.end();
  }
}

/** The frozen cases, after those that the record lacks altogether: other cases may be their children. */
async function toRepair(sql: Sql, caseId: string | undefined): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT DISTINCT l.id, 0 AS turn FROM restores r CROSS JOIN LATERAL json_array_elements_text(r.lost) AS l (id)
    WHERE NOT EXISTS (SELECT FROM cases WHERE case_id = l.id) AND (${caseId ?? null}::text IS NULL OR l.id = ${caseId ?? null})
    UNION ALL
    SELECT case_id, 1 FROM cases
    WHERE frozen_at IS NOT NULL AND (${caseId ?? null}::text IS NULL OR case_id = ${caseId ?? null}) ORDER BY turn, id`;
  return rows.map(({ id }) => id);
}

/** Lets a case's workflow ask again. One that has ended is begun by the sweeper if there is anything to do. */
async function wake(client: Client, caseId: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await client.workflow.getHandle(caseWorkflowId(caseId)).signal(UNFREEZE_SIGNAL);
      return;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return;
      if (tried >= wakeTries) throw error;
      await sleep(tried * 500);
    }
  }
}
