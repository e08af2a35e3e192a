import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LoadedDataConverter } from '@temporalio/common';
import { archiveFiles } from '../../activities/archive-folder.ts';
import { eventsIn, type RunEvent, unpacked } from '../../activities/history-bytes.ts';
import { endOf, instantOf } from '../../activities/pack-run.ts';
import type { Sql } from '../../db/client.ts';
import { archivedParts } from '../../db/queries/archive.ts';
import type { RunManifest } from '../../door/archive.ts';
import { objectIn } from '../../door/json-bytes.ts';
import { type ArchiveReader, type ArchiveRow, archiveColumns, manifestFaults } from '../../door/verify-archive.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import { runsInFolder, witnessReader } from './folder-runs.ts';

/** Where archived histories are read from, beside the database. */
export interface ArchiveReaderOptions {
  /** The folder in which copies are kept; undefined: none is compared. */
  readonly folder?: string | undefined;
  /** A run that lacks its copy in the folder after this is a finding, in milliseconds. Default 600,000. */
  readonly boundMs?: number;
  /** Decrypts what the histories hold. */
  readonly converter: LoadedDataConverter;
}

/**
 * Reads a case's archived runs from the database, one history after the other, and checks that each is what its manifest
 * says: hash, size, ids, how it ended and where it stood. With a folder, that the copies there are the same and none is missing.
 */
export function archiveReader(sql: Sql, options: ArchiveReaderOptions): ArchiveReader {
  const { folder, boundMs = 600_000, converter } = options;
  return async (caseId) => {
    const copies = folder === undefined ? [] : await runsInFolder(folder, caseId); // first: what is copied is in the database
    const rows = await sql<
      ArchiveRow[]
    >`SELECT ${archiveColumns(sql)} FROM archived_runs WHERE case_id = ${caseId} ORDER BY n`;
    const runs: WitnessedRun[] = [];
    const findings: string[] = [];
    for (const row of rows) {
      findings.push(...manifestFaults(row));
      try {
        const { run, faults } = await readBack(row, archivedParts(sql, row.runId), converter);
        findings.push(...faults);
        if (run) runs.push(run);
      } catch (error) {
        findings.push(`the history of archived run ${row.runId} cannot be read: ${(error as Error).message}`);
      }
      if (folder !== undefined) findings.push(...(await copyFaults(folder, row, boundMs)));
    }
    const known = new Set(rows.map(({ runId }) => runId));
    for (const runId of copies)
      if (!known.has(runId)) findings.push(`the archive's folder has run ${runId}, which the database has not`);
    return { runs, findings };
  };
}

async function readBack(row: ArchiveRow, parts: AsyncIterable<Uint8Array>, converter: LoadedDataConverter) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of unpacked(parts)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > row.sizeBytes) throw new Error('it is longer than its manifest says');
      yield chunk;
    }
  }
  const reader = witnessReader(converter);
  const readable = row.firstSeq !== null;
  let first: RunEvent | undefined;
  let last: RunEvent | undefined;
  let n = 0;
  for await (const event of eventsIn(counted())) {
    n += 1;
    first ??= event;
    last = event;
    if (readable) await reader.add(event);
  }
  const started = first?.workflowExecutionStartedEventAttributes;
  const end = last && endOf(last);
  const told = readable ? reader.told() : undefined;
  const said = {
    caseId: told?.input.caseId ?? row.caseId,
    firstRun: started?.firstExecutionRunId || row.runId,
    previousRun: started?.continuedExecutionRunId || null,
    nextRun: end?.next || null,
    status: end?.status,
    startedAt: instantOf(first?.eventTime),
    closedAt: instantOf(last?.eventTime),
    firstSeq: told?.input.seq ?? null,
    firstHead: told?.input.head ?? null,
    lastSeq: told?.end.seq ?? null,
    lastHead: told?.end.head ?? null,
    events: n,
    sizeBytes,
    sha256: hash.digest('hex'),
  };
  const faults = Object.entries(said)
    .filter(([name, value]) => row[name as keyof typeof said] !== value)
    .map(([name]) => `the history of archived run ${row.runId} is not the one that was archived: ${name} differs`);
  const run: WitnessedRun | undefined = told && {
    ...{ runId: row.runId, running: false, archived: true, closedAt: said.closedAt },
    ...told.witnessed,
    ...(said.previousRun === null ? {} : { previousRun: said.previousRun }),
    ...(said.nextRun === null ? {} : { nextRun: said.nextRun }),
  };
  return { run, faults };
}

/** Whether the folder's copy of a run is what the database holds. */
async function copyFaults(folder: string, row: ArchiveRow, boundMs: number): Promise<string[]> {
  const files = archiveFiles(folder, row);
  const what = `the copy of archived run ${row.runId} in the archive's folder`;
  try {
    const manifest = await readFile(files.manifest);
    if (saidOf(manifest) !== saidOf(row.manifest)) return [`${what} has another manifest`];
    const hash = createHash('sha256');
    for await (const chunk of unpacked(createReadStream(files.history))) hash.update(chunk);
    return hash.digest('hex') === objectIn<RunManifest>(manifest)?.sha256 ? [] : [`${what} is another history`];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return [`${what} cannot be read`];
    return Date.parse(row.archivedAt) > Date.now() - boundMs ? [] : [`${what} is missing`];
  }
}

/**
 * What a manifest says of the run itself. After a restore of the database the same run is archived again, in another place of
 * the chain, and its bytes may name the keys of a map in another order.
 */
function saidOf(manifest: Uint8Array): string | undefined {
  const said = objectIn<RunManifest>(manifest);
  if (!said) return undefined;
  const { n: _, prev: __, archivedAt: ___, sha256: ____, ...run } = said;
  return canonicalJson(run);
}
