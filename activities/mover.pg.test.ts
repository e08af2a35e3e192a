import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lengthenedFor } from '../db/queries/retention.ts';
import { loadYear } from '../door/calendar-load.ts';
import type { Door } from '../door/door.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { installPrograms } from '../door/programs.ts';
import { lockUnits, mergeUnits, type SplitPart, splitUnit } from '../door/unit-changes.ts';
import { verify } from '../door/verify.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import type { Program } from '../sdk/program.ts';
import { overClearEvents } from '../test/support/clear-events.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { createMover } from './mover.ts';

const admin = { kind: 'person', id: 'p-admin' } as const;
const log = pino({ level: 'silent' });

/** One stage of ten working days. */
const tenDays: Program = {
  ...{
    id: 'ten-days',
    version: '1.0.0',
    name: ['测试', 'test'],
    apart: [],
    fields: {},
    intake: [],
    duties: [],
    books: [],
  },
  roles: { secretary: { name: ['书记', 'secretary'], post: 'secretary' } },
  ladders: { gentle: [{ at: 'due', tell: 'unit' }] },
  stages: [
    {
      ...{ stage: 'only', name: ['唯一', 'only'], target: ['完成', 'done'], answers: 'secretary', ladder: 'gentle' },
      ...{ within: '10 working days', items: [{ task: 'look', name: ['看一看', 'look'], by: 'secretary' }] },
    },
  ],
  life: { extend: { cap: '1 month', times: 1, approves: 'unit' }, outcomes: { done: ['完成', 'done'] } },
};

let bench: DoorBench;
beforeEach(async () => {
  bench = await doorBench();
});
afterEach(() => bench.close());

const open = async (change = {}) => recorded(await bench.door.open(fuleOpening(change))).case.caseId;
const mover = (change: Partial<Parameters<typeof createMover>[0]> = {}) =>
  createMover({ sql: bench.worker, door: bench.door, log, ...change });
const merge = (unit: string, into: string, id: string = randomUUID()) =>
  changeOrganisation(bench.sql, admin, async (organisation, tx) => {
    const locked = await lockUnits(tx, [unit, into]);
    return mergeUnits({ tx, organisation }, id, { from: locked.get(unit)!, to: locked.get(into)! });
  });
const split = (unit: string, into: readonly SplitPart[]) =>
  changeOrganisation(bench.sql, admin, async (organisation, tx) =>
    splitUnit({ tx, organisation }, { id: randomUUID(), unit, into }, (await lockUnits(tx, [unit])).get(unit)!),
  );
const drain = async (one = mover()) => {
  while ((await one.turn()) > 0);
};
const unitOf = async (caseId: string) =>
  (await bench.sql<{ unit: string }[]>`SELECT unit FROM cases WHERE case_id = ${caseId}`)[0]!.unit;
const unitsOf = async () =>
  Object.fromEntries(
    (await bench.sql<{ unit: string; n: number }[]>`SELECT unit, count(*)::int AS n FROM cases GROUP BY unit`).map(
      ({ unit, n }) => [unit, n],
    ),
  );
const movesOf = (caseId?: string) =>
  overClearEvents(
    bench.sql,
    (tx) => tx<{ caseId: string; unit: string }[]>`
  SELECT case_id AS "caseId", convert_from(payload, 'UTF8')::json->'data'->>'unit' AS unit FROM events
  WHERE type = 'case.moved' AND (${caseId ?? null}::text IS NULL OR case_id = ${caseId ?? null}) ORDER BY case_id, seq`,
  );
const holds = async (caseId: string) => expect((await verify(bench.sql, { caseId })).findings).toEqual([]);

