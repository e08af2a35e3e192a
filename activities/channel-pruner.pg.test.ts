import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listSentDays } from '../db/queries/sent-days.ts';
import { type DoorBench, doorBench } from '../test/support/door.ts';
import { createChannelPruner } from './channel-pruner.ts';
import { mostPruned } from './channels/prune.ts';

let bench: DoorBench;
let endpoint: string;
beforeEach(async () => {
  bench = await doorBench();
  endpoint = randomUUID();
  await bench.sql`
    INSERT INTO person.channel_endpoints (id, unit, channel, settings, hint, request_hash, language, digest, created_by,
      created_at, verified_at)
    VALUES (${endpoint}, 'community-1', 'wecom', '{}', '', '', 'zh', 'atOnce', 'p-admin', now(), now())`;
});
afterEach(() => bench.close());

const log = pino({ level: 'silent' });
const pruner = (keepDays = 730) => createChannelPruner({ sql: bench.worker, log, keepDays });
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** A delivery that went out so many days ago, with its attempts; `state` of its row of the outbox. */
async function sent(
  days: number,
  {
    outcome = 'sent' as 'sent' | 'failed' | null,
    personal = false,
    reviewed = true,
    delivery = randomUUID() as string,
    attempts = ['again', 'sent'],
  } = {},
): Promise<string> {
  const [id, at] = [randomUUID(), ago(days)];
  await bench.sql`INSERT INTO deliveries (id, person, channel, kind, count, text_zh, text_en, delivered_at)
    VALUES (${delivery}, 'p-secretary', 'inbox', 'message', 1, '消息', 'message', ${at}) ON CONFLICT DO NOTHING`;
  await bench.sql`INSERT INTO sendings (id, endpoint_id, kind, count, text_zh, text_en, path, urgent, created_at, began_at, next_try, outcome, ended_at)
    VALUES (${id}, ${endpoint}, 'messages', 1, '消息', 'message', '/inbox', false, ${at}, ${at}, ${at}, ${outcome}, ${outcome === null ? null : at})`;
  const other = randomUUID();
  const own = personal || !reviewed ? other : endpoint;
  if (own === other)
    await bench.sql`
      INSERT INTO person.channel_endpoints (id, person, channel, settings, hint, request_hash, language, digest, created_by, created_at, verified_at)
      VALUES (${other}, 'p-secretary', 'email', '{}', '', '', 'zh', 'atOnce', 'p-admin', now(), now())`;
  await bench.sql`INSERT INTO outbox (id, delivery_id, endpoint_id, personal, count, text_zh, text_en, urgent, created_at, due_at, state, sending_id, reviewed_at)
    VALUES (${randomUUID()}, ${delivery}, ${own}, ${personal}, 1, '消息', 'message', false, ${at}, ${at},
      ${outcome ?? 'sending'}, ${id}, ${reviewed ? at : null})`;
  for (const [n, each] of attempts.entries())
    await bench.sql`INSERT INTO delivery_attempts (sending_id, endpoint_id, n, at, outcome, duration_ms)
      VALUES (${id}, ${endpoint}, ${n + 1}, ${at}, ${each}, 5)`;
  return id;
}
const left = async () => {
  const [row] = await bench.sql<{ sendings: number; outbox: number; attempts: number }[]>`
    SELECT (SELECT count(*)::int FROM sendings) AS sendings, (SELECT count(*)::int FROM outbox) AS outbox,
      (SELECT count(*)::int FROM delivery_attempts) AS attempts`;
  return [row!.sendings, row!.outbox, row!.attempts];
};
const total = async () => {
  const days = await listSentDays(bench.sql, endpoint, { limit: 100 });
  return days.reduce((sum, { sent: well, again, refused }) => sum + well + again + refused, 0);
};

test('what ended longer ago than it is kept goes, and the figures of its days stay', async () => {
  await sent(800);
  await sent(800, { attempts: ['refused'], outcome: 'failed' });
  await sent(700);
  const before = await listSentDays(bench.sql, endpoint, { limit: 100 });
  expect(await pruner().turn()).toBe(false);
  expect(await left()).toEqual([1, 1, 2]);
  expect(await listSentDays(bench.sql, endpoint, { limit: 100 })).toEqual(before);
  expect(before.map(({ sent: well, again, refused }) => [well, again, refused])).toEqual([
    [1, 1, 0],
    [1, 1, 1],
  ]);
  const later = { limit: 100, before: before[0]!.day };
  expect(await listSentDays(bench.sql, endpoint, later)).toEqual(before.slice(1));
  // a second day of pruning adds to the same figures
  await sent(800);
  await pruner().turn();
  expect(await total()).toBe(2 + 3 + 2);
});

test('nothing open goes: neither what is still tried, nor a delivery of which it is not settled whether it reached its person', async () => {
  await sent(900, { outcome: null, attempts: [] });
  await sent(900, { personal: true, reviewed: false });
  const delivery = randomUUID();
  await sent(900, { delivery });
  await sent(900, { delivery, personal: true, reviewed: false });
  const before = await left();
  await pruner().turn();
  expect(await left()).toEqual(before);
  await bench.sql`UPDATE outbox SET reviewed_at = now() WHERE personal`;
  await pruner().turn();
  expect(await left()).toEqual([1, 1, 0]);
});

test('what never went out because its endpoint was disabled goes as well', async () => {
  const id = await sent(900);
  await bench.sql`UPDATE outbox SET sending_id = NULL, state = 'failed' WHERE sending_id = ${id}`;
  await pruner().turn();
  expect(await left()).toEqual([0, 0, 0]);
});

test('goes in batches, by several processes at once, and counts everything once', async () => {
  const at = ago(900);
  await bench.sql`
    INSERT INTO sendings (id, endpoint_id, kind, count, text_zh, text_en, path, urgent, created_at, began_at, next_try, outcome, ended_at)
    SELECT 's-' || n, ${endpoint}, 'test', 0, '', '', '/channels', false, ${at}, ${at}, ${at}, 'sent', ${at} FROM generate_series(1, ${mostPruned + 100}) n`;
  await bench.sql`
    INSERT INTO delivery_attempts (sending_id, endpoint_id, n, at, outcome, duration_ms)
    SELECT 's-' || n, ${endpoint}, 1, ${at}, 'sent', 1 FROM generate_series(1, ${mostPruned + 100}) n`;
  expect(await pruner().turn()).toBe(true);
  expect((await left())[0]).toBe(100);
  await Promise.all([pruner().turn(), pruner().turn()]);
  expect(await left()).toEqual([0, 0, 0]);
  expect(await total()).toBe(mostPruned + 100);
});

test('the database keeps what is young, and every figure, whoever asks', async () => {
  const id = await sent(10);
  await expect(bench.sql`DELETE FROM delivery_attempts WHERE sending_id = ${id}`).rejects.toThrow(
    'the last 90 days stay',
  );
  await expect(bench.sql`UPDATE delivery_attempts SET outcome = 'sent'`).rejects.toThrow();
  const old = await sent(900);
  await bench.sql`DELETE FROM delivery_attempts WHERE sending_id = ${old}`;
  expect(await total()).toBe(4);
  await expect(bench.sql`DELETE FROM delivery_days`).rejects.toThrow();
  await expect(bench.sql`UPDATE delivery_days SET attempts = attempts - 1 WHERE outcome = 'sent'`).rejects.toThrow();
  expect(createChannelPruner({ sql: bench.worker, log, keepDays: 1 })).toBeDefined();
  await pruner(1).turn();
  expect((await left())[2]).toBe(2);
});
