import { verifyBooks } from '../db/books-verify.ts';
import type { Sql } from '../db/client.ts';
import { installationOf } from '../db/queries/installation.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { columnsOf, STORED } from './case-row.ts';
import {
  type BorderEvent,
  type ChainFinding,
  type ChainRow,
  GENESIS,
  type Header,
  type Stretch,
  stretchesOf,
  verifyChain,
} from './chain.ts';
import { countLot, drawing } from './count-lot.ts';
import { destroyedFaults, endsDestroyed, isEmptied } from './destroyed.ts';
import { compareDigests, type DigestFault, type Said } from './digests.ts';
import { type Engine, engine } from './engine.ts';
import { objectIn } from './json-bytes.ts';
import { type VerifyLogOptions, verifyLog } from './log/verify.ts';
import { verifyChainInLog } from './log/verify-chain.ts';
import { verifyAccesses } from './verify-accesses.ts';
import { type ArchiveReader, compareRuns, verifyArchive } from './verify-archive.ts';
import { verifyCalendar } from './verify-calendar.ts';
import { destroyedRemains } from './verify-destroyed.ts';
import { compareHistories, type WitnessedRun } from './verify-histories.ts';
import { compareModels, type RebuiltModels, rebuildModels } from './verify-models.ts';
import { verifyOrganisation } from './verify-organisation.ts';
import { readSnapshot, type Snapshot } from './verify-snapshot.ts';

/** What a proof is about. */
export type VerifyRule =
  | 'chain'
  | 'state'
  | 'case row'
  | 'read models'
  | 'acts'
  | 'documents'
  | 'books'
  | 'history'
  | 'archive'
  | 'organisation'
  | 'calendar'
  | 'accesses'
  | 'log'
  | 'checkpoints';

/** Something that does not hold. Holds ids and names of columns, never what a person is called. */
export interface VerifyFinding {
  readonly rule: VerifyRule;
  readonly caseId: string;
  readonly seq?: number;
  readonly what: string;
  /** The log alone is shorter than what was signed on this machine: what a restore in place brings with it. */
  readonly kind?: 'signed further';
}

/** What was looked at in one case, and what does not hold. */
export interface CaseProof {
  readonly caseId: string;
  readonly events: number;
  /** Runs of the case's workflow whose histories were compared, and how many of the case's events they hold between them. */
  readonly runs: number;
  readonly witnessed: number;
  /** Those of the runs that were read from the archive. */
  readonly archived: number;
  /** Stretches of its chain that other installations have recorded, before the case came to this one. */
  readonly elsewhere: readonly Stretch[];
  readonly findings: readonly VerifyFinding[];
  readonly unproven: readonly Unproven[];
  /**
   * Events whose payload cannot be read because its key is away: of them the headers are verified, and nothing is rebuilt. One where
   * all are in clear, as earlier releases wrote them, and the state alone cannot be read.
   */
  readonly unread: number;
}

/**
 * Events of a case, both ends included, that its workflow had taken in and that no history holds any more, in Temporal or in
 * the archive: the record alone tells them. No finding, and nothing that was proven either.
 */
export interface Unproven {
  readonly caseId: string;
  readonly from: number;
  readonly to: number;
  /** Histories may hold them, and are encrypted with keys that are not here; or the type of their act is none that this release knows. */
  readonly why?: 'key away' | 'type unknown';
}

/** Reads the runs of a case's workflow that Temporal still keeps; none when it knows the case no more. */
export type HistoryReader = (caseId: string) => Promise<readonly WitnessedRun[]>;

/** What an auditor is told in the end. */
export interface AuditProof {
  readonly holds: boolean;
  readonly checked: {
    cases: number;
    events: number;
    runs: number;
    archived: number;
    witnessed: number;
    bookRules: number;
    /** Events in the log, and those that are not in it yet (counted over all chains only). */
    logged: number;
    unlogged: number;
    /** Signed checkpoints, and notes of a witness that were compared with them. */
    checkpoints: number;
    witnessNotes: number;
    /** Reads of personal data in the access log. */
    accesses: number;
  };
  readonly findings: readonly VerifyFinding[];
  readonly unproven: readonly Unproven[];
  /** Cases with events whose payload could not be read because its key is away, and how many: not compared, and no finding. */
  readonly unread: readonly { readonly caseId: string; readonly events: number }[];
  /** What other installations have recorded of cases that came from there. Their logs prove it, not this one's. */
  readonly elsewhere: readonly (Stretch & { readonly caseId: string })[];
}

