import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { weekdayCalendar } from '../engine/time/calendar.ts';
import { atTime } from '../engine/time/civil.ts';
import type { DelivererOrders } from '../test/support/deliverer-child.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { fixedCalendar } from './calendars.ts';
import { createDeliveries } from './deliveries.ts';

// The record's clock stands in March 2031 (Mondays: 3, 10, 17 …), so that it never runs behind the cases of another test.

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench({ calendar: weekdayCalendar });
});
afterAll(() => bench.close());
afterEach(async () => {
  await bench.sql`DELETE FROM reminders`;
});

const at = (day: string, time: `${number}:${number}` = '10:00') => atTime(`2031-${day}`, time);
const deliveriesAt = (now: string, more: Partial<Parameters<typeof createDeliveries>[0]> = {}) =>
  createDeliveries({
    ...{ sql: bench.worker, calendars: fixedCalendar(weekdayCalendar), settleMs: 0, now: async () => now },
    ...more,
  });
const turnsAt = async (now: string) => {
  for (const each = deliveriesAt(now); (await each.turn()) > 0; );
};

/** A case with so many messages told at a moment; the deadline they are about runs unless said otherwise. */
async function told(
  n: number,
  now: string,
  {
    to = { post: 'community-1-secretary', person: 'p-secretary' } as { post?: string; person?: string },
    top = false,
  } = {},
) {
  bench.clock.now = now;
  const { caseId } = recorded(await bench.door.open(fuleOpening())).case;
  await bench.sql`DELETE FROM reminders WHERE message_id IN (SELECT id FROM messages WHERE case_id = ${caseId})`;
  const ids = Array.from({ length: n }, () => randomUUID());
  for (const [i, id] of ids.entries()) {
    await bench.sql`INSERT INTO messages (id, case_id, seq, n, kind, about, post, person, unit, level, generation, top, text_zh, text_en, created_at)
      VALUES (${id}, ${caseId}, ${1_000 + i}, 0, 'rung', 'visit-1', ${to.post ?? null}, ${to.person ?? null}, 'community-1', 'community',
        1, ${top}, ${`消息 ${i + 1}`}, ${`message ${i + 1}`}, ${now})`;
    await bench.sql`INSERT INTO reminders (message_id, next_at) VALUES (${id}, ${now})`;
  }
  return { caseId, ids };
}
const brought = async (ids: readonly string[]) =>
  (
    await bench.sql<{ person: string; kind: string; count: number; reasons: string }[]>`
    SELECT d.person, d.kind, d.count, string_agg(DISTINCT b.reason || ' ' || to_char(b.day, 'MM-DD'), ', ') AS reasons
    FROM deliveries d JOIN delivery_messages b ON b.delivery_id = d.id
    WHERE b.message_id IN (SELECT json_array_elements_text(${JSON.stringify(ids)}::text::json))
    GROUP BY d.id, d.delivered_at ORDER BY d.delivered_at, d.person`
  ).map(({ person: who, kind, count, reasons }) => `${who}: ${kind} ${count} (${reasons})`);

test('a few messages come one by one, more of them as one digest that counts and lists them', async () => {
  const few = await told(3, at('03-03'));
  await turnsAt(at('03-03', '10:01'));
  expect(await brought(few.ids)).toEqual(Array(3).fill('p-secretary: message 1 (first 03-03)'));
  await bench.sql`DELETE FROM reminders`;
  const many = await told(30, at('03-04'));
  await turnsAt(at('03-04', '10:01'));
  expect(await brought(many.ids)).toEqual(['p-secretary: digest 30 (first 03-04)']);
  const [digest] =
    await bench.sql`SELECT text_zh, text_en FROM deliveries WHERE kind = 'digest' ORDER BY delivered_at DESC LIMIT 1`;
  expect(digest!['text_zh'].split('\n')).toEqual([
    '您有 30 条消息：新消息 30 条。',
    ...Array.from({ length: 20 }, (_, i) => expect.stringMatching(new RegExp(`^${i + 1}\\. 消息 `))),
    '另有 10 条，见收件箱。',
  ]);
  expect(digest!['text_en']).toContain('You have 30 messages: 30 new.');
});

