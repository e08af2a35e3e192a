import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { calendarYear } from '../db/queries/calendars.ts';
import { loadYear } from '../door/calendar-load.ts';
import { engine } from '../door/engine.ts';
import { installPrograms } from '../door/programs.ts';
import { verify } from '../door/verify.ts';
import type { CaseEvent } from '../engine/event.ts';
import type { YearRecord } from '../engine/time/calendar-record.ts';
import { productCalendar } from '../engine/time/calendar-years.ts';
import type { Program } from '../sdk/program.ts';
import { overClearEvents } from '../test/support/clear-events.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { changeState, stateOf as storedState } from '../test/support/states.ts';
import { createProjector, type ProjectorDeps } from './projector.ts';

/** One stage that lasts `within`. */
const lasting = (id: string, within: '15 working days' | '20 days' | '1 year'): Program => ({
  ...{ id, version: '1.0.0', name: ['测试', 'test'], apart: [], fields: {}, intake: [], duties: [], books: [] },
  roles: { secretary: { name: ['书记', 'secretary'], post: 'secretary' } },
  ladders: {
    gentle: [
      { at: '-2 working days', tell: 'holder' },
      { at: 'due', tell: 'unit' },
    ],
  },
  stages: [
    {
      ...{ stage: 'only', name: ['唯一', 'only'], target: ['完成', 'done'], answers: 'secretary', within },
      ladder: 'gentle',
      items: [{ task: 'look', name: ['看一看', 'look'], by: 'secretary' }],
    },
  ],
  life: { extend: { cap: '1 month', times: 1, approves: 'unit' }, outcomes: { done: ['完成', 'done'] } },
});

/** A year's notice as it might come out in December: Monday 4 January is off as well. */
const notice: YearRecord = {
  year: 2027,
  source: [{ title: '2027年部分节假日安排' }],
  days: ['01', '02', '03', '04'].map((day) => ({ date: `2027-01-${day}`, name: '元旦', off: true })),
};
const by = { kind: 'person', id: 'p-admin' } as const;
const log = pino({ level: 'silent' });

let bench: DoorBench;
beforeEach(async () => {
  bench = await doorBench();
});
afterEach(() => bench.close());

async function open(within: Parameters<typeof lasting>[1], now: string) {
  const program = lasting(`lasting-${within.replaceAll(' ', '-')}`, within);
  const door = await bench.another({ programs: await installPrograms(bench.sql, [program]) });
  bench.clock.now = now;
  const opening = fuleOpening({ program: program.id, data: {}, parties: [] });
  return recorded(await door.open(opening)).case.caseId;
}

const projector = (change: Partial<ProjectorDeps> = {}) =>
  createProjector({ sql: bench.worker, door: bench.door, log, ...change });
const drain = async (one = projector()) => {
  // what other tests' databases do on the same server can hold the barrier for a moment
  await expect.poll(async () => (await one.turn()) + (await left()), { timeout: 20_000 }).toBe(0);
};
const left = async () => (await bench.sql`SELECT FROM calendar_projections WHERE done_at IS NULL`).length;
const load = (record: YearRecord, area?: string) =>
  loadYear(bench.sql, { record, by, reason: '收到通知', ...(area === undefined ? {} : { area }) });
const stateOf = (caseId: string) => storedState(bench.sql, caseId);
const stageClock = async (caseId: string) =>
  Object.values((await stateOf(caseId)).deadlines).find(({ of }) => of === 'stage')!;
type Projected = Extract<CaseEvent, { type: 'deadline.projected' }>['data'];
const projections = (caseId: string) =>
  overClearEvents(
    bench.sql,
    (tx) => tx<{ actor: string; data: Projected }[]>`
  SELECT actor_kind || '/' || actor_id AS actor, convert_from(payload, 'UTF8')::json->'data' AS data FROM events
  WHERE case_id = ${caseId} AND type = 'deadline.projected' ORDER BY seq`,
  );

