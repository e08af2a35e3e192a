import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveFiles } from '../../activities/archive-folder.ts';
import { connect, type Sql } from '../../db/client.ts';
import { ownInstallation } from '../../db/queries/installation.ts';
import type { RunManifest } from '../../door/archive.ts';
import { GENESIS, sha256 } from '../../door/chain.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import { makeTestFolder, removeTestFolder } from '../../test/support/folders.ts';
import { freshDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { bringBackRuns } from './folder-runs.ts';

// What a folder of copies gives back to a database that was put back to an earlier point.
let database: TestDatabase;
let sql: Sql;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect(database.url);
  folder = makeTestFolder('folder-runs');
});
afterAll(async () => {
  await sql.end();
  await database.close();
  removeTestFolder(folder);
});

/** A copy as the archiver leaves it; `change`: what somebody has done to its manifest. */
function copy(installation: string, change: Partial<RunManifest> = {}): { caseId: string; runId: string } {
  const key = { caseId: randomUUID(), runId: randomUUID() };
  const history = `the history of ${key.runId}`;
  const at = '2026-11-01T00:00:00.000Z';
  const manifest: RunManifest = {
    ...{ v: 1, installation, n: 1, archivedAt: at, prev: GENESIS },
    ...{ case: key.caseId, run: key.runId, first: key.runId, previous: null, next: null, status: 'completed' },
    ...{ startedAt: at, closedAt: at, from: { seq: 0, head: GENESIS }, to: { seq: 0, head: GENESIS } },
    ...{ events: 1, sizeBytes: history.length, sha256: sha256(history) },
    ...change,
  };
  const files = archiveFiles(folder, key);
  mkdirSync(dirname(files.manifest), { recursive: true });
  writeFileSync(files.history, gzipSync(history));
  writeFileSync(files.manifest, canonicalJson(manifest));
  return key;
}

test('copies come back into the archive; those that are not what they say are left and named', async () => {
  const own = await ownInstallation(sql);
  const whole = copy(own);
  const wrong = [
    copy(own, { sha256: sha256('another history') }),
    copy(own, { case: randomUUID() }),
    copy(own, { run: randomUUID() }),
    copy(own, { sizeBytes: 1 }),
    copy(randomUUID()),
  ];
  const cut = copy(own);
  const { history } = archiveFiles(folder, cut);
  writeFileSync(history, readFileSync(history).subarray(0, 20));
  const last = copy(own);

  const { brought, refused } = await bringBackRuns(sql, folder);
  expect(brought).toBe(2);
  const there = await sql<{ id: string }[]>`SELECT run_id AS id FROM archived_runs`;
  expect(there.map(({ id }) => id).toSorted()).toEqual([whole.runId, last.runId].toSorted());
  for (const { caseId } of [...wrong, cut]) expect(refused.filter((what) => what.includes(caseId))).toHaveLength(1);
  expect(refused).toHaveLength(6);
});
