import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPayloads } from '../db/sealed.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { stateOf } from '../test/support/states.ts';
import { type ChainRow, GENESIS, sha256, verifyChain } from './chain.ts';
import { engine } from './engine.ts';
import type { Advanced, AdvanceResult, Outcome } from './outcome.ts';

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench();
});
afterAll(() => bench.close());

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const inDays = (days: number) => daysAgo(-days);
const code = (outcome: Outcome) => (outcome.status === 'refused' ? outcome.refusal.code : 'recorded');
const open = async (change = {}) => recorded(await bench.door.open(fuleOpening(change))).case.caseId;
const note = (caseId: string, text = '来访') => actOn(caseId, 'note.add', { data: { text } });
const advanced = (result: AdvanceResult): Advanced => {
  if ('recordBehind' in result) throw new Error('record behind');
  return result;
};
/** Takes all pages, as the workflow does. */
async function witness(caseId: string, from = { seq: 0, head: GENESIS }, door = bench.door) {
  const pages: Advanced[] = [];
  let { seq, head } = from;
  for (let more = true; more; ) {
    const page = advanced(await door.advance({ caseId, seq, head }));
    pages.push(page);
    ({ seq, head, more } = page);
  }
  return { seq, head, pages };
}
const rowOf = async (caseId: string) => (await bench.sql`SELECT * FROM cases WHERE case_id = ${caseId}`)[0]!;
const chainOf = async (caseId: string) =>
  openPayloads(
    bench.sql,
    await bench.sql<ChainRow[]>`
  SELECT case_id AS "caseId", seq, type, header, hash, prev, payload, recorded_at AS "recordedAt", occurred_at AS "occurredAt",
    actor_kind AS "actorKind", actor_id AS "actorId", actor_post AS "actorPost", act_id AS "actId", program_hash AS "programHash"
  FROM events WHERE case_id = ${caseId} ORDER BY seq`,
    caseId,
  );

