import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../activities/bundle.ts';
import { quietRuntime } from '../test/support/quiet.ts';
import { timeSkippingEnvironment } from '../test/support/temporal.ts';
import { EFFECT_WORKFLOW, type EffectActivities, type EffectOutcome, effectWorkflowId } from './names.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietRuntime();
  env = await timeSkippingEnvironment();
});
afterAll(() => env.teardown());

/** Runs one effect whose call is `runEffect`, and answers what the case was told. */
async function told(runEffect: EffectActivities['runEffect'], limitMs?: number): Promise<EffectOutcome[]> {
  const effectId = randomUUID();
  const answers: EffectOutcome[] = [];
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: effectId,
    workflowBundle: await workflowBundle(),
    activities: {
      runEffect,
      answerEffect: async (_id: string, outcome: EffectOutcome) => {
        answers.push(outcome);
      },
    } satisfies EffectActivities,
  });
  const args = [{ effectId, ...(limitMs === undefined ? {} : { limitMs }) }];
  const workflowId = effectWorkflowId(effectId);
  await worker.runUntil(env.client.workflow.execute(EFFECT_WORKFLOW, { workflowId, taskQueue: effectId, args }));
  return answers;
}

test('a call that fails is tried again, and its answer told once', async () => {
  let tries = 0;
  const outcome = { result: { sent: true } };
  const answers = await told(async () => {
    tries += 1;
    if (tries < 4) throw new Error('the partner is away');
    return outcome;
  });
  expect({ answers, tries }).toEqual({ answers: [outcome], tries: 4 });
});

test('past its limit a call is answered as failed', async () => {
  const answers = await told(() => Promise.reject(new Error('the partner is away')), 60_000);
  expect(answers).toEqual([{ failed: expect.stringMatching(/limit|away/) }]);
});
