import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { defaultDataConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { historyBytes } from '../../activities/history-bytes.ts';
import { createRecordLog } from '../../activities/record-log.ts';
import { archiveReader } from '../../bin/audit/archive.ts';
import type { Sql } from '../../db/client.ts';
import { type AccessNote, insertAccesses } from '../../db/queries/accesses.ts';
import { createTransactions } from '../../db/transactions.ts';
import { archiveRun, type EndedRun } from '../../door/archive.ts';
import { sha256 } from '../../door/chain.ts';
import type { LogSigning } from '../../door/log/checkpoint.ts';
import { verifyLog, type WitnessedNotes } from '../../door/log/verify.ts';
import { type AuditProof, type VerifyFinding, type VerifyOptions, verify } from '../../door/verify.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import type { DoorBench } from '../support/door.ts';
import { logAll, quietLog, signingWith, someCases } from '../support/record-log.ts';
import { endedCase } from './ended-cases.ts';
import { livedCase } from './lived-case.ts';

/** A record with a log, signed a few times, and what a witness outside kept of it. It can be changed behind the triggers and put back. */
export interface Ground {
  readonly sql: Sql;
  readonly witness: WitnessedNotes;
  /** The key of the house. Its memory is forgotten whenever somebody signs anew: he who can do that has it. */
  readonly signing: LogSigning;
  /** Changes the tables as an administrator of the database can: without triggers and foreign keys. */
  behind(change: (sql: Sql) => Promise<unknown>): Promise<void>;
  /** Empties the log and writes it again from the record as it is, signed by that key. */
  logAnew(signing: LogSigning): Promise<void>;
  /** Puts every table back. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** The tables that hold the record and its log; those that others refer to first. */
const tables = [
  ...['cases', 'events', 'acts', 'org_events', 'calendar_records', 'access_blocks', 'accesses'],
  ...[
    'units',
    'posts',
    'people',
    'appointments',
    'archived_runs',
    'archived_run_parts',
    'documents',
    'document_contents',
  ],
  ...['data_keys', 'parties', 'assignments', 'items', 'deadlines', 'rungs', 'messages', 'accountability', 'effects'],
  ...[
    'books',
    'book_counters',
    'book_keepers',
    'cash_entries',
    'vouchers',
    'voucher_lines',
    'book_payouts',
    'book_documents',
  ],
  ...['log_keys', 'log_chains', 'log_leaves', 'log_nodes', 'log_head_nodes', 'log_checkpoints'],
] as const;

/**
 * A case with something of everything ({@link livedCase}), cases with a few acts each and a checkpoint after each of them; more chains and events than fit into one stored block. One
 * is destroyed, and of another it is decided.
 */
export async function prepareGround(bench: Pick<DoorBench, 'sql' | 'door' | 'close'>, cases = 15): Promise<Ground> {
  const { sql } = bench;
  const signing = signingWith(1);
  // before the log's first turn, the only one here that looks for cases which have not moved of late
  await endedCase(sql, 'approved');
  await endedCase(sql, 'destroyed');
  await livedCase(sql, bench.door);
  const log = createRecordLog({ sql, log: quietLog, signing, checkpoints: { everyMs: 0 }, sealing: { everyMs: 0 } });
  const transactions = createTransactions(sql, { lanes: 1, role: 'linli_door' });
  for (let n = 0; n < cases; n += 1) {
    const ids = await someCases(bench.door, 1, n % 3);
    await insertAccesses(sql, [readOf(ids, 'case'), readOf(ids, 'timeline'), readOf(ids, 'plan')]);
    const { run, history } = endedRun(ids[0]!, n);
    await transactions.run((tx) => archiveRun(tx, run, [gzipSync(history)]));
    if (n % 3 === 0) await logAll(log);
  }
  await transactions.end();
  await logAll(log);
  await log.stop();
  const notes = await sql<{ note: string }[]>`SELECT note FROM log_checkpoints ORDER BY number`;
  const keys = await sql<{ key: string }[]>`SELECT key FROM log_keys`;
  const witness = { keys: keys.map(({ key }) => key), notes: notes.map(({ note }) => note) };
  await sql`CREATE SCHEMA kept`;
  // an administrator takes away what is in his way
  const checks = await sql<{ name: string; table: string }[]>`
    SELECT conname AS name, conrelid::regclass::text AS table FROM pg_constraint
    WHERE contype = 'c' AND conrelid::regclass::text IN (SELECT json_array_elements_text(${JSON.stringify(tables)}::text::json))`;
  for (const { name, table } of checks) await sql.unsafe(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const table of tables) await sql.unsafe(`CREATE TABLE kept.${table} AS TABLE ${table}`);

  return groundOver(sql, { signing, witness }, () => bench.close());
}

/** A prepared record in its database or in a copy of that: it can be changed and put back. */
export function groundOver(
  sql: Sql,
  { signing, witness }: Pick<Ground, 'signing' | 'witness'>,
  close: () => Promise<void>,
): Ground {
  const behind = async (change: (sql: Sql) => Promise<unknown>): Promise<void> => {
    await sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await change(tx as unknown as Sql);
    });
  };
  const kept = digests(sql, 'kept.');
  // whoever waits for it is told
  kept.catch(() => {});
  return {
    ...{ sql, signing, witness, behind, close },
    async logAnew(by) {
      await behind(async (tx) => {
        for (const table of tables.filter((name) => name.startsWith('log_'))) await tx.unsafe(`DELETE FROM ${table}`);
      });
      const again = createRecordLog({ sql, log: quietLog, signing: by, checkpoints: { everyMs: 0 } });
      await logAll(again);
      await again.stop();
    },
    async restore() {
      const [before, now] = [await kept, await digests(sql, '')];
      const changed = tables.filter((table) => now[table] !== before[table]);
      await behind(async (tx) => {
        for (const table of changed) await tx.unsafe(`DELETE FROM ${table}`);
        for (const table of changed)
          await tx.unsafe(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${table}`);
      });
    },
  };
}

/** A digest over all rows of each table, whatever their order; of the tables themselves, or as they were kept. */
async function digests(sql: Sql, of: '' | 'kept.'): Promise<Readonly<Record<string, string>>> {
  const each = tables.map(
    (table) =>
      `(SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), '')) FROM ${of}${table} t) AS ${table}`,
  );
  const [row] = await sql.unsafe<Record<string, string>[]>(`SELECT ${each.join(', ')}`);
  return row!;
}

/** A run as it is archived. Its history begins and ends, and tells nothing between. */
function endedRun(caseId: string, n: number): { readonly run: EndedRun; readonly history: Uint8Array } {
  const run = randomUUID();
  const [startedMs, closedMs] = [0, 30].map((minutes) => Date.UTC(2026, 10, 1, n, minutes)) as [number, number];
  const history = historyBytes([
    { eventTime: msToTs(startedMs), workflowExecutionStartedEventAttributes: { firstExecutionRunId: run } },
    { eventTime: msToTs(closedMs), workflowExecutionCompletedEventAttributes: {} },
  ]);
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    run: {
      ...{ case: caseId, run, first: run, previous: null, next: null, status: 'completed' },
      ...{ startedAt: at(startedMs), closedAt: at(closedMs), from: null, to: null },
      ...{ events: 2, sizeBytes: history.length, sha256: sha256(history) },
    },
    history,
  };
}

/** A read of some cases, as the access log notes it. */
function readOf(cases: readonly string[], kind: string): AccessNote {
  const note = {
    ...{ at: new Date().toISOString(), person: 'p-caseworker', role: 'caseworker', post: null, unit: 'community-1' },
    ...{ kind, cases: [...cases], purpose: 'caseWork', relation: 'caseWork', emergency: null, status: 200 },
  };
  return { ...note, content: canonicalJson({ v: 1, login: 'key', request: randomUUID(), things: {}, ...note }) };
}

/** What a case's proof tells of that is not as it was: also an act of a type that no release knows, which is said and not judged. */
const saidOf = ({ findings, unproven }: Pick<AuditProof, 'findings' | 'unproven'>): readonly VerifyFinding[] => [
  ...findings,
  ...unproven.flatMap(({ caseId, from, why }): VerifyFinding[] =>
    why === 'type unknown' ? [{ rule: 'acts', caseId, seq: from, what: why }] : [],
  ),
];

/** All that `linli audit verify` finds, with the notes of the witness or others. `onCase` is told after each case. */
export const found = async (
  { sql, witness }: Ground,
  notes: WitnessedNotes = witness,
  onCase?: VerifyOptions['onCase'],
): Promise<readonly VerifyFinding[]> => {
  const archive = archiveReader(sql, { converter: defaultDataConverter });
  return saidOf(await verify(sql, { log: { witness: notes }, archive, ...(onCase ? { onCase } : {}) }));
};

/** Whether it finds something: the log is asked first, the rest only where that says nothing, and no further than needed. */
export async function isFound(ground: Ground): Promise<boolean> {
  const { findings } = await verifyLog(ground.sql, { witness: ground.witness });
  if (findings.length > 0) return true;
  const enough = new Error('one finding is enough');
  try {
    return (
      (
        await found(ground, ground.witness, (_, __, proof) => {
          if (saidOf(proof).length > 0) throw enough;
        })
      ).length > 0
    );
  } catch (error) {
    if (error === enough) return true;
    throw error;
  }
}