describe('time', () => {
  test('a case opened twenty days back fires at once what was due since, each rung exactly once', async () => {
    const caseId = await open({ openedAt: daysAgo(20) });
    const types = (await bench.sql`SELECT type, count(*) AS n FROM events WHERE case_id = ${caseId} GROUP BY type`).map(
      (row) => row['type'],
    );
    expect(types).toEqual(expect.arrayContaining(['duty.due', 'duty.missed', 'rung.fired', 'accountability.opened']));
    const [rungs] =
      await bench.sql`SELECT count(*) AS rungs, (SELECT count(*) FROM events WHERE case_id = ${caseId} AND type = 'rung.fired') AS events,
      (SELECT count(*) FROM messages WHERE case_id = ${caseId} AND kind = 'rung') AS messages FROM rungs WHERE case_id = ${caseId}`;
    expect(rungs!['rungs']).toBe(rungs!['events']);
    expect(rungs!['messages']).toBeGreaterThanOrEqual(rungs!['rungs']);
    expect((await rowOf(caseId))['wake_at'] > new Date().toISOString()).toBe(true);
    await bench.door.act(note(caseId));
    await witness(caseId);
    const [again] = await bench.sql`SELECT count(*) AS n FROM events WHERE case_id = ${caseId} AND type = 'rung.fired'`;
    expect(again!['n']).toBe(rungs!['events']);
  });

  test('what is due fires before an act and when the workflow asks; the record stays one chain', async () => {
    const caseId = await open();
    try {
      bench.clock.now = inDays(10);
      const outcome = recorded(await bench.door.act(note(caseId)));
      expect(outcome.events.map(({ type }) => type)).toEqual(['note.added']);
      expect(outcome.seq).toBeGreaterThan(10);
      bench.clock.now = inDays(20);
      const { seq } = await witness(caseId);
      expect(seq).toBeGreaterThan(outcome.seq);
      const { head } = await rowOf(caseId);
      expect(verifyChain(await chainOf(caseId), { seq, hash: head })).toEqual([]);
      expect((await stateOf(bench.sql, caseId)).at).toBe(bench.clock.now);
    } finally {
      bench.clock.now = undefined;
    }
    // the clock stepped back: nothing is recorded before what is there
    const { recordedAt } = recorded(await bench.door.act(note(caseId)));
    expect(recordedAt).toBe((await rowOf(caseId))['last_at']);
    expect(recordedAt > inDays(19)).toBe(true);
  });

  test('years of outage: at most 200 events a transaction, all in order, then the act', async () => {
    const caseId = await open();
    const counts: number[] = [];
    const door = await bench.another({
      engine: {
        ...engine,
        advance: (...args) => {
          const answer = engine.advance(...args);
          counts.push(answer.events.length);
          return answer;
        },
      },
    });
    try {
      bench.clock.now = inDays(2 * 365);
      const outcome = recorded(await door.act(note(caseId)));
      expect(counts.length).toBeGreaterThan(5);
      for (const n of counts) expect(n).toBeLessThan(230);
      expect((await rowOf(caseId))['seq']).toBe(outcome.seq);
      const plans = await bench.sql`SELECT planned_at FROM rungs WHERE case_id = ${caseId} ORDER BY seq`;
      const order = plans.map((row) => row['planned_at']);
      expect(order).toEqual(order.toSorted());
      const { seq, pages } = await witness(caseId, undefined, door);
      expect(seq).toBe(outcome.seq);
      expect(pages.length).toBeGreaterThan(1);
    } finally {
      bench.clock.now = undefined;
    }
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no such duty');
      },
    ],
    ['fires nothing', () => ({ events: [], more: false })],
    [
      'leaves something due',
      (...args: Parameters<typeof engine.advance>) => ({
        events: engine.advance(args[0], args[1], 1).events.slice(0, 1),
        more: false,
      }),
    ],
  ] as const)(
    'a case whose clock %s is stuck: nothing of it is kept, acts get 503, a mended engine goes on',
    async (_, advance) => {
      const broken = await bench.another({ engine: { ...engine, advance: advance as typeof engine.advance } });
      const caseId = await open();
      const before = (await rowOf(caseId))['seq'];
      try {
        bench.clock.now = inDays(10);
        const request = note(caseId);
        expect(code(await broken.act(request))).toBe('CASE_STUCK');
        const row = await rowOf(caseId);
        expect(row['seq']).toBe(before);
        expect(row['stuck_since']).not.toBeNull();
        const answer = advanced(await broken.advance({ caseId, seq: 0, head: GENESIS }));
        expect(answer.seq).toBe(before);
        expect(answer.wakeInMs).toBe(300_000);
        expect(code(await bench.door.act(request))).toBe('recorded');
        expect((await rowOf(caseId))['stuck_since']).toBeNull();
      } finally {
        bench.clock.now = undefined;
      }
    },
  );

  test('a case whose firing the database refuses is stuck for its workflow as well, which still hears of the acts', async () => {
    const caseId = await open();
    const act = recorded(await bench.door.act(note(caseId)));
    await bench.sql.unsafe(`ALTER TABLE rungs ADD CONSTRAINT broken CHECK (case_id <> '${caseId}') NOT VALID`);
    try {
      bench.clock.now = inDays(100);
      const answer = advanced(await bench.door.advance({ caseId, seq: 0, head: GENESIS }));
      expect([answer.seq, answer.wakeInMs]).toEqual([act.seq, 300_000]);
      expect((await rowOf(caseId))['stuck_since']).not.toBeNull();
      await bench.sql`ALTER TABLE rungs DROP CONSTRAINT broken`;
      expect(advanced(await bench.door.advance({ caseId, ...answer })).seq).toBeGreaterThan(answer.seq);
      expect((await rowOf(caseId))['stuck_since']).toBeNull();
    } finally {
      await bench.sql`ALTER TABLE rungs DROP CONSTRAINT IF EXISTS broken`;
      bench.clock.now = undefined;
    }
  });
});

