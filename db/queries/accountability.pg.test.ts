import { afterAll, beforeAll, expect, test } from 'vitest';
import { installPrograms } from '../../door/programs.ts';
import type { Program } from '../../sdk/program.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../../test/support/door.ts';
import { promiseCounts } from './accountability.ts';

/** A call every three days that calls nobody to account, in a stage whose end does. */
const calls: Program = {
  ...{ id: 'calls', version: '1.0.0', name: ['电话', 'calls'], apart: [], fields: {}, intake: [], books: [] },
  roles: { secretary: { name: ['书记', 'secretary'], post: 'secretary' } },
  ladders: { gentle: [{ at: 'due', tell: 'unit' }], strict: [{ at: 'due', tell: 'unit', account: true }] },
  duties: [
    { duty: 'call', name: ['电话', 'call'], by: 'secretary', every: '3 days', grace: '1 day', ladder: 'gentle' },
  ],
  stages: [
    {
      ...{ stage: 'only', name: ['唯一', 'only'], target: ['完成', 'done'], answers: 'secretary', within: '10 days' },
      ladder: 'strict',
      items: [{ task: 'look', name: ['看一看', 'look'], by: 'secretary', within: '5 days', ladder: 'gentle' }],
    },
  ],
  life: { extend: { cap: '1 month', times: 1, approves: 'unit' }, outcomes: { done: ['完成', 'done'] } },
};

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench();
});
afterAll(() => bench.close());

const reader = { person: 'p-admin', loginUnit: 'district-1' };
const year = { from: '2030-12-31T16:00:00.000Z', until: '2031-12-31T16:00:00.000Z' };
const countsOf = (post: string, now: string) => promiseCounts(bench.sql, reader, { post, ...year, now });

async function open(unit: string) {
  bench.clock.now = '2031-03-03T02:00:00.000Z';
  const door = await bench.another({ programs: await installPrograms(bench.sql, [calls]) });
  const opening = fuleOpening({ program: 'calls', unit, data: {}, parties: [] });
  const actor = { ...opening.actor, logins: [{ role: 'caseworker', unit }] };
  const { caseId } = recorded(await door.open({ ...opening, actor })).case;
  return { caseId, door };
}

test('a missed duty of a ladder that calls nobody to account is counted as never done once it has lapsed', async () => {
  const { caseId, door } = await open('community-1');
  const now = '2031-04-20T02:00:00.000Z';
  bench.clock.now = now;
  await door.project(caseId);
  const [lapsed] = await bench.sql`SELECT count(*)::int AS n FROM items WHERE case_id = ${caseId} AND state = 'missed'`;
  expect(lapsed!['n']).toBeGreaterThan(0);
  const counts = await countsOf('community-1-secretary', now);
  expect(counts.never).toBe(lapsed!['n']);
  const [all] = await bench.sql`SELECT count(*)::int AS n FROM deadlines WHERE case_id = ${caseId}`;
  expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(all!['n']);
});

test('what is called off when it was late already was never done; what is called off before is no promise', async () => {
  const before = (await countsOf('community-1-secretary', '2031-04-20T02:00:00.000Z')).never;
  for (const [closes, more] of [
    ['2031-03-04T02:00:00.000Z', 0],
    ['2031-03-11T02:00:00.000Z', 3], // the task of the stage and two calls; the stage and the third are not due
  ] as const) {
    const { caseId, door } = await open('community-1');
    bench.clock.now = closes;
    const close = { actor: person('p-secretary'), data: { outcome: 'done' }, reason: '搬离' };
    recorded(await door.act({ ...actOn(caseId, 'case.close', close) }));
    const left = await bench.sql`SELECT FROM deadlines WHERE case_id = ${caseId} AND state <> 'cancelled'`;
    expect(left.length).toBe(0);
    expect((await countsOf('community-1-secretary', closes)).never - before).toBe(more);
  }
});

test('a head who is held to account for a vacant post has the record counted before it is settled', async () => {
  await bench.sql`UPDATE appointments SET until_at = '2025-01-01T00:00:00Z', from_at = '2024-01-01T00:00:00Z'
    WHERE post = 'community-2-secretary'`;
  const { caseId, door } = await open('community-2');
  const now = '2031-03-20T02:00:00.000Z';
  bench.clock.now = now;
  await door.project(caseId);
  const records = await bench.sql`SELECT post, result FROM accountability WHERE case_id = ${caseId}`;
  expect(records.map(({ post, result }) => [post, result])).toEqual([['community-2-director', null]]);
  expect(await countsOf('community-2-director', now)).toEqual({
    ...{ onTime: 0, recordedLate: 0, late: 0, never: 0, overdue: 1, open: 0 },
  });
});
