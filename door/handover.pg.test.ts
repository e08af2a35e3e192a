import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caseRecord } from '../db/queries/cases.ts';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { ownerOf } from '../engine/succession.ts';
import { addMs } from '../engine/time/civil.ts';
import type { Succession } from '../engine/world.ts';
import { actOn, caseworker, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { Organisation } from './organisation.ts';
import { verifyOrganisation } from './verify-organisation.ts';

let bench: DoorBench;
let transactions: Transactions;
beforeAll(async () => {
  bench = await doorBench();
  transactions = createTransactions(bench.sql);
});
afterAll(async () => {
  await transactions?.end();
  await bench?.close();
});

const admin = { kind: 'person', id: 'p-admin' } as const;
const changed = <T>(work: (organisation: Organisation) => Promise<T>) =>
  transactions.run((tx) => work(new Organisation(tx, admin)));
const now = async () => (await bench.sql<{ now: string }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`)[0]!.now;
const reads = async (who: string, caseId: string) =>
  (await caseRecord(bench.sql, { person: who, loginUnit: undefined }, caseId)) !== undefined;

interface Found {
  readonly who: string;
  readonly since: string | null;
  readonly at: string;
  readonly person: string | null;
  readonly post: string | null;
  readonly owns: readonly string[] | null;
}

/** A case of a community whose secretary is named as a person. */
async function openNamed(secretary: string, n: 1 | 2 = 1): Promise<string> {
  const actor = n === 1 ? caseworker : person('p-caseworker-2', 'caseworker', 'community-2');
  const opening = fuleOpening({ unit: `community-${n}`, actor, assignments: { secretary } });
  return recorded(await bench.door.open(opening)).case.caseId;
}

test('what was given by name goes to the successor at the instant of a rung, who alone is told, reads and acts', async () => {
  const caseId = await openNamed('p-secretary');
  const [rung] = await bench.sql<{ at: string }[]>`
    SELECT r->>'at' AS at FROM deadlines, json_array_elements(data->'rungs') r WHERE case_id = ${caseId}
      AND r->>'tell' = 'holder' ORDER BY 1 LIMIT 1`;
  const done = await changed(async (organisation) => {
    await organisation.addPerson({ id: 'p-after', name: '何某' });
    return organisation.handOver('community-1-secretary', 'p-after', rung!.at);
  });
  expect(done).toEqual({ person: 'p-secretary', to: 'p-after', byName: true, keeps: [], substitutions: [] });
  bench.clock.now = rung!.at;
  await Promise.all([1, 2].map(() => bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) })));
  bench.clock.now = undefined;
  const told = await bench.sql<{ person: string }[]>`
    SELECT person FROM messages WHERE case_id = ${caseId} AND kind = 'rung' ORDER BY created_at, n`;
  expect(told.map((row) => row.person)).toEqual(['p-after']);
  expect(await verifyOrganisation(bench.sql)).toEqual([]);
});

test('without a successor it falls to the head above; who comes back is given only what is new', async () => {
  const caseId = await openNamed('p-secretary-2', 2);
  expect(await reads('p-secretary-2', caseId)).toBe(true);
  const at = await now();
  const done = await changed((organisation) => organisation.handOver('community-2-secretary', undefined, at));
  expect(done).toMatchObject({ person: 'p-secretary-2', toPost: 'community-2-director', byName: true });
  expect(await reads('p-secretary-2', caseId)).toBe(false);
  expect(await reads('p-director-2', caseId)).toBe(true);
  const note = (id: string) => actOn(caseId, 'note.add', { actor: person(id), data: { text: '走访' } });
  expect(await bench.door.act(note('p-secretary-2'))).toMatchObject({ refusal: { code: 'FORBIDDEN' } });
  expect((await bench.door.act(note('p-director-2'))).status).toBe('recorded');
  const [event] = await bench.sql`SELECT actor_post FROM events WHERE case_id = ${caseId} AND type = 'note.added'`;
  expect(event).toEqual({ actor_post: 'community-2-director' });

  await changed(async (organisation) => organisation.appoint('community-2-secretary', 'p-secretary-2', await now()));
  expect(await reads('p-secretary-2', caseId)).toBe(false);
  const again = await openNamed('p-secretary-2', 2);
  expect(await reads('p-secretary-2', again)).toBe(true);
  expect((await bench.door.act({ ...note('p-secretary-2'), caseId: again })).status).toBe('recorded');
});

test('deputyships of who leaves end, with that of the successor for the post itself; who stays in the unit keeps all', async () => {
  const from = await now();
  await changed(async (organisation) => {
    await organisation.substitute({ post: 'community-1-secretary', person: 'p-director', from });
    await organisation.substitute({ post: 'subdistrict-1-head', person: 'p-caseworker', from });
  });
  const at = await now();
  const done = await changed((organisation) => organisation.handOver('community-1-caseworker', 'p-director', at));
  expect(done).toMatchObject({ byName: true, substitutions: [{ post: 'subdistrict-1-head', person: 'p-caseworker' }] });
  const later = new Date(Date.parse(at) + 1000).toISOString();
  const taken = await changed(async (organisation) => {
    await organisation.addPost({
      id: 'community-1-second',
      kind: 'second',
      unit: 'community-1',
      name: ['副职', 'second'],
    });
    await organisation.appoint('community-1-second', 'p-accountant', at);
    return organisation.handOver('community-1-supervision-head', 'p-after', later);
  });
  expect(taken).toMatchObject({ person: 'p-accountant', byName: false, substitutions: [] });
  expect(await verifyOrganisation(bench.sql)).toEqual([]);
});

test('whoever was to follow and is withdrawn keeps nothing: it falls to the head above', async () => {
  const caseId = await openNamed('p-secretary-2', 2);
  const at = new Date(Date.parse(await now()) + 60_000).toISOString();
  const begun = await changed(async (organisation) => {
    await organisation.handOver('community-2-secretary', 'p-auditor', at, { appointmentId: 'withdrawn' });
    const [held] = await bench.sql<{ id: string }[]>`SELECT id FROM appointments WHERE post = 'community-2-director'`;
    return organisation.withdraw(held!.id, await now());
  });
  expect(begun).toBe(false);
  expect(await changed(async (organisation) => organisation.withdraw('withdrawn', await now()))).toBe(true);
  const [owner] = await bench.sql`
    SELECT o.* FROM assignments a, owner_of(a.person, a.given_at, ${at}::timestamptz + interval '1 ms', 'community-2') o
    WHERE a.case_id = ${caseId} AND a.role = 'secretary'`;
  expect(owner).toEqual({ person: null, post: 'community-2-director' });
  expect(await verifyOrganisation(bench.sql)).toEqual([]);
});

test('who stays in office in another unit keeps what lies under that one; the rest goes on', async () => {
  const at = await now();
  await changed(async (organisation) => {
    await organisation.addPerson({ id: 'p-second', name: '罗某' });
    for (const unit of ['community-1', 'community-2']) {
      await organisation.addPost({ id: `${unit}-helper`, kind: 'helper', unit, name: ['助理', 'helper'] });
      await organisation.appoint(`${unit}-helper`, 'p-second', at);
    }
  });
  const first = await openNamed('p-second');
  const second = await openNamed('p-second', 2);
  await changed(async (organisation) => organisation.handOver('community-1-helper', 'p-after', await now()));
  expect([await reads('p-second', first), await reads('p-after', first)]).toEqual([false, true]);
  expect([await reads('p-second', second), await reads('p-after', second)]).toEqual([true, false]);
  const note = (id: string, caseId: string) => actOn(caseId, 'note.add', { actor: person(id), data: { text: '走访' } });
  expect((await bench.door.act(note('p-second', second))).status).toBe('recorded');
  expect((await bench.door.act(note('p-second', first))).status).toBe('refused');
  expect((await bench.door.act(note('p-after', first))).status).toBe('recorded');
  await changed(async (organisation) => organisation.handOver('community-2-helper', undefined, await now()));
  expect([await reads('p-second', second), await reads('p-director-2', second)]).toEqual([false, true]);
  expect([await reads('p-second', first), await reads('p-after', first)]).toEqual([false, true]);
  expect(await verifyOrganisation(bench.sql)).toEqual([]);
});

test('in whatever order handovers are recorded, nothing is left with somebody who holds no office', {
  timeout: 60_000,
}, async () => {
  const from = addMs(await now(), 60_000);
  const moment = (n: number) => addMs(from, n * 1000);
  const posts = ['community-1-aide', 'community-2-aide', 'community-2-clerk', 'subdistrict-1-aide'];
  const people = ['p-a', 'p-b', 'p-c'];
  await changed(async (organisation) => {
    for (const id of people) await organisation.addPerson({ id, name: '某' });
    const made = await bench.sql<{ id: string }[]>`SELECT id FROM posts`;
    for (const id of posts)
      if (!made.some((each) => each.id === id))
        await organisation.addPost({
          id,
          kind: 'any',
          unit: id.slice(0, id.lastIndexOf('-')),
          name: ['助理', 'helper'],
        });
  });
  const move = fc.record({
    post: fc.constantFrom(...posts),
    to: fc.option(fc.constantFrom(...people), { nil: undefined }),
    at: fc.integer({ min: 1, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 2, maxLength: 8 }), async (moves) => {
      await transactions.run(async (tx) => {
        const organisation = new Organisation(tx, admin);
        for (const [n, post] of posts.entries()) await organisation.appoint(post, people[n % 2]!, moment(0));
        for (const { post, to, at } of moves) {
          const [held] = await tx<{ person: string }[]>`
            SELECT person FROM appointments WHERE post = ${post} AND from_at < ${moment(at)} AND until_at IS NULL`;
          if (held && held.person !== to) await organisation.handOver(post, to, moment(at));
        }
        const asked = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) =>
          ['community-1', 'community-2', 'subdistrict-1'].flatMap((unit) =>
            ['p-a', 'p-b'].map((who) => ({ who, unit, at: moment(n) })),
          ),
        );
        const lost = await tx`
          SELECT r.who, r.unit, r.at, o.person
          FROM json_to_recordset(${JSON.stringify(asked)}::text::json) AS r (who text, unit text, at timestamptz),
            owner_of(r.who, NULL, r.at, r.unit) o
          WHERE o.person IS NOT NULL AND NOT EXISTS (SELECT FROM appointments a WHERE a.person = o.person
            AND a.from_at <= r.at AND (a.until_at IS NULL OR a.until_at > r.at))`;
        expect(lost).toHaveLength(0);
        await tx.undo();
      });
    }),
    { numRuns: 60 },
  );
});

test('the database and the engine find the same owner for everything, at every moment', {
  timeout: 30_000,
}, async () => {
  const people = ['p-admin', 'p-auditor', 'p-director', 'p-caseworker'];
  const moment = (n: number) => `2020-01-01T00:00:00.${String(n).padStart(3, '0')}Z`;
  const handover = fc.record({
    person: fc.constantFrom(...people),
    to: fc.constantFrom(...people, 'post'),
    at: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(handover, { maxLength: 8 }), async (rows) => {
      const successions: Succession[] = rows
        .map(({ person: who, to, at }) => ({
          ...{ person: who, from: moment(at) },
          ...(to === 'post' ? { toPost: 'district-1-head' } : { to }),
        }))
        .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
      const org = { units: {}, posts: {}, appointments: [], successions };
      await transactions.run(async (tx) => {
        for (const [n, { person: who, to = null, toPost = null, from }] of successions.entries())
          await tx`INSERT INTO handovers (id, post, person, to_person, to_post, from_at, by_name, recorded_at)
            VALUES (${`t-${n}`}, 'district-1-head', ${who}, ${to}, ${toPost}, ${from}, true, ${moment(100 + n)})`;
        const asked = people.flatMap((who) =>
          [null, 1, 4].flatMap((since) =>
            [0, 3, 8].map((at) => ({ who, since: since === null ? null : moment(since), at: moment(at) })),
          ),
        );
        const found = await tx<Found[]>`
          SELECT r.who, r.since, r.at, o.person, o.post, (SELECT json_agg(p.id ORDER BY p.id) FROM person.people p
            WHERE p.id IN (SELECT json_array_elements_text(${JSON.stringify(people)}::text::json)) AND EXISTS (
              SELECT FROM given_to(p.id, r.at, true) g WHERE g.person = r.who
                AND (coalesce(r.since, '-infinity') >= g.surely_from OR o.person = p.id))) AS owns
          FROM json_to_recordset(${JSON.stringify(asked)}::text::json) AS r (who text, since timestamptz, at timestamptz),
            owner_of(r.who, r.since, r.at, 'community-1') o`;
        expect(found).toHaveLength(asked.length);
        for (const { who, since, at, ...rest } of found) {
          const owner = ownerOf(org, { person: who, ...(since === null ? {} : { since }) }, at);
          const { person: owned = null, post = null } = owner;
          expect(rest).toEqual({ person: owned, post, owns: owned === null ? null : [owned] });
        }
        await tx.undo();
      });
    }),
    { numRuns: 40 },
  );
});