describe("a year's calendar published late in December", () => {
  test('cases whose deadlines cross New Year are projected again, each with one event', async () => {
    const [moves, stays, over] = [
      await open('15 working days', '2026-12-18T02:00:00.000Z'),
      await open('20 days', '2026-12-18T02:00:00.000Z'),
      await open('15 working days', '2026-12-01T02:00:00.000Z'),
    ];
    expect(await stageClock(moves)).toMatchObject({ dueDate: '2027-01-11', provisional: true, generation: 1 });
    expect(await stageClock(stays)).toMatchObject({ dueDate: '2027-01-07', provisional: true });
    expect(await stageClock(over)).toMatchObject({ dueDate: '2026-12-22', provisional: false });

    bench.clock.now = '2026-12-28T02:00:00.000Z';
    expect(await load(notice)).toEqual({ kind: 'loaded', revision: 1, changed: true });
    await drain();

    const moved = await stageClock(moves);
    expect(moved).toMatchObject({ dueDate: '2027-01-12', provisional: false, generation: 2 });
    expect(moved.rungs.map(({ at }) => at)).toEqual(['2027-01-08T01:00:00.000Z', '2027-01-13T01:00:00.000Z']);
    const stayed = await stageClock(stays);
    expect(stayed).toMatchObject({ dueDate: '2027-01-07', provisional: false, generation: 1 });
    expect(stayed.rungs.map(({ at }) => at)).toEqual(['2027-01-05T01:00:00.000Z', '2027-01-08T01:00:00.000Z']);

    const [event, ...more] = await projections(moves);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      actor: 'system/calendar',
      data: {
        from: '2027-01-11T16:00:00.000Z',
        deadline: { dueAt: '2027-01-12T16:00:00.000Z' },
        was: { calendar: productCalendar.version, provisional: true },
        why: ['官方日历已公布，期限顺延', 'the official calendar is out: it is due later'],
      },
    });
    expect(event!.data.calendar).toBe((await stateOf(moves)).calendar);
    expect(event!.data.calendar).not.toBe(productCalendar.version);
    expect((await projections(stays)).map(({ data }) => data.why?.[1])).toEqual([
      'the official calendar is out: the due date stays',
    ]);
    expect(await projections(over)).toEqual([]);

    const [progress] = await bench.sql`SELECT affected, done, done_at FROM calendar_projections`;
    expect(progress).toMatchObject({ affected: 2, done: 2, done_at: expect.any(String) });
    expect((await verify(bench.sql)).findings).toEqual([]);
    // the same again changes nothing
    expect(await load(notice)).toEqual({ kind: 'loaded', revision: 1, changed: false });
    expect(await projector().turn()).toBe(0);
  });

  test('duties that rest days move or leave out are planned again, though no clock of theirs touches the changed days', async () => {
    const usual = { by: 'secretary', ladder: 'gentle', grace: '0 days' } as const;
    const program: Program = {
      ...{ ...lasting('dutiful', '20 days'), stages: [] },
      duties: [
        { ...usual, duty: 'call', name: ['电话', 'call'], every: '1 day', restDays: 'skip' },
        { ...usual, duty: 'review', name: ['例会', 'review'], rrule: 'FREQ=MONTHLY;BYDAY=1MO', restDays: 'next' },
      ],
    };
    const door = await bench.another({ programs: await installPrograms(bench.sql, [program]) });
    bench.clock.now = '2026-12-28T02:00:00.000Z';
    const caseId = recorded(await door.open(fuleOpening({ program: program.id, data: {}, parties: [] }))).case.caseId;
    bench.clock.now = '2026-12-31T01:00:00.000Z';
    await bench.door.project(caseId);
    expect((await stateOf(caseId)).duties['call']).toMatchObject({ after: '2026-12-31', day: '2027-01-04' });
    const planned = async () =>
      (
        await bench.sql`SELECT key, planned_date::text AS day FROM items WHERE case_id = ${caseId} AND state = 'open' ORDER BY key, item_id`
      ).map((row) => `${row['key']} ${row['day']}`);
    expect(await planned()).toContain('review 2027-01-04');

    const worked = { date: '2027-01-03', name: '元旦', off: false };
    const days = notice.days.map((each) => (each.date === worked.date ? worked : each));
    expect(await load({ ...notice, days })).toMatchObject({ kind: 'loaded', changed: true });
    await drain();
    const state = await stateOf(caseId);
    expect(state.duties['call']).toMatchObject({ after: '2026-12-31', day: '2027-01-03' });
    expect(state.deadlines['review-1']).toMatchObject({
      plannedDate: '2027-01-05',
      dueDate: '2027-01-05',
      provisional: false,
    });
    expect(await planned()).toContain('review 2027-01-05');
    const events = await bench.sql`
      SELECT type FROM events WHERE case_id = ${caseId} AND type LIKE '%replanned' ORDER BY type`;
    expect(events.map((row) => row['type'])).toEqual(['duty.replanned', 'duty.replanned', 'item.replanned']);

    bench.clock.now = '2027-01-04T02:00:00.000Z';
    await bench.door.project(caseId);
    const asked =
      await bench.sql`SELECT DISTINCT planned_date::text AS day FROM items WHERE case_id = ${caseId} AND key = 'call' ORDER BY 1`;
    expect(asked.map((row) => row['day']).slice(-3)).toEqual(['2026-12-31', '2027-01-03', '2027-01-05']);
    expect((await verify(bench.sql)).findings).toEqual([]);
  });

  test.each([
    ['sealed', false],
    ['as an earlier release left it', true],
  ])('a case whose only duty waits for its next day is found by that alone: %s', async (_, clear) => {
    const duty = { duty: 'call', name: ['电话', 'call'], by: 'secretary', ladder: 'gentle', grace: '0 days' } as const;
    const program: Program = {
      ...{ ...lasting('waiting', '20 days'), stages: [] },
      duties: [{ ...duty, rrule: 'FREQ=DAILY;INTERVAL=3', restDays: 'skip', window: { opens: '1 day' } }],
    };
    const door = await bench.another({ programs: await installPrograms(bench.sql, [program]) });
    bench.clock.now = '2026-12-31T02:00:00.000Z'; // 3 January, a Sunday, is left out
    const caseId = recorded(await door.open(fuleOpening({ program: program.id, data: {}, parties: [] }))).case.caseId;
    const before = await stateOf(caseId);
    expect([before.items, before.deadlines, before.duties['call']?.day]).toEqual([{}, {}, '2027-01-06']);
    if (clear) await changeState({ keyed: bench.sql, clear }, caseId, (state) => state);
    const worked = { date: '2027-01-03', name: '元旦', off: false };
    await load({ ...notice, days: [worked] });
    await drain();
    expect((await stateOf(caseId)).duties['call']).toMatchObject({
      day: '2027-01-03',
      opensAt: '2027-01-01T16:00:00.000Z',
    });
  });

  test('rungs of the generation before are cancelled: only the new ones fire', async () => {
    const caseId = await open('15 working days', '2026-12-18T02:00:00.000Z');
    bench.clock.now = '2026-12-28T02:00:00.000Z';
    await load(notice);
    await drain();
    bench.clock.now = '2027-02-01T02:00:00.000Z';
    await bench.door.project(caseId);
    const rungs = await bench.sql`
      SELECT generation, rung, planned_at FROM rungs WHERE case_id = ${caseId} AND deadline_id LIKE 'stage:%' ORDER BY rung`;
    expect(rungs.map((row) => [row['generation'], row['rung'], row['planned_at']])).toEqual([
      [2, 0, '2027-01-08T01:00:00.000Z'],
      [2, 1, '2027-01-13T01:00:00.000Z'],
    ]);
  });

  test('a process that died after the commit, with its lease abandoned, is followed by another: no event twice', async () => {
    const caseIds: string[] = [];
    for (let n = 0; n < 5; n++) caseIds.push(await open('15 working days', '2026-12-18T02:00:00.000Z'));
    await load(notice);
    const dying: ProjectorDeps['door'] = {
      async project(caseId) {
        if (caseId !== caseIds[3]) await bench.door.project(caseId);
        throw new Error('the process has died');
      },
    };
    const first = projector({ door: dying, findAtOnce: 2 });
    await expect
      .poll(
        async () => {
          await first.turn();
          const [row] = await bench.sql`SELECT count(*) AS n FROM calendar_effects WHERE lease_until IS NOT NULL`;
          return row!['n'];
        },
        { timeout: 20_000 },
      )
      .toBe(5);
    expect((await projections(caseIds[3]!)).length).toBe(0);
    expect(await left()).toBe(1);
    await bench.sql`UPDATE calendar_effects SET lease_until = now() - interval '1 s', next_try = now() - interval '1 s'`;
    await drain(projector({ findAtOnce: 2, projectAtOnce: 2 }));
    for (const caseId of caseIds) expect((await projections(caseId)).length, caseId).toBe(1);
    const [progress] = await bench.sql`SELECT affected, done FROM calendar_projections`;
    expect(progress).toMatchObject({ affected: 5, done: 5 });
  });

  test('an act that comes first brings its case up to date itself, in any process, without a restart', async () => {
    const caseId = await open('15 working days', '2026-12-18T02:00:00.000Z');
    const other = await bench.another();
    bench.clock.now = '2026-12-28T02:00:00.000Z';
    await load(notice);
    recorded(await other.act(actOn(caseId, 'note.add', { data: { text: '来访' } })));
    expect((await projections(caseId)).length).toBe(1);
    const types = await bench.sql`SELECT type FROM events WHERE case_id = ${caseId} ORDER BY seq DESC LIMIT 2`;
    expect(types.map((row) => row['type'])).toEqual(['note.added', 'deadline.projected']);
    await drain();
    expect((await projections(caseId)).length).toBe(1);
  });

  test('cases are looked for only when nobody can still count by the calendar before', async () => {
    await open('15 working days', '2026-12-18T02:00:00.000Z');
    const slow = connect(bench.url, { max: 1, statementTimeoutMs: 20_000 });
    const one = projector();
    const held = slow.unsafe('BEGIN; SELECT pg_current_xact_id(); SELECT pg_sleep(4); COMMIT').simple().execute();
    const holding = () =>
      bench.sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND query LIKE '%pg_sleep(4)%'
        AND pid <> pg_backend_pid()`;
    await expect.poll(async () => (await holding()).length).toBe(1);
    await load(notice);
    await one.turn();
    await one.turn();
    expect((await holding()).length).toBe(1);
    expect(await bench.sql`SELECT cursor, found_at FROM calendar_projections`).toMatchObject([
      { cursor: '', found_at: null },
    ]);
    await held;
    await slow.end({ timeout: 1 });
    await drain(one);
    expect(await bench.sql`SELECT done FROM calendar_projections`).toMatchObject([{ done: 1 }]);
  });
});

describe('a case that cannot be projected', () => {
  const progress = async () => {
    const row = (await calendarYear(bench.sql, 2027, undefined))!;
    return { affected: row.affected, done: row.done, waiting: row.waiting, over: row.doneAt !== null };
  };
  const now = async () => {
    await bench.sql`UPDATE calendar_effects SET next_try = now() - interval '1 s', lease_until = NULL`;
  };

  test('while it is frozen waits apart: the load is done without it, and it follows once it is thawed', async () => {
    const [well, frozen] = [
      await open('15 working days', '2026-12-18T02:00:00.000Z'),
      await open('15 working days', '2026-12-18T02:00:00.000Z'),
    ];
    await bench.sql`UPDATE cases SET frozen_at = now(), frozen_seq = 0, frozen_head = '' WHERE case_id = ${frozen}`;
    await load(notice);
    await drain();
    expect(await progress()).toEqual({ affected: 2, done: 1, waiting: 1, over: true });
    expect([(await projections(well)).length, (await projections(frozen)).length]).toEqual([1, 0]);
    expect(await projector().turn()).toBe(0);
    await bench.sql`UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE case_id = ${frozen}`;
    await now();
    await drain();
    expect(await progress()).toEqual({ affected: 2, done: 2, waiting: 0, over: true });
    expect((await projections(frozen)).length).toBe(1);
  });

  test('that gets stuck over it is not counted as done before it is repaired', async () => {
    const caseId = await open('15 working days', '2026-12-18T02:00:00.000Z');
    const broken = await bench.another({
      engine: {
        ...engine,
        project: () => {
          throw new Error('broken');
        },
      },
    });
    await load(notice);
    await drain(projector({ door: broken }));
    expect(await progress()).toEqual({ affected: 1, done: 0, waiting: 1, over: true });
    await now();
    await drain();
    expect(await progress()).toEqual({ affected: 1, done: 1, waiting: 0, over: true });
    expect((await projections(caseId)).length).toBe(1);
  });
});

describe('changes of a record', () => {
  test('only days that change touch a case; a record that returns to what it was moves it back', async () => {
    const caseId = await open('15 working days', '2026-12-18T02:00:00.000Z');
    await load(notice);
    await drain();
    const later = { date: '2027-04-02', name: '清明节', off: true };
    await load({ ...notice, days: [...notice.days, later] });
    await drain();
    expect((await projections(caseId)).length).toBe(1);
    const without = { ...notice, days: notice.days.slice(0, 3) };
    await load(without);
    await drain();
    expect((await projections(caseId)).at(-1)!.data.why).toEqual([
      '工作日历有变，期限提前',
      'the working-day calendar has changed: it is due earlier',
    ]);
    await load(notice);
    await drain();
    expect(await stageClock(caseId)).toMatchObject({ dueDate: '2027-01-12', generation: 4 });
    const rows = await bench.sql`SELECT affected, done FROM calendar_projections ORDER BY seq`;
    expect(rows.map((row) => [row['affected'], row['done']])).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
      [1, 1],
    ]);
  });

  test('an area’s record touches the cases of its units and no other', async () => {
    const caseId = await open('15 working days', '2026-12-01T02:00:00.000Z');
    const festival = { year: 2026, source: [], days: [{ date: '2026-12-10', name: '地方节日', off: true }] };
    await load(festival, 'community-2');
    await drain();
    expect(await stageClock(caseId)).toMatchObject({ dueDate: '2026-12-22' });
    await load(festival, 'subdistrict-1');
    await drain();
    expect(await stageClock(caseId)).toMatchObject({ dueDate: '2026-12-23' });
    expect((await projections(caseId)).length).toBe(1);
    const progress = await bench.sql`SELECT affected FROM calendar_projections ORDER BY seq`;
    expect(progress.map((row) => row['affected'])).toEqual([0, 1]);
  });

  test('two people who change the same year at once: one is told that it is stale', async () => {
    const wish = (date: string) => ({ ...notice, days: [{ date, name: '元旦', off: true }] });
    const outcomes = await Promise.all(
      ['2027-01-01', '2027-01-04'].map((date) => loadYear(bench.sql, { record: wish(date), by, ifMatch: 0 })),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['loaded', 'stale']);
  });

  test('records are a chain whose rows never change', async () => {
    await load(notice);
    const rows = await bench.sql`SELECT seq, hash, prev FROM calendar_records ORDER BY seq`;
    expect(rows.length).toBe(9);
    for (const [n, row] of rows.entries()) expect(row['prev']).toBe(rows[n - 1]?.['hash'] ?? '0'.repeat(64));
    await expect(bench.sql`UPDATE calendar_records SET year = 2028 WHERE seq = 9`).rejects.toThrow('never change');
    await expect(bench.sql`DELETE FROM calendar_records WHERE seq = 9`).rejects.toThrow('never change');
  });
});

test('what the database begins with is what the product holds', async () => {
  const caseId = await open('15 working days', '2026-11-20T02:00:00.000Z');
  expect((await stateOf(caseId)).calendar).toBe(productCalendar.version);
});
