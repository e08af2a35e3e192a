import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Door } from '../door/door.ts';
import { changeOrganisation } from '../door/organisation.ts';
import { lockUnits, mergeUnits, splitUnit } from '../door/unit-changes.ts';
import { verify } from '../door/verify.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { createMover } from './mover.ts';

const admin = { kind: 'person', id: 'p-admin' } as const;
const log = pino({ level: 'silent' });

let bench: DoorBench;
beforeEach(async () => {
  bench = await doorBench();
});
afterEach(() => bench.close());

const open = async (change = {}) => recorded(await bench.door.open(fuleOpening(change))).case.caseId;
const many = (n: number, change = {}) => Promise.all(Array.from({ length: n }, () => open(change)));
const mover = (change: Partial<Parameters<typeof createMover>[0]> = {}) =>
  createMover({ sql: bench.sql, door: bench.door, log, ...change });
const merge = (unit: string, into: string, id: string = randomUUID()) =>
  changeOrganisation(bench.sql, admin, (organisation, tx) => mergeUnits({ tx, organisation }, { id, unit, into }));
const drain = async (one = mover()) => {
  while ((await one.turn()) > 0);
};
const unitsOf = async () =>
  Object.fromEntries(
    (await bench.sql<{ unit: string; n: number }[]>`SELECT unit, count(*)::int AS n FROM cases GROUP BY unit`).map(
      ({ unit, n }) => [unit, n],
    ),
  );
const movesOf = () => bench.sql<{ caseId: string; n: number }[]>`
  SELECT case_id AS "caseId", count(*)::int AS n FROM events WHERE type = 'case.moved' GROUP BY case_id`;

describe('two communities become one', () => {
  test('sixty cases go along once each, although the process that moves them dies in between', async () => {
    const cases = await many(60);
    const counts = await merge('community-1', 'community-2');
    expect(counts).toMatchObject({ cases: 60, posts: 5, units: 0, books: 60 });
    expect(counts.deadlines).toBeGreaterThan(60);

    // the first dies with what it holds: some moved but not ticked off, some not moved at all
    let n = 0;
    const dying: Pick<Door, 'act' | 'project'> = {
      project: bench.door.project,
      async act(request) {
        n += 1;
        if (n > 25) throw new Error('gone');
        const outcome = await bench.door.act(request);
        if (n > 20) throw new Error('gone after the commit');
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
    expect(moves.map(({ n: times }) => times)).toEqual(cases.map(() => 1));
    expect(await bench.sql`SELECT FROM unit_moves WHERE done_at IS NULL`).toHaveLength(0);
    expect(await verifyOrganisation(bench.sql)).toEqual([]);
    for (const caseId of cases.slice(0, 3)) {
      expect((await verify(bench.sql, { caseId })).findings).toEqual([]);
    }
  });
});
