import proto, { type temporal } from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyToJson, inClear, isPayload, witnessOf } from '../test/support/histories.ts';
import { replay } from '../test/support/replay.ts';
import { createStage, type Stage } from '../test/support/stage.ts';
import { realTemporal } from '../test/support/temporal.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import { clientConverter } from './data-converter.ts';
import { keyOfPayload } from './payload-codec.ts';

const { History } = proto.temporal.api.history.v1;

let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ temporal: realTemporal() });
});
afterAll(() => stage.close());

/** All payloads of a history, wherever they lie in it. */
function payloadsIn(value: unknown): temporal.api.common.v1.IPayload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (isPayload(value)) return [value];
  return Object.values(value).flatMap(payloadsIn);
}

test('a case’s history is encrypted with its own key, failures too, and replays with it and without encryption', async () => {
  const [caseId, other] = [await stage.open(), await stage.open()];
  await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '他愿意出门了' } });
  await stage.witnessed(caseId);
  await stage.witnessed(other);
  // the door cannot read: its error goes into the history
  await stage.sql`ALTER TABLE events RENAME TO events_away`;
  const handle = stage.client.workflow.getHandle(caseWorkflowId(caseId));
  await handle.signal('note.add', '一份不该外传的内容');
  const failed = async () =>
    JSON.stringify((await witnessOf(stage.client, caseWorkflowId(caseId))).runs).includes('Failure');
  await expect.poll(failed, { timeout: 20_000 }).toBe(true);
  await stage.sql`ALTER TABLE events_away RENAME TO events`;
  await stage.act(caseId, 'caseworker', 'note.add', { data: { text: '第二次' } });
  await stage.witnessed(caseId);

  const workflowId = caseWorkflowId(caseId);
  const { runs, events } = await witnessOf<{ payload: { data: { text?: string } } }>(stage.client, workflowId);
  expect(events.map(({ payload }) => payload.data.text)).toContain('他愿意出门了');
  const history = runs.at(-1)!.history;
  const message = History.decode(History.encode(History.fromObject(history)).finish());
  const [key, its] = await Promise.all([stage.keyring.of({ case: caseId }), stage.keyring.of({ case: other })]);
  expect(key.id).not.toBe(its.id);
  const used = payloadsIn(message).map(keyOfPayload);
  expect(used.length).toBeGreaterThan(8);
  // markers of local activities tell of themselves in the SDK's own words: names and times
  expect(new Set(used.filter((each) => each !== undefined))).toEqual(new Set([key.id]));
  const json = JSON.stringify(historyToJson(history));
  for (const text of ['他愿意出门了', '一份不该外传的内容', 'events_away', 'does not exist', 'StoreUnavailable'])
    expect(json.includes(text) || json.includes(Buffer.from(text).toString('base64')), text).toBe(false);
  expect(json).toContain('Encoded failure');

  const encrypted = await replay([{ workflowId, history }], clientConverter(stage.keyring));
  expect(encrypted.map(({ error }) => error)).toEqual([undefined]);
  const clear = await replay([{ workflowId, history: await inClear(stage.keyring, history) }]);
  expect(clear.map(({ error }) => error)).toEqual([undefined]);
  const blind = await replay([{ workflowId, history }]);
  expect(blind[0]?.error).toBeDefined();
});
