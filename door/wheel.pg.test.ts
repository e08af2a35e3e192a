import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { burstBudgetMs, burstProgram } from '../test/support/burst-program.ts';
import { actOn, caseworker, type DoorBench, doorBench, recorded } from '../test/support/door.ts';
import { openMany } from '../test/support/many-cases.ts';
import { rungFaults, rungsFired } from '../test/support/rungs-once.ts';
import type { Door, DoorOptions } from './door.ts';
import { engine } from './engine.ts';
import { installPrograms, type Programs } from './programs.ts';
import { type DoorStep, doorSteps } from './step.ts';

let bench: DoorBench;
let programs: Programs;
beforeEach(async () => {
  bench = await doorBench();
  programs = await installPrograms(bench.sql, [burstProgram]);
});
afterEach(() => bench.close());

const unit = 'community-1';
const hourMs = 3_600_000;
const dueAtMs = (() => Date.now() + 600_000)();
const instant = (ms: number) => new Date(ms).toISOString();
const another = (options: Partial<DoorOptions> = {}) => bench.another({ programs, ...options });

/** Opens cases whose first rung comes due then. */
function openDue(n: number, atMs = dueAtMs): Promise<string[]> {
  return openMany(bench.sql, programs.latest('burst')!, n, {
    ...{ actor: caseworker, unit, data: { need: '行动不便' }, assignments: {} },
    openedAt: instant(atMs - burstBudgetMs),
    parties: [{ role: 'household', name: '周某' }],
  });
}

/** As Temporal does: asks again after every failure, until nothing is due. */
async function turnUntilDone(door: Door): Promise<void> {
  for (;;) {
    const turned = await door.turn({ unit }).catch(() => undefined);
    if (turned && !turned.more && turned.nextDueAt !== undefined && turned.nextDueAt > bench.clock.now!) return;
    if (turned && turned.nextDueAt === undefined) return;
    await sleep(5);
  }
}

const faults = () => rungFaults(bench.sql, bench.clock.now!);

test('cases of a bulk opening are as cases opened through the door', async () => {
  const [caseId] = await openDue(1);
  const door = await another();
  const outcome = recorded(await door.act(actOn(caseId!, 'note.add', { data: { text: '来访' } })));
  expect(outcome.events.map(({ type }) => type)).toEqual(['note.added']);
});

test('a thousand deadlines at one instant: each rung once, however often wheel, timers and acts crash in the middle', async () => {
  const cases = await openDue(1_000);
  let crashes = 0;
  const failing = (steps: readonly DoorStep[], share: number) => (step: DoorStep) => {
    if (!steps.includes(step) || Math.random() > share) return;
    crashes += 1;
    throw new Error(`crash at ${step}`);
  };
  const doors = await Promise.all([
    another({ step: failing(doorSteps, 0.3) }),
    another({ step: failing(doorSteps, 0.3) }),
  ]);
  bench.clock.now = instant(dueAtMs);
  const timers = async (door: Door, own: readonly string[]): Promise<void> => {
    for (const caseId of own) {
      for (let told = false; !told; ) {
        told = await door.advance({ caseId, seq: 0, head: '0'.repeat(64) }).then(
          () => true,
          () => false,
        );
      }
    }
  };
  const people = async (door: Door, own: readonly string[]): Promise<void> => {
    for (const caseId of own) {
      const act = actOn(caseId, 'note.add', { data: { text: '来访' } });
      await door
        .act(act)
        .catch(() => door.act(act))
        .catch(() => undefined);
    }
  };
  await Promise.all([
    ...doors.map((door) => turnUntilDone(door)),
    timers(doors[0]!, cases.slice(0, 60)),
    people(doors[1]!, cases.slice(40, 100)),
  ]);
  expect(await faults()).toEqual([]);
  expect(await rungsFired(bench.sql)).toBe(1_000);
  expect(crashes).toBeGreaterThan(20);
  // a crash after the commit, and the wheel asks once more: nothing comes twice
  await turnUntilDone(await another());
  expect(await rungsFired(bench.sql)).toBe(1_000);
}, 240_000);

test.each(doorSteps.filter((step) => step.startsWith('wheel-')))(
  'a crash at %s: the next turn finishes, each rung once',
  async (place) => {
    await openDue(250);
    bench.clock.now = instant(dueAtMs);
    let passed = 0;
    const door = await another({
      step: (step) => {
        if (step === place && ++passed === 1) throw new Error('crash');
      },
    });
    await expect(door.turn({ unit })).rejects.toThrow('crash');
    await turnUntilDone(door);
    expect(await faults()).toEqual([]);
    expect(await rungsFired(bench.sql)).toBe(250);
  },
);