describe('the workflow asks', () => {
  test('pages hold every event once, in bytes that give their hashes again, and mark them witnessed', async () => {
    const caseId = await open();
    for (let i = 0; i < 4; i++)
      await bench.door.acts(caseId, [note(caseId, '长'.repeat(6_000)), note(caseId, '长'.repeat(6_000))]);
    const { seq, head, pages } = await witness(caseId);
    const events = pages.flatMap((page) => page.events);
    expect(events.map((event) => event.header.seq)).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
    for (const { header, hash, payload } of events) {
      expect(sha256(canonicalJson(header))).toBe(hash);
      expect(sha256(canonicalJson(payload))).toBe(header.commitment);
    }
    const row = await rowOf(caseId);
    expect([row['seq'], row['head'], row['witnessed_seq'], row['lagging_since']]).toEqual([seq, head, seq, null]);
    const again = advanced(await bench.door.advance({ caseId, seq, head }));
    expect([again.events, again.seq, again.head, again.more]).toEqual([[], seq, head, false]);
    expect(again.wakeInMs).toBeGreaterThanOrEqual(1_000);
    await bench.door.act(note(caseId));
    expect((await rowOf(caseId))['lagging_since']).not.toBeNull();
  });

  test('pages stay small, and a large event comes as hash and length', async () => {
    const caseId = await open();
    const fat = await bench.another({
      engine: {
        ...engine,
        decide: (_, act) => ({ events: [{ type: 'note.added', data: act.data as { text: string } }] }),
      },
    });
    for (const n of [100_000, 100_000, 100_000, 200_000, 1_000]) await fat.act(note(caseId, 'x'.repeat(n)));
    const { pages } = await witness(caseId);
    expect(pages.length).toBe(2);
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(256 * 1024);
    const large = pages.flatMap(({ events }) => events).filter((event) => event.payload === undefined);
    expect(large.map(({ payloadBytes }) => payloadBytes! > 200_000)).toEqual([true]);
  });

  test.each([
    ['a later seq', (last: { seq: number; head: string }) => ({ seq: last.seq + 1, head: 'f'.repeat(64) })],
    ['another hash at that seq', (last: { seq: number; head: string }) => ({ seq: last.seq, head: 'f'.repeat(64) })],
    ['another genesis', () => ({ seq: 0, head: 'f'.repeat(64) })],
  ])('a workflow that has seen %s freezes the case, committed, with what it knew', async (_, seen) => {
    const caseId = await open();
    const last = await witness(caseId);
    const position = seen(last);
    expect(await bench.door.advance({ caseId, ...position })).toEqual({ recordBehind: true });
    const row = await rowOf(caseId);
    expect([row['frozen_seq'], row['frozen_head']]).toEqual([position.seq, position.head]);
    expect(await bench.door.advance({ caseId, seq: last.seq, head: last.head })).toEqual({ recordBehind: true });
    expect(code(await bench.door.act(note(caseId)))).toBe('CASE_FROZEN');
    await bench.sql`UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE case_id = ${caseId}`;
    expect(code(await bench.door.act(note(caseId)))).toBe('recorded');
  });

  test('a case the record does not know is behind as well', async () => {
    expect(await bench.door.advance({ caseId: randomUUID(), seq: 3, head: 'f'.repeat(64) })).toEqual({
      recordBehind: true,
    });
  });
});

test('an edit of a row behind the triggers is found', async () => {
  const caseId = await open();
  await bench.door.act(note(caseId));
  const { head, seq } = await rowOf(caseId);
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    const row = (await chainOf(caseId)).find(({ type }) => type === 'note.added')!;
    const edited = Buffer.from(row.payload).toString('utf8').replace('来访', '未访');
    await tx`UPDATE events SET payload = ${Buffer.from(edited)}
      WHERE case_id = ${caseId} AND type = 'note.added'`;
  });
  expect(verifyChain(await chainOf(caseId), { seq, hash: head })).toEqual([
    { caseId, seq, what: 'the payload is not what was committed to' },
  ]);
});