test('an unread message comes again on each working day, once, and not after it was read', async () => {
  const { caseId, ids } = await told(1, at('03-07'));
  for (const day of ['03-07', '03-08', '03-09', '03-10', '03-11']) {
    for (const time of ['08:59', '10:01', '10:02', '16:00'] as const) await turnsAt(at(day, time));
  }
  expect(await brought(ids)).toEqual([
    'p-secretary: message 1 (first 03-07)',
    'p-secretary: message 1 (repeat 03-10)',
    'p-secretary: message 1 (repeat 03-11)',
  ]);
  bench.clock.now = at('03-11', '17:00');
  const act = actOn(caseId, 'message.acknowledge', { actor: person('p-secretary'), target: ids[0]! });
  recorded(await bench.door.act(act));
  for (const day of ['03-12', '03-13', '04-01']) await turnsAt(at(day));
  expect(await brought(ids)).toHaveLength(3);
  expect(await bench.sql`SELECT FROM reminders WHERE message_id = ${ids[0]!}`).toHaveLength(0);
});

test('an unread complaint is repeated on ten working days and then lies in the inbox', async () => {
  const { ids } = await told(1, at('06-02'));
  await bench.sql`UPDATE messages SET kind = 'complaint', about = NULL, generation = NULL WHERE id = ${ids[0]!}`;
  for (let day = 2; day <= 30; day++) await turnsAt(at(`06-${String(day).padStart(2, '0')}`, '10:01'));
  const times = await brought(ids);
  expect([times.length, times.at(-1)]).toEqual([11, 'p-secretary: message 1 (repeat 06-16)']);
  expect(await bench.sql`SELECT FROM reminders WHERE message_id = ${ids[0]!}`).toHaveLength(0);
});

test("the top rung's message comes weekly until its deadline is met", async () => {
  const { caseId, ids } = await told(1, at('03-12'), { top: true });
  await turnsAt(at('03-12', '10:01'));
  await bench.sql`UPDATE messages SET acknowledged_at = ${at('03-12', '11:00')} WHERE id = ${ids[0]!}`;
  for (let day = 13; day <= 31; day++) await turnsAt(at(`03-${day}`));
  expect(await brought(ids)).toEqual([
    'p-secretary: message 1 (first 03-12)',
    'p-secretary: message 1 (weekly 03-19)',
    'p-secretary: message 1 (weekly 03-26)',
  ]);
  await bench.sql`UPDATE deadlines SET state = 'met' WHERE case_id = ${caseId} AND deadline_id = 'visit-1'`;
  for (let day = 1; day <= 15; day++) await turnsAt(at(`04-${String(day).padStart(2, '0')}`));
  expect(await brought(ids)).toHaveLength(3);
});

test('after a handover the next holder is reminded; of a vacant post nobody is, and nothing is lost', async () => {
  const { ids } = await told(1, at('04-16'), { to: { post: 'community-2-secretary' } });
  const [holder] = await bench.sql`SELECT person, id FROM appointments WHERE post = 'community-2-secretary'`;
  await turnsAt(at('04-16', '10:01'));
  await bench.sql`UPDATE appointments SET until_at = ${at('04-17', '08:00')} WHERE id = ${holder!['id']}`;
  await turnsAt(at('04-17'));
  await turnsAt(at('04-17', '12:00'));
  await bench.sql`INSERT INTO person.people (id, name) VALUES ('p-next', '何某')`;
  await bench.sql`INSERT INTO appointments (id, post, person, from_at) VALUES (${randomUUID()}, 'community-2-secretary', 'p-next', ${at('04-21', '08:00')})`;
  await turnsAt(at('04-21'));
  expect(await brought(ids)).toEqual([
    `${holder!['person']}: message 1 (first 04-16)`,
    'p-next: message 1 (repeat 04-21)',
  ]);
});

test('what nobody was told stays in the record and is brought to nobody', async () => {
  const { ids } = await told(1, at('04-22'), { to: {} });
  await turnsAt(at('04-22', '10:01'));
  expect(await brought(ids)).toEqual([]);
});

