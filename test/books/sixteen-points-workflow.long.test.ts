import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflowBundle } from '../../activities/bundle.ts';
import { clientConverter } from '../../activities/data-converter.ts';
import { historyReader } from '../../bin/audit/histories.ts';
import { verifyBooks } from '../../db/books-verify.ts';
import { verify } from '../../door/verify.ts';
import {
  type AdvanceAnswer,
  CASE_WORKFLOW,
  type CaseRun,
  caseWorkflowId,
  EFFECT_WORKFLOW,
  effectWorkflowId,
  FOLDED_SIGNAL,
  GENESIS,
  TIME_SIGNAL,
  UNFREEZE_SIGNAL,
  WORKFLOW_TASK_TIMEOUT,
} from '../../workflows/names.ts';
import type { RogueOrder } from '../support/rogue-workflow.ts';
import type { Stage } from '../support/stage.ts';
import { realTemporal } from '../support/temporal.ts';
import { coverage, type ForgedAct, forgedActs } from './attempts/workflow-acts.ts';
import { makeWorkflowGround, type WorkflowGround, wholeRecord } from './attempts/workflow-ground.ts';

// Attempts to break each of the sixteen points by whoever reaches Temporal's API but neither the door nor Postgres: through
// the running workflow of a case, through workflows and runs of his own, and by asking for activities. None changes a row.

let ground: WorkflowGround;
let stage: Stage;
/** The case all of whose proofs must hold in the end. */
let caseId: string;
let rogue: { readonly taskQueue: string; shutdown(): Promise<void> };

beforeAll(async () => {
  ground = await makeWorkflowGround();
  stage = ground.stage;
  caseId = await ground.makeCase();
  rogue = await startRogue();
});
afterAll(async () => {
  await rogue?.shutdown();
  ground?.answerCalls();
  await stage?.close();
});

async function startRogue(
  more: Pick<Parameters<typeof Worker.create>[0], 'activities' | 'workflowBundle'> = {},
): Promise<typeof rogue> {
  const { address, namespace } = realTemporal();
  const connection = await NativeConnection.connect({ address });
  const taskQueue = `rogue-${randomUUID()}`;
  const workflowsPath = fileURLToPath(new URL('../support/rogue-workflow.ts', import.meta.url));
  const code = more.workflowBundle ? {} : { workflowsPath };
  const dataConverter = clientConverter(stage.keyring); // he even has the keys
  const worker = await Worker.create({ connection, namespace, taskQueue, dataConverter, ...code, ...more });
  const running = worker.run();
  return {
    taskQueue,
    async shutdown() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

const handleOf = (id: string) => stage.client.workflow.getHandle(caseWorkflowId(id));
const record = (id: string) => wholeRecord(stage.sql, id);
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000, interval: 50 });

/** What was tried has changed no row; the books prove themselves, and the next honest act is recorded and witnessed. */
async function expectUntouched(id: string, before: string): Promise<void> {
  expect(await record(id)).toBe(before);
  expect(await verifyBooks(stage.sql, { caseId: id })).toMatchObject({ holds: true, findings: [] });
  await ground.goOn(id);
}

/** Asks for one of Linli's activities by a workflow of one's own. */
function asked(activity: string, args: readonly unknown[], as: { type?: string; workflowId?: string } = {}) {
  const { type = CASE_WORKFLOW, workflowId = `rogue/${randomUUID()}` } = as;
  const order: RogueOrder = { taskQueue: stage.taskQueue, activity, args };
  return stage.client.workflow.execute(type, { workflowId, taskQueue: rogue.taskQueue, args: [order] });
}

/** Asks for one of Linli's activities without a workflow. */
const askedAlone = (activity: string, args: unknown[]) =>
  stage.client.activity.execute(activity, {
    ...{ id: randomUUID(), taskQueue: stage.taskQueue, args },
    ...{ startToCloseTimeout: '10s', scheduleToCloseTimeout: '20s', retry: { maximumAttempts: 1 } },
  });

const effectOf = async (id: string): Promise<string> => {
  const [row] = await stage.sql<{ id: string }[]>`SELECT id FROM effects WHERE case_id = ${id} AND kind = 'call'`;
  return row!.id;
};

