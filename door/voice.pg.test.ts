import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comesOfAge } from '../engine/time/age.ts';
import { weekdayCalendar } from '../engine/time/calendar.ts';
import { addMs } from '../engine/time/civil.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, person, recorded } from '../test/support/door.ts';
import { fixedCalendar } from './calendars.ts';
import { GENESIS } from './chain.ts';
import { createDeliveries } from './deliveries.ts';
import { changeOrganisation } from './organisation.ts';
import { verify } from './verify.ts';

// The record's clock stands in March 2032, so that nothing is due before the tests say so.

let bench: DoorBench;
beforeAll(async () => {
  bench = await doorBench({ calendar: weekdayCalendar });
});
afterAll(() => bench.close());

const MARCH = '2032-03-01T02:00:00.000Z';
const luo = person('p-luo');

/** A case for a child born on that day, with a guardian who has a login; opened at a moment. */
async function childCase(birthDate: string, now = MARCH): Promise<string> {
  bench.clock.now = now;
  const parties = [
    { role: 'beneficiary', name: '周某', birthDate },
    { role: 'guardian', name: '罗某', person: 'p-luo' },
    { role: 'companion', name: '邱某', person: 'p-qiu' },
  ];
  return recorded(await bench.door.open(fuleOpening({ parties }))).case.caseId;
}

/** Lets the case's own clock run to a moment, as its workflow's timer does, all pages. */
async function wake(caseId: string, now: string): Promise<void> {
  bench.clock.now = now;
  let at = { seq: 0, head: GENESIS };
  for (let more = true; more; ) {
    const page = await bench.door.advance({ caseId, ...at });
    if ('recordBehind' in page) throw new Error('the record is behind');
    at = { seq: page.seq, head: page.head };
    more = page.more;
  }
}

const rows = (caseId: string, what: 'items' | 'deadlines' | 'messages', key: string) =>
  what === 'messages'
    ? bench.sql`SELECT post, person, unit, kind, about, sealed_from, created_at, text_zh FROM messages
        WHERE case_id = ${caseId} AND kind = ${key} ORDER BY seq, n`
    : bench.sql`SELECT * FROM ${bench.sql(what)} WHERE case_id = ${caseId} AND ${bench.sql(what === 'items' ? 'item_id' : 'deadline_id')} = ${key}`;

describe('a birthday', () => {
  test('fires by the case’s own clock, at 24:00 of the day, and asks for consent again as a task', async () => {
    const caseId = await childCase('2018-03-06');
    const heard = { witness: '王某', heard: '他说愿意', separate: true };
    recorded(await bench.door.act(actOn(caseId, 'consent.give', { actor: luo, data: heard })));
    const at = comesOfAge('2018-03-06', 14);
    expect(at).toBe('2032-03-06T16:00:00.000Z');
    await wake(caseId, addMs(at, -1));
    expect(await rows(caseId, 'items', 'voice.consent-1')).toEqual([]);
    await wake(caseId, at);
    const [item] = await rows(caseId, 'items', 'voice.consent-1');
    expect(item).toMatchObject({ state: 'open', by_role: 'guardian', answering_post: 'community-1-secretary' });
    const [event] = await bench.sql`SELECT actor_kind, occurred_at, recorded_at FROM events
      WHERE case_id = ${caseId} AND type = 'party.cameOfAge'`;
    expect(event).toMatchObject({ actor_kind: 'system', occurred_at: at, recorded_at: at });
    recorded(await bench.door.act(actOn(caseId, 'consent.give', { actor: luo, data: { heard: '愿意' } })));
    expect((await rows(caseId, 'items', 'voice.consent-1'))[0]).toMatchObject({ state: 'done' });
    expect((await rows(caseId, 'deadlines', 'voice.consent-1'))[0]).toMatchObject({ state: 'met', late: false });
    expect((await verify(bench.sql, { caseId })).findings).toEqual([]);
  });

  test('is what the case is woken for next, when nothing else is planned', async () => {
    const caseId = await childCase('2018-06-01');
    recorded(await bench.door.act(actOn(caseId, 'case.suspend', { reason: '暑假' })));
    const [row] = await bench.sql`SELECT wake_at FROM cases WHERE case_id = ${caseId}`;
    expect(row!['wake_at']).toBe(comesOfAge('2018-06-01', 14));
  });
});

