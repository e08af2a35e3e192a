import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRun } from '../activities/run-history.ts';
import { sha256 } from '../door/chain.ts';
import type { WitnessedEvent } from '../door/outcome.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { caseWorkflowId, UNFREEZE_SIGNAL } from '../workflows/names.ts';
import { witnessOf } from './support/histories.ts';
import { createStage, type Stage } from './support/stage.ts';
import { realTemporal } from './support/temporal.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ temporal: realTemporal() });
});
afterAll(() => stage.close());

/** From the opening to the first stage, one act after the other. */
async function toFirstStage(): Promise<string> {
  const caseId = await stage.open();
  await stage.witnessed(caseId);
  const steps: [as: string, type: string, act: Parameters<Stage['act']>[3]][] = [
    ['caseworker', 'consent.give', { onBehalfOf: 'beneficiary', evidence: ['file'] }],
    ...['party-branch', 'two-committees', 'residents-representatives'].map(
      (body): [string, string, Parameters<Stage['act']>[3]] => [
        'secretary',
        'decision.record',
        { data: { body, present: 9, for: 9, against: 0, abstain: 0, text: '同意' }, evidence: ['file'] },
      ],
    ),
    ['caseworker', 'note.add', { data: { text: '他今天笑了' } }],
  ];
  for (const [as, type, act] of steps) {
    await stage.act(caseId, as, type, act);
    await stage.witnessed(caseId);
  }
  return caseId;
}

test("a case's history reads as its acts, and proves the record", async () => {
  const caseId = await toFirstStage();
  const { signals, events } = await witnessOf<WitnessedEvent>(stage.client, caseWorkflowId(caseId));
  expect(signals).toEqual([
    'case.open',
    'consent.give',
    'decision.record',
    'decision.record',
    'decision.record',
    'note.add',
  ]);
  // from the history alone: each event's bytes give its hash, and each follows the one before
  let prev = '0'.repeat(64);
  for (const [n, { header, hash, payload }] of events.entries()) {
    expect(header).toMatchObject({ seq: n + 1, case: caseId, prev });
    expect(sha256(canonicalJson(header))).toBe(hash);
    expect(sha256(canonicalJson(payload))).toBe(header.commitment);
    prev = hash;
  }
  const [row] = await stage.sql`SELECT seq, head, run_id AS "runId" FROM cases WHERE case_id = ${caseId}`;
  expect({ seq: events.length, head: prev }).toEqual({ seq: row?.['seq'], head: row?.['head'] });
  const { history } = await readRun(stage.client, caseWorkflowId(caseId));
  expect(row?.['runId']).toBe(history.events?.[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId);
});

test("the run's details tell the stage and what is due next", async () => {
  const caseId = await toFirstStage();
  const handle = stage.client.workflow.getHandle(caseWorkflowId(caseId));
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toMatch(/stage: speak[\s\S]*witnessed: \d+[\s\S]*next due: \d{4}-/);
});

test('fifty callers at once: every act is in the history once', async () => {
  const caseId = await stage.open();
  const acts = Array.from({ length: 50 }, (_, n) =>
    stage.act(caseId, 'caseworker', 'note.add', { data: { text: `记录 ${n}` } }),
  );
  const outcomes = await Promise.all(acts);
  await stage.witnessed(caseId);
  const { events } = await witnessOf<WitnessedEvent>(stage.client, caseWorkflowId(caseId));
  const inHistory = events.flatMap(({ header }) => (header.type === 'note.added' ? [header.actId] : []));
  expect(inHistory.toSorted()).toEqual(outcomes.map(({ actId }) => actId).toSorted());
});

test('a terminated run is replaced by the sweeper, and every event is in some history', async () => {
  const caseId = await toFirstStage();
  const workflowId = caseWorkflowId(caseId);
  const before = await readRun(stage.client, workflowId);
  await stage.client.workflow.getHandle(workflowId).terminate('test');
  await stage.sql`UPDATE cases SET wake_at = now() - interval '20 s' WHERE case_id = ${caseId}`;
  await stage.worker!.sweeper.sweep();
  await expect
    .poll(async () => (await stage.client.workflow.getHandle(workflowId).describe()).status.name, { timeout: 10_000 })
    .toBe('RUNNING');
  expect((await readRun(stage.client, workflowId)).input).toMatchObject(before.end);
  await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '还在' } });
  await stage.witnessed(caseId);
});

test('a record that differs from the history freezes the case until it is let go', async () => {
  const caseId = await toFirstStage();
  // as after a restore to an earlier point: the last event is another one
  await stage.sql.unsafe(`ALTER TABLE events DISABLE TRIGGER USER; ALTER TABLE cases DISABLE TRIGGER USER`);
  const [last] = await stage.sql`SELECT * FROM events WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT 1`;
  await stage.sql`DELETE FROM events WHERE case_id = ${caseId} AND seq = ${last?.['seq']}`;
  await stage.client.workflow.getHandle(caseWorkflowId(caseId)).signal('note.add', 'act-unknown');
  await expect
    .poll(async () => stage.sql`SELECT FROM cases WHERE case_id = ${caseId} AND frozen_at IS NOT NULL`, {
      timeout: 10_000,
    })
    .toHaveLength(1);
  const refused = await stage.tryAct(caseId, 'caseworker', 'note.add', { data: { text: '不行' } });
  expect(refused).toMatchObject({ status: 'refused', refusal: { code: 'CASE_FROZEN' } });
  await stage.sql`INSERT INTO events ${stage.sql(last as never)}`;
  await stage.sql`UPDATE cases SET frozen_at = NULL WHERE case_id = ${caseId}`;
  await stage.sql.unsafe(`ALTER TABLE events ENABLE TRIGGER USER; ALTER TABLE cases ENABLE TRIGGER USER`);
  await stage.client.workflow.getHandle(caseWorkflowId(caseId)).signal(UNFREEZE_SIGNAL);
  await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '又可以了' } });
  await stage.witnessed(caseId);
  const { answers } = await readRun(stage.client, caseWorkflowId(caseId));
  expect(answers.filter((each) => 'recordBehind' in each)).toHaveLength(1);
});
