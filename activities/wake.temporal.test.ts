import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { witnessOf } from '../test/support/histories.ts';
import { silentLog } from '../test/support/quiet.ts';
import { realTemporal } from '../test/support/temporal.ts';
import { caseWorkflowId, GENESIS } from '../workflows/names.ts';
import type { CaseToRun } from './case-run.ts';
import { readRun } from './run-history.ts';
import { createWaker } from './wake.ts';

// No worker runs here: what counts is what reaches the history.

const openedAt = '2026-01-05T01:00:00.000Z';
let connection: Connection;
let client: Client;

beforeAll(async () => {
  const { address, namespace } = realTemporal();
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
});
afterAll(() => connection.close());

function waker(known?: CaseToRun) {
  const runs: string[] = [];
  const made = createWaker({
    client,
    log: silentLog,
    taskQueue: 'nobody',
    caseToRun: async () => known,
    onOpened: (_caseId, runId) => runs.push(runId),
  });
  return { ...made, runs };
}

test('the first wake starts the run at the genesis, the next follow by name or folded', async () => {
  const caseId = randomUUID();
  const { wake, flush, runs } = waker();
  wake({ caseId, type: 'case.open', actId: 'act-1', opening: { openedAt } });
  await sleep(300);
  wake({ caseId, type: 'consent.give', actId: 'act-2' });
  wake({ caseId, type: 'task.complete', actId: 'act-3' });
  wake({ caseId, type: 'note.add', actId: 'act-4' });
  await sleep(300);
  wake({ caseId, type: 'case.close', actId: 'act-5' });
  await flush();

  const { input, history } = await readRun(client, caseWorkflowId(caseId));
  expect(input).toEqual({ caseId, seq: 0, head: GENESIS, openedAt, frozen: false });
  const { signals } = await witnessOf(client, caseWorkflowId(caseId));
  expect(signals).toEqual(['case.open', 'consent.give', 'acts', 'case.close']);
  expect(runs).toEqual([history.events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId]);
});

test('an act on a case without a run starts one from what was witnessed', async () => {
  const caseId = randomUUID();
  const head = 'ab'.repeat(32);
  const { wake, flush } = waker({ caseId, openedAt, witnessed: { seq: 7, head } });
  wake({ caseId, type: 'note.add', actId: 'act-8' });
  await flush();
  expect((await readRun(client, caseWorkflowId(caseId))).input).toMatchObject({ seq: 7, head, openedAt });
});

test('nobody starts a run for a frozen case', async () => {
  const caseId = randomUUID();
  const { wake, flush } = waker(undefined);
  wake({ caseId, type: 'note.add', actId: 'act-9' });
  await flush();
  await expect(readRun(client, caseWorkflowId(caseId))).rejects.toThrow();
});

test('a terminated run is read, and the next goes on after what is in its history', async () => {
  const caseId = randomUUID();
  const first = waker();
  first.wake({ caseId, type: 'case.open', actId: 'act-1', opening: { openedAt } });
  await first.flush();
  await client.workflow.getHandle(caseWorkflowId(caseId)).terminate('test');
  // the record counts 5 events as witnessed, the history has none of them
  const { wake, flush } = waker({ caseId, openedAt, witnessed: { seq: 5, head: 'cd'.repeat(32) } });
  wake({ caseId, type: 'note.add', actId: 'act-6' });
  await flush();
  expect((await readRun(client, caseWorkflowId(caseId))).input).toMatchObject({ seq: 0, head: GENESIS });
});