/** A forged act as JSON with the ids of this case. */
async function filled(forged: ForgedAct) {
  const { point: _, tries: __, as, actor, ...act } = forged;
  const [ids] = await stage.sql<Record<string, string>[]>`
    SELECT min(id) FILTER (WHERE state = 'paid') AS paid, min(id) FILTER (WHERE state = 'approved') AS approved,
      min(id) FILTER (WHERE state = 'requested') AS asked,
      (SELECT min(id) FROM book_gifts WHERE case_id = ${caseId}) AS gift,
      (SELECT min(id) FROM book_advances WHERE case_id = ${caseId}) AS advance
    FROM book_payouts WHERE case_id = ${caseId}`;
  const text = JSON.stringify(act).replace(/\$([a-z]+)/g, (all, name: string) => ids![name] ?? all);
  expect(text).not.toContain('$');
  const by = as === 'caseworker' ? 'the caseworker' : `holder of ${as}`;
  const body = JSON.parse(text) as typeof act;
  return { ...body, id: randomUUID(), caseId, actor: actor ?? { kind: 'person', id: by, logins: [] } };
}

describe('forged acts through a running workflow', () => {
  test('each point is tried, or it is said why no workflow comes to it', () => {
    const points = Array.from({ length: 16 }, (_, i) => i + 1);
    expect([...new Set(forgedActs.map(({ point }) => point))]).toEqual(points);
    expect(Object.keys(coverage).map(Number)).toEqual(points);
  });

  test.each(forgedActs.map((forged) => [forged.point, forged.tries, forged] as const))(
    'point %i: %s',
    async (_, __, forged) => {
      const before = await record(caseId);
      const act = await filled(forged);
      const handle = handleOf(caseId);
      await handle.signal(forged.type, act.id, act);
      await handle.signal(FOLDED_SIGNAL, [act, { ...act, id: randomUUID() }]);
      await handle.signal('effect.answer', act.id, { result: act });
      await expect(handle.executeUpdate(forged.type, { args: [act] })).rejects.toThrow();
      await expect(handle.query(forged.type, act)).rejects.toThrow();
      const effect = await effectOf(caseId);
      await expect(askedAlone(forged.type, [act])).rejects.toThrow();
      await expect(askedAlone('answerEffect', [effect, { result: act }])).rejects.toThrow();
      await expect(asked('answerEffect', [effect, { result: act }])).rejects.toThrow();
      await expectUntouched(caseId, before);
    },
  );

  test('signals in numbers, with large and broken bodies, are wakes and nothing else', async () => {
    const before = await record(caseId);
    const handle = handleOf(caseId);
    const names = [TIME_SIGNAL, UNFREEZE_SIGNAL, FOLDED_SIGNAL, 'case.close', '', '__proto__', 'constructor', '个案'];
    for (const name of names.filter(Boolean)) {
      await handle.signal(name);
      await handle.signal(name, null, 'x'.repeat(100_000), { __proto__: { seq: 0 }, seq: 0, head: GENESIS });
    }
    await Promise.all(Array.from({ length: 50 }, (_, n) => handle.signal('cash.record', n)));
    await expectUntouched(caseId, before);
  });

  test('what a run tells of itself has no figure of the books in it', async () => {
    const told = await Promise.all(
      ['__temporal_workflow_metadata', '__stack_trace', '__enhanced_stack_trace'].map((name) =>
        handleOf(caseId).query(name),
      ),
    );
    expect(JSON.stringify(told)).not.toMatch(/amountFen|balanceFen|10000|S-1|earnings/);
  });
});

