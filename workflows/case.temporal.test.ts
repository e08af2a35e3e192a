import { createHash } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowBundle } from '../activities/bundle.ts';
import { witnessOf } from '../test/support/histories.ts';
import { quietRuntime } from '../test/support/quiet.ts';
import { seamServer } from '../test/support/seam-server.ts';
import { timeSkippingEnvironment } from '../test/support/temporal.ts';
import {
  type AdvanceAnswer,
  type AdvanceQuery,
  CASE_WORKFLOW,
  type CaseRun,
  caseWorkflowId,
  GENESIS,
  TASK_QUEUE,
  UNFREEZE_SIGNAL,
  WORKFLOW_TASK_TIMEOUT,
} from './names.ts';

/** The shell alone, before a door of a few lines that keeps one case's record in memory. */
class SmallDoor {
  readonly record: { seq: number; type: string; head: string }[] = [];
  due: { atMs: number; type: string }[] = [];
  ended = false;
  behind = false;
  failures = 0;
  calls = 0;
  pageSize = 3;
  nowMs = async () => Date.now();

  append(type: string): void {
    const last = this.record.at(-1);
    const head = createHash('sha256')
      .update(`${last?.head ?? GENESIS} ${type}`)
      .digest('hex');
    this.record.push({ seq: this.record.length + 1, type, head });
  }

  advanceCase = async ({ seq, head }: AdvanceQuery): Promise<AdvanceAnswer> => {
    this.calls += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the store is away');
    }
    const now = await this.nowMs();
    if (this.behind || (seq > 0 && this.record[seq - 1]?.head !== head)) return { recordBehind: true };
    for (const { type } of this.due.filter(({ atMs }) => atMs <= now)) this.append(type);
    this.due = this.due.filter(({ atMs }) => atMs > now);
    const events = this.record.slice(seq, seq + this.pageSize);
    const last = events.at(-1) ?? { seq, head };
    const next = this.due.map(({ atMs }) => atMs).sort((a, b) => a - b)[0];
    return {
      events,
      seq: last.seq,
      head: last.head,
      more: last.seq < this.record.length,
      ...(next === undefined ? {} : { wakeInMs: Math.max(1000, next - now) }),
      ended: this.ended && last.seq === this.record.length,
    };
  };
}

let env: TestWorkflowEnvironment;
let serial = 0;

