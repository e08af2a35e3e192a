import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LoadedDataConverter } from '@temporalio/common';
import { archiveFiles } from '../../activities/archive-folder.ts';
import { eventsIn, unpacked } from '../../activities/history-bytes.ts';
import { runReader } from '../../activities/run-history.ts';
import type { Sql } from '../../db/client.ts';
import { certificateOf } from '../../db/queries/destroyed.ts';
import { ownInstallation } from '../../db/queries/installation.ts';
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

/** Names of a case and of a run of it. */
interface RunKey {
  readonly caseId: string;
  readonly runId: string;
}

/** Reads a run from its copy in the folder. Throws when the copy is not what its manifest says. */
export async function readFromFolder(
  folder: string,
  key: RunKey,
  converter: LoadedDataConverter,
): Promise<WitnessedRun> {
  const reader = witnessReader(converter);
  const manifest = await readCopy(folder, key, async (history) => {
    for await (const event of eventsIn(history)) await reader.add(event);
  });
  const told = reader.told();
  if (!told) throw notArchived(key);
  return { ...{ runId: key.runId, running: false, archived: true, closedAt: manifest.closedAt }, ...told.witnessed };
}

/** Reads the copy of a run through; answers its manifest. Throws when the two are not of one another, or of another run. */
async function readCopy(
  folder: string,
  key: RunKey,
  read: (history: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<RunManifest> {
  const files = archiveFiles(folder, key);
  const manifest = await manifestOf(files.manifest);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* hashed() {
    for await (const chunk of unpacked(createReadStream(files.history))) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  await read(hashed());
  const { case: caseId, run, sha256 } = manifest;
  const same = caseId === key.caseId && run === key.runId && sizeBytes === manifest.sizeBytes;
  if (!same || hash.digest('hex') !== sha256) throw notArchived(key);
  return manifest;
}

const notArchived = ({ runId }: RunKey) =>
  new Error(`the copy of run ${runId} in the archive's folder is not the one that was archived`);

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
      const { input, end, acts } = told;
      return { input, end, witnessed: { events, frozen, start: { seq: input.seq, head: input.head }, end, acts } };
    },
  };
}

/** What came of bringing runs back: how many came, and in words which copies were not taken. */
export interface BroughtBack {
  readonly brought: number;
  readonly refused: readonly string[];
}

/**
 * Puts runs back into the database's archive that only the folder has: they ended after the point a restored database was put
 * back to, and Temporal may have forgotten them. A copy that is not what its manifest says, or of another installation, is not taken.
 */
export async function bringBackRuns(sql: Sql, folder: string): Promise<BroughtBack> {
  const transactions = createTransactions(sql, { lanes: 1, deadlineMs: 60_000 });
  const installation = await ownInstallation(sql);
  const refused: string[] = [];
  let brought = 0;
  try {
    for (const name of await readdir(folder).catch(() => [])) {
      const caseId = decodeURIComponent(name);
      const there = new Set(
        (await sql<{ id: string }[]>`SELECT run_id AS id FROM archived_runs WHERE case_id = ${caseId}`).map(
          ({ id }) => id,
        ),
      );
      // its histories are gone, and its archived runs are known to the chain of the archive alone
      const destroyed = (await certificateOf(sql, caseId)) !== undefined;
      for (const runId of destroyed ? [] : await runsInFolder(folder, caseId)) {
        if (there.has(runId)) continue;
        try {
          const manifest = await readCopy(folder, { caseId, runId }, through);
          if (manifest.installation !== installation) throw new Error(`run ${runId} is of another installation`);
          const parts: Uint8Array[] = [];
          const { history } = archiveFiles(folder, { caseId, runId });
          for await (const part of createReadStream(history, { highWaterMark: 1024 * 1024 }))
            parts.push(part as Uint8Array);
          if (await transactions.run((tx) => archiveRun(tx, endedRun(manifest), parts))) brought += 1;
        } catch (error) {
          refused.push(`case ${caseId}: ${(error as Error).message}`);
        }
      }
    }
    return { brought, refused };
  } finally {
    await transactions.end();
  }
}

/** Reads to the end and keeps nothing. */
async function through(history: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of history);
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
