import { AES_OVERHEAD } from '../db/aes.ts';
import { openPayloads } from '../db/sealed.ts';
import type { Tx } from '../db/transactions.ts';
import type { State } from '../engine/state.ts';
import type { Instant } from '../sdk/time.ts';
import { bookStatements } from './books.ts';
import { nextDueOf, STORED, storedColumns } from './case-row.ts';
import { catchUp } from './catch-up.ts';
import { GENESIS, type Header } from './chain.ts';
import type { DoorDeps } from './deps.ts';
import { type LockedRow, lockCase, readMoment } from './lock.ts';
import type { AdvanceQuery, AdvanceResult, WitnessedEvent } from './outcome.ts';
import type { Progress } from './record.ts';
import { markStuck, sceneOf } from './scene.ts';
import { graceMs } from './served.ts';
import { statementsFor } from './write.ts';

/** A page of events for a workflow's history is no larger. */
export const mostPageBytes = 256 * 1024;
/** A larger event enters the history as header and hash alone. */
export const mostEventBytes = 128 * 1024;
/** The workflow waits at least so long before it asks again by itself. */
const leastWakeMs = 1_000;
/** A stuck case is tried again by its own workflow after this. */
const stuckWakeMs = 300_000;

/** One transaction of the case's workflow came to an answer, or fired 200 events and has more to fire. */
export type AdvanceAttempt = { readonly answer: AdvanceResult } | { readonly again: true };

/**
 * One transaction for the case's workflow: compares, fires what is due, reads the next page of events and marks it
 * witnessed. With `broken`, why the database refused what fired before, it fires nothing and marks the case stuck. Throws
 * what the database throws.
 */
export function attemptAdvance(deps: DoorDeps, query: AdvanceQuery, broken?: string): Promise<AdvanceAttempt> {
  return deps.transactions.run(async (tx) => {
    const [locked, witnessed, moment] = await Promise.all([
      lockCase(tx, query.caseId),
      hashAt(tx, query),
      readMoment(tx, deps.clock, []),
    ]);
    // held after a restore: its workflow asks again until it is compared, and does not freeze by itself
    if (locked?.held) throw new Error(`case ${query.caseId} is held until it is compared with its histories`);
    if (!locked || locked.frozen || locked.seq < query.seq || witnessed !== query.head)
      return freeze(deps, tx, query, locked);
    deps.step('advance-locked');
    if (locked.stateVersion > STORED.sealed)
      throw new Error('A newer release wrote this case: another worker will see to it.');

    const { row, recorder, world } = await sceneOf(deps, tx, locked, moment);
    const served = await deps.served.has(tx, row.state.unit, recorder.now);
    const { state, seq, head } = row;
    const from: Progress = { state, seq, head };
    const caught =
      broken === undefined
        ? catchUp(recorder, world, from, deps.foundRight)
        : { kind: 'stuck' as const, reason: broken };
    deps.step('advance-fired');
    const stuck = caught.kind === 'stuck' ? caught.reason : undefined;
    const progress = (caught.kind === 'stuck' ? from : caught.progress) as Progress & { state: State };
    const statements: PromiseLike<unknown>[] = [];
    if (caught.kind !== 'stuck' && caught.events.length > 0) {
      const columns = storedColumns(tx, recorder, progress);
      statements.push(...statementsFor(tx, recorder, caught.fired, columns));
      const { org, program } = world;
      statements.push(
        ...bookStatements(tx, caught.events, { caseId: row.caseId, state: progress.state, org, program }),
      );
    }
    if (stuck !== undefined) {
      deps.log.error({ alarm: 'STUCK', caseId: row.caseId, reason: stuck }, 'a case is stuck');
      statements.push(markStuck(tx, row.caseId, recorder.now, stuck));
    } else if (row.stuck) {
      statements.push(tx`UPDATE cases SET stuck_since = NULL, stuck_reason = NULL WHERE case_id = ${row.caseId}`);
    }
    if (caught.kind === 'more') {
      await Promise.all([...statements, tx.commit()]);
      return { again: true };
    }
    const { events, last } = await witnessedPage(tx, query, progress.seq, statements);
    const wakeAt = recorder.engine.agenda(progress.state);
    // a wheel comes first; this timer is the guarantee, and never that of many cases at once
    const grace = served ? graceMs(row.caseId) : 0;
    const wakeInMs = stuck === undefined ? spanTo(wakeAt, recorder.now, grace) : stuckWakeMs;
    const nextDueAt = nextDueOf(progress.state);
    return {
      answer: {
        events,
        seq: last?.seq ?? query.seq,
        head: last?.hash ?? query.head,
        more: (last?.seq ?? query.seq) < progress.seq,
        ...(wakeInMs === undefined ? {} : { wakeInMs }),
        ended: progress.state.status === 'closed' && wakeAt === undefined,
        ...(progress.state.stage === undefined ? {} : { stage: progress.state.stage }),
        ...(nextDueAt === undefined ? {} : { nextDueAt }),
      },
    };
  });
}

/** The span until the workflow has to ask by itself. The door counts it: the workflow never subtracts clocks. */
function spanTo(wakeAt: Instant | undefined, now: Instant, grace: number): number | undefined {
  return wakeAt === undefined ? undefined : Math.max(leastWakeMs, Date.parse(wakeAt) - Date.parse(now) + grace);
}

