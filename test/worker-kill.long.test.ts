import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRun } from '../activities/run-history.ts';
import type { WitnessedEvent } from '../door/outcome.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { witnessOf } from './support/histories.ts';
import { createStage, type Stage } from './support/stage.ts';
import { realTemporal } from './support/temporal.ts';
import { startWorkerChild } from './support/worker-child.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ temporal: realTemporal(), worker: false });
});
afterAll(() => stage.close());

const startWorker = (orders: { dieAtCommit?: number; aheadMs?: number } = {}) =>
  startWorkerChild({ ...realTemporal(), databaseUrl: stage.databaseUrl, taskQueue: stage.taskQueue, ...orders });

/** The record and the history tell the same, each event once. */
async function agrees(caseId: string): Promise<number> {
  const { events } = await witnessOf<WitnessedEvent>(stage.client, caseWorkflowId(caseId));
  const rows = await stage.sql`SELECT hash FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  expect(events.map(({ hash }) => hash)).toEqual(rows.map((row) => row['hash']));
  const { end } = await readRun(stage.client, caseWorkflowId(caseId));
  expect(end).toEqual({ seq: events.length, head: events.at(-1)?.hash });
  return events.length;
}

test('a worker killed between the commit of the door and that of Temporal: every event once', async () => {
  const dying = await startWorker({ dieAtCommit: 3 });
  const caseId = await stage.open();
  let lives = true;
  void dying.ended.then(() => {
    lives = false;
  });
  // on a slow machine several are taken in at once, so that it takes more of them until the third commit
  for (let n = 0; lives && n < 100; n++) {
    await stage.act(caseId, 'caseworker', 'note.add', { data: { text: `记录 ${n}` } });
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  expect(await dying.ended).toBe('SIGKILL');
  // people go on while no worker lives
  await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '没有工作进程' } });
  const next = await startWorker();
  try {
    await stage.witnessed(caseId);
    await expect.poll(() => agrees(caseId).catch(() => 0), { timeout: 30_000 }).toBeGreaterThan(4);
    await agrees(caseId);
  } finally {
    next.kill('SIGKILL');
  }
  expect(await next.ended).toBe('SIGKILL');
}, 90_000);

test('rungs that fire as their worker is killed fire once', async () => {
  const aheadMs = 20 * 86_400_000; // visits and their rungs come due at the first look
  const dying = await startWorker({ dieAtCommit: 1, aheadMs });
  const caseId = await stage.open();
  expect(await dying.ended).toBe('SIGKILL');
  const workers = await Promise.all([startWorker({ aheadMs }), startWorker({ aheadMs })]);
  try {
    const firedNow = async () => {
      await agrees(caseId);
      const { events } = await witnessOf<WitnessedEvent>(stage.client, caseWorkflowId(caseId));
      return events.filter(({ header }) => header.type === 'rung.fired').map(({ payload }) => payload?.data);
    };
    await expect.poll(async () => (await firedNow().catch(() => [])).length, { timeout: 60_000 }).toBeGreaterThan(5);
    const fired = await firedNow();
    const rungs = fired.map((data) => {
      const { deadline, generation, rung } = data as { deadline: string; generation: number; rung: number };
      return `${deadline}/${generation}/${rung}`;
    });
    expect(new Set(rungs).size).toBe(rungs.length);
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
  }
}, 120_000);

test('a worker stopped longer than its task and then let go changes nothing', async () => {
  const stopped = await startWorker();
  const caseId = await stage.open();
  await stage.witnessed(caseId);
  stopped.kill('SIGSTOP');
  await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '停住' } });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const other = await startWorker();
  try {
    await stage.witnessed(caseId);
    stopped.kill('SIGCONT');
    await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '又走了' } });
    await stage.witnessed(caseId);
    await expect.poll(() => agrees(caseId).catch(() => 0), { timeout: 30_000 }).toBeGreaterThan(2);
    await agrees(caseId);
  } finally {
    for (const worker of [stopped, other]) worker.kill('SIGKILL');
    await Promise.all([stopped.ended, other.ended]);
  }
}, 90_000);