describe('two communities become one', () => {
  test('sixty cases go along once each, although the process that moves them dies in between', async () => {
    const cases = await Promise.all(Array.from({ length: 60 }, () => open()));
    const counts = await merge('community-1', 'community-2');
    expect(counts).toMatchObject({ cases: 60, deadlines: 60, posts: 5, units: 0, books: 60, logins: 5 });

    // the first dies with what it holds: some moved but not ticked off, some not moved at all
    let n = 0;
    const dying: Pick<Door, 'act' | 'project'> = {
      project: bench.door.project,
      async act(request) {
        n += 1;
        if (n > 25) throw new Error('gone');
        const mine = n;
        const outcome = await bench.door.act(request);
        if (mine > 20) throw new Error('gone after the commit');
        return outcome;
      },
    };
    expect(await mover({ door: dying, atOnce: 30 }).turn()).toBe(30);
    expect((await unitsOf())['community-2']).toBe(25);
    // nobody else takes what is leased
    await drain();
    expect((await unitsOf())['community-2']).toBe(55);
    await bench.sql`UPDATE case_moves SET lease_until = now() - interval '1 s', next_try = now() WHERE done_at IS NULL`;
    await Promise.all([drain(), drain()]);

    expect(await unitsOf()).toEqual({ 'community-2': 60 });
    const moves = await movesOf();
    expect(moves.map((each) => each.caseId)).toEqual(cases.toSorted());
    expect(await bench.sql`SELECT FROM unit_moves WHERE done_at IS NULL`).toHaveLength(0);
    expect(await verifyOrganisation(bench.sql)).toEqual([]);
    await holds(cases[0]!);
  });

  test('while its case moves, its secretary goes on acting for it, and the head of the new unit is its head', async () => {
    const caseId = await open();
    await merge('community-1', 'community-2');
    const note = (who: string) => actOn(caseId, 'note.add', { actor: person(who), data: { text: '走访' } });
    const suspend = async (who: string) => {
      const outcome = await bench.door.dryRun(
        actOn(caseId, 'case.suspend', { actor: person(who), reason: '住院治疗' }),
      );
      return outcome.status === 'refused' ? outcome.refusal.code : 'may';
    };
    const heads = async () => [await suspend('p-director-2'), await suspend('p-director')];
    expect(await heads()).toEqual(['may', 'FORBIDDEN']);
    expect((await bench.door.act(note('p-secretary'))).status).toBe('recorded');
    await drain();
    expect(await heads()).toEqual(['may', 'FORBIDDEN']);
    expect((await bench.door.act(note('p-secretary'))).status).toBe('recorded');
    const opening = fuleOpening();
    expect(await bench.door.open(opening)).toMatchObject({
      status: 'refused',
      refusal: { code: 'UNIT_CLOSED', waysOut: [['在并入的单位“community-2”立案', expect.anything()]] },
    });
    await holds(caseId);
  });

  test('a rung that is due while cases move fires once and tells a post, whoever comes first', async () => {
    const cases = await Promise.all(Array.from({ length: 6 }, () => open()));
    const [rung] = await bench.sql<{ at: string }[]>`
      SELECT r->>'at' AS at FROM deadlines, json_array_elements(data->'rungs') r ORDER BY 1 LIMIT 1`;
    bench.clock.now = rung!.at;
    await merge('community-1', 'community-2');
    await Promise.all([
      mover({ atOnce: 3 }).turn(),
      bench.door.turn({ unit: 'community-1' }),
      bench.door.turn({ unit: 'community-2' }),
    ]);
    await drain();
    await bench.door.turn({ unit: 'community-1' });
    await bench.door.turn({ unit: 'community-2' });
    expect(await unitsOf()).toEqual({ 'community-2': 6 });
    const fired = await bench.sql<{ caseId: string; n: number; told: { post?: string; unit: string }[] }[]>`
      SELECT r.case_id AS "caseId", count(*) OVER (PARTITION BY r.case_id, r.deadline_id, r.generation, r.rung)::int AS n, told
      FROM rungs r WHERE r.case_id IN ${bench.sql(cases)}`;
    expect(new Set(fired.map((each) => each.caseId)).size).toBe(6);
    expect(fired.every(({ n }) => n === 1)).toBe(true);
    for (const { told } of fired) {
      expect(told.some(({ post }) => post !== undefined)).toBe(true);
      expect(told.every(({ unit }) => unit === 'community-2' || !unit.startsWith('community'))).toBe(true);
    }
    for (const caseId of cases.slice(0, 2)) await holds(caseId);
  });

  test('an offer to what comes to the unit of the case waits no more, though the case stays where it is', async () => {
    const stays = await open();
    const goes = await open({ unit: 'community-2', actor: person('p-caseworker-2', 'caseworker', 'community-2') });
    await changeOrganisation(bench.sql, admin, (organisation) =>
      organisation.lengthenRetention({ id: 'r-1', unit: 'community-2', class: 'daily', years: 10, source: '市规定' }),
    );
    const ask = { reason: '迁居', data: { unit: 'community-2', consent: 'overridden', ground: '履行法定职责' } };
    recorded(await bench.door.act(actOn(stays, 'case.offerTransfer', { actor: person('p-secretary'), ...ask })));
    await merge('community-2', 'community-1');
    await drain();
    const [row] = await bench.sql`SELECT state FROM transfers WHERE case_id = ${stays}`;
    expect(row?.['state']).toBe('revoked');
    expect(
      await bench.sql`SELECT FROM deadlines WHERE case_id = ${stays} AND of = 'transfer' AND state = 'running'`,
    ).toEqual([]);
    expect(await movesOf(stays)).toEqual([]);
    await holds(stays);
    // it takes on no longer period of a unit that it was never in; one that was there keeps it
    expect(await lengthenedFor(bench.sql, stays)).toEqual([]);
    expect(await lengthenedFor(bench.sql, goes)).toMatchObject([{ unit: 'community-2', years: 10 }]);
  });

  test('a longer period set above a unit holds for its cases when that is merged into another area, and below it too', async () => {
    const inUnit = await open();
    await changeOrganisation(bench.sql, admin, async (organisation) => {
      await organisation.addUnit({
        id: 'subdistrict-2',
        level: 'sub-district',
        name: ['二街道', 'two'],
        above: 'district-1',
      });
      await organisation.addUnit({ id: 'grid-1', level: 'community', name: ['一网格', 'grid'], above: 'community-1' });
      await organisation.lengthenRetention({
        id: 'r-up',
        unit: 'subdistrict-1',
        class: 'daily',
        years: 12,
        source: '街道规定',
      });
      await organisation.lengthenRetention({
        id: 'r-own',
        unit: 'community-1',
        class: 'daily',
        years: 11,
        source: '社区规定',
      });
    });
    const below = await open();
    await bench.sql`UPDATE cases SET unit = 'grid-1' WHERE case_id = ${below}`;
    const years = async (caseId: string) => (await lengthenedFor(bench.sql, caseId)).map((each) => each.years);
    expect([await years(inUnit), await years(below)]).toEqual([
      [12, 11],
      [12, 11],
    ]);
    await changeOrganisation(bench.sql, admin, async (organisation, tx) => {
      const locked = await lockUnits(tx, ['community-1', 'subdistrict-2']);
      const ends = { from: locked.get('community-1')!, to: locked.get('subdistrict-2')! };
      return mergeUnits({ tx, organisation }, randomUUID(), ends);
    });
    await drain();
    expect(await unitOf(inUnit)).toBe('subdistrict-2');
    expect([await years(inUnit), await years(below)]).toEqual([
      [12, 11],
      [12, 11],
    ]);
    // what is set above it afterwards holds for whoever is there now, and for a case opened since only that
    await changeOrganisation(bench.sql, admin, (organisation) =>
      organisation.lengthenRetention({
        id: 'r-late',
        unit: 'subdistrict-1',
        class: 'daily',
        years: 13,
        source: '街道规定',
      }),
    );
    expect([await years(inUnit), await years(below)]).toEqual([
      [12, 11],
      [12, 11],
    ]);
    const fresh = await open({ unit: 'community-2', actor: person('p-caseworker-2', 'caseworker', 'community-2') });
    await bench.sql`UPDATE cases SET unit = 'grid-1' WHERE case_id = ${fresh}`;
    expect(await years(fresh)).toEqual([]);
  });

  test('what came in late follows: a case opened in the same instant, and one in a unit that goes on itself', async () => {
    const [first, late] = [await open(), await open()];
    await merge('community-1', 'community-2', 'one');
    // as if it had been opened on the organisation of the instant before
    await bench.sql`DELETE FROM case_moves WHERE case_id = ${late}`;
    await merge('community-2', 'subdistrict-1', 'two');
    await drain();
    expect(await unitsOf()).toEqual({ 'subdistrict-1': 2 });
    expect(await movesOf(first)).toEqual([{ caseId: first, unit: 'subdistrict-1' }]);
    expect(await unitOf(late)).toBe('subdistrict-1');
    await holds(first);
    expect(await verifyOrganisation(bench.sql)).toEqual([]);
  });

  test('cases that come under the calendar of another area are counted again, those of units below as well', async () => {
    await changeOrganisation(bench.sql, admin, (organisation) =>
      organisation.addUnit({ id: 'grid-1', level: 'grid', name: ['网格', 'grid'], above: 'community-1' }),
    );
    bench.clock.now = '2026-11-23T02:00:00.000Z';
    const door = await bench.another({ programs: await installPrograms(bench.sql, [tenDays]) });
    const begin = async (unit: string) => {
      const opening = {
        program: 'ten-days',
        unit,
        data: {},
        parties: [],
        assignments: { secretary: 'community-1-secretary' },
      };
      return recorded(await door.open(fuleOpening(opening))).case.caseId;
    };
    const cases = [await begin('community-1'), await begin('grid-1')];
    const day = { date: '2026-11-26', name: '本地节日', off: true };
    const record = { year: 2026, source: [{ title: '通知' }], days: [day] };
    const by = { kind: 'person', id: 'p-admin' } as const;
    expect(await loadYear(bench.sql, { record, area: 'community-2', by })).toMatchObject({ kind: 'loaded' });
    await merge('community-1', 'community-2');
    await drain();
    expect(await Promise.all(cases.map(unitOf))).toEqual(['community-2', 'grid-1']);
    for (const caseId of cases) {
      const [projected] = await overClearEvents(
        bench.sql,
        (tx) => tx<{ from: string; due: string }[]>`
        SELECT p->>'from' AS "from", p->'deadline'->>'dueAt' AS due FROM events e
        CROSS JOIN LATERAL (SELECT convert_from(e.payload, 'UTF8')::json->'data' AS p) d
        WHERE case_id = ${caseId} AND type = 'deadline.projected'`,
      );
      expect(projected!.due > projected!.from).toBe(true);
      await holds(caseId);
    }
  });

  test('a frozen case waits for its repair, and holds the others back as little as the merge', async () => {
    const [frozen, free] = [await open(), await open()];
    await bench.sql`UPDATE cases SET frozen_at = now(), frozen_seq = 99, frozen_head = 'x' WHERE case_id = ${frozen}`;
    await merge('community-1', 'community-2', 'one');
    await drain();
    expect([await unitOf(frozen), await unitOf(free)]).toEqual(['community-1', 'community-2']);
    expect(await bench.sql`SELECT FROM unit_moves WHERE done_at IS NULL`).toHaveLength(0);
    await bench.sql`UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE case_id = ${frozen}`;
    await drain();
    expect(await unitOf(frozen)).toBe('community-2');
  });
});