test('messages that come together settle first; nothing waits for ever', async () => {
  const { ids } = await told(5, at('04-23'));
  const now = Date.parse(at('04-23'));
  const turn = (ms: number) => deliveriesAt(new Date(now + ms).toISOString(), { settleMs: 5_000 }).turn();
  expect(await turn(1_000)).toBe(0);
  await bench.sql`UPDATE messages SET created_at = ${new Date(now + 4_000).toISOString()} WHERE id = ${ids[4]!}`;
  expect(await turn(8_000)).toBe(0);
  expect(await turn(9_000)).toBe(1);
  expect(await brought(ids)).toEqual(['p-secretary: digest 5 (first 04-23)']);
});

test('ten processes at once bring each person one digest', async () => {
  const { ids } = await told(12, at('04-24'));
  const others = await told(12, at('04-24'), { to: { person: 'p-director' } });
  await Promise.all(Array.from({ length: 10 }, () => turnsAt(at('04-24', '10:01'))));
  expect(await brought([...ids, ...others.ids])).toEqual([
    'p-director: digest 12 (first 04-24)',
    'p-secretary: digest 12 (first 04-24)',
  ]);
});

test('a process that dies between lease and delivery loses nothing; one that wakes up after its lease doubles nothing', async () => {
  const { ids } = await told(5, at('04-25'));
  const now = at('04-25', '10:01');
  const dies = deliveriesAt(now, {
    step: () => {
      throw new Error('killed');
    },
  });
  await expect(dies.turn()).rejects.toThrow('killed');
  expect(await deliveriesAt(now).turn()).toBe(0); // leased
  await bench.sql`UPDATE delivery_turns SET lease_until = clock_timestamp() WHERE person = 'p-secretary'`;
  const sleeper = deliveriesAt(now, {
    step: async () => {
      await bench.sql`UPDATE delivery_turns SET lease_until = clock_timestamp() WHERE person = 'p-secretary'`;
      expect(await deliveriesAt(now).turn()).toBe(1);
    },
  });
  expect(await sleeper.turn()).toBe(1);
  expect(await brought(ids)).toEqual(['p-secretary: digest 5 (first 04-25)']);
  const [{ open } = { open: undefined }] =
    await bench.sql`SELECT count(*) AS open FROM delivery_turns WHERE lease_until > clock_timestamp()`;
  expect(open).toBe(0);
});

test('killed again and again while they deliver, two processes bring forty people one digest each', async () => {
  const people = Array.from({ length: 40 }, (_, n) => `p-told-${String(n).padStart(2, '0')}`);
  const ids: string[] = [];
  for (const who of people) ids.push(...(await told(5, at('04-28'), { to: { person: who } })).ids);
  const orders: DelivererOrders = { databaseUrl: bench.url, now: at('04-28', '10:01'), waitMs: 20 };
  const begin = () => {
    const script = new URL('../test/support/deliverer-child.ts', import.meta.url).pathname;
    return spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  };
  const left = async () => (await bench.sql`SELECT FROM reminders WHERE next_at <= ${orders.now}`).length;
  let kills = 0;
  while ((await left()) > 0) {
    const two = [begin(), begin()];
    const lasts = kills < 3 ? 60 + Math.random() * 300 : 20_000;
    // the last statement of a dead one may commit a lease after it was freed below: then nobody is at work until it is freed again
    await Promise.race([...two.map((child) => once(child.stdout!, 'data')), sleep(5_000)]);
    for (const end = Date.now() + lasts; Date.now() < end && (await left()) > 0; ) await sleep(25);
    for (const child of two) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    kills += 1;
    // as a minute later: what the dead had leased is free again
    await bench.sql`UPDATE delivery_turns SET lease_until = clock_timestamp()`;
  }
  expect(kills).toBeGreaterThan(1);
  expect(await brought(ids)).toEqual(people.map((who) => `${who}: digest 5 (first 04-28)`));
});

test('what was delivered never changes', async () => {
  await expect(bench.sql`UPDATE deliveries SET count = 1`).rejects.toThrow('its rows never change');
  await expect(bench.sql`DELETE FROM delivery_messages`).rejects.toThrow('its rows never change');
});
