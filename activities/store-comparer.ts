import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Sql } from '../db/client.ts';
import { createTransactions } from '../db/transactions.ts';
import { settleHeld } from '../door/hold.ts';
import { isKeyGone } from '../door/keys/errors.ts';
import type { ToldByHistories } from '../door/repair.ts';
import { CASE_WORKFLOW, caseOfWorkflow, TASK_QUEUE } from '../workflows/names.ts';
import { createLoop, type Loop } from './loop.ts';
import { isPassing } from './passing-error.ts';
import { restoreWorkflows } from './restore.ts';
import { someAtATime } from './some-at-a-time.ts';

/** What comparing cases with their histories after a restore needs. */
export interface StoreComparerDeps {
  readonly sql: Sql;
  readonly client: Client;
  readonly log: Logger;
  readonly taskQueue?: string;
  /** What Temporal's histories and the archived ones tell of a case between them. Throws while that cannot be known. */
  readonly told: (caseId: string) => Promise<ToldByHistories>;
  /** How often cases whose histories could not be read are tried again. Default 60,000. */
  readonly againEveryMs?: number;
  /** How long a case may fail with nothing but passing errors until they count as its own, in ms. Default 600,000. */
  readonly patienceMs?: number;
}

/** The loop of a worker process that compares what is held after a restore. */
export interface StoreComparer extends Loop {
  /** One turn; answers whether there is more to do. */
  turn(): Promise<boolean>;
}

const everyMs = 2_000;
const leaseMs = 60_000;
const pageSize = 100;
const atOnce = 8;
const listedAtOnce = 500;
/** So many cases with a passing error end a turn: it is a matter of Temporal, the database or the network then. */
const mostAway = 8;

/**
 * After a restore: first lists the cases that Temporal knows and the record does not (until then nothing is opened, so that no
 * number is given twice), then compares every case with its histories. Those that agree are let go one by one, the others stay frozen
 * with an alarm, for `linli repair-record`. In the end lost workflows are started again. A case whose histories cannot be read
 * stays held with an alarm of its own and is tried again every minute; it keeps the others waiting only as long as none can be read.
 * An error that passes (`isPassing`) says nothing of a case: the turn fails after the others and is tried again, so that nothing counts as
 * listed or compared. Only a case that has failed with such errors for ten minutes, while Temporal and the database answer otherwise, counts as unreadable: no
 * single history keeps an installation held for ever. What a process leaves unfinished another takes up.
 */
