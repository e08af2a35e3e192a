import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { someAtATime } from '../activities/some-at-a-time.ts';
import type { Sql } from '../db/client.ts';
import { readHistories, type Witnessed } from './histories.ts';
import { median } from './numbers.ts';

/** Acts sent in one round, and when it began (milliseconds since 1970). */
export interface SentRound {
  readonly begunAt: number;
  readonly acts: string[];
}

const patienceMs = 120_000;

/** Waits until every case's workflow has told the door that it holds all events. Throws after two minutes. */
export async function drained(sql: Sql): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const [row] = await sql<{ behind: number }[]>`SELECT count(*) AS behind FROM cases WHERE witnessed_seq < seq`;
    if (row!.behind === 0) break;
    if (Date.now() > until) throw new Error(`${row!.behind} cases are not witnessed after ${patienceMs / 1_000} s.`);
    await sleep(25);
  }
  // the door has told the workflows; a moment later their histories hold it
  await sleep(500);
}

/** Reads the histories of these workflows, a few at a time. */
export async function historiesOf(client: Client, workflowIds: readonly string[]): Promise<Witnessed[]> {
  const found: Witnessed[] = [];
  await someAtATime(4, workflowIds, async (id) => found.push(await readHistories(client, id)));
  return found;
}

/**
 * Acts a second from a round's begin to the moment its last act was in a history: the median of the rounds. Throws when an
 * act is in none.
 */
export function witnessedRate(rounds: readonly SentRound[], histories: readonly Witnessed[]): number {
  const at = new Map(histories.flatMap(({ acts }) => [...acts]));
  return median(
    rounds.map(({ begunAt, acts }) => {
      const times = acts.map((id) => at.get(id) ?? Number.NaN);
      const missing = times.filter(Number.isNaN).length;
      if (missing > 0) throw new Error(`${missing} acts are in no history although their cases count as witnessed.`);
      return (acts.length / (Math.max(...times) - begunAt)) * 1_000;
    }),
  );
}
