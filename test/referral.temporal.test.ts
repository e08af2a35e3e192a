import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStates, type StateRow } from '../db/sealed.ts';
import type { Outcome } from '../door/outcome.ts';
import type { Program } from '../sdk/program.ts';
import { overClearEvents } from './support/clear-events.ts';
import { quietRuntime } from './support/quiet.ts';
import { createStage, type Stage } from './support/stage.ts';
import { timeSkippingEnvironment } from './support/temporal.ts';

const ladders = { gentle: [{ at: 'due', tell: 'holder' }] } as const;
const life = { extend: { cap: '1 month', times: 1, approves: 'unit' }, outcomes: { done: ['完成', 'done'] } } as const;
const stageOf = (task: string): Program['stages'] => [
  {
    ...{ stage: 'only', name: ['唯一', 'only'], target: ['完成', 'done'], answers: 'secretary', within: '1 month' },
    ...{ ladder: 'gentle', items: [{ task, name: ['办理', 'do it'], by: 'secretary' }] },
  },
];

/** The case that refers a matter, with more in it than the other unit needs. */
const asking: Program = {
  ...{ id: 'asking', version: '1.0.0', name: ['个案', 'case'], apart: [], duties: [], books: [], ladders, life },
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    beneficiary: { name: ['本人', 'beneficiary'], party: 'one', answers: 'secretary' },
    guardian: { name: ['监护人', 'guardian'], party: 'one', answers: 'secretary' },
  },
  fields: {
    needs: { name: ['需要', 'needs'], kind: 'text', personal: true },
    address: { name: ['住址', 'address'], kind: 'text', personal: true },
  },
  intake: ['needs', 'address'],
  stages: stageOf('help'),
};
const survey: Program = {
  ...{ id: 'survey', version: '1.0.0', name: ['核查', 'survey'], apart: [], duties: [], books: [], ladders, life },
  roles: {
    secretary: { name: ['书记', 'secretary'], post: 'secretary' },
    beneficiary: { name: ['本人', 'beneficiary'], party: 'one', optional: true, answers: 'secretary' },
    guardian: { name: ['监护人', 'guardian'], party: 'one', optional: true, answers: 'secretary' },
  },
  fields: {
    address: { name: ['住址', 'address'], kind: 'text', personal: true },
    needs: { name: ['需要', 'needs'], kind: 'text', personal: true },
    rooms: { name: ['房间', 'rooms'], kind: 'number' },
  },
  intake: ['address'],
  stages: stageOf('look'),
};

let env: TestWorkflowEnvironment;
let stage: Stage;
beforeAll(async () => {
  quietRuntime();
  env = await timeSkippingEnvironment();
  stage = await createStage({ temporal: env, skipsTime: true, program: asking, others: [survey] });
  const { sql } = stage;
  await sql`INSERT INTO units (id, level, name_zh, name_en, above) VALUES ('north', 'community', '北', 'north', 'sub-district')`;
  for (const kind of ['secretary', 'director']) {
    const id = `north-${kind}`;
    await sql`INSERT INTO posts (id, kind, unit, name_zh, name_en) VALUES (${id}, ${kind}, 'north', ${id}, ${id})`;
    await sql`INSERT INTO person.people (id, name) VALUES (${`holder of ${id}`}, '张某')`;
    await sql`INSERT INTO appointments (id, post, person, from_at)
      VALUES (${randomUUID()}, ${id}, ${`holder of ${id}`}, '2001-01-01T00:00:00Z')`;
  }
  await sql`UPDATE units SET head_post = 'north-director' WHERE id = 'north'`;
});
afterAll(async () => {
  await stage?.close();
  await env?.teardown();
});

const eventsOf = async (caseId: string, type: string) => {
  const rows = await overClearEvents(
    stage.sql,
    (tx) => tx<{ data: Record<string, unknown> }[]>`
    SELECT convert_from(payload, 'UTF8')::json -> 'data' AS data FROM events
    WHERE case_id = ${caseId} AND type = ${type} ORDER BY seq`,
  );
  return rows.map(({ data }) => data);
};
const refer = (caseId: string, program: string) =>
  stage.act(caseId, 'secretary', 'case.refer', {
    data: {
      ...{ unit: 'north', program, text: '请核实住房', share: { fields: ['address'], parties: ['beneficiary'] } },
      ...{ data: { rooms: 2 }, consent: 'overridden', ground: '履行法定职责所必需' },
    },
  });
/** Waits for real; the other server's time stands still meanwhile. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000, interval: 100 });

test('a referral whose case cannot be opened is the referring unit’s matter again', async () => {
  const caseId = await stage.open();
  await refer(caseId, 'not-installed');
  await stage.act(caseId, 'north-director', 'case.acceptTransfer');
  await soon(() => eventsOf(caseId, 'referral.answered')).toMatchObject([
    { id: 'referral:1', failed: expect.stringContaining('not-installed') },
  ]);
  const told = await stage.sql`
    SELECT person FROM messages WHERE case_id = ${caseId} AND text_zh LIKE '%转介未能办成%'`;
  expect(told).toEqual([{ person: 'holder of secretary' }]);
});

// last: it moves the other server's clock on, and what is dispatched goes by the database's
test('a referral opens a case in the other unit with what was named, once accepted, and brings its result back', async () => {
  const caseId = await stage.open();
  await refer(caseId, 'survey');
  const children = async () =>
    openStates(
      stage.sql,
      await stage.sql<(StateRow & { unit: string; state: Record<string, unknown> })[]>`
        SELECT case_id AS "caseId", seq, unit, state FROM cases WHERE program_id = 'survey'`,
    );
  // who received it first stays responsible: nothing is opened before the other unit accepts
  expect(await children()).toHaveLength(0);
  await stage.act(caseId, 'north-director', 'case.acceptTransfer');
  await soon(children).toHaveLength(1);
  const [child] = await children();
  expect(child).toMatchObject({
    unit: 'north',
    state: {
      assignments: { secretary: { post: 'north-secretary' } },
      referredFrom: { caseId, unit: 'community', text: '请核实住房' },
    },
  });
  expect(child?.state['fields']).toEqual({ address: '行动不便，没有收入', rooms: 2 });
  expect(Object.keys(child?.state['parties'] as object)).toEqual(['beneficiary']);
  const close = { id: randomUUID(), type: 'case.close', data: { outcome: 'done', text: '住房属实，两间' } };
  const head = { kind: 'person', id: 'holder of north-director', logins: [] } as const;
  const closed: Outcome = await stage.door.act({ caseId: child!.caseId, act: { ...close, actor: head } });
  expect(closed.status).toBe('recorded');
  await env.sleep('3 minutes');
  await soon(() => eventsOf(caseId, 'referral.answered')).toMatchObject([
    { id: 'referral:1', unit: 'north', case: child?.caseId, outcome: 'done', text: '住房属实，两间' },
  ]);
  const [row] = await stage.sql`SELECT state, child_case FROM transfers WHERE case_id = ${caseId}`;
  expect(row).toEqual({ state: 'done', child_case: child?.caseId });
  const [mother] = await stage.sql`SELECT unit, status FROM cases WHERE case_id = ${caseId}`;
  expect(mother).toEqual({ unit: 'community', status: 'open' });
});
