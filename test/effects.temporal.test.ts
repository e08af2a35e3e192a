import { afterAll, beforeAll, expect, test } from 'vitest';
import { effectPlace, openJsonAll } from '../db/sealed.ts';
import type { Program } from '../sdk/program.ts';
import { effectWorkflowId } from '../workflows/names.ts';
import { createStage, type Stage } from './support/stage.ts';
import { realTemporal } from './support/temporal.ts';

const common = {
  version: '1.0.0',
  roles: { secretary: { name: ['书记', 'secretary'], post: 'secretary' } },
  apart: [],
  fields: {},
  intake: [],
  ladders: { gentle: [{ at: 'due', tell: 'holder' }] },
  duties: [],
  books: [],
  life: { extend: { cap: '1 month', times: 1, approves: 'unit' }, outcomes: { done: ['完成', 'done'] } },
} as const satisfies Partial<Program>;

const stageOf = (items: Program['stages'][number]['items']): Program['stages'] => [
  {
    ...{ stage: 'only', name: ['唯一', 'only'], target: ['完成', 'done'], answers: 'secretary' },
    ...{ within: '1 month', ladder: 'gentle', items },
  },
];

/** Calls a partner twice, once in vain, and asks for a child case. */
const parent: Program = {
  ...common,
  id: 'parent',
  name: ['母案', 'parent'],
  stages: stageOf([
    { call: 'tell', name: ['通知合作单位', 'tell the partner'], limit: '1 hour' },
    { call: 'fail', name: ['永远不通', 'never answers'], limit: '0 minutes' },
    { child: 'survey', name: ['走访调查', 'survey'], program: 'child' },
  ]),
};
const child: Program = {
  ...common,
  id: 'child',
  name: ['子案', 'child'],
  stages: stageOf([{ task: 'look', name: ['看一看', 'look'], by: 'secretary' }]),
};

let stage: Stage;
const told: { idempotencyKey: string; caseId: string }[] = [];
beforeAll(async () => {
  stage = await createStage({
    temporal: realTemporal(),
    program: parent,
    others: [child],
    calls: {
      tell: async (input) => {
        told.push(input as (typeof told)[number]);
        if (told.length === 1) throw new Error('the partner is away');
        return { received: true };
      },
      fail: () => Promise.reject(new Error('the partner is gone')),
    },
  });
});
afterAll(() => stage.close());

test('calls are made once for the case, failures are said, a child case is opened once', async () => {
  const caseId = await stage.open();
  const answers = async () => {
    const stored = await stage.sql<{ id: string; kind: string; payload: { call?: string }; answer: unknown }[]>`
      SELECT id, kind, payload, answer FROM effects WHERE case_id = ${caseId} ORDER BY seq`;
    // what was answered lies sealed
    expect(stored.filter(({ answer }) => answer !== null && typeof answer !== 'string')).toEqual([]);
    const values = stored.map(({ id, answer }) => ({ place: effectPlace('answer', id), stored: answer }));
    const opened = await openJsonAll(stage.sql, values);
    return stored.map((row, n) => ({ ...row, answer: opened[n] }));
  };
  await expect
    .poll(async () => (await answers()).filter(({ answer }) => answer !== null), { timeout: 60_000 })
    .toHaveLength(2);
  const rows = await answers();
  const of = (call: string) => rows.find(({ payload }) => payload.call === call)!;
  expect(of('tell').answer).toEqual({ result: { received: true } });
  expect(of('fail').answer).toMatchObject({ failed: expect.stringMatching(/gone|limit/) });
  // tried twice under one key, answered by one act
  expect(told.map(({ idempotencyKey }) => idempotencyKey)).toEqual([of('tell').id, of('tell').id]);
  const acts =
    await stage.sql`SELECT act_id FROM acts WHERE case_id = ${caseId} AND type = 'effect.answer' ORDER BY seq`;
  expect(acts.map((row) => row['act_id']).toSorted()).toEqual(
    [of('tell').id, of('fail').id].map(effectWorkflowId).toSorted(),
  );
  const children = await stage.sql`SELECT case_id, unit, status FROM cases WHERE program_id = 'child'`;
  expect(children).toMatchObject([{ unit: 'community', status: 'open' }]);
  // the item that failed stays open, the one that was answered is done
  const items = await stage.sql`SELECT key, state FROM items WHERE case_id = ${caseId} ORDER BY key`;
  expect(items.map((row) => `${row['key']} ${row['state']}`)).toEqual(['fail open', 'survey open', 'tell done']);
  await stage.witnessed(caseId);
});

test('a dispatcher that comes again starts nothing twice', async () => {
  await stage.sql`UPDATE effects SET done_at = NULL, next_try = now(), lease_until = NULL`;
  const before = told.length;
  await expect
    .poll(async () => stage.sql`SELECT FROM effects WHERE done_at IS NULL`, { timeout: 20_000 })
    .toHaveLength(0);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(told).toHaveLength(before);
});
