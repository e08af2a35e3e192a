import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disclosureOf } from '../db/queries/disclosures.ts';
import deliberation from '../plugins/deliberation/program.ts';
import fule from '../plugins/fule/program.ts';
import type { Program } from '../sdk/program.ts';
import { quietRuntime } from './support/quiet.ts';
import { createStage, type Stage, type StagedAct } from './support/stage.ts';
import { realTemporal, timeSkippingEnvironment } from './support/temporal.ts';

// A deliberation over its days, and one that decides on the plan of a 福乐 case as its child case.

type Step = readonly [as: string, type: string, act?: StagedAct];

const vote = (body: string, yes: number): Step => [
  'secretary',
  'decision.record',
  { data: { body, eligible: 9, present: 9, for: yes, against: 0, abstain: 9 - yes }, evidence: ['file'] },
];
const written: Step = ['secretary', 'task.complete', { target: 'write', data: { fields: { proposal: '分四步帮扶' } } }];
const toVotes: readonly Step[] = [
  ['secretary', 'task.complete', { target: 'hear', data: { note: '走访' } }],
  ['secretary', 'task.complete', { target: 'gather', data: { fields: { opinions: '支持' } }, evidence: ['file'] }],
  written,
];
const passed = ['party-branch', 'two-committees', 'residents-representatives'].map((body) => vote(body, 8));
const posted: Step = ['secretary', 'disclosure.post', { target: 'decision', data: { text: '分四步帮扶', days: 7 } }];

async function play(stage: Stage, caseId: string, steps: readonly Step[]): Promise<void> {
  for (const [as, type, act] of steps) await stage.act(caseId, as, type, act);
}

const statusOf = async (stage: Stage, caseId: string) => {
  const [row] = await stage.sql`SELECT status, stage FROM cases WHERE case_id = ${caseId}`;
  return `${row?.['status']} ${row?.['stage'] ?? 'none'}`;
};
const noticesOf = async (stage: Stage, caseId: string) =>
  (
    await stage.sql<{ id: string }[]>`SELECT id FROM person.disclosures WHERE case_id = ${caseId} ORDER BY posted_at`
  ).map(({ id }) => id);

describe('on the server that skips time', () => {
  let env: TestWorkflowEnvironment;
  let stage: Stage;
  beforeAll(async () => {
    quietRuntime();
    env = await timeSkippingEnvironment();
    stage = await createStage({ temporal: env, skipsTime: true, program: deliberation });
  });
  afterAll(async () => {
    await stage?.close();
    await env?.teardown();
  });

  test('is revised after a lost vote and an upheld objection, and time alone ends what is public', async () => {
    const caseId = await stage.open();
    await play(stage, caseId, [...toVotes, vote('party-branch', 2), written, ...passed, posted]);
    await play(stage, caseId, [
      ['caseworker', 'objection.raise', { data: { text: '没有写明谁来管钱' } }],
      ['supervision-head', 'objection.decide', { target: 'objection-1', data: { outcome: 'upheld', text: '应写明' } }],
      ...[written, ...passed, posted],
    ]);
    const close: Step = ['secretary', 'case.close', { data: { outcome: 'carriedOut' } }];
    expect(await stage.tryAct(caseId, ...close)).toMatchObject({ status: 'refused', refusal: { code: 'BLOCKED' } });
    await stage.waker.flush();
    await stage.witnessed(caseId);
    await env.sleep('10 days');
    await expect.poll(() => statusOf(stage, caseId), { timeout: 30_000 }).toBe('open carryOut');
    await play(stage, caseId, [
      ['secretary', 'task.complete', { target: 'carry', data: { fields: { result: '已办' } }, evidence: ['file'] }],
      ['secretary', 'disclosure.post', { target: 'outcome', data: { text: '已办', days: 7 } }],
    ]);
    await stage.waker.flush();
    await stage.witnessed(caseId);
    await env.sleep('10 days');
    await expect
      .poll(async () => (await stage.sql`SELECT FROM person.disclosures WHERE ended_at IS NULL`).length, {
        timeout: 30_000,
      })
      .toBe(0);
    await play(stage, caseId, [close]);
    await stage.waker.flush();
    await stage.witnessed(caseId);
    expect(await statusOf(stage, caseId)).toMatch(/^closed/);
  }, 180_000);
});

describe('on the real server', () => {
  /** Closed as adopted at once: here nobody waits for a week. */
  const { after: _, ...life } = deliberation.life;
  const quick: Program = { ...deliberation, life };
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ temporal: realTemporal(), program: fule, others: [quick] });
  });
  afterAll(() => stage?.close());

  test('decides on a plan in the stead of the votes: what it adopts is approved', async () => {
    const caseId = await stage.open();
    await stage.act(caseId, 'caseworker', 'consent.give', { onBehalfOf: 'beneficiary', evidence: ['file'] });
    await stage.act(caseId, 'secretary', 'plan.deliberate', { data: { text: '为本人制定帮扶方案' } });
    const again = await stage.tryAct(caseId, 'secretary', 'plan.deliberate', { data: { text: '再来' } });
    expect(again).toMatchObject({ status: 'refused', refusal: { code: 'ALREADY_DONE' } });
    const children = () =>
      stage.sql<{ id: string }[]>`SELECT case_id AS id FROM cases WHERE program_id = 'deliberation'`;
    await expect.poll(children, { timeout: 60_000, interval: 100 }).toHaveLength(1);
    const [child] = await children();
    await play(stage, child!.id, [...toVotes, ...passed, posted]);
    const [notice] = await noticesOf(stage, child!.id);
    const now = new Date().toISOString();
    expect(await disclosureOf(stage.sql, notice!, now)).toMatchObject({ caseId: child!.id, text: '分四步帮扶' });
    await play(stage, child!.id, [
      ['secretary', 'disclosure.takeDown', { target: 'decision', reason: '写错了' }],
      ['secretary', 'case.close', { data: { outcome: 'adopted' } }],
    ]);
    expect(await disclosureOf(stage.sql, notice!, now)).toBeUndefined();
    expect(await statusOf(stage, caseId)).toBe('proposed none');
    // the effect looks at its child once a minute
    await expect.poll(() => statusOf(stage, caseId), { timeout: 100_000, interval: 500 }).toBe('open speak');
    await stage.witnessed(caseId);
    await stage.witnessed(child!.id);
  }, 180_000);
});
