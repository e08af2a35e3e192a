import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installPrograms } from '../door/programs.ts';
import { verify } from '../door/verify.ts';
import { defineProgram } from '../sdk/define-program.ts';
import { tinyProgram } from '../sdk/tiny-program.fixture.ts';
import { actOn, caseworker, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { createGroupCounter } from './group-counter.ts';

const project = defineProgram({
  ...tinyProgram,
  id: 'project',
  stages: [
    { ...tinyProgram.stages[0]!, items: [{ group: 'homes', name: ['各户', 'the households'], program: 'tiny' }] },
  ],
});

let bench: DoorBench;
let parent: string;
let nowMs = 0;
const counter = () =>
  createGroupCounter({ sql: bench.worker, door: bench.door, log: pino({ level: 'silent' }), now: () => nowMs });

beforeEach(async () => {
  bench = await doorBench();
  const programs = await installPrograms(bench.worker, [tinyProgram, project]);
  const door = await bench.another({ programs });
  bench = { ...bench, programs, door };
  parent = recorded(await open('project', {})).case.caseId;
});
afterEach(() => bench.close());

const open = (program: string, change: object) =>
  bench.door.open({
    ...fuleOpening({ program, data: { need: '没有水' }, parties: [{ role: 'household', name: '周某' }] }),
    ...{ actId: randomUUID(), ...change },
  });
const member = async (change: object = {}) =>
  recorded(await open('tiny', { partOf: { caseId: parent, key: 'homes' }, ...change })).case.caseId;
const end = async (caseId: string) =>
  recorded(await bench.door.act(actOn(caseId, 'case.close', { reason: '已通水', data: { outcome: 'solved' } })));
const stateOf = async () => {
  const [row] = await bench.sql<{ outline: { groups?: object }; stage: string | null; seq: number }[]>`
    SELECT outline, stage, seq FROM cases WHERE case_id = ${parent}`;
  return row!;
};

test('a case is told how the members of its group stand, a minute apart, and at once when all have ended', async () => {
  const members = [await member(), await member(), await member()];
  await bench.door.act(actOn(parent, 'group.setSize', { target: 'homes', data: { size: 3 } }));
  const one = counter();
  expect(await one.turn()).toBe(1);
  expect((await stateOf()).outline.groups).toEqual({ homes: { program: 'tiny', size: 3, listed: 3, ended: 0 } });
  expect(await one.turn()).toBe(0);
  await end(members[0]!);
  expect(await one.turn()).toBe(0);
  nowMs += 60_000;
  expect(await one.turn()).toBe(1);
  await end(members[1]!);
  await end(members[2]!);
  // two processes at one instant tell it once
  await Promise.all([counter().turn(), one.turn()]);
  const { outline, stage } = await stateOf();
  expect([outline.groups, stage]).toEqual([undefined, null]);
  const told = await bench.sql`SELECT seq FROM acts WHERE case_id = ${parent} AND type = 'group.count'`;
  expect(told.length).toBeLessThanOrEqual(4);
  const found = await verify(bench.sql, { caseId: parent });
  expect(found.findings).toEqual([]);
});

test('a case that cannot be a member says why: no such group, another program, a unit that is not below', async () => {
  const refusedFor = async (change: object, program = 'tiny') => {
    const outcome = await open(program, { partOf: { caseId: parent, key: 'homes' }, ...change });
    return outcome.status === 'refused' ? [outcome.refusal.code, outcome.refusal.errors?.[0]?.path] : outcome.status;
  };
  expect(await refusedFor({ partOf: { caseId: parent, key: 'shops' } })).toEqual(['INVALID_DATA', 'partOf']);
  expect(await refusedFor({ partOf: { caseId: randomUUID(), key: 'homes' } })).toEqual(['INVALID_DATA', 'partOf']);
  expect(await refusedFor({}, 'project')).toEqual(['INVALID_DATA', 'program']);
  const elsewhere = { unit: 'community-2', actor: person('p-caseworker-2', 'caseworker', 'community-2') };
  expect(await refusedFor(elsewhere)).toEqual(['INVALID_DATA', 'partOf']);
  expect(await refusedFor({ actor: caseworker })).toBe('recorded');
});

test('members are found through their index, however many other cases there are', async () => {
  await member();
  await bench.sql`ANALYZE cases`;
  const plan = await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL enable_seqscan = off`;
    return tx<{ 'QUERY PLAN': string }[]>`
      EXPLAIN SELECT count(*) FROM cases c WHERE c.outline -> 'partOf' ->> 'caseId' = ${parent}`;
  });
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('cases_part_of');
});
