import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sql } from '../db/client.ts';
import { archivedAfter, archivedManifest, archivedParts, type FiledRun } from '../db/queries/archive.ts';
import { certificateOf } from '../db/queries/destroyed.ts';

/** Names of a run's two files in the archive's folder: the packed history, and the manifest, which is written last. */
export function archiveFiles(folder: string, { caseId, runId }: Pick<FiledRun, 'caseId' | 'runId'>) {
  const path = join(folder, encodeURIComponent(caseId), encodeURIComponent(runId));
  return { history: `${path}.history.gz`, manifest: `${path}.json` };
}

const atOnce = 200;

/**
 * Copies archived runs into a folder outside the database, in the archive's order, each file whole or not at all and on the
 * disk before the next. Begins at the first run whenever the process begins, so that what is missing is written again.
 * Each step answers how many runs it looked at. What is there is never changed. Of a case whose contents are destroyed the manifest
 * alone is written; one destroyed meanwhile is looked for after writing, so that its history does not stay.
 */
export function createArchiveFolder(sql: Sql, folder: string): () => Promise<number> {
  let upTo = 0;
  return async function step(): Promise<number> {
    const runs = await archivedAfter(sql, upTo, atOnce);
    for (const run of runs) {
      const { history, manifest } = archiveFiles(folder, run);
      if (!(await isThere(manifest))) {
        await mkdir(dirname(manifest), { recursive: true, mode: 0o700 });
        if (!run.destroyed) await writeWhole(history, archivedParts(sql, run.runId));
        await writeWhole(manifest, [await archivedManifest(sql, run.runId)]);
        if (await certificateOf(sql, run.caseId)) await rm(history, { force: true });
      }
      upTo = run.n;
    }
    return runs.length;
  };
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Writes beside the place, waits for the disk, and only then gives it its name. */
async function writeWhole(file: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const beside = `${file}.${randomUUID()}`;
  try {
    await pipeline(
      Readable.from(content, { objectMode: true }),
      createWriteStream(beside, { mode: 0o600, flush: true }),
    );
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  if (process.platform === 'win32') return; // folders cannot be flushed there
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