function start(door: SmallDoor, over: Partial<Pick<CaseRun, 'frozen' | 'mostEvents'>> = {}) {
  serial += 1;
  const caseId = `shell-${serial}`;
  const queue = `${TASK_QUEUE}-${serial}`;
  const wake = (type: string, ...ids: string[]) =>
    env.client.workflow.signalWithStart(CASE_WORKFLOW, {
      workflowId: caseWorkflowId(caseId),
      taskQueue: queue,
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      signal: type,
      signalArgs: ids,
      args: [{ caseId, seq: 0, head: GENESIS, openedAt: '2026-01-05T00:00:00.000Z', frozen: false, ...over }],
    });
  const act = async (type: string) => {
    door.append(type);
    await wake(type, `act-${door.record.length}`);
  };
  const worker = async () =>
    Worker.create({
      connection: env.nativeConnection,
      workflowBundle: await workflowBundle(),
      taskQueue: queue,
      activities: { advanceCase: door.advanceCase },
    });
  const handle = env.client.workflow.getHandle(caseWorkflowId(caseId));
  return { act, wake, worker, handle, run: async <T>(body: () => Promise<T>) => (await worker()).runUntil(body) };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error('waited 20 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const chainOf = (workflowId: string) => witnessOf<{ type: string }>(env.client, workflowId);

const witnessed = async (workflowId: string) => (await chainOf(workflowId)).events.length;

describe('the shell on a real server', () => {
  beforeAll(async () => {
    quietRuntime();
    env = await seamServer(60);
  }, 60_000);
  afterAll(() => env.teardown());

  test('its history reads as the acts and ends with the record', async () => {
    const door = new SmallDoor();
    const { act, handle, run } = start(door);
    const end = await run(async () => {
      for (const type of ['case.open', 'consent.give', 'task.complete']) {
        await act(type);
        const { length } = door.record;
        await until(async () => (await witnessed(handle.workflowId)) >= length);
      }
      door.ended = true;
      await act('case.close');
      return handle.result();
    });
    expect(end).toEqual({ seq: 4, head: door.record.at(-1)?.head });
    const chain = await chainOf(handle.workflowId);
    expect(chain.signals).toEqual(['case.open', 'consent.give', 'task.complete', 'case.close']);
    expect(chain.events.map(({ type }) => type)).toEqual(chain.signals);
  });

  test('acts at every seam of continue-as-new: nothing lost, nothing twice', async () => {
    const door = new SmallDoor();
    const { act, handle, run } = start(door);
    await run(async () => {
      await Promise.all(
        Array.from({ length: 10 }, async (_, writer) => {
          for (let n = 0; n < 25; n++) await act(`act-${writer}-${n}`);
        }),
      );
      door.ended = true;
      await act('case.close');
      expect(await handle.result()).toEqual({ seq: 251, head: door.record.at(-1)?.head });
    });
    const { events, runs } = await chainOf(handle.workflowId);
    expect(events.map(({ type }) => type)).toEqual(door.record.map(({ type }) => type));
    expect(runs.length).toBeGreaterThan(2);
  }, 60_000);

  test('a run is as long as whoever started it said', async () => {
    const door = new SmallDoor();
    const { act, handle, run } = start(door, { mostEvents: 20 });
    await run(async () => {
      for (let n = 1; n <= 8; n++) {
        await act(`act-${n}`);
        await until(async () => (await witnessed(handle.workflowId)) >= n);
      }
    });
    const { events, runs } = await chainOf(handle.workflowId);
    expect(events.map(({ type }) => type)).toEqual(door.record.map(({ type }) => type));
    const lengths = runs.map(({ history }) => history.events?.length ?? 0);
    expect(lengths).toHaveLength(2); // eight acts are less than the sixty after which the server asks for a new run
    expect(lengths[0]).toBeGreaterThan(20);
    expect(lengths[0]).toBeLessThan(30);
  }, 60_000);

  test('frozen while the record is behind, goes on where it was when told so', async () => {
    const door = new SmallDoor();
    const { act, wake, handle, run } = start(door);
    await run(async () => {
      await act('case.open');
      await until(async () => (await witnessed(handle.workflowId)) >= 1);
      door.behind = true;
      await wake('task.complete', 'act-lost');
      await until(() => door.calls >= 2);
      const { calls } = door;
      await wake('task.complete', 'act-lost');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(door.calls).toBe(calls); // asks nothing while frozen
      door.behind = false;
      door.ended = true;
      door.append('case.close');
      await wake(UNFREEZE_SIGNAL);
      expect(await handle.result()).toEqual({ seq: 2, head: door.record.at(-1)?.head });
    });
  }, 30_000);

  test('in an outage its history stands still, and it ends well', async () => {
    const door = new SmallDoor();
    const { act, handle, run } = start(door);
    await run(async () => {
      door.failures = 6;
      door.ended = true;
      await act('case.open');
      expect(await handle.result()).toEqual({ seq: 1, head: door.record.at(-1)?.head });
    });
    expect((await chainOf(handle.workflowId)).runs[0]?.history.events?.length).toBeLessThan(20);
  }, 60_000);

  test('a wish to cancel changes nothing', async () => {
    const door = new SmallDoor();
    const { act, handle, run } = start(door);
    await run(async () => {
      await act('case.open');
      await until(async () => (await witnessed(handle.workflowId)) >= 1);
      await handle.cancel();
      door.ended = true;
      await act('case.close');
      expect(await handle.result()).toEqual({ seq: 2, head: door.record.at(-1)?.head });
    });
  }, 30_000);
});

describe('the shell while years pass', () => {
  beforeAll(async () => {
    env = await timeSkippingEnvironment();
  }, 60_000);
  afterAll(() => env.teardown());

  test('fires every timer once over five years, with acts at the seams', async () => {
    const door = new SmallDoor();
    door.nowMs = () => env.currentTimeMs();
    const startMs = await env.currentTimeMs();
    const day = 24 * 60 * 60 * 1000;
    for (let month = 1; month <= 60; month++)
      door.due.push({ atMs: startMs + month * 30 * day, type: `rung-${month}` });
    const { act, handle, run } = start(door);
    await run(async () => {
      await act('case.open');
      for (let year = 1; year <= 5; year++) {
        const seam = startMs + year * 365 * day;
        await env.sleep(seam - 1000 - (await env.currentTimeMs()));
        await act(`before-${year}`);
        await env.sleep(1000);
        await act(`at-${year}`);
        await env.sleep(1000);
        await act(`after-${year}`);
      }
      door.ended = true;
      await act('case.close');
      expect(await handle.result()).toEqual({ seq: door.record.length, head: door.record.at(-1)?.head });
    });
    const { events, runs } = await chainOf(handle.workflowId);
    expect(events.map(({ type }) => type)).toEqual(door.record.map(({ type }) => type));
    expect(door.record.filter(({ type }) => type.startsWith('rung'))).toHaveLength(60);
    expect(runs.length).toBeGreaterThanOrEqual(5);
  }, 120_000);
});
