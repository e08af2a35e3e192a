import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { sha256 } from './chain.ts';
import { seedDemo } from './demo.ts';
import { Organisation } from './organisation.ts';

let bench: DoorBench;
let transactions: Transactions;
beforeAll(async () => {
  bench = await doorBench();
  transactions = createTransactions(bench.sql);
});
afterAll(async () => {
  await transactions.end();
  await bench.close();
});

const admin = { kind: 'person', id: 'p-admin' } as const;

test('the demonstration is made once; its keys are kept as hashes only', async () => {
  expect(await seedDemo(bench.sql)).toBeUndefined();
  const { keys } = bench.demo;
  expect(new Set(keys.map(({ role }) => role))).toEqual(
    new Set([
      'caseworker',
      'cadre',
      'director',
      'cashHolder',
      'accountant',
      'auditor',
      'subDistrictHead',
      'districtHead',
      'admin',
      'securityAdmin',
    ]),
  );
  const [row] = await bench.sql`SELECT person, role FROM api_keys WHERE hash = ${sha256(keys[0]!.key)}`;
  expect(row).toEqual({ person: keys[0]!.person, role: keys[0]!.role });
});

test('every change is in the chain of the organisation', async () => {
  const rows = await bench.sql`SELECT seq, type, header, hash, prev FROM org_events ORDER BY seq`;
  let prev = '0'.repeat(64);
  for (const [i, row] of rows.entries()) {
    expect([row['seq'], row['prev'], sha256(row['header'])]).toEqual([i + 1, prev, row['hash']]);
    prev = row['hash'];
  }
  expect(rows.some(({ type }) => type === 'appointment.made')).toBe(true);
});

test('who loses a post while an act of theirs waits may not do it any more; the next holder may, at once', async () => {
  const { caseId } = recorded(await bench.door.open(fuleOpening())).case;
  const note = (id: string) => actOn(caseId, 'note.add', { actor: person(id), data: { text: '走访' } });
  expect((await bench.door.act(note('p-secretary'))).status).toBe('recorded');
  let changed = () => {};
  const changes = new Promise<void>((resolve) => {
    changed = resolve;
  });
  const handover = transactions.run(async (tx) => {
    const organisation = new Organisation(tx, admin);
    await organisation.addPerson({ id: 'p-next', name: '何某' });
    const [row] = await tx<{ now: string }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
    await organisation.handOver('community-1-secretary', 'p-next', row!.now);
    changed();
    await sleep(400);
  });
  await changes;
  const refused = await bench.door.act(note('p-secretary'));
  await handover;
  expect(refused).toMatchObject({ status: 'refused', refusal: { code: 'FORBIDDEN' } });
  expect((await bench.door.act(note('p-next'))).status).toBe('recorded');
});

test('a handover in the very instant of a rung: exactly one of the two is told, whoever asks first', async () => {
  const post = 'community-2-secretary';
  for (const [n, lead] of [0, 1].entries()) {
    const opening = fuleOpening({ unit: 'community-2', actor: person('p-caseworker-2', 'caseworker', 'community-2') });
    const { caseId } = recorded(await bench.door.open(opening)).case;
    const [rung] = await bench.sql<{ at: string }[]>`
      SELECT r->>'at' AS at FROM deadlines, json_array_elements(data->'rungs') r WHERE case_id = ${caseId}
      ORDER BY 1 LIMIT 1`;
    const at = rung!.at;
    const [before] = await bench.sql`SELECT person FROM appointments WHERE post = ${post} AND until_at IS NULL`;
    const next = `p-next-${n}`;
    await transactions.run(async (tx) => {
      const organisation = new Organisation(tx, admin);
      await organisation.addPerson({ id: next, name: '何某' });
      await organisation.handOver(post, next, new Date(Date.parse(at) + lead).toISOString());
    });
    bench.clock.now = at;
    await Promise.all([1, 2].map(() => bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) })));
    bench.clock.now = undefined;
    const told = await bench.sql<{ person: string }[]>`
      SELECT person FROM messages WHERE case_id = ${caseId} AND post = ${post} AND kind = 'rung'`;
    expect(told.map((row) => row.person)).toEqual([lead === 0 ? next : before!['person']]);
  }
});

test('an act that is being recorded keeps the appointment it relies on', async () => {
  const slow = await bench.another({
    now: async (tx) => {
      const [row] = await tx<{ now: string }[]>`SELECT clock_timestamp()::timestamptz(3) AS now FROM pg_sleep(0.3)`;
      return row!.now;
    },
  });
  const { caseId } = recorded(await bench.door.open(fuleOpening())).case;
  const order: string[] = [];
  const act = slow
    .act(actOn(caseId, 'note.add', { actor: person('p-director'), data: { text: '走访' } }))
    .then((outcome) => order.push(outcome.status));
  await sleep(100);
  await transactions.run(async (tx) => {
    await new Organisation(tx, admin).endAppointment(
      'community-1-director',
      new Date(Date.now() + 60_000).toISOString(),
    );
  });
  await act;
  expect(order).toEqual(['recorded']);
});
