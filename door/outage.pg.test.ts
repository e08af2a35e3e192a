import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { burstBudgetMs, burstProgram } from '../test/support/burst-program.ts';
import { overClearEvents } from '../test/support/clear-events.ts';
import { actOn, caseworker, type DoorBench, doorBench, person } from '../test/support/door.ts';
import { openMany } from '../test/support/many-cases.ts';
import { rungFaults, rungsFired } from '../test/support/rungs-once.ts';
import { GENESIS } from './chain.ts';
import { createDeliveries } from './deliveries.ts';
import type { Door } from './door.ts';
import { installPrograms, type Programs } from './programs.ts';

let bench: DoorBench;
let programs: Programs;
beforeEach(async () => {
  bench = await doorBench();
  programs = await installPrograms(bench.sql, [burstProgram]);
});
afterEach(() => bench.close());

const unit = 'community-1';
const minuteMs = 60_000;
const instant = (ms: number) => new Date(ms).toISOString();
const opening = (dueMs: number) => ({
  ...{ actor: caseworker, unit, data: { need: '行动不便' }, assignments: {} },
  openedAt: instant(dueMs - burstBudgetMs),
  parties: [{ role: 'household', name: '周某' }],
});

/** As Temporal does: asks again until nothing is due. */
async function turnUntilDone(door: Door): Promise<void> {
  for (;;) {
    const turned = await door.turn({ unit }).catch(() => undefined);
    if (turned && !turned.more && (turned.wakeInMs ?? 1_001) > 1_000) return;
    await sleep(5);
  }
}

test('after a day of outage 1,000 deadlines are recorded once, in due order, and each person gets one digest', async () => {
  const firstMs = Date.now() + 10 * minuteMs;
  const cases: string[] = [];
  for (let group = 9; group >= 0; group--) {
    const dueMs = firstMs + group * 5 * minuteMs;
    cases.push(...(await openMany(bench.sql, programs.latest('burst')!, 100, opening(dueMs))));
  }
  const backMs = firstMs + 24 * 3_600_000;
  const began = performance.now();
  const now = async () => instant(backMs + (performance.now() - began));
  const [door, other] = [await bench.another({ programs, now }), await bench.another({ programs, now })];
  let draining = true;
  const deliverer = async () => {
    const deliveries = createDeliveries({ sql: bench.worker, now });
    while (draining) {
      await deliveries.turn();
      await sleep(200);
    }
  };
  const deliverers = [deliverer(), deliverer()];
  await Promise.all([
    turnUntilDone(door),
    turnUntilDone(other),
    // the cases' own timers, which know nothing of the wheel
    ...cases.slice(0, 30).map((caseId) => other.advance({ caseId, seq: 0, head: GENESIS })),
  ]);
  expect(await rungsFired(bench.sql)).toBe(2_000);
  expect(await rungFaults(bench.sql, await now())).toEqual([]);
  const undelivered = async () => (await bench.sql`SELECT FROM reminders WHERE next_at <= ${await now()}`).length;
  while ((await undelivered()) > 0) await sleep(200);
  draining = false;
  await Promise.all(deliverers);

  const brought = await bench.sql`SELECT person, kind, count, text_zh FROM deliveries ORDER BY person`;
  expect(brought.map(({ person, kind, count }) => `${person}: ${kind} ${count}`)).toEqual([
    'p-director: digest 1000',
    'p-sub-district-head: digest 1000',
  ]);
  const [once] = await bench.sql`SELECT count(*) AS n, count(DISTINCT message_id) AS messages FROM delivery_messages`;
  expect(once).toEqual({ n: 2_000, messages: 2_000 });
  // the digest names first what fell due first
  const numbers =
    await bench.sql`SELECT case_no FROM cases JOIN deadlines d USING (case_id) ORDER BY d.due_at, case_no LIMIT 100`;
  const earliest = new Set(numbers.map((row) => row['case_no'] as string));
  for (const { text_zh } of brought) {
    const named = (text_zh as string).split('\n').slice(1, -1);
    expect(named).toHaveLength(20);
    for (const line of named) expect(earliest).toContain(/个案 (\S+?)[：:]/.exec(line)?.[1]);
  }
});

test('an act and the timer at one instant: the promise was kept, or the rung fired before; never both', async () => {
  const firstMs = Date.now() + 10 * minuteMs;
  const seen: string[] = [];
  for (let n = 0; n < 24; n++) {
    const dueMs = firstMs + n * 1_000;
    const [caseId = ''] = await openMany(bench.sql, programs.latest('burst')!, 1, opening(dueMs));
    await bench.door.act(actOn(caseId, 'task.complete', { target: 'look', actor: person('p-secretary') }));
    // whoever comes first reads the last millisecond before the instant, or the instant itself
    const moments = n % 4 < 2 ? [dueMs - 1, dueMs] : [dueMs, dueMs + 1];
    const now = async () => instant(moments.length > 1 ? moments.shift()! : moments[0]!);
    const door = await bench.another({ programs, now, connections: 3 });
    const reach = () => door.act(actOn(caseId, 'milestone.reach', { target: 'solved', actor: person('p-secretary') }));
    const timer = () => door.advance({ caseId, seq: 0, head: GENESIS });
    const wheel = () => door.turn({ unit });
    const inOrder = n % 2 === 0 ? [reach, timer, wheel] : [timer, wheel, reach];
    // the first four go one after another, so that both ends are seen whoever wins the races of the others
    if (n < 4) for (const one of inOrder) await one();
    else await Promise.all(inOrder.map((one) => one()));
    const events = await overClearEvents(
      bench.sql,
      (tx) => tx<{ what: string }[]>`
      SELECT type || coalesce(' late=' || (convert_from(payload, 'UTF8')::json->'data'->>'late'), '') AS what FROM events
      WHERE case_id = ${caseId} AND type IN ('rung.fired', 'deadline.met', 'milestone.reached') ORDER BY seq`,
    );
    seen.push(events.map(({ what }) => what).join(', '));
  }
  expect(new Set(seen)).toEqual(
    new Set(['milestone.reached, deadline.met late=false', 'rung.fired, milestone.reached, deadline.met late=true']),
  );
  expect(await rungFaults(bench.sql, instant(firstMs + 24_000))).toEqual([]);
});
