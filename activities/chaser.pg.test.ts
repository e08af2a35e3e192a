import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { casesToChase } from '../db/queries/book-chases.ts';
import { listTasks } from '../db/queries/work.ts';
import { createTransactions } from '../db/transactions.ts';
import type { Door } from '../door/door.ts';
import { Organisation } from '../door/organisation.ts';
import { verify } from '../door/verify.ts';
import { verifyOrganisation } from '../door/verify-organisation.ts';
import { addMs } from '../engine/time/civil.ts';
import fule from '../plugins/fule/program.ts';
import { overClearEvents } from '../test/support/clear-events.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded, secretary } from '../test/support/door.ts';
import { changeState } from '../test/support/states.ts';
import { createChaser } from './chaser.ts';

const CASH = 'community-1-residents-representative';
const log = pino({ level: 'silent' });
let bench: DoorBench;
beforeEach(async () => {
  bench = await doorBench();
});
afterEach(() => bench.close());

const nowOf = async () =>
  bench.clock.now ?? (await bench.sql<{ now: string }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`)[0]!.now;
const chaser = (change: Partial<Parameters<typeof createChaser>[0]> = {}) =>
  createChaser({ sql: bench.worker, door: bench.door, log, now: nowOf, ...change });
const act = (caseId: string, who: string, type: string, said: object = {}) =>
  bench.door.act(actOn(caseId, type, { actor: person(who), ...said }));

/** A running case whose cash holder has taken in 300 fen. */
async function withMoney(change = {}, holder = 'p-cash-holder'): Promise<string> {
  const { caseId } = recorded(await bench.door.open(fuleOpening(change))).case;
  const consent = { onBehalfOf: 'beneficiary', data: { witness: '邱某' } };
  recorded(await bench.door.act(actOn(caseId, 'consent.give', consent)));
  for (const body of fule.approval!.votes) {
    const data = { body, present: 9, for: 9, against: 0, abstain: 0 };
    recorded(await bench.door.act(actOn(caseId, 'decision.record', { actor: secretary, data })));
  }
  recorded(await act(caseId, holder, 'cash.record', { data: entry('S-1') }));
  return caseId;
}
const entry = (sourceDoc: string, amountFen = 300) => ({
  ...{ book: 'earnings', direction: 'in', channel: 'cash', sourceDoc, amountFen },
});
const counted = (caseId: string, who: string, fen = 300) =>
  act(caseId, who, 'book.handOver', {
    data: { book: 'earnings', side: 'cash', channels: { cash: fen, wechat: 0 }, witness: '何某' },
  });

async function change<T>(work: (organisation: Organisation) => Promise<T>): Promise<T> {
  const transactions = createTransactions(bench.sql, { lanes: 1 });
  try {
    return await transactions.run((tx) => work(new Organisation(tx, { kind: 'person', id: 'p-admin' })));
  } finally {
    await transactions.end();
  }
}
const handOver = async (to: string | undefined, at?: string, post = CASH) => {
  const instant = at ?? (await nowOf());
  return change((organisation) => organisation.handOver(post, to, instant));
};
const frozen = () =>
  overClearEvents(
    bench.sql,
    (tx) => tx<{ caseId: string; type: string; keeper: string | null; by: string }[]>`
  SELECT case_id AS "caseId", type, actor_id AS by, convert_from(payload, 'UTF8')::json->'data'->>'keeper' AS keeper FROM events
  WHERE type LIKE 'book.%froz%' ORDER BY case_id, seq`,
  );
const clocks = (caseId: string) => bench.sql<{ id: string; state: string }[]>`
  SELECT deadline_id AS id, state FROM deadlines WHERE case_id = ${caseId} AND deadline_id LIKE '%.f.%' ORDER BY 1`;
const countsOf = async (who: string) => {
  const tasks = await listTasks(bench.sql, { person: who, logins: [] } as never, {}, { limit: 100, after: undefined });
  return tasks.filter(({ kind }) => kind === 'count').map(({ caseId, key }) => `${caseId} ${key}`);
};
const holds = async (caseId: string) => {
  expect((await verify(bench.sql, { caseId })).findings).toEqual([]);
  expect((await verifyBooks(bench.sql)).findings).toEqual([]);
  expect(await verifyOrganisation(bench.sql)).toEqual([]);
};

describe('who keeps the books leaves', () => {
  test('each of his cases gets its clock once, although processes die and several look at once; it is his follower’s to do', async () => {
    const cases = [];
    for (let n = 0; n < 6; n += 1) cases.push(await withMoney());
    const empty = recorded(await bench.door.open(fuleOpening())).case.caseId;
    expect(await chaser().turn()).toBe(0);
    await handOver('p-cash-holder-2');

    // the first dies: some acts never sent, some recorded and not known to be
    let n = 0;
    const dying: Pick<Door, 'act'> = {
      async act(request) {
        n += 1;
        const mine = n;
        if (mine > 4) throw new Error('gone');
        const outcome = await bench.door.act(request);
        if (mine > 2) throw new Error('gone after the commit');
        return outcome;
      },
    };
    await chaser({ door: dying, atOnce: 2 }).turn();
    expect(await frozen()).toHaveLength(4);
    await Promise.all([chaser({ atOnce: 2 }).turn(), chaser().turn(), chaser().turn()]);
    const sorted = cases.toSorted();
    expect(await frozen()).toEqual(
      sorted.map((caseId) => ({ caseId, type: 'book.frozen', keeper: 'p-cash-holder', by: 'organisation' })),
    );
    expect(await chaser().turn()).toBe(0);
    expect(await clocks(empty)).toEqual([]);

    expect((await countsOf('p-cash-holder-2')).toSorted()).toEqual(sorted.map((id) => `${id} earnings`));
    expect(await countsOf('p-cash-holder')).toEqual([]);
    recorded(await counted(sorted[0]!, 'p-cash-holder-2'));
    expect(await clocks(sorted[0]!)).toEqual([{ id: 'earnings.f.2', state: 'met' }]);
    expect(await countsOf('p-cash-holder-2')).toHaveLength(5);
    recorded(await act(sorted[0]!, 'p-cash-holder-2', 'cash.record', { data: entry('S-2') }));
    for (const caseId of sorted.slice(0, 2)) await holds(caseId);
  }, 60_000);

  test('from a moment to come on: nothing before it, the clock from it, and each level told when it is due', async () => {
    const caseId = await withMoney();
    const at = addMs(await nowOf(), 86_400_000);
    await handOver('p-cash-holder-2', at);
    const loop = chaser({ patienceMs: 3_600_000 });
    await loop.turn();
    bench.clock.now = addMs(at, -1);
    await loop.turn();
    expect(await frozen()).toEqual([]);
    bench.clock.now = at;
    await loop.turn();
    expect(await frozen()).toMatchObject([{ caseId, type: 'book.frozen' }]);
    const due = await bench.sql<{ start: string; at: string[] }[]>`
      SELECT data->>'start' AS start, (SELECT json_agg(r->>'at') FROM json_array_elements(data->'rungs') r) AS at
      FROM deadlines WHERE case_id = ${caseId} AND deadline_id LIKE '%.f.%'`;
    expect(due[0]!.start).toBe(at);
    for (const rung of due[0]!.at) {
      bench.clock.now = rung;
      await bench.door.project(caseId);
    }
    const told = await bench.sql<{ person: string; text: string }[]>`
      SELECT person, text_zh AS text FROM messages WHERE case_id = ${caseId} AND about LIKE '%.f.%' ORDER BY seq, n`;
    expect([...new Set(told.map((each) => each.person))]).toEqual([
      'p-cash-holder-2',
      'p-director',
      'p-sub-district-head',
      'p-district-head',
    ]);
    expect(told[0]!.text).toContain('账簿“手工收入”的款项待盘点移交');
    const records =
      await bench.sql`SELECT post FROM accountability WHERE case_id = ${caseId} AND deadline_id LIKE '%.f.%'`;
    expect(records).toEqual([{ post: CASH }]);
    await holds(caseId);
  }, 60_000);

  test('to nobody, back again, and given to another by an act: found, ended and met by itself', async () => {
    const caseId = await withMoney();
    await handOver(undefined);
    await chaser().turn();
    expect(await clocks(caseId)).toEqual([{ id: 'earnings.f.2', state: 'running' }]);
    await change((organisation) => organisation.appoint(CASH, 'p-cash-holder', new Date().toISOString()));
    await chaser().turn();
    expect(await clocks(caseId)).toEqual([{ id: 'earnings.f.2', state: 'cancelled' }]);
    const give = (party: string) =>
      bench.door.act(actOn(caseId, 'party.change', { target: 'cashHolder', data: { party }, reason: '换人' }));
    const other = { id: 'community-1-other', kind: 'other', unit: 'community-1', name: ['岗位', 'post'] } as const;
    await change(async (organisation) => {
      await organisation.addPost(other);
      await organisation.addPerson({ id: 'p-he', name: '张某' });
      await organisation.appoint(other.id, 'p-he', '2020-01-01T00:00:00.000Z');
    });
    const { events } = recorded(await give('p-he'));
    expect(events.map(({ type }) => type)).toEqual(['role.assigned', 'book.frozen', 'deadline.set']);
    expect(await chaser().turn()).toBe(0);
    // what was given by name goes to whoever follows him
    await handOver('p-caseworker-2', undefined, other.id);
    expect(await chaser().turn()).toBe(0);
    expect(await countsOf('p-caseworker-2')).toEqual([`${caseId} earnings`]);
    recorded(await counted(caseId, 'p-caseworker-2', 250));
    expect(await chaser().turn()).toBe(0);
    await handOver('p-secretary-2', undefined, other.id);
    await chaser().turn();
    expect((await clocks(caseId)).map(({ state }) => state)).toEqual(['cancelled', 'met', 'running']);
    await holds(caseId);
  }, 60_000);

  test('a case that is set aside waits for its repair; a deputy changes nothing', async () => {
    const caseId = await withMoney();
    await change((organisation) =>
      organisation.substitute({ post: CASH, person: 'p-cash-holder-2', from: new Date().toISOString() }),
    );
    expect(await chaser().turn()).toBe(0);
    await handOver(undefined);
    await bench.sql`UPDATE cases SET frozen_at = now(), frozen_seq = 1, frozen_head = 'x' WHERE case_id = ${caseId}`;
    expect(await chaser().turn()).toBe(0);
    await bench.sql`UPDATE cases SET frozen_at = NULL, frozen_seq = NULL, frozen_head = NULL WHERE case_id = ${caseId}`;
    expect(await chaser().turn()).toBe(1);
    expect(await frozen()).toHaveLength(1);
  });
});

test('whoever holds whatever: what the look finds is what the engine does, and after it nothing is left to do', async () => {
  const people = ['p-cash-holder', 'p-cash-holder-2', 'p-caseworker-2', undefined];
  const cases = [
    await withMoney(),
    await withMoney({ assignments: { cashHolder: 'p-cash-holder' } }),
    await withMoney(),
  ];
  const going = chaser();
  await going.turn();
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * n);
  };
  for (let round = 0; round < 30; round += 1) {
    const to = people[random(people.length)];
    const [held] = await bench.sql<{ person: string }[]>`
      SELECT person FROM appointments WHERE post = ${CASH} AND until_at IS NULL`;
    if (held && held.person !== to) await handOver(to);
    else if (!held && to) await change((organisation) => organisation.appoint(CASH, to, new Date().toISOString()));
    const one = cases[random(cases.length)]!;
    if (random(3) === 0 && to)
      await bench.door.act(
        actOn(one, 'party.change', { target: 'cashHolder', data: { party: random(2) ? CASH : to }, reason: '换人' }),
      );
    if (random(3) === 0 && to) await counted(one, to);
    const { found } = await casesToChase(bench.sql, await nowOf(), { after: '', limit: 100 });
    const before = (await frozen()).length;
    // one process from the beginning to the end, which looks only where something has changed; now and then a new one
    expect(await (round % 7 === 6 ? chaser() : going).turn()).toBe(found.length);
    const changed = (await frozen()).slice().length - before;
    expect(changed).toBe(found.length);
    expect((await casesToChase(bench.sql, await nowOf(), { after: '', limit: 100 })).found).toEqual([]);
  }
  expect((await frozen()).length).toBeGreaterThan(5);
  for (const caseId of cases) await holds(caseId);
}, 120_000);

test('an act that finds nothing to do is sent once, and the next change of an office lets it be sent again', async () => {
  const caseId = await withMoney();
  // the table says what the events do not
  await bench.sql`UPDATE book_keepers SET waits = true WHERE case_id = ${caseId} AND side = 'cash'`;
  const loop = chaser({ patienceMs: 0 });
  for (let n = 0; n < 4; n += 1) expect(await loop.turn()).toBe(1);
  await chaser().turn();
  const acts = () => bench.sql`SELECT first_seq FROM acts WHERE case_id = ${caseId} AND type = 'books.chase'`;
  expect(await acts()).toEqual([{ first_seq: null }]);
  await change((organisation) => organisation.addPerson({ id: `p-${randomUUID()}`, name: '何某' }));
  await loop.turn();
  expect(await acts()).toHaveLength(2);
  expect((await verify(bench.sql, { caseId })).findings.map(({ what }) => what)).toEqual([
    'keepers earnings cash: column waits differs',
  ]);
});

test('one case that is refused again and again is tried by itself, later each time; nothing else is looked through for it', async () => {
  const [bad, good] = [await withMoney(), await withMoney()];
  const asked: string[] = [];
  let refuses = true;
  const door: Pick<Door, 'act'> = {
    async act(request) {
      asked.push(request.caseId);
      if (refuses && request.caseId === bad) throw new Error('refused');
      return bench.door.act(request);
    },
  };
  const loop = chaser({ door, againMs: 40, patienceMs: 3_600_000 });
  await handOver('p-cash-holder-2');
  expect(await loop.turn()).toBe(2);
  // a look through all would find this one again
  await bench.sql`UPDATE book_keepers SET waits = false WHERE case_id = ${good}`;
  asked.length = 0;
  const begun = performance.now();
  while (asked.length < 3 && performance.now() < begun + 20_000) await loop.turn();
  expect(new Set(asked)).toEqual(new Set([bad]));
  expect(asked).toHaveLength(3);
  expect(performance.now() - begun).toBeGreaterThan(80 + 160);
  refuses = false;
  for (const end = performance.now() + 20_000; (await frozen()).length < 2 && performance.now() < end; )
    await loop.turn();
  expect(await frozen()).toHaveLength(2);
  expect(asked).not.toContain(good);
}, 60_000);

test('an event that somebody altered does not stop the look: then it goes through all', async () => {
  const caseId = await withMoney();
  for (const bytes of ['\\xff', '\\x6e6f206a736f6e', '\\x6e756c6c', '\\x7b2264617461223a7b7d7d']) {
    const loop = chaser({ patienceMs: 3_600_000 });
    await loop.turn();
    await handOver(undefined);
    await bench.sql.begin(async (tx) => {
      await tx.unsafe('SET LOCAL session_replication_role = replica');
      await tx`UPDATE org_events SET payload = ${bytes}::text::bytea WHERE type = 'appointment.ended'`;
    });
    expect(await loop.turn(), bytes).toBe(1);
    await change((organisation) => organisation.appoint(CASH, 'p-cash-holder', new Date().toISOString()));
    expect(await loop.turn(), bytes).toBe(1);
  }
  expect((await clocks(caseId)).map(({ state }) => state)).toEqual(Array(4).fill('cancelled'));
}, 60_000);

test('what the migration puts into the table for earlier cases is what their events say', async () => {
  const cases = [await withMoney(), recorded(await bench.door.open(fuleOpening())).case.caseId];
  const [insert = ''] = (await readFile('db/migrations/0028_book_keepers.sql', 'utf8'))
    .split('statement-breakpoint')
    .slice(-1);
  expect(insert).toContain('INSERT INTO book_keepers');
  await bench.sql`DELETE FROM book_keepers`;
  expect((await verify(bench.sql, { caseId: cases[0]! })).findings).toHaveLength(2);
  // as earlier releases left their states
  for (const caseId of cases) await changeState({ keyed: bench.sql, clear: true }, caseId, (state) => state);
  await overClearEvents(bench.sql, (tx) => tx.unsafe(insert));
  expect(await bench.sql`SELECT FROM book_keepers`).toHaveLength(4);
  for (const caseId of cases) await holds(caseId);
});