/** What is verified, and against which witnesses. */
export interface VerifyOptions {
  /** Without it the record is compared with itself only. */
  readonly histories?: HistoryReader;
  /** Lists the cases that have a workflow, any number of times each: one without a row has vanished from the record. */
  readonly witnessedCases?: () => AsyncIterable<string>;
  /** Reads the archived histories; without it the archive is left out. */
  readonly archive?: ArchiveReader;
  /** No history can be read, in Temporal or the archive: their keys are away. What was witnessed is unproven then; the archive's own chain is verified. */
  readonly historiesSealed?: boolean;
  /** An ended run that is not archived after this, in milliseconds, is a finding. Default 600,000. */
  readonly archiveBoundMs?: number;
  /** What was signed, as somebody outside the database has kept it. */
  readonly log?: VerifyLogOptions;
  /** One case only; then the organisation's chain is left out. */
  readonly caseId?: string;
  /** Told after each case. */
  readonly onCase?: (done: number, of: number, proof: CaseProof) => void;
}

/**
 * Verifies one case or all: the chain, the state, the row and the read models rebuilt from the events alone, acts,
 * documents, books, and what the workflows' histories hold of the record. Reads only. A case that does not exist is a finding.
 */
export async function verify(sql: Sql, options: VerifyOptions = {}): Promise<AuditProof> {
  const { caseId, onCase } = options;
  const checked = {
    ...{ cases: 0, events: 0, runs: 0, archived: 0, witnessed: 0, bookRules: 0 },
    ...{ logged: 0, unlogged: 0, checkpoints: 0, witnessNotes: 0, accesses: 0 },
  };
  const findings: VerifyFinding[] = [];
  const unproven: Unproven[] = [];
  const unread: { caseId: string; events: number }[] = [];
  const elsewhere: (Stretch & { caseId: string })[] = [];
  const ids = await caseIds(sql, caseId);
  if (caseId !== undefined && ids.length === 0)
    findings.push({ rule: 'case row', caseId, what: 'there is no such case' });
  const installation = await installationOf(sql);
  const rebuilder = drawing(engine, await countLot(sql));
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 120_000 });
  try {
    for (const id of ids) {
      const proof = await verifyCase(transactions, id, { installation, engine: rebuilder }, options);
      checked.cases += 1;
      checked.events += proof.events;
      checked.runs += proof.runs;
      checked.archived += proof.archived;
      checked.witnessed += proof.witnessed;
      findings.push(...proof.findings);
      unproven.push(...proof.unproven);
      if (proof.unread > 0) unread.push({ caseId: id, events: proof.unread });
      elsewhere.push(...proof.elsewhere.map((each) => ({ caseId: id, ...each })));
      onCase?.(checked.cases, ids.length, proof);
    }
  } finally {
    await transactions.end();
  }
  for (const finding of await destroyedRemains(sql, caseId)) findings.push({ rule: 'read models', ...finding });
  const books = await verifyBooks(sql, caseId === undefined ? undefined : { caseId });
  checked.bookRules = books.checked.rules.length;
  for (const { rule, caseId: id, book, detail } of books.findings) {
    findings.push({ rule: 'books', caseId: id, what: `${book}: ${rule}: ${detail}` });
  }
  if (caseId === undefined) {
    for (const finding of await verifyOrganisation(sql))
      findings.push({ rule: 'organisation', caseId: '', ...finding });
    if (options.archive || options.historiesSealed)
      for (const finding of await verifyArchive(sql)) findings.push({ rule: 'archive', ...finding });
    for (const finding of await verifyCalendar(sql)) findings.push({ rule: 'calendar', caseId: '', ...finding });
    const accesses = await verifyAccesses(sql);
    checked.accesses = accesses.sealed + accesses.waiting;
    for (const finding of accesses.findings) findings.push({ rule: 'accesses', caseId: '', ...finding });
    findings.push(...(await strayEvents(sql)), ...(await vanishedCases(sql, options.witnessedCases)));
    const log = await verifyLog(sql, options.log);
    Object.assign(checked, log.checked);
    for (const { chain, ...finding } of log.findings) findings.push({ caseId: chain, ...finding });
  } else {
    const log = await verifyChainInLog(sql, caseId);
    checked.logged = log.logged;
    for (const { chain, ...finding } of log.findings) findings.push({ caseId: chain, ...finding });
  }
  return { holds: findings.length === 0, checked, findings, unproven, unread, elsewhere };
}