describe('the run of a case, ended and begun again', () => {
  /** Ends the case's run and starts one with another input, as the next. */
  async function startAgain(id: string, input: unknown, taskQueue = stage.taskQueue): Promise<string> {
    await handleOf(id).terminate('somebody');
    const handle = await stage.client.workflow.start(CASE_WORKFLOW, {
      ...{ workflowId: caseWorkflowId(id), taskQueue, workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT },
      args: input === undefined ? [] : [input],
    });
    return handle.firstExecutionRunId;
  }

  test('cancelled, ended, or set back to its beginning, it goes on where the record is', async () => {
    const before = await record(caseId);
    await handleOf(caseId).cancel();
    await expectUntouched(caseId, before);
    const between = await record(caseId);
    await handleOf(caseId).terminate('somebody');
    await expectUntouched(caseId, between);
    const last = await record(caseId);
    const { runId } = await handleOf(caseId).describe();
    const { events } = await handleOf(caseId).fetchHistory();
    const first = events?.find((each) => each.workflowTaskCompletedEventAttributes);
    await stage.client.workflowService.resetWorkflowExecution({
      ...{ namespace: stage.client.options.namespace, requestId: randomUUID(), reason: 'somebody' },
      ...{
        workflowExecution: { workflowId: caseWorkflowId(caseId), runId },
        workflowTaskFinishEventId: first!.eventId!,
      },
    });
    await stage.witnessed(caseId);
    await expectUntouched(caseId, last);
  });

  test('begun anew from before the books, it is told the same events again', async () => {
    const before = await record(caseId);
    const [third] = await stage.sql<{ hash: string }[]>`SELECT hash FROM events WHERE case_id = ${caseId} AND seq = 3`;
    const openedAt = new Date().toISOString();
    for (const from of [
      { seq: 0, head: GENESIS },
      { seq: 3, head: third!.hash },
    ]) {
      await startAgain(caseId, { caseId, ...from, openedAt, frozen: false } satisfies CaseRun);
      await stage.witnessed(caseId);
      expect(await record(caseId)).toBe(before);
    }
    await expectUntouched(caseId, before);
  });

  test('begun as frozen it stands still until it is let go, and the work goes on', async () => {
    const before = await record(caseId);
    const [at] = await stage.sql<
      { seq: number; head: string }[]
    >`SELECT seq, head FROM cases WHERE case_id = ${caseId}`;
    await startAgain(caseId, { caseId, ...at!, openedAt: '', frozen: true } satisfies CaseRun);
    expect(await record(caseId)).toBe(before);
    await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '照常' } });
    await handleOf(caseId).signal(UNFREEZE_SIGNAL);
    await stage.witnessed(caseId);
    await ground.goOn(caseId);
  });

  test('begun with no input, or with what is none, it asks for nothing; the next one begins where the record is', async () => {
    const id = await ground.makeCase();
    const other = { caseId, seq: 0, head: GENESIS, openedAt: '', frozen: false };
    const none = [undefined, null, 'x', { ...other, caseId: id, seq: 1.5 }, { ...other, caseId: id, seq: '1' }, other];
    for (const input of none) {
      const [before, elsewhere] = [await record(id), await record(caseId)];
      await startAgain(id, input);
      await handleOf(id).signal(UNFREEZE_SIGNAL);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([await record(id), await record(caseId)]).toEqual([before, elsewhere]);
      await handleOf(id).terminate('somebody');
      await expectUntouched(id, before);
    }
    const { findings } = await verify(stage.sql, { caseId: id, histories: historyReader(stage.client) });
    expect([...new Set(findings.map(({ rule }) => rule))].filter((rule) => rule !== 'history')).toEqual([]);
  });

  test('begun where no record is, the case freezes with its books as they were, and says so', async () => {
    const id = await ground.makeCase();
    const before = await record(id);
    const forged = { caseId: id, seq: 999, head: 'f'.repeat(64), openedAt: '', frozen: false };
    const runId = await startAgain(id, forged);
    await soon(
      async () => stage.sql`SELECT frozen_head FROM cases WHERE case_id = ${id} AND frozen_at IS NOT NULL`,
    ).toEqual([{ frozen_head: forged.head }]);
    // the signal that lets a run go does not let the record go
    await handleOf(id).signal(UNFREEZE_SIGNAL);
    const data = { book: 'earnings', direction: 'in', channel: 'cash', sourceDoc: 'Z-1', amountFen: 5 };
    expect(await stage.tryAct(id, 'residents-representative', 'cash.record', { data })).toMatchObject({
      refusal: { code: 'CASE_FROZEN' },
    });
    const { findings } = await verify(stage.sql, { caseId: id, histories: historyReader(stage.client) });
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'history', seq: 999 }));
    expect(findings.filter(({ rule }) => rule !== 'history')).toEqual([]);
    // people have looked: the forged run goes, the case is let go
    const execution = { workflowId: caseWorkflowId(id), runId };
    const { namespace } = stage.client.options;
    await stage.client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: execution });
    await soon(() =>
      stage.client.workflow
        .getHandle(execution.workflowId, runId)
        .describe()
        .catch(() => 'gone'),
    ).toBe('gone');
    await stage.sql`UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE case_id = ${id}`;
    await expectUntouched(id, before);
  });

  test('a history of forged answers is found, and no row follows it', async () => {
    const id = await ground.makeCase();
    const before = await record(id);
    const [at] = await stage.sql<{ seq: number; head: string }[]>`SELECT seq, head FROM cases WHERE case_id = ${id}`;
    const seq = at!.seq + 1;
    const event = {
      ...{ hash: 'e'.repeat(64), header: { seq, case: id, prev: at!.head, type: 'cash.recorded' } },
      payload: { data: { book: 'earnings', entry: { id: 'earnings.c.cash.9', amountFen: 1 } } },
    };
    const forged: AdvanceAnswer = { events: [event], seq, head: event.hash, more: false, ended: false };
    const liar = await startRogue({
      workflowBundle: await workflowBundle(),
      activities: { advanceCase: async () => forged },
    });
    await startAgain(id, { caseId: id, ...at!, openedAt: '', frozen: false } satisfies CaseRun, liar.taskQueue);
    const verified = () => verify(stage.sql, { caseId: id, histories: historyReader(stage.client) });
    await soon(async () => (await verified()).findings.map(({ rule, seq: where }) => `${rule} ${where}`)).toContain(
      `history ${seq}`,
    );
    expect(await record(id)).toBe(before);
    await handleOf(id).terminate('somebody');
    await liar.shutdown();
  });
});

