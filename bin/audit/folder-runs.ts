import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LoadedDataConverter } from '@temporalio/common';
import { archiveFiles } from '../../activities/archive-folder.ts';
import { eventsIn, unpacked } from '../../activities/history-bytes.ts';
import { runReader } from '../../activities/run-history.ts';
import type { Sql } from '../../db/client.ts';
import { createTransactions } from '../../db/transactions.ts';
import { archiveRun, type EndedRun, type RunManifest } from '../../door/archive.ts';
import { objectIn } from '../../door/json-bytes.ts';
import type { WitnessedEvent } from '../../door/outcome.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';

/** The runs of a case that the archive's folder has copies of. */
export async function runsInFolder(folder: string, caseId: string): Promise<string[]> {
  const names = await readdir(dirname(archiveFiles(folder, { caseId, runId: 'x' }).manifest)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => decodeURIComponent(name.slice(0, -'.json'.length)));
}

/** Reads a run from its copy in the folder. Throws when the copy is not what its manifest says. */
export async function readFromFolder(
  folder: string,
  key: { readonly caseId: string; readonly runId: string },
  converter: LoadedDataConverter,
): Promise<WitnessedRun> {
  const files = archiveFiles(folder, key);
  const manifest = await manifestOf(files.manifest);
  const hash = createHash('sha256');
  async function* hashed() {
    for await (const chunk of unpacked(createReadStream(files.history))) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const reader = witnessReader(converter);
  for await (const event of eventsIn(hashed())) await reader.add(event);
  const told = reader.told();
  if (hash.digest('hex') !== manifest.sha256 || !told || manifest.case !== key.caseId)
    throw new Error(`the copy of run ${key.runId} in the archive's folder is not the one that was archived`);
  return { ...{ runId: key.runId, running: false, archived: true, closedAt: manifest.closedAt }, ...told.witnessed };
}

/** Reads what a run has witnessed from its history, event by event. `told` is undefined before the first. */
export function witnessReader(converter: LoadedDataConverter) {
  const events: WitnessedEvent[] = [];
  let frozen = false;
  const reader = runReader(converter, (answer) => {
    frozen = 'recordBehind' in answer;
    if (!('recordBehind' in answer)) events.push(...(answer.events as WitnessedEvent[]));
  });
  return {
    add: reader.add,
    told() {
      const told = reader.told();
      if (!told) return undefined;
      const { input, end } = told;
      return { input, end, witnessed: { events, frozen, start: { seq: input.seq, head: input.head }, end } };
    },
  };
}

/**
 * Puts runs back into the database's archive that only the folder has: they ended after the point a restored database was put
 * back to, and Temporal may have forgotten them. Answers how many.
 */
export async function bringBackRuns(sql: Sql, folder: string): Promise<number> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 60_000 });
  let brought = 0;
  try {
    for (const name of await readdir(folder).catch(() => [])) {
      const caseId = decodeURIComponent(name);
      const there = new Set(
        (await sql<{ id: string }[]>`SELECT run_id AS id FROM archived_runs WHERE case_id = ${caseId}`).map(
          ({ id }) => id,
        ),
      );
      for (const runId of await runsInFolder(folder, caseId)) {
        if (there.has(runId)) continue;
        const files = archiveFiles(folder, { caseId, runId });
        const run = endedRun(await manifestOf(files.manifest));
        const parts: Uint8Array[] = [];
        for await (const part of createReadStream(files.history, { highWaterMark: 1024 * 1024 }))
          parts.push(part as Uint8Array);
        if (await transactions.run((tx) => archiveRun(tx, run, parts))) brought += 1;
      }
    }
    return brought;
  } finally {
    await transactions.end();
  }
}

function endedRun(manifest: RunManifest): EndedRun {
  const { v: _, installation: __, n: ___, archivedAt: ____, prev: _____, ...run } = manifest;
  return run;
}

async function manifestOf(file: string): Promise<RunManifest> {
  const manifest = objectIn<RunManifest>(await readFile(file));
  if (!manifest) throw new Error(`${join(file)} is no manifest of an archived run`);
  return manifest;
}