/** Verifies one case. Histories are read first, so that they cannot be ahead of what the database is then found to hold. */
async function verifyCase(
  transactions: Transactions,
  caseId: string,
  { installation, engine: rebuilder }: { readonly installation: string | undefined; readonly engine: Engine },
  { histories, archive, historiesSealed = false, archiveBoundMs = 600_000 }: VerifyOptions,
): Promise<CaseProof> {
  const lookedAt = new Date().toISOString();
  // the histories of a destroyed case can be read by nobody any more
  const readable = !(await isDestroyed(transactions, caseId));
  const live = readable ? await histories?.(caseId) : undefined;
  const archived = readable ? await archive?.(caseId) : undefined;
  const known = new Set(live?.map(({ runId }) => runId));
  const runs =
    live || archived
      ? [...(live ?? []), ...(archived?.runs ?? []).filter(({ runId }) => !known.has(runId))]
      : undefined;
  const snapshot = await readSnapshot(transactions, caseId);
  const findings: VerifyFinding[] = [];
  const find = (rule: VerifyRule, what: string, seq?: number) =>
    void findings.push({ rule, caseId, what, ...(seq === undefined ? {} : { seq }) });

  const chain = chainOf(snapshot, installation);
  for (const { seq, what } of chain.findings) find('chain', what, seq);
  if (endsDestroyed(snapshot.events) && chain.findings.length === 0)
    for (const what of destroyedFaults(snapshot.events, snapshot.documents)) find('documents', what);
  const unread = snapshot.events.filter((event) => event.unread !== undefined);
  let rebuilt: RebuiltModels | undefined;
  try {
    if (unread.length === 0) rebuilt = rebuildModels(snapshot.events);
  } catch (error) {
    find('state', `it cannot be rebuilt from the events: ${error instanceof Error ? error.message : error}`);
  }
  if (rebuilt) {
    for (const what of compareRow(rebuilder, snapshot, rebuilt))
      find(what.startsWith('the state') ? 'state' : 'case row', what);
    for (const what of compareModels(rebuilt, snapshot.tables)) find('read models', what);
  }
  for (const { seq, what } of snapshot.strayActs) find('acts', what, seq);
  for (const what of snapshot.changedDocuments) find('documents', what);
  for (const { id, seq, why } of digestFaults(snapshot))
    find(
      'documents',
      `document ${id} is ${why === 'another' ? 'another than' : 'absent, and is what'} this event names`,
      seq,
    );
  const compared = runs && compareHistories(runs, snapshot, live !== undefined);
  for (const { rule, seq, what } of compared?.findings ?? []) find(rule, what, seq);
  for (const what of archived?.findings ?? []) find('archive', what);
  const chained =
    archived && compareRuns(live, archived.runs, snapshot.row.witnessed_seq, { lookedAt, boundMs: archiveBoundMs });
  for (const { seq, what } of chained?.findings ?? []) find('archive', what, seq);
  return {
    caseId,
    events: snapshot.events.length,
    runs: runs?.length ?? 0,
    archived: archived?.runs.length ?? 0,
    elsewhere: chain.stretches.slice(0, -1),
    witnessed: compared?.witnessed ?? 0,
    findings,
    unread: unread.filter((event) => event.unread === 'key away').length || Number(snapshot.row.unread === 'key away'),
    unproven: [
      ...snapshot.unjudgedActs.map((seq): Unproven => ({ caseId, from: seq, to: seq, why: 'type unknown' })),
      // without Temporal nobody knows what its running workflow holds
      ...(live && chained
        ? chained.unproven.map((gap) => ({ caseId, ...gap }))
        : historiesSealed && readable && snapshot.row.witnessed_seq > 0
          ? [{ caseId, from: 1, to: snapshot.row.witnessed_seq, why: 'key away' as const }]
          : []),
    ],
  };
}

/** Documents that are not what the events commit to. Those of a destroyed case its certificate covers. */
function digestFaults({ events, documents }: Snapshot): readonly DigestFault[] {
  if (endsDestroyed(events)) return [];
  const said = events.map(({ seq, type, payload, unread }) => {
    const { data } = unread === undefined ? (objectIn<{ data?: unknown }>(payload) ?? {}) : {};
    return { seq, type, data: Object(data) as Said['data'] };
  });
  return compareDigests(said, documents).faults;
}

function chainOf(
  { row, events }: Snapshot,
  installation: string | undefined,
): { readonly findings: readonly ChainFinding[]; readonly stretches: readonly Stretch[] } {
  const findings = verifyChain(events, { seq: row.seq, hash: row.head });
  const { stretches, findings: borders } = stretchesOf(events.map(borderEvent), installation);
  for (const border of borders) findings.push({ caseId: events[0]!.caseId, ...border });
  return { findings, stretches };
}

