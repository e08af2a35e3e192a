import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTransactions, type Transactions } from '../db/transactions.ts';
import { addMs } from '../engine/time/civil.ts';
import { type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { createDeliveries } from './deliveries.ts';
import { Organisation } from './organisation.ts';

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

const POST = 'community-1-secretary';
const DEPUTY = 'p-caseworker-2';

test('a secretary leaves on the day a rung fires: deputy and successor get it, nothing twice, nothing to nobody', async () => {
  const { sql } = bench;
  const { caseId } = recorded(await bench.door.open(fuleOpening())).case;
  const nextRung = async () => {
    const [rung] = await sql<{ at: string }[]>`
      SELECT r->>'at' AS at FROM deadlines, json_array_elements(data->'rungs') r
      WHERE case_id = ${caseId} AND r->>'tell' = 'holder' AND r->>'firedAt' IS NULL ORDER BY 1 LIMIT 1`;
    return rung!.at;
  };
  const first = await nextRung();
  const leaves = addMs(first, 3_600_000);
  await transactions.run(async (tx) => {
    const organisation = new Organisation(tx, { kind: 'person', id: 'p-admin' });
    await organisation.addPerson({ id: 'p-next', name: '何某' });
    await organisation.substitute({ post: POST, person: DEPUTY, from: addMs(first, -86_400_000) });
    await organisation.handOver(POST, 'p-next', leaves);
  });
  const deliver = () => createDeliveries({ sql, settleMs: 0, now: async () => bench.clock.now! }).turn();
  const at = async (now: string) => {
    bench.clock.now = now;
    await Promise.all([1, 2].map(() => bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) })));
  };
  const told = () => sql<{ id: string; seq: number; post: string | null; person: string; deputyFor: string | null }[]>`
    SELECT id, seq, post, person, deputy_for AS "deputyFor" FROM messages
    WHERE case_id = ${caseId} AND kind = 'rung' ORDER BY seq, n`;

  await at(first);
  const morning = await told();
  const events = new Set(morning.map(({ seq }) => seq));
  for (const seq of events) {
    const mine = morning.filter((each) => each.seq === seq).map(({ person, post }) => [post, person]);
    expect(mine).toEqual([
      [POST, 'p-secretary'],
      [null, DEPUTY],
    ]);
  }
  // brought in the afternoon, when he has left: to who holds the post now, and to the deputy
  bench.clock.now = addMs(leaves, 3_600_000);
  await deliver();
  await deliver();
  const brought = await sql<{ messageId: string; person: string }[]>`
    SELECT message_id AS "messageId", person FROM delivery_messages WHERE message_id IN ${sql(morning.map(({ id }) => id))}`;
  expect(brought.map(({ messageId, person }) => `${messageId} ${person}`).sort()).toEqual(
    morning.map(({ id, post }) => `${id} ${post === null ? DEPUTY : 'p-next'}`).sort(),
  );

  await at(await nextRung());
  const later = (await told()).filter(({ seq }) => !events.has(seq));
  expect(later.length).toBeGreaterThan(0);
  // on some days a rung for the head of the unit falls on the same instant
  const persons = new Set(later.map(({ person }) => person));
  expect([...persons]).toEqual(expect.arrayContaining(['p-next', DEPUTY]));
  expect(persons.has('p-secretary')).toBe(false);
  bench.clock.now = undefined;
});