export function createStoreComparer(deps: StoreComparerDeps): StoreComparer {
  const { sql, client, log, told, taskQueue = TASK_QUEUE, againEveryMs = 60_000, patienceMs = 600_000 } = deps;
  const transactions = createTransactions(sql, { lanes: 2, deadlineMs: 60_000 });
  /** Cases for which the alarm was given: it is given once. */
  const alarmed = new Set<string>();
  /** Since when a case has failed with nothing but passing errors. */
  const awaySince = new Map<string, number>();
  /** Cases of this turn that failed with one. */
  let away = 0;
  /** The restore that the alarms were given for. */
  let alarmedOf = 0;
  let againMs = performance.now();
  const ours = `WorkflowType = '${CASE_WORKFLOW}' AND TaskQueue = '${taskQueue}'`;

  const lease = () => sql<{ n: number; listed: boolean }[]>`
    UPDATE restores SET lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
    WHERE n = (SELECT n FROM restores WHERE compared_at IS NULL AND (lease_until IS NULL OR lease_until < clock_timestamp())
      ORDER BY n DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING n, listed_at IS NOT NULL AS listed`;

  async function list(n: number): Promise<void> {
    const [own] = await sql<{ id: string }[]>`SELECT id FROM installation`;
    const lost: string[] = [];
    let highest = 0;
    let unread = 0;
    for await (const ids of pages()) {
      const known = await sql<{ id: string }[]>`
        SELECT case_id AS id FROM cases WHERE case_id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))`;
      const there = new Set(known.map(({ id }) => id));
      for (const id of new Set(ids.filter((each) => !there.has(each)))) {
        if (lost.includes(id)) continue;
        const said = await readable(id);
        if (away >= mostAway) refuseAway();
        if (said === 'away') continue;
        if (!said) {
          unread += 1;
          lost.push(id);
          continue;
        }
        const { events } = said;
        const first = events.find(({ header }) => header.seq === 1);
        // one that was taken from another installation has events of ours after those of the other
        if (!events.some(({ header }) => header.installation === own?.id)) continue;
        lost.push(id);
        const { data } = { ...(first?.payload as { data?: { caseNo?: string } } | undefined) };
        highest = Math.max(highest, Number(/^\d{4}-(\d{6,15})$/.exec(data?.caseNo ?? '')?.[1] ?? 0));
      }
    }
    refuseAway();
    // which numbers the unreadable ones have nobody knows; they were given after those of the record, and some were given in vain
    const skipped = unread > 0 ? 1_000 + 10 * unread : 0;
    await sql`
      SELECT setval('case_numbers', greatest(${highest}, (SELECT last_value FROM case_numbers) + ${skipped}))
      WHERE ${highest + skipped} > 0`;
    await sql`UPDATE restores SET lost = ${JSON.stringify(lost)}::text::json, listed_at = clock_timestamp() WHERE n = ${n}`;
    if (lost.length > 0)
      log.error({ alarm: 'CASES_LOST', cases: lost.length }, 'Temporal knows cases that the record lacks');
  }

  async function* pages(): AsyncGenerator<string[]> {
    let ids: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query: ours })) {
      ids.push(caseOfWorkflow(workflowId));
      if (ids.length < listedAtOnce) continue;
      yield ids;
      ids = [];
    }
    if (ids.length > 0) yield ids;
  }

  /** Throws where something could not be read for a passing reason: what was found then is not the whole. */
  function refuseAway(): void {
    if (away > 0)
      throw new Error(
        `the histories of ${away} cases could not be read at present: Temporal, the database or a disk does not answer; tried again`,
      );
  }

  /** Whether Temporal and the database answer at all: then it may be something in the case that does not let it be read. */
  async function storesAnswer(): Promise<boolean> {
    try {
      await sql`SELECT 1`;
      for await (const _ of client.workflow.list({ query: ours, pageSize: 1 })) break;
      return true;
    } catch {
      return false;
    }
  }

  /** What is told of a case; undefined, with an alarm, where it cannot be read; `away` where that may pass. */
  async function readable(caseId: string) {
    try {
      const said = await told(caseId);
      alarmed.delete(caseId);
      awaySince.delete(caseId);
      return said;
    } catch (error) {
      if (isPassing(error)) {
        const since = awaySince.get(caseId) ?? performance.now();
        if (await storesAnswer()) awaySince.set(caseId, since);
        else awaySince.delete(caseId);
        if (!awaySince.has(caseId) || performance.now() - since < patienceMs) {
          away += 1;
          return 'away' as const;
        }
      }
      if (!alarmed.has(caseId)) {
        const about = { alarm: isKeyGone(error) ? 'KEY_GONE' : 'HISTORY_UNREAD', caseId };
        log.error({ ...about, reason: (error as Error).message }, 'the histories of a case cannot be read');
      }
      alarmed.add(caseId);
      return undefined;
    }
  }

  /** Answers whether the case's histories could be read. */
  async function compare(caseId: string): Promise<boolean> {
    const said = await readable(caseId);
    if (!said || said === 'away') return false;
    const found = await transactions.run((tx) => settleHeld(tx, caseId, said));
    if (found === 'behind')
      log.error({ alarm: 'RECORD_BEHIND', caseId, witnessed: said.end.seq }, 'the record is behind its witness');
    return true;
  }

  /** Compares all that is held; answers how many cases could be, and how many could not. */
  async function compareAll(
    onPage: () => Promise<unknown>,
  ): Promise<{ readonly read: number; readonly unread: number }> {
    // histories of a destroyed case can be read by nobody, and it has no clock that could fire
    await sql`
      UPDATE cases c SET frozen_at = NULL WHERE frozen_at IS NOT NULL AND frozen_seq IS NULL
        AND EXISTS (SELECT FROM events e WHERE e.case_id = c.case_id AND e.seq = c.seq AND e.type = 'record.destroyed')`;
    let [read, unread] = [0, 0];
    for (let after = ''; ; ) {
      const page = await sql<{ id: string }[]>`
        SELECT case_id AS id FROM cases
        WHERE frozen_at IS NOT NULL AND frozen_seq IS NULL AND case_id > ${after} ORDER BY case_id LIMIT ${pageSize}`;
      const last = page.at(-1);
      if (!last) return { read, unread };
      await someAtATime(atOnce, page, async ({ id }) => {
        if (away >= mostAway) return;
        if (await compare(id)) read += 1;
        else unread += 1;
      });
      if (away >= mostAway) refuseAway();
      after = last.id;
      await onPage();
    }
  }

  /** Whether a case of before this restore has been compared: then what cannot be read is a matter of those cases, not of all. */
  async function anyCompared(n: number): Promise<boolean> {
    const [row] = await sql<{ any: boolean }[]>`
      SELECT EXISTS (SELECT FROM restores r JOIN events e ON e.seq = 1 AND e.recorded_at < r.found_at
        JOIN cases c ON c.case_id = e.case_id
          AND (c.frozen_at IS NULL OR c.frozen_seq IS NOT NULL AND c.frozen_at >= r.found_at) WHERE r.n = ${n}) AS any`;
    return row?.any === true;
  }

  /** When all is compared: tries what could not be read, now and then. */
  async function tryAgain(): Promise<void> {
    if (performance.now() - againMs < againEveryMs) return;
    againMs = performance.now();
    const [row] = await sql`SELECT FROM restores WHERE compared_at IS NULL`;
    if (row) return;
    const { read } = await compareAll(async () => undefined);
    if (read > 0) await restoreWorkflows({ sql, client, log, taskQueue });
  }

  async function turn(): Promise<boolean> {
    away = 0;
    const [taken] = await lease();
    if (!taken) {
      await tryAgain();
      return false;
    }
    if (taken.n !== alarmedOf) {
      alarmed.clear();
      awaySince.clear();
      alarmedOf = taken.n;
    }
    try {
      if (!taken.listed) await list(taken.n);
      const { unread } = await compareAll(
        () =>
          sql`UPDATE restores SET lease_until = clock_timestamp() + ${leaseMs} * interval '1 ms' WHERE n = ${taken.n}`,
      );
      refuseAway();
      // where none can be read it is a matter of this machine: the copies of the keys are missing, or Temporal is away
      if (unread > 0 && !(await anyCompared(taken.n)))
        throw new Error(
          `the histories of ${unread} held cases cannot be read: is Temporal there, and are the copies of the data keys?`,
        );
      await restoreWorkflows({ sql, client, log, taskQueue });
      await sql`UPDATE restores SET compared_at = clock_timestamp() WHERE compared_at IS NULL`;
      againMs = performance.now();
      const [left] = await sql<{ n: number }[]>`SELECT count(*) AS n FROM cases WHERE frozen_at IS NOT NULL`;
      log.warn(
        { frozen: left?.n ?? 0, unread },
        'every case is compared with its histories; what is frozen waits for repair',
      );
      return false;
    } finally {
      await sql`UPDATE restores SET lease_until = NULL WHERE n = ${taken.n}`;
    }
  }

  const loop = createLoop({ name: 'store comparer', everyMs, log, body: turn });
  return {
    ...loop,
    turn,
    async stop() {
      await loop.stop();
      await transactions.end();
    },
  };
}