/** An event with what its bytes say; of one that says nothing the chain's own rule tells. */
export function borderEvent({
  seq,
  hash,
  type,
  header,
  payload,
}: Pick<ChainRow, 'seq' | 'hash' | 'type' | 'header' | 'payload'>): BorderEvent {
  const { installation = '' } = objectIn<Header>(header) ?? {};
  const isBorder = type === 'case.received' || type === 'case.handedAway';
  const { data } = isBorder ? (objectIn<{ data: Record<string, unknown> }>(payload) ?? {}) : {};
  return { seq, hash, type, installation, data: isBorder && isEmptied(payload) ? undefined : (data ?? {}) };
}

/** The case's row against what the events lead to. */
export function compareRow(rebuilder: Engine, { row, events }: Snapshot, { state }: RebuiltModels): string[] {
  if (!state) return ['the case has no events'];
  const found: string[] = [];
  const rebuilt = canonicalJson(JSON.parse(JSON.stringify(state)));
  if (row.unread === undefined) {
    if (rebuilt !== canonicalJson(row.state)) found.push('the state is not what the events lead to');
  } else if (row.unread !== 'key away') found.push(`the state cannot be read: ${row.unread}`);
  const last = events.at(-1);
  const head = last?.hash ?? GENESIS;
  const columns = columnsOf(rebuilder, { state, seq: events.length, head }, last?.recordedAt ?? row.last_at);
  const { state: _, outline, state_version: sealed, ...plain } = columns;
  const early = row.clear && row.state_version === STORED.clear;
  if (!early && row.state_version !== (row.clear && !state.destroyed ? STORED.clear : sealed))
    found.push('column state_version is not how the state is stored');
  if (!(early && row.outline === null) && canonicalJson(JSON.parse(outline)) !== canonicalJson(row.outline))
    found.push('column outline is not what the events lead to');
  for (const [name, value] of Object.entries(plain)) {
    if (row[name as keyof typeof plain] !== value) found.push(`column ${name} is not what the events lead to`);
  }
  const fixed = {
    case_no: state.caseNo,
    opened_at: state.openedAt,
  };
  for (const [name, value] of Object.entries(fixed)) {
    if (row[name as keyof typeof fixed] !== value) found.push(`column ${name} is not what the events say`);
  }
  if (row.witnessed_seq > row.seq) found.push('more is said to be witnessed than was recorded');
  return found;
}

/** Whether the chain of a case ends with its destruction. */
async function isDestroyed(transactions: Transactions, caseId: string): Promise<boolean> {
  const rows = await transactions.run(
    (tx) => tx<{ type: string }[]>`SELECT type FROM events WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT 1`,
  );
  return endsDestroyed(rows);
}

async function caseIds(sql: Sql, only: string | undefined): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT case_id AS id FROM cases WHERE ${only ?? null}::text IS NULL OR case_id = ${only ?? null} ORDER BY opened_at, case_id`;
  return rows.map(({ id }) => id);
}

/** Events of cases that are not there: a case's row was taken away. */
async function strayEvents(sql: Sql): Promise<VerifyFinding[]> {
  const rows = await sql<{ id: string }[]>`
    SELECT DISTINCT case_id AS id FROM events e WHERE NOT EXISTS (SELECT FROM cases c WHERE c.case_id = e.case_id)`;
  return rows.map(({ id }) => ({ rule: 'case row', caseId: id, what: 'the case has events and no row' }));
}

const listedAtOnce = 1_000;

/** Cases that have a workflow and no row. A case has its row before its workflow, so the list may be read while people work. */
async function vanishedCases(sql: Sql, list: VerifyOptions['witnessedCases']): Promise<VerifyFinding[]> {
  const findings: VerifyFinding[] = [];
  let ids = new Set<string>();
  const look = async () => {
    const rows = await sql<{ id: string }[]>`
      SELECT id FROM json_array_elements_text(${JSON.stringify([...ids])}::text::json) AS id WHERE NOT EXISTS (SELECT FROM cases c WHERE c.case_id = id)`;
    for (const { id } of rows)
      findings.push({ rule: 'history', caseId: id, what: 'there is a workflow and no such case in the record' });
    ids = new Set();
  };
  for await (const id of list?.() ?? []) if (ids.add(id).size >= listedAtOnce) await look();
  await look();
  return findings;
}