describe('one case among many', () => {
  test('whose clock throws is stuck alone', async () => {
    const cases = await openDue(30);
    bench.clock.now = instant(dueAtMs);
    const door = await another({
      engine: {
        ...engine,
        advance(state, world, limit) {
          if (state.caseId === cases[7]) throw new Error('broken');
          return engine.advance(state, world, limit);
        },
      },
    });
    expect(await door.turn({ unit })).toMatchObject({ cases: 29, stuck: 1 });
    expect(await faults()).toEqual([`stuck or frozen: ${cases[7]}`]);
    expect(await rungsFired(bench.sql)).toBe(29);
  });

  test('whose key does not open is passed over, not stuck, and fired once it is back', async () => {
    const cases = await openDue(3);
    bench.clock.now = instant(dueAtMs);
    const [damaged] = [...cases].sort();
    const flip = () => bench.sql`
      UPDATE data_keys SET wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) WHERE owner = ${damaged!}`;
    await flip();
    const door = await another();
    const turned = await door.turn({ unit });
    expect(turned).toMatchObject({ cases: 2, stuck: 0, more: false });
    expect(turned.nextDueAt === undefined || turned.nextDueAt > bench.clock.now).toBe(true);
    expect(await rungsFired(bench.sql)).toBe(2);
    await flip();
    expect(await door.turn({ unit })).toMatchObject({ cases: 1, stuck: 0 });
    expect(await faults()).toEqual([]);
  });

  test('that the database refuses is undone and stuck alone', async () => {
    const cases = await openDue(30);
    bench.clock.now = instant(dueAtMs);
    const [deadline] = await bench.sql`SELECT * FROM deadlines WHERE case_id = ${cases[3]!}`;
    await bench.sql`INSERT INTO rungs (case_id, deadline_id, generation, rung, tell, planned_at, fired_at, seq, told)
      VALUES (${cases[3]!}, ${deadline!['deadline_id']}, ${deadline!['generation']}, 0, 'unit', now(), now(), 1, '[]')`;
    expect(await (await another()).turn({ unit })).toMatchObject({ cases: 29, stuck: 1 });
    const [row] = await bench.sql`SELECT count(*) AS n FROM cases WHERE stuck_since IS NOT NULL`;
    expect(row!['n']).toBe(1);
    expect(await bench.sql`SELECT FROM events WHERE case_id = ${cases[3]!} AND type = 'rung.fired'`).toHaveLength(0);
  });

  test('frozen, written by a newer release, or held by somebody else is left alone', async () => {
    const cases = await openDue(10);
    bench.clock.now = instant(dueAtMs);
    await bench.sql`UPDATE cases SET frozen_at = now() WHERE case_id = ${cases[0]!}`;
    await bench.sql`UPDATE cases SET state_version = 99 WHERE case_id = ${cases[1]!}`;
    const door = await another();
    const turned = await bench.sql.begin(async (tx) => {
      await tx`SELECT FROM cases WHERE case_id = ${cases[2]!} FOR UPDATE`;
      return door.turn({ unit });
    });
    expect(turned).toMatchObject({ cases: 7, nextDueAt: instant(dueAtMs) });
    expect(await door.turn({ unit })).toMatchObject({ cases: 1 });
  });
});

test('a case that is fired while its last wake pauses is due to be woken at once', async () => {
  const [caseId] = await openDue(1);
  await bench.sql`INSERT INTO wakes (case_id, why, found_at, tries, next_try)
    VALUES (${caseId!}, 'fired', now(), 3, now() + interval '5 minutes')`;
  bench.clock.now = instant(dueAtMs);
  await turnUntilDone(await another());
  const rows =
    await bench.sql`SELECT tries, next_try <= clock_timestamp() AS due FROM wakes WHERE case_id = ${caseId!}`;
  expect(rows).toEqual([{ tries: 0, due: true }]);
});

test('nothing later than asked fires, nor anything that is not due by the door’s own clock', async () => {
  await openDue(3);
  await openDue(2, dueAtMs + 60_000);
  const door = await another();
  bench.clock.now = instant(dueAtMs - 1_000);
  expect(await door.turn({ unit, until: instant(dueAtMs + hourMs) })).toMatchObject({
    cases: 0,
    more: false,
    wakeInMs: 1_000,
  });
  bench.clock.now = instant(dueAtMs + 120_000);
  expect(await door.turn({ unit, until: instant(dueAtMs) })).toMatchObject({ cases: 3, more: true });
  expect(await door.turn({ unit, until: bench.clock.now })).toMatchObject({ cases: 2, more: false });
});

test('after a day’s outage everything due fires once and in due order, the longest due first', async () => {
  for (let hour = 0; hour < 24; hour += 3) await openDue(60, dueAtMs - (24 - hour) * hourMs);
  bench.clock.now = instant(dueAtMs);
  await turnUntilDone(await another());
  expect(await faults()).toEqual([]);
  // each deadline's own rung, and the one an hour after it
  expect(await rungsFired(bench.sql)).toBe(2 * 8 * 60);
  const order = await bench.sql<{ planned: string }[]>`
    SELECT min(planned_at) AS planned FROM rungs GROUP BY case_id ORDER BY min(fired_at), min(planned_at)`;
  const planned = order.map((row) => row.planned);
  expect(planned).toEqual(planned.toSorted());
});

test('where a wheel turns, a case’s own timer looks later than due, each at another moment; elsewhere when it is due', async () => {
  const cases = await openDue(5);
  bench.clock.now = instant(dueAtMs - 10_000);
  const spans = async (door: Door): Promise<(number | undefined)[]> => {
    const answers = await Promise.all(cases.map((caseId) => door.advance({ caseId, seq: 0, head: '0'.repeat(64) })));
    return answers.map((answer) => ('recordBehind' in answer ? undefined : answer.wakeInMs));
  };
  expect(new Set(await spans(await another()))).toEqual(new Set([10_000]));
  const door = await another();
  await door.turn({ unit });
  const graced = await spans(door);
  expect(new Set(graced).size).toBe(5);
  for (const span of graced) expect(span).toBeGreaterThanOrEqual(40_000);
  // a wheel that is late serves nobody
  bench.clock.now = instant(dueAtMs + 30_000);
  const [span] = await spans(await another());
  expect(span).toBe(burstBudgetMs - 30_000);
});

test('an act’s commit tells what it planned', async () => {
  const planned: unknown[] = [];
  const door = await another({ onCommit: (_caseId, _acts, each) => void planned.push(each) });
  await door.open({
    ...{ actId: randomUUID(), actor: caseworker, program: 'burst', unit, data: { need: '行动不便' }, assignments: {} },
    openedAt: instant(dueAtMs - burstBudgetMs),
    parties: [{ role: 'household', name: '周某' }],
  });
  expect(planned).toEqual([{ unit, wakeAt: instant(dueAtMs) }]);
});