describe('activities asked for by strangers', () => {
  const position = { seq: 0, head: GENESIS };

  test('a case is told to its own workflow alone; a forged head freezes nothing', async () => {
    const before = await record(caseId);
    const queries = [position, { seq: 999, head: 'f'.repeat(64) }, { seq: "0'; DROP TABLE cash_entries --", head: '' }];
    for (const query of queries) {
      const args = [{ caseId, ...query }];
      expect(await asked('advanceCase', args)).toEqual({ recordBehind: true });
      expect(await askedAlone('advanceCase', args)).toEqual({ recordBehind: true });
    }
    const stray = await stage.client.workflow.start(CASE_WORKFLOW, {
      ...{ workflowId: `rogue/${randomUUID()}`, taskQueue: stage.taskQueue },
      args: [{ caseId, ...position, openedAt: '', frozen: false }],
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stray.terminate();
    await expectUntouched(caseId, before);
  });

  test('a wheel turned years ahead fires nothing before its time', async () => {
    const before = await record(caseId);
    await askedAlone('turnWheel', [{ unit: 'community', until: '2099-01-01T00:00:00.000Z' }]);
    await asked('turnWheel', [{ unit: 'community', until: '2099-01-01T00:00:00.000Z' }]);
    await expectUntouched(caseId, before);
  });

  test('whoever takes the name of an effect answers its item, and writes nothing into the books by it', async () => {
    const id = await ground.makeCase();
    const effect = await effectOf(id);
    const workflowId = effectWorkflowId(effect);
    await soon(() =>
      stage.client.workflow
        .getHandle(workflowId)
        .describe()
        .then(
          ({ status }) => status.name,
          () => 'none',
        ),
    ).toBe('RUNNING');
    const books = async () =>
      (await record(id))
        .split('\n')
        .filter((line) => /^(book|voucher|cash_|bank_)/.test(line))
        .join('\n');
    const before = await books();
    await stage.client.workflow.getHandle(workflowId).terminate('somebody');
    const entry = { type: 'cash.record', data: { book: 'earnings', amountFen: 5, sourceDoc: 'E-1' } };
    await asked('answerEffect', [effect, { result: entry }], { type: EFFECT_WORKFLOW, workflowId });
    expect(await books()).toBe(before);
    const [act] = await stage.sql`SELECT type, actor_kind, actor_id FROM acts WHERE act_id = ${workflowId}`;
    expect(act).toEqual({ type: 'effect.answer', actor_kind: 'system', actor_id: 'effect' });
    // once answered, it stays so
    const settled = await record(id);
    await asked('answerEffect', [effect, { failed: 'another' }], { type: EFFECT_WORKFLOW, workflowId }).catch(() => {});
    await expectUntouched(id, settled);
  });
});

test('in the end chain, state, books and histories prove one another', async () => {
  expect(await verify(stage.sql, { caseId, histories: historyReader(stage.client) })).toMatchObject({
    holds: true,
    findings: [],
  });
});
