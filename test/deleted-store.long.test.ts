import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArchiver } from '../activities/archiver.ts';
import { restoreWorkflows } from '../activities/restore.ts';
import { readRun } from '../activities/run-history.ts';
import { archiveReader } from '../bin/audit/archive.ts';
import { caseLister, historyReader } from '../bin/audit/histories.ts';
import { type RunningTemporal, startTemporal } from '../bin/platform/temporal.ts';
import { connect, type Sql } from '../db/client.ts';
import { verify } from '../door/verify.ts';
import fule from '../plugins/fule/program.ts';
import type { Instant } from '../sdk/time.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { clearTestFolder, makeTestFolder } from './support/folders.ts';
import { witnessOf } from './support/histories.ts';
import { testKeyring } from './support/keyring.ts';
import { freshDatabase, type TestDatabase } from './support/postgres.ts';
import { silentLog as log, quietRuntime } from './support/quiet.ts';
import { rungFaults, rungsFired } from './support/rungs-once.ts';
import { createStage, type Stage, writeOrganisation } from './support/stage.ts';
import { startWorkerChild } from './support/worker-child.ts';

// The embedded Temporal server's file is deleted under open cases: they go on with the same deadlines.
let database: TestDatabase;
let sql: Sql;
let folder: string;
let server: RunningTemporal | undefined;
beforeAll(async () => {
  quietRuntime();
  folder = makeTestFolder('deleted-store');
  database = await freshDatabase();
  sql = connect(database.url);
  await testKeyring(sql);
  await writeOrganisation(sql, fule);
});
afterAll(async () => {
  await server?.stop();
  await sql.end();
  await database.close();
  await clearTestFolder(folder);
});

const taskQueue = 'deleted-store';
const dayMs = 86_400_000;

async function start(): Promise<RunningTemporal> {
  const extraArgs = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=25'];
  server = await startTemporal({ dataDir: folder, log, headless: true, extraArgs });
  return server;
}

const stageOn = ({ address, namespace }: RunningTemporal, worker?: false): Promise<Stage> =>
  createStage({ temporal: { address, namespace }, database, taskQueue, ...(worker === false ? { worker } : {}) });

/** What people and clocks wait for in every open case. */
const deadlines = () => sql`
  SELECT c.case_id, c.next_due, c.wake_at, d.deadline_id, d.generation, d.due_at, d.state
  FROM cases c JOIN deadlines d USING (case_id) WHERE c.status <> 'closed' ORDER BY c.case_id, d.deadline_id`;

const note = (stage: Stage, caseId: string, text: string) =>
  stage.act(caseId, 'caseworker', 'note.add', { data: { text } });

const prove = async (stage: Stage) => {
  const proof = await verify(sql, {
    histories: historyReader(stage.client),
    witnessedCases: caseLister(stage.client),
    archive: archiveReader(sql, { converter: stage.client.options.loadedDataConverter }),
  });
  // the stage's organisation was written without events
  return { ...proof, findings: proof.findings.filter(({ rule }) => rule !== 'organisation') };
};

