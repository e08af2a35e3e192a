import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../activities/bundle.ts';
import { callWheel } from '../activities/wheel-call.ts';
import { quietRuntime } from '../test/support/quiet.ts';
import { timeSkippingEnvironment } from '../test/support/temporal.ts';
import { type WheelActivities, type WheelQuery, wheelWorkflowId } from './names.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietRuntime();
  env = await timeSkippingEnvironment();
});
afterAll(() => env.teardown());

/** A unit's cases as instants at which one thing each comes due. */
async function wheelOver(unit: string, body: (plan: (...inMs: number[]) => Promise<void>) => Promise<void>) {
  const due: number[] = [];
  const fired: { readonly dueMs: number; readonly lateMs: number }[] = [];
  const asked: WheelQuery[] = [];
  const turnWheel: WheelActivities['turnWheel'] = async (query) => {
    asked.push(query);
    const now = await env.currentTimeMs();
    const ripe = due.filter((each) => each <= Math.min(now, Date.parse(query.until))).slice(0, 2);
    for (const each of ripe) {
      due.splice(due.indexOf(each), 1);
      fired.push({ dueMs: each, lateMs: now - each });
    }
    const next = due.length === 0 ? undefined : Math.min(...due);
    const counts = { cases: ripe.length, events: ripe.length, stuck: 0 };
    if (next === undefined) return { ...counts, more: false };
    const nextDueAt = new Date(next).toISOString();
    return next <= now
      ? { ...counts, more: true, nextDueAt }
      : { ...counts, more: false, wakeInMs: next - now, nextDueAt };
  };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: unit,
    workflowBundle: await workflowBundle(),
    activities: { turnWheel } satisfies WheelActivities,
  });
  const plan = async (...inMs: number[]) => {
    const now = await env.currentTimeMs();
    due.push(...inMs.map((each) => now + each));
    await callWheel(env.client, unit, undefined, unit);
  };
  await worker.runUntil(body(plan));
  return { fired, asked };
}

const hourMs = 3_600_000;

test('fires at the earliest instant, also one planned later, and ends when nothing is planned', async () => {
  const { fired, asked } = await wheelOver('unit-1', async (plan) => {
    await plan(10 * hourMs);
    await plan(2 * hourMs);
    for (let i = 0; i < 5; i++) await plan(5 * hourMs);
    await env.client.workflow.getHandle(wheelWorkflowId('unit-1')).result();
  });
  expect(fired.map(({ dueMs }) => dueMs)).toEqual(fired.map(({ dueMs }) => dueMs).toSorted((a, b) => a - b));
  expect(fired).toHaveLength(7);
  for (const { lateMs } of fired) expect(lateMs).toBeLessThan(2_000);
  for (const query of asked) expect(Object.keys(query).toSorted()).toEqual(['unit', 'until']);
});

test('goes on for years in short runs, and starts again with the next plan after it has ended', async () => {
  const { fired } = await wheelOver('unit-2', async (plan) => {
    await plan(...Array.from({ length: 60 }, (_, n) => (n + 1) * 9 * 24 * hourMs));
    const handle = env.client.workflow.getHandle(wheelWorkflowId('unit-2'));
    await handle.result();
    const { historyLength } = await handle.describe();
    expect(historyLength).toBeLessThan(450); // of some 650 in all
    await plan(hourMs);
    await handle.result();
  });
  expect(fired).toHaveLength(61);
});
