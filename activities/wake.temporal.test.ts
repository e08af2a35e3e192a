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
    mostSpacingMs: 100,
    caseToRun: async () => known,
    onOpened: (_caseId, runId) => runs.push(runId),
  });
  return { ...made, runs };
}

test('the first wake starts the run at the genesis, the next follow by name or folded', async () => {
  const caseId = randomUUID();
  const { wake, flush, runs } = waker({ caseId, openedAt, witnessed: { seq: 0, head: GENESIS } });
  wake(caseId, [{ type: 'case.open', id: 'act-1' }]);
  await sleep(300);
  wake(caseId, [{ type: 'consent.give', id: 'act-2' }]);
  wake(caseId, [{ type: 'task.complete', id: 'act-3' }]);
  wake(caseId, [{ type: 'note.add', id: 'act-4' }]);
  await sleep(300);
  wake(caseId, []);
  await sleep(300);
  wake(caseId, [{ type: 'case.close', id: 'act-5' }]);
  await flush();

  const { input, history } = await readRun(client, caseWorkflowId(caseId));
  expect(input).toEqual({ caseId, seq: 0, head: GENESIS, openedAt, frozen: false });
  const { signals } = await witnessOf(client, caseWorkflowId(caseId));
  expect(signals).toEqual(['case.open', 'consent.give', 'acts', 'linli.time', 'case.close']);
  expect(runs).toEqual([history.events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId]);
});

test('an act on a case without a run starts one from what was witnessed', async () => {
  const caseId = randomUUID();
  const head = 'ab'.repeat(32);
  const { wake, flush } = waker({ caseId, openedAt, witnessed: { seq: 7, head } });
  wake(caseId, [{ type: 'note.add', id: 'act-8' }]);
  await flush();
  expect((await readRun(client, caseWorkflowId(caseId))).input).toMatchObject({ seq: 7, head, openedAt });
});

test('nobody starts a run for a frozen case', async () => {
  const caseId = randomUUID();
  const { wake, flush } = waker(undefined);
  wake(caseId, [{ type: 'note.add', id: 'act-9' }]);
  await flush();
  await expect(readRun(client, caseWorkflowId(caseId))).rejects.toThrow();
});

test('a terminated run is read, and the next goes on after what is in its history', async () => {
  const caseId = randomUUID();
  const first = waker({ caseId, openedAt, witnessed: { seq: 0, head: GENESIS } });
  first.wake(caseId, [{ type: 'case.open', id: 'act-1' }]);
  await first.flush();
  await client.workflow.getHandle(caseWorkflowId(caseId)).terminate('test');
  // the record counts 5 events as witnessed, the history has none of them
  const { wake, flush } = waker({ caseId, openedAt, witnessed: { seq: 5, head: 'cd'.repeat(32) } });
  wake(caseId, [{ type: 'note.add', id: 'act-6' }]);
  await flush();
  expect((await readRun(client, caseWorkflowId(caseId))).input).toMatchObject({ seq: 0, head: GENESIS });
});