describe('messages', () => {
  const deliveriesAt = (now: string) =>
    createDeliveries({
      sql: bench.worker,
      calendars: fixedCalendar(weekdayCalendar),
      settleMs: 0,
      now: async () => now,
    });
  const deliver = async (now: string) => {
    for (const each = deliveriesAt(now); (await each.turn()) > 0; );
  };

  test('of a complaint are never brought to whom it is about, whatever post he comes to hold', async () => {
    const caseId = await childCase('1999-01-01', '2032-03-02T02:00:00.000Z');
    const data = { text: '他没有来', about: 'p-sub-district-head' };
    recorded(await bench.door.act(actOn(caseId, 'complaint.make', { data })));
    const [message] = await rows(caseId, 'messages', 'complaint');
    expect(message).toMatchObject({ post: 'district-1-head', sealed_from: ['p-sub-district-head'] });
    const now = '2032-03-02T03:00:00.000Z';
    await changeOrganisation(bench.sql, { kind: 'system', id: 'test' }, async (organisation) => {
      await organisation.handOver('district-1-head', 'p-sub-district-head', now);
    });
    await deliver(addMs(now, 1_000));
    const [brought] =
      await bench.sql`SELECT count(*)::int AS n FROM delivery_messages b JOIN messages m ON m.id = b.message_id
      WHERE m.case_id = ${caseId} AND m.kind = 'complaint'`;
    expect(brought).toEqual({ n: 0 });
    await changeOrganisation(bench.sql, { kind: 'system', id: 'test' }, async (organisation) => {
      await organisation.handOver('district-1-head', 'p-district-head', addMs(now, 60_000));
    });
    await deliver(addMs(now, 2 * 3_600_000));
    const people =
      await bench.sql`SELECT DISTINCT b.person FROM delivery_messages b JOIN messages m ON m.id = b.message_id
      WHERE m.case_id = ${caseId} AND m.kind = 'complaint'`;
    expect(people.map((each) => each['person'])).toEqual(['p-district-head']);
  });

  test('of an emergency go out every half hour, at night as well, until one is acknowledged, and again a day later', async () => {
    const night = '2032-03-06T18:30:00.000Z'; // Sunday, 02:30
    const caseId = await childCase('1999-01-01', night);
    const data = { kind: 'abuse', text: '有人打他', about: 'companion' };
    const actor = person('p-luo');
    recorded(await bench.door.act(actOn(caseId, 'emergency.report', { actor, data })));
    const [row] = await bench.sql`SELECT wake_at FROM cases WHERE case_id = ${caseId}`;
    expect(row!['wake_at']).toBe(addMs(night, 1_800_000));
    for (const n of [1, 2, 3]) await wake(caseId, addMs(night, n * 1_800_000));
    const told = await rows(caseId, 'messages', 'emergency');
    expect(told.map(({ post, unit }) => post ?? unit)).toEqual([
      ...['subdistrict-1-head', 'district-1-head', 'district-1-head', 'district-1'],
      ...['district-1-head', 'district-1'],
    ]);
    const [first] =
      await bench.sql`SELECT id FROM messages WHERE case_id = ${caseId} AND kind = 'emergency' ORDER BY seq`;
    const acknowledge = actOn(caseId, 'message.acknowledge', {
      target: first!['id'],
      actor: person('p-sub-district-head'),
    });
    recorded(await bench.door.act(acknowledge));
    await wake(caseId, addMs(night, 5_400_000 + 86_399_000));
    expect(await rows(caseId, 'messages', 'emergency')).toHaveLength(told.length);
    await wake(caseId, addMs(night, 5_400_000 + 86_401_000));
    expect((await rows(caseId, 'messages', 'emergency')).length).toBeGreaterThan(told.length);
    const [open] = await bench.sql<{ target: string }[]>`SELECT about AS target FROM messages
      WHERE case_id = ${caseId} AND kind = 'emergency' LIMIT 1`;
    const close = { target: open!.target, data: { text: '已送医，已报警' }, actor: person('p-sub-district-head') };
    recorded(await bench.door.act(actOn(caseId, 'emergency.close', close)));
    expect((await verify(bench.sql, { caseId })).findings).toEqual([]);
  });

  test('to nobody in office are acknowledged by the administrator of the unit', async () => {
    const caseId = await childCase('1999-01-01', '2032-03-10T02:00:00.000Z');
    const data = { kind: 'harm', text: 'x', about: ['p-district-head', 'p-sub-district-head', 'p-director'] };
    recorded(await bench.door.act(actOn(caseId, 'emergency.report', { data })));
    const [message] =
      await bench.sql`SELECT id, post, person, unit FROM messages WHERE case_id = ${caseId} AND kind = 'emergency'`;
    expect(message).toMatchObject({ post: null, person: null, unit: 'district-1' });
    const admin = person('p-admin', 'admin', 'district-1');
    await bench.sql`INSERT INTO person.people (id, name) SELECT id, '管理员' FROM unnest(ARRAY['p-admin', 'p-admin-2']) AS id ON CONFLICT DO NOTHING`;
    await bench.sql`INSERT INTO api_keys (id, hash, role, person, unit)
      SELECT id, encode(sha256(id::bytea), 'hex'), 'admin', id, 'district-1'
      FROM unnest(ARRAY['p-admin', 'p-admin-2', 'p-district-head']) AS id`;
    await deliver('2032-03-10T02:00:01.000Z');
    const brought =
      await bench.sql`SELECT b.person, b.reason FROM delivery_messages b WHERE b.message_id = ${message!['id']} ORDER BY 1`;
    expect(brought.map((each) => each['person'])).toEqual(['p-admin', 'p-admin-2']);
    expect(await bench.sql`SELECT FROM reminders WHERE message_id = ${message!['id']}`).toHaveLength(0);
    const outsider = actOn(caseId, 'message.acknowledge', { target: message!['id'], actor: person('p-secretary') });
    expect((await bench.door.act(outsider)).status).toBe('refused');
    recorded(await bench.door.act(actOn(caseId, 'message.acknowledge', { target: message!['id'], actor: admin })));
  });
});
