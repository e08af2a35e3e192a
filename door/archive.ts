import { isDestroyed } from '../db/queries/destroyed.ts';
import type { Tx } from '../db/transactions.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { Instant } from '../sdk/time.ts';
import { GENESIS, sha256 } from './chain.ts';

/** How a run of a workflow can end. */
export type RunStatus = 'completed' | 'continuedAsNew' | 'failed' | 'terminated' | 'timedOut' | 'canceled';

/** A place in a case's record. */
export interface RunPosition {
  readonly seq: number;
  readonly head: string;
}

/** What is known of an ended run whose history is at hand. */
export interface EndedRun {
  readonly case: string;
  readonly run: string;
  /** First run of the chain of continued runs this one belongs to, and those before and after it. */
  readonly first: string;
  readonly previous: string | null;
  readonly next: string | null;
  readonly status: RunStatus;
  readonly startedAt: Instant;
  readonly closedAt: Instant;
  /** Where it began, and the last event it was told; null where its payloads cannot be read. */
  readonly from: RunPosition | null;
  readonly to: RunPosition | null;
  /** Events of the history, the size of its protobuf bytes, and their SHA-256. */
  readonly events: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What is hashed and kept of an archived run: its RFC 8785 bytes are the manifest. `n` counts the archive's runs without a gap. */
export interface RunManifest extends EndedRun {
  readonly v: 1;
  readonly installation: string;
  readonly n: number;
  readonly archivedAt: Instant;
  /** Hash of the manifest before; 64 zeros for the first. */
  readonly prev: string;
}

/**
 * Puts an ended run into the archive, `parts` being the gzip stream of its history in pieces, and takes it off the list of
 * those to be archived. One at a time in the whole installation: each follows the one before by its hash. Of a case whose contents
 * are destroyed the manifest alone is kept. False when it was there already; then nothing is changed but the list.
 */
export async function archiveRun(tx: Tx, run: EndedRun, parts: readonly Uint8Array[]): Promise<boolean> {
  const [, , [found]] = await Promise.all([
    // so that nobody destroys the case while its run is put in: he would not see what is not committed
    tx`SELECT FROM cases WHERE case_id = ${run.case} FOR KEY SHARE`,
    tx`SELECT FROM archive_scan FOR UPDATE`,
    tx<
      {
        installation: string;
        known: boolean;
        destroyed: boolean;
        n: number | null;
        hash: string | null;
        now: Instant;
      }[]
    >`
      SELECT i.id AS installation, EXISTS (SELECT FROM archived_runs WHERE run_id = ${run.run}) AS known, l.n, l.hash,
        ${isDestroyed(tx, tx`${run.case}::text`)} AS destroyed, clock_timestamp()::timestamptz(3) AS now
      FROM installation i LEFT JOIN LATERAL (SELECT n, hash FROM archived_runs ORDER BY n DESC LIMIT 1) l ON true`,
  ]);
  const { installation, known, destroyed, n, hash: last, now } = found!;
  if (!known) {
    const prev = last ?? GENESIS;
    const manifest: RunManifest = { ...run, v: 1, installation, n: (n ?? 0) + 1, archivedAt: now, prev };
    const text = canonicalJson(manifest);
    await tx`
      INSERT INTO archived_runs (n, run_id, case_id, first_run, previous_run, next_run, status, started_at, closed_at,
        first_seq, first_head, last_seq, last_head, events, size_bytes, sha256, archived_at, manifest, hash, prev)
      VALUES (${manifest.n}, ${run.run}, ${run.case}, ${run.first}, ${run.previous}, ${run.next}, ${run.status}, ${run.startedAt},
        ${run.closedAt}, ${run.from?.seq ?? null}, ${run.from?.head ?? null}, ${run.to?.seq ?? null}, ${run.to?.head ?? null},
        ${run.events}, ${run.sizeBytes}, ${run.sha256}, ${now}, ${Buffer.from(text)}, ${sha256(text)}, ${prev})`;
    for (const [index, part] of destroyed ? [] : parts.entries())
      await tx`INSERT INTO archived_run_parts (run_id, part, content) VALUES (${run.run}, ${index + 1}, ${Buffer.from(part)})`;
  }
  await tx`DELETE FROM runs_to_archive WHERE run_id = ${run.run}`;
  return !known;
}