describe('a community is split', () => {
  test('cases go with the post that answers for them, or where the request says', async () => {
    const [withPost, stays, named] = [
      await open({ assignments: { secretary: 'community-1-director' } }),
      await open(),
      await open(),
    ];
    const counts = await split('community-1', [
      {
        id: 'north',
        name: ['北区', 'North'],
        posts: ['community-1-director'],
        head: 'community-1-director',
        cases: [],
      },
      { id: 'south', name: ['南区', 'South'], posts: [], cases: [named] },
    ]);
    expect(counts).toMatchObject([
      { id: 'north', cases: 1, posts: 1, logins: 1 },
      { id: 'south', cases: 1, posts: 0, logins: 0 },
    ]);
    await drain();
    expect(await Promise.all([withPost, stays, named].map(unitOf))).toEqual(['north', 'community-1', 'south']);
    const rows = await bench.sql`SELECT id, head_post AS head, above, level FROM units
      WHERE id IN ('north', 'south', 'community-1') ORDER BY id`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { id: 'community-1', head: null, above: 'subdistrict-1', level: 'community' },
      { id: 'north', head: 'community-1-director', above: 'subdistrict-1', level: 'community' },
      { id: 'south', head: null, above: 'subdistrict-1', level: 'community' },
    ]);
    expect(await verifyOrganisation(bench.sql)).toEqual([]);
    await holds(withPost);
  });
});

describe('an edited row', () => {
  test.each([
    [
      "UPDATE units SET name_zh = '另一个' WHERE id = 'community-2'",
      'units community-2 is not what the events lead to',
    ],
    ["UPDATE units SET closed_at = NULL WHERE id = 'community-1'", 'units community-1 is not what the events lead to'],
    [
      "UPDATE units SET above = 'district-1' WHERE id = 'community-1'",
      'units community-1 is not what the events lead to',
    ],
    [
      "UPDATE posts SET unit = 'subdistrict-1' WHERE id = 'community-1-secretary'",
      'posts community-1-secretary is not what the events lead to',
    ],
    [
      "UPDATE posts SET closed_at = now() WHERE id = 'community-2-secretary'",
      'posts community-2-secretary is not what the events lead to',
    ],
  ])('%s is found', async (edit, what) => {
    await merge('community-1', 'community-2');
    await changeOrganisation(bench.sql, admin, (organisation) => organisation.renameUnit('community-2', ['新', 'New']));
    expect(await verifyOrganisation(bench.sql)).toEqual([]);
    await bench.sql.unsafe(edit);
    expect(await verifyOrganisation(bench.sql)).toEqual([{ what }]);
  });
});
