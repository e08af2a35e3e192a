import type { Sql } from '../db/client.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { Instant } from '../sdk/time.ts';
import type { RunManifest } from './archive.ts';
import { GENESIS, sha256 } from './chain.ts';
import { objectIn } from './json-bytes.ts';
import type { WitnessedRun } from './verify-histories.ts';

/** Something of the archive that does not hold. `caseId` is that of the run, where it is about one. */
export interface ArchiveFinding {
  readonly caseId: string;
  readonly what: string;
}

/** A row of the archive as the table holds it. */
export interface ArchiveRow {
  readonly n: number;
  readonly runId: string;
  readonly caseId: string;
  readonly firstRun: string;
  readonly previousRun: string | null;
  readonly nextRun: string | null;
  readonly status: string;
  readonly startedAt: Instant;
  readonly closedAt: Instant;
  readonly firstSeq: number | null;
  readonly firstHead: string | null;
  readonly lastSeq: number | null;
  readonly lastHead: string | null;
  readonly events: number;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly archivedAt: Instant;
  readonly manifest: Uint8Array;
  readonly hash: string;
  readonly prev: string;
}

/** The columns of {@link ArchiveRow}. */
export const archiveColumns = (sql: Sql) => sql`
  n, run_id AS "runId", case_id AS "caseId", first_run AS "firstRun", previous_run AS "previousRun", next_run AS "nextRun", status,
  started_at AS "startedAt", closed_at AS "closedAt", first_seq AS "firstSeq", first_head AS "firstHead", last_seq AS "lastSeq",
  last_head AS "lastHead", events, size_bytes AS "sizeBytes", sha256, archived_at AS "archivedAt", manifest, hash, prev`;

/** A case's archived runs as read back, and what does not hold of them already by themselves. */
export interface CaseArchive {
  readonly runs: readonly WitnessedRun[];
  readonly findings: readonly string[];
}

/** Reads and checks the archived histories of a case. */
export type ArchiveReader = (caseId: string) => Promise<CaseArchive>;

const pageSize = 1_000;

/**
 * Verifies the archive's own chain: numbers without a gap, links, and runs of cases that the record does not know. What
 * manifests, columns and histories hold is compared case by case. Reads only.
 */
export async function verifyArchive(sql: Sql): Promise<ArchiveFinding[]> {
  const findings: ArchiveFinding[] = [];
  let before: { n: number; hash: string } = { n: 0, hash: GENESIS };
  for (;;) {
    const rows = await sql<(ArchiveRow & { known: boolean })[]>`
      SELECT ${archiveColumns(sql)}, EXISTS (SELECT FROM cases c WHERE c.case_id = a.case_id) AS known
      FROM archived_runs a WHERE n > ${before.n} ORDER BY n LIMIT ${pageSize}`;
    for (const row of rows) {
      for (const what of linkFaults(row, before)) findings.push({ caseId: row.caseId, what });
      if (!row.known)
        for (const what of [`there is the archived run ${row.runId} and no such case`, ...manifestFaults(row)])
          findings.push({ caseId: row.caseId, what });
      before = row;
    }
    if (rows.length < pageSize) return findings;
  }
}

function linkFaults(row: ArchiveRow, before: { readonly n: number; readonly hash: string }): string[] {
  const where = `number ${row.n} of the archive`;
  const found: string[] = [];
  if (row.n !== before.n + 1) found.push(`${where} follows number ${before.n}: runs were taken out of the archive`);
  else if (row.prev !== before.hash) found.push(`${where} does not follow the one before it`);
  return found;
}

/** Whether the columns of an archived run say what its hashed manifest says. */
export function manifestFaults(row: ArchiveRow): string[] {
  const where = `number ${row.n} of the archive`;
  if (sha256(row.manifest) !== row.hash) return [`${where} has a manifest that was changed`];
  const said = objectIn<RunManifest>(row.manifest);
  if (!said) return [`${where} has a manifest that cannot be read`];
  const { v, installation: _, ...rest } = said;
  const expected = {
    ...{ case: row.caseId, run: row.runId, first: row.firstRun, previous: row.previousRun, next: row.nextRun },
    ...{ status: row.status, startedAt: row.startedAt, closedAt: row.closedAt },
    from: row.firstSeq === null ? null : { seq: row.firstSeq, head: row.firstHead },
    to: row.lastSeq === null ? null : { seq: row.lastSeq, head: row.lastHead },
    ...{ events: row.events, sizeBytes: row.sizeBytes, sha256: row.sha256 },
    ...{ n: row.n, archivedAt: row.archivedAt, prev: row.prev },
  };
  return v === 1 && canonicalJson(rest) === canonicalJson(expected)
    ? []
    : [`${where} has columns that say something else than its manifest`];
}