test('all open cases go on, due rungs fire once, and the archive proves the runs that are gone', async () => {
  const first = await start();
  expect(first.beganEmpty).toBe(true);
  first.restored();
  const before = await stageOn(first);
  const long = await Promise.all([before.open(), before.open()]);
  const short = await Promise.all([before.open(), before.open(), before.open()]);
  for (let n = 0; n < 8; n++) {
    for (const caseId of long) {
      await note(before, caseId, `记录 ${n}`);
      await before.witnessed(caseId);
    }
  }
  const closed = await before.open();
  await before.act(closed, 'caseworker', 'case.close', { data: { outcome: 'withdrew' }, reason: '本人退出' });
  await before.witnessed(closed);
  await before.client.workflow.getHandle(caseWorkflowId(closed)).result();
  for (const caseId of short) await before.witnessed(caseId);
  const archiver = createArchiver({ sql, client: before.client, log, taskQueue, scanEveryMs: 0 });
  const ended = await Promise.all(
    long.map(async (caseId) => (await witnessOf(before.client, caseWorkflowId(caseId))).runs.length - 1),
  );
  expect(Math.min(...ended)).toBeGreaterThan(0);
  const all = ended.reduce((sum, n) => sum + n, 1);
  await expect.poll(async () => archiver.turn().then(() => archiver.counts().archived), { timeout: 30_000 }).toBe(all);
  await archiver.stop();
  const planned = await deadlines();
  expect(new Set(planned.map((row) => row['case_id'])).size).toBe(5);
  await before.close();

  await first.stop();
  for (const name of readdirSync(join(folder, 'temporal'))) {
    if (name.includes('.db') && !name.endsWith('.restored')) rmSync(join(folder, 'temporal', name));
  }
  const second = await start();
  expect(second.beganEmpty).toBe(true);
  const after = await stageOn(second);
  expect((await prove(after)).findings.map(({ rule }) => rule)).toEqual(Array(5).fill('history')); // no open case has a workflow
  expect(await restoreWorkflows({ sql, client: after.client, log, taskQueue })).toBe(5);
  second.restored();
  expect((await deadlines()).map((row) => ({ ...row }))).toEqual(planned.map((row) => ({ ...row })));
  for (const caseId of [...long, ...short]) {
    await after.witnessed(caseId);
    const { input } = await readRun(after.client, caseWorkflowId(caseId));
    const [from] = await sql`
      SELECT coalesce(a.last_seq, c.seq) AS seq, coalesce(a.last_head, c.head) AS head
      FROM cases c LEFT JOIN LATERAL (SELECT last_seq, last_head FROM archived_runs a WHERE a.case_id = c.case_id ORDER BY last_seq DESC LIMIT 1) a ON true
      WHERE c.case_id = ${caseId}`;
    expect({ seq: input.seq, head: input.head }).toEqual(from);
    const handle = after.client.workflow.getHandle(caseWorkflowId(caseId));
    expect((await handle.describe()).status.name).toBe('RUNNING');
    const [row] = await sql<{ due: Instant }[]>`SELECT next_due AS due FROM cases WHERE case_id = ${caseId}`;
    const told = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(told.currentDetails).toContain(`next due: ${row?.due}`);
    await note(after, caseId, '还在');
    await after.witnessed(caseId);
  }
  // of the long cases every event lies in some history, of the short ones the record alone tells what their lost run was told
  const proof = await prove(after);
  expect(proof.findings).toEqual([]);
  expect(new Set(proof.unproven.map(({ caseId }) => caseId))).toEqual(new Set(short));
  for (const { from, to, caseId } of proof.unproven) {
    const [row] = await sql`SELECT seq - 1 AS seq FROM cases WHERE case_id = ${caseId}`;
    expect([from, to]).toEqual([1, row?.['seq']]);
  }
  await after.close();

  // time goes on: what comes due within twenty days fires once
  const { address, namespace } = second;
  const aheadMs = 20 * dayMs;
  const late = await stageOn(second, false);
  const fired = await rungsFired(sql);
  const workers = await Promise.all(
    [1, 2].map(() => startWorkerChild({ address, namespace, databaseUrl: database.url, taskQueue, aheadMs })),
  );
  try {
    expect(await restoreWorkflows({ sql, client: late.client, log, taskQueue })).toBe(5); // only woken
    const now = () => new Date(Date.now() + aheadMs).toISOString();
    await expect.poll(() => rungFaults(sql, now()), { timeout: 60_000 }).toEqual([]);
    for (const caseId of [...long, ...short]) await late.witnessed(caseId);
    expect(await rungsFired(sql)).toBeGreaterThan(fired + 5);
  } finally {
    for (const worker of workers) worker.kill('SIGTERM');
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended: over }) => over));
  }
  expect((await prove(late)).findings).toEqual([]);
  await late.close();
}, 500_000);

test('a start on the same file has nothing to restore', async () => {
  await server?.stop();
  expect((await start()).beganEmpty).toBe(false);
});