/** The hash of the event the workflow has seen last. */
async function hashAt(tx: Tx, { caseId, seq }: AdvanceQuery): Promise<string | undefined> {
  if (seq === 0) return GENESIS;
  const [event] = await tx<{ hash: string }[]>`SELECT hash FROM events WHERE case_id = ${caseId} AND seq = ${seq}`;
  return event?.hash;
}

/** The record does not hold what the workflow has seen: the case is set aside with what the workflow knows. */
async function freeze(
  deps: DoorDeps,
  tx: Tx,
  query: AdvanceQuery,
  row: LockedRow | undefined,
): Promise<AdvanceAttempt> {
  if (!row?.frozen) {
    deps.log.error(
      { alarm: 'RECORD_BEHIND', caseId: query.caseId, seq: row?.seq ?? 0, witnessed: query.seq },
      'the record is behind its witness',
    );
  }
  if (row && !row.frozen) {
    await tx`UPDATE cases SET frozen_at = clock_timestamp(), frozen_seq = ${query.seq}, frozen_head = ${query.head}
      WHERE case_id = ${query.caseId}`;
  }
  return { answer: { recordBehind: true } };
}

interface PageRow {
  readonly seq: number;
  readonly hash: string;
  readonly header: Uint8Array;
  readonly payload: Uint8Array | null;
  readonly payloadBytes: number;
}

// of a sealed payload what its clear bytes are: without version, the key's name, nonce and tag
const clearBytes = (tx: Tx) => tx`
  CASE WHEN octet_length(payload) > 1 AND substr(payload, 1, 1) = '\\x01'
    THEN greatest(0, octet_length(payload) - 2 - get_byte(payload, 1) - ${AES_OVERHEAD}::int) ELSE octet_length(payload) END`;

/**
 * Makes the statements, commits, and gives the page after the asked event, opened; its last event is from now on witnessed. Throws
 * where one of its payloads cannot be opened: then what fired is kept, and nothing is said to be witnessed that no history has.
 */
async function witnessedPage(
  tx: Tx,
  query: AdvanceQuery,
  seq: number,
  statements: readonly PromiseLike<unknown>[],
): Promise<WitnessedPage> {
  const { caseId } = query;
  if (seq === query.seq) {
    await Promise.all([...statements, tx.commit()]);
    return { events: [], last: undefined };
  }
  const answers = await Promise.all([...statements, nextPage(tx, query)]);
  const page = await openedPage(tx, caseId, answers.at(-1) as PageRow[]).catch(async (error: unknown) => {
    await tx.commit();
    throw error;
  });
  const { last } = page;
  await Promise.all([...(last ? [raiseWitnessed(tx, caseId, last.seq)] : []), tx.commit()]);
  return page;
}

/** A page as the workflow takes it in, and where it ends. */
interface WitnessedPage {
  readonly events: readonly WitnessedEvent[];
  readonly last: Pick<PageRow, 'seq' | 'hash'> | undefined;
}

/** The event is witnessed, and all before it. */
const raiseWitnessed = (tx: Tx, caseId: string, last: number): PromiseLike<unknown> => tx`
  UPDATE cases SET witnessed_seq = greatest(witnessed_seq, ${last}::bigint),
    lagging_since = CASE WHEN seq = ${last} THEN NULL ELSE lagging_since END
  WHERE case_id = ${caseId} AND (witnessed_seq < ${last} OR lagging_since IS NOT NULL)`;

/** Events after the asked one up to the size of a page, at least one. */
function nextPage(tx: Tx, { caseId, seq }: AdvanceQuery): PromiseLike<PageRow[]> {
  return tx<PageRow[]>`
    WITH sized AS (
      SELECT seq, hash, header, payload, ${clearBytes(tx)} AS bytes FROM events
      WHERE case_id = ${caseId} AND seq > ${seq} ORDER BY seq LIMIT 500
    ), summed AS (
      SELECT *, sum(octet_length(header) + 200 + CASE WHEN bytes > ${mostEventBytes} THEN 0 ELSE bytes END) OVER (ORDER BY seq) AS total,
        row_number() OVER (ORDER BY seq) AS n
      FROM sized
    )
    SELECT seq, hash, header, bytes::int AS "payloadBytes", CASE WHEN bytes > ${mostEventBytes} THEN NULL ELSE payload END AS payload
    FROM summed WHERE total <= ${mostPageBytes} OR n = 1 ORDER BY seq`;
}

/** The page with its payloads opened. Throws where a key is away or a payload was altered: the workflow asks again. */
async function openedPage(tx: Tx, caseId: string, page: readonly PageRow[]): Promise<WitnessedPage> {
  const whole = page.filter((row): row is PageRow & { payload: Uint8Array } => row.payload !== null);
  const opened = await openPayloads(tx, whole, caseId);
  const bySeq = new Map(opened.map((row) => [row.seq, row]));
  return { events: page.map((row) => witnessedEvent(bySeq.get(row.seq) ?? row)), last: page.at(-1) };
}

function witnessedEvent({ hash, header, payload, payloadBytes }: PageRow): WitnessedEvent {
  const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8'));
  return { hash, header: read(header) as Header, ...(payload ? { payload: read(payload) } : { payloadBytes }) };
}