/** What the chain of a case's runs lacks. */
export interface RunsCompared {
  readonly findings: readonly { readonly seq?: number; readonly what: string }[];
  /** Events that were witnessed and lie in no history any more, from and to both included: nothing but the record tells them. */
  readonly unproven: readonly { readonly from: number; readonly to: number }[];
}

/** What tells a run that should be archived from one that will be: when it was looked, and how long archiving may take. */
export interface ArchiveBound {
  readonly lookedAt: Instant;
  readonly boundMs: number;
}

/**
 * Compares the runs of a case with each other: those that were continued follow one another without a gap, every ended run
 * is archived in time, a run that is both in Temporal and in the archive is the same, and all that was witnessed lies in some
 * run, or in a stretch of which no run is left.
 */
export function compareRuns(
  live: readonly WitnessedRun[] | undefined,
  archived: readonly WitnessedRun[],
  witnessedSeq: number,
  { lookedAt, boundMs }: ArchiveBound,
): RunsCompared {
  const findings: { seq?: number; what: string }[] = [];
  const kept = new Map([...(live ?? []), ...archived].map((run) => [run.runId, run]));
  const archive = new Map(archived.map((run) => [run.runId, run]));
  const settled = (at: Instant | undefined, ms: number) =>
    at !== undefined && Date.parse(at) < Date.parse(lookedAt) - ms;
  for (const run of live ?? []) {
    if (run.running) continue;
    const same = archive.get(run.runId);
    if (same ? !sameRun(run, same) : settled(run.closedAt, boundMs)) {
      findings.push({
        what: `run ${run.runId} of its workflow ${same ? 'is another in the archive than in Temporal' : 'has ended and is not archived'}`,
      });
    }
  }
  for (const run of kept.values()) {
    const before = run.previousRun === undefined ? undefined : kept.get(run.previousRun);
    if (run.previousRun !== undefined && !before && (live || settled(run.closedAt, boundMs)))
      findings.push({
        what: `run ${run.previousRun}, which run ${run.runId} went on from, is neither in Temporal nor in the archive`,
      });
    if (before && !samePlace(before.end, run.start))
      findings.push({ seq: run.start.seq, what: `run ${run.runId} does not begin where run ${before.runId} ended` });
    // a run lost with Temporal's store was never archived; the one in its place begins where this one ended
    const goneOn = [...kept.values()].some((next) => next.previousRun === undefined && samePlace(next.start, run.end));
    if (
      live &&
      run.nextRun !== undefined &&
      !run.running &&
      !kept.has(run.nextRun) &&
      !goneOn &&
      settled(run.closedAt, 60_000)
    )
      findings.push({
        what: `run ${run.nextRun}, which went on from run ${run.runId}, is neither in Temporal nor in the archive`,
      });
  }
  return { findings, unproven: unproven([...kept.values()], witnessedSeq, findings) };
}

const samePlace = (a: WitnessedRun['start'], b: WitnessedRun['start']): boolean => a.seq === b.seq && a.head === b.head;

const sameRun = (a: WitnessedRun, b: WitnessedRun): boolean =>
  samePlace(a.start, b.start) &&
  samePlace(a.end, b.end) &&
  a.events.length === b.events.length &&
  a.events.every(({ hash }, n) => hash === b.events[n]?.hash);

/** Events in no run; those that a run should hold are findings. A running workflow may be told of some right now. */
function unproven(runs: readonly WitnessedRun[], witnessedSeq: number, findings: { seq?: number; what: string }[]) {
  const seen = new Set(runs.flatMap(({ events }) => events.map(({ header }) => header.seq)));
  const last = Math.max(0, ...runs.map(({ end }) => end.seq));
  const until = runs.some(({ running }) => running) ? Math.min(witnessedSeq, last) : witnessedSeq;
  const gaps: { from: number; to: number }[] = [];
  for (let seq = 1; seq <= until; seq++) {
    if (seen.has(seq)) continue;
    const within = runs.find(({ start, end }) => start.seq < seq && seq <= end.seq);
    const gap = gaps.at(-1);
    if (within)
      findings.push({ seq, what: `run ${within.runId} of its workflow stands behind this event and does not hold it` });
    else if (gap?.to === seq - 1) gap.to = seq;
    else gaps.push({ from: seq, to: seq });
  }
  return gaps;
}
