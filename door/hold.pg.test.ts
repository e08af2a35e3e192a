import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastRestore, restorePending } from '../db/queries/restores.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { type Hold, holdEverything, settleHeld } from './hold.ts';

// What is held when a database was put back: cases, what was on its way outside, reminders.
let bench: DoorBench;
let transactions: Transactions;
beforeEach(async () => {
  bench = await doorBench();
  transactions = createTransactions(bench.sql, { lanes: 2 });
});
afterEach(async () => {
  await transactions.end();
  await bench.close();
});

const mark: Hold = { why: 'a test', seen: { n: 0, nonce: null }, next: { n: 7, nonce: 'x' } };
const hold = (change: Partial<Hold> = {}) => transactions.run((tx) => holdEverything(tx, { ...mark, ...change }));
const opened = async () => recorded(await bench.door.open(fuleOpening())).case.caseId;

test('every case is held, and goes on when its histories tell nothing that it lacks', async () => {
  const caseId = await opened();
  expect(await hold()).toBe(true);
  expect(await hold()).toBe(false); // somebody was faster
  const act = actOn(caseId, 'note.add', { data: { text: '记' } });
  expect(await bench.door.act(act)).toMatchObject({ status: 'refused', refusal: { kind: 'unavailable' } });
  // its workflow is asked to come again, and is not told that the record is behind
  const [row] = await bench.sql<{ seq: number; head: string }[]>`SELECT seq, head FROM cases`;
  await expect(bench.door.advance({ caseId, seq: row!.seq, head: row!.head })).rejects.toThrow('held');
  expect(await restorePending(bench.sql)).toBe(true);

  const settle = (end: { seq: number; head: string }) =>
    transactions.run((tx) => settleHeld(tx, caseId, { events: [], end, actTypes: new Map() }));
  expect(await settle({ seq: row!.seq, head: row!.head })).toBe('agrees');
  expect(await bench.door.act(act)).toMatchObject({ status: 'recorded' });
  expect(await settle({ seq: 0, head: '' })).toBe('gone');
});

test('acts that woke the workflow and that nobody knows are written down with the restore, of each case once', async () => {
  const cases = [await opened(), await opened()].toSorted();
  const known = randomUUID();
  recorded(await bench.door.act(actOn(cases[0]!, 'note.add', { id: known, data: { text: '记' } })));
  await hold();
  const [first, second] = [randomUUID(), randomUUID()];
  const settle = async (caseId: string, ...ids: string[]) => {
    const [row] = await bench.sql<
      { seq: number; head: string }[]
    >`SELECT seq, head FROM cases WHERE case_id = ${caseId}`;
    // what is no id of an act was signalled by somebody else
    const actTypes = new Map([...ids, 'by hand'].map((id) => [id, 'note.add']));
    return transactions.run((tx) => settleHeld(tx, caseId, { events: [], end: row!, actTypes }));
  };
  const said = async () => (await lastRestore(bench.sql))?.answered;
  expect(await said()).toEqual([]);
  expect(await settle(cases[0]!, known, first)).toBe('agrees');
  expect(await settle(cases[1]!, second)).toBe('agrees');
  const lost = (caseId: string, id: string, again = false) => ({ caseId, id, type: 'note.add', again });
  expect(await said()).toEqual([lost(cases[0]!, first), lost(cases[1]!, second)]);
  await bench.sql`UPDATE cases SET frozen_at = now() WHERE case_id = ${cases[1]!}`;
  await settle(cases[1]!, second);
  await bench.sql`UPDATE restores SET listed_at = now()`;
  recorded(await bench.door.act(actOn(cases[1]!, 'note.add', { id: second, data: { text: '记' } })));
  expect(await said()).toEqual([lost(cases[0]!, first), lost(cases[1]!, second, true)]);
});

test.each([
  ['it knows a later event', 99, 'f'.repeat(64)],
  ['it knows another event', 1, 'f'.repeat(64)],
])('a case stays frozen where its workflow tells more: %s', async (_, seq, head) => {
  const caseId = await opened();
  await hold();
  expect(
    await transactions.run((tx) => settleHeld(tx, caseId, { events: [], end: { seq, head }, actTypes: new Map() })),
  ).toBe('behind');
  expect(await bench.sql`SELECT frozen_seq, frozen_head FROM cases`).toEqual([{ frozen_seq: seq, frozen_head: head }]);
  expect(await bench.door.advance({ caseId, seq, head })).toEqual({ recordBehind: true });
});

test('what was on its way outside is not sent again by itself, and reminders wait for the morning', async () => {
  const caseId = await opened();
  const [endpoint, delivery, sending] = [randomUUID(), randomUUID(), randomUUID()];
  await bench.sql`
    INSERT INTO person.channel_endpoints (id, unit, channel, settings, hint, request_hash, language, digest, created_by,
      created_at, verified_at)
    VALUES (${endpoint}, 'community-1', 'wecom', '{}', '', '', 'zh', 'atOnce', 'p-admin', now(), now())`;
  await bench.sql`INSERT INTO sendings (id, endpoint_id, kind, count, text_zh, text_en, path, urgent, created_at, began_at, next_try)
    VALUES (${sending}, ${endpoint}, 'messages', 1, '消息', 'message', '/inbox', false, now(), now(), now())`;
  for (const [state, of] of [
    ['waiting', null],
    ['sending', sending],
    ['sent', sending],
  ] as const) {
    const id = `${delivery}-${state}`;
    await bench.sql`INSERT INTO deliveries (id, person, channel, kind, count, text_zh, text_en, delivered_at)
      VALUES (${id}, 'p-secretary', 'inbox', 'message', 1, '消息', 'message', now())`;
    await bench.sql`INSERT INTO outbox (id, delivery_id, endpoint_id, personal, count, text_zh, text_en, urgent, created_at, due_at, state, sending_id)
      VALUES (${id}, ${id}, ${endpoint}, false, 1, '消息', 'message', false, now(), now(), ${state}, ${of})`;
  }
  for (const kind of ['nudge', 'emergency']) {
    await bench.sql`INSERT INTO messages (id, case_id, seq, n, kind, about, unit, level, top, text_zh, text_en, created_at)
      VALUES (${kind}, ${caseId}, 1, ${kind.length}, ${kind}, 'x', 'community-1', 'community', false, '消息', 'message', now())`;
    await bench.sql`INSERT INTO reminders (message_id, next_at) VALUES (${kind}, now())`;
  }
  await hold();
  const states = await bench.sql`SELECT state FROM outbox ORDER BY 1`;
  expect(states.map(({ state }) => state)).toEqual(['failed', 'failed', 'sent']);
  expect(await bench.sql`SELECT outcome, reason FROM sendings`).toEqual([{ outcome: 'failed', reason: 'restored' }]);
  expect(await lastRestore(bench.sql)).toMatchObject({ why: 'a test', unsent: 2, lost: 0, comparedAt: null });
  const late =
    await bench.sql`SELECT message_id AS id FROM reminders WHERE next_at > now() AND message_id IN ('nudge', 'emergency')`;
  expect(late).toEqual([{ id: 'nudge' }]);
});
