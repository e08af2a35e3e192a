import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../db/books-verify.ts';
import { connect, type Sql } from '../db/client.ts';
import { eventsAfter } from '../db/queries/events.ts';
import { giveKeys, keyOfValue, keysOf, openPayloads } from '../db/sealed.ts';
import { actOn, type DoorBench, doorBench, fuleOpening, recorded } from '../test/support/door.ts';
import { testKeyring, testYearlyKeys } from '../test/support/keyring.ts';
import { changeState } from '../test/support/states.ts';
import { receiveCase } from './arrival.ts';
import type { Header } from './chain.ts';
import { createDoor } from './door.ts';
import { dataKeys } from './keys/data-keys.ts';
import { verify } from './verify.ts';
import { insertEvents } from './write.ts';

const words = '来访时说起孙辈的婚事';
let bench: DoorBench;
let strangers: Sql;
beforeAll(async () => {
  bench = await doorBench();
  strangers = connect(bench.url, { max: 2 });
}, 60_000);
afterAll(async () => {
  await strangers?.end({ timeout: 1 });
  await bench?.close();
});

const open = async (): Promise<string> => recorded(await bench.door.open(fuleOpening())).case.caseId;
const note = (caseId: string) => actOn(caseId, 'note.add', { data: { text: words } });
const stored = (caseId: string) => bench.sql<{ seq: number; header: Uint8Array; payload: Uint8Array }[]>`
  SELECT seq, header, payload FROM events WHERE case_id = ${caseId} ORDER BY seq`;
const keyOf = async (caseId: string) =>
  (await bench.sql<{ id: string }[]>`SELECT id FROM data_keys WHERE owner = ${caseId}`).map(({ id }) => id);
/** As a stranger who took the tables, or a machine without the yearly keys, sees it. */
const proofs = async (sql: Sql, caseId: string) => {
  const { findings, unread } = await verify(sql, { caseId });
  return { findings: findings.map(({ rule, what }) => `${rule}: ${what}`), unread };
};
async function behind(statement: (tx: Sql) => PromiseLike<unknown>): Promise<void> {
  await bench.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await statement(tx as unknown as Sql);
  });
}

describe('events', () => {
  test('are sealed with the key of their case, which is made with its opening; headers name it', async () => {
    const caseId = await open();
    recorded(await bench.door.act(note(caseId)));
    const [key, ...others] = await keyOf(caseId);
    expect(others).toEqual([]);
    const rows = await stored(caseId);
    for (const { header, payload } of rows) {
      expect(keyOfValue(payload)).toBe(key);
      expect((JSON.parse(Buffer.from(header).toString()) as Header).keyId).toBe(key);
    }
    const [all] =
      await bench.sql`SELECT string_agg(encode(payload, 'hex'), '') AS hex FROM events WHERE case_id = ${caseId}`;
    expect(all!['hex']).not.toContain(Buffer.from(words).toString('hex'));
    expect(all!['hex']).not.toContain(Buffer.from('周某').toString('hex'));
    const events = await eventsAfter(bench.sql, caseId, 0, 100);
    expect(events.find(({ type }) => type === 'note.added')?.data).toMatchObject({ text: words });
    expect(await proofs(bench.sql, caseId)).toEqual({ findings: [], unread: [] });
    expect(await verifyBooks(bench.sql, { caseId })).toMatchObject({ holds: true, unread: [] });
  });

  test('are answered again as the first time, and told to the workflow in clear', async () => {
    const caseId = await open();
    const request = note(caseId);
    const { events } = recorded(await bench.door.act(request));
    expect(recorded(await bench.door.act(request)).events).toEqual(JSON.parse(JSON.stringify(events)));
    const page = await bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) });
    expect(JSON.stringify(page)).toContain(words);
  });

  test('in clear, as earlier releases wrote them, stay readable; what is done now is sealed', async () => {
    const caseId = await open();
    for (const { seq, payload } of await openPayloads(bench.sql, await stored(caseId), caseId))
      await behind((tx) => tx`UPDATE events SET payload = ${payload} WHERE case_id = ${caseId} AND seq = ${seq}`);
    await changeState({ keyed: bench.sql, clear: true }, caseId, (state) => state);
    const before = await keyOf(caseId);
    await behind((tx) => tx`DELETE FROM data_keys WHERE owner = ${caseId}`);
    expect(keyOfValue((await stored(caseId))[0]!.payload)).toBeUndefined();
    expect((await eventsAfter(bench.sql, caseId, 0, 1))[0]?.type).toBe('case.opened');
    recorded(await bench.door.act(note(caseId)));
    const [key] = await keyOf(caseId);
    expect(before).not.toContain(key);
    expect((await stored(caseId)).map(({ payload }) => keyOfValue(payload)).at(-1)).toBe(key);
  });
});

describe('what cannot be read', () => {
  test('because the keys are away is not compared; headers and chain are', async () => {
    const caseId = await open();
    recorded(await bench.door.act(note(caseId)));
    const { length } = await stored(caseId);
    expect(await proofs(strangers, caseId)).toEqual({ findings: [], unread: [{ caseId, events: length }] });
    const books = await verifyBooks(strangers, { caseId });
    expect(books).toMatchObject({ holds: false, findings: [], unread: [{ caseId, why: 'key away' }] });
    await expect(eventsAfter(strangers, caseId, 0, 1)).rejects.toMatchObject({ why: 'key away' });
    await behind((tx) => tx`UPDATE events SET actor_id = 'p-other' WHERE case_id = ${caseId} AND seq = 1`);
    expect((await proofs(strangers, caseId)).findings).toContain('chain: the actor is not what was hashed');
  });

  test('because it was altered, or put in another’s place, is found', async () => {
    const [one, other] = [await open(), await open()];
    await behind(
      (tx) =>
        tx`UPDATE events SET payload = set_byte(payload, 100, 255 - get_byte(payload, 100)) WHERE case_id = ${one} AND seq = 1`,
    );
    expect((await proofs(bench.sql, one)).findings).toContain('chain: the payload is not what was sealed');
    await behind(
      (tx) =>
        tx`UPDATE events SET payload = (SELECT payload FROM events WHERE case_id = ${other} AND seq = 1) WHERE case_id = ${other} AND seq = 2`,
    );
    expect((await proofs(bench.sql, other)).findings).toContain('chain: the payload is not what was sealed');
  });

  test('because the name of its key was changed to no text at all, is found', async () => {
    const caseId = await open();
    await behind(
      (tx) => tx`UPDATE events SET payload = set_byte(payload, 17, 0) WHERE case_id = ${caseId} AND seq = 1`,
    );
    expect((await proofs(bench.sql, caseId)).findings.join()).toContain('chain: ');
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['one byte of a seal', Buffer.from([1])],
    ['no event', Buffer.from('周')],
  ])('because %s is left of it, is found, and harms the proof of no other case', async (_, left) => {
    const caseId = await open();
    await behind((tx) => tx`UPDATE events SET payload = ${left} WHERE case_id = ${caseId} AND seq = 1`);
    const one = await verifyBooks(bench.sql, { caseId });
    expect(one).toMatchObject({ holds: false, unread: [{ caseId, events: 1 }] });
    expect((await verifyBooks(bench.sql)).unread).toContainEqual(one.unread[0]);
    expect((await proofs(bench.sql, caseId)).findings.join()).toContain('chain: ');
    await expect(bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) })).rejects.toThrow();
  });

  test('because it was altered is not said to be witnessed', async () => {
    const caseId = await open();
    const alter = () =>
      behind(
        (tx) =>
          tx`UPDATE events SET payload = set_byte(payload, 100, 255 - get_byte(payload, 100)) WHERE case_id = ${caseId} AND seq = 1`,
      );
    const witnessed = async () =>
      (await bench.sql<{ n: number }[]>`SELECT witnessed_seq AS n FROM cases WHERE case_id = ${caseId}`)[0]?.n;
    await alter();
    await expect(bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) })).rejects.toMatchObject({
      why: 'altered',
    });
    expect(await witnessed()).toBe(0);
    await alter();
    const page = await bench.door.advance({ caseId, seq: 0, head: '0'.repeat(64) });
    expect(await witnessed()).toBe('seq' in page ? page.seq : undefined);
  });

  test('because its key is lost gets no other key, which would open none of it, and the door writes nothing', async () => {
    const caseId = await open();
    const [lost] = await keyOf(caseId);
    await behind((tx) => tx`DELETE FROM data_keys WHERE owner = ${caseId}`);
    const { length } = await stored(caseId);
    expect(await bench.door.act(note(caseId))).toMatchObject({ status: 'refused' });
    expect(await keyOf(caseId)).toEqual([]);
    expect(await stored(caseId)).toHaveLength(length);
    await expect(keysOf(bench.sql)!.ofCase(caseId)).rejects.toThrow(`Nobody knows the key ${lost}`);
  });

  test('because its key was destroyed is said so; the chain of headers holds, and the door writes nothing', async () => {
    const caseId = await open();
    await bench.sql`UPDATE data_keys SET wrapped = NULL, destroyed_at = clock_timestamp() WHERE owner = ${caseId}`;
    const fresh = connect(bench.url, { max: 2 });
    try {
      await testKeyring(fresh);
      const { findings } = await proofs(fresh, caseId);
      expect(new Set(findings)).toEqual(new Set(['chain: the payload cannot be read: key destroyed']));
      await expect(eventsAfter(fresh, caseId, 0, 1)).rejects.toMatchObject({ why: 'key destroyed' });
      const { length } = await stored(caseId);
      expect(await bench.door.act(note(caseId))).toMatchObject({ refusal: { code: 'CASE_DESTROYED' } });
      expect(await bench.door.dryRun(note(caseId))).toMatchObject({ refusal: { code: 'CASE_DESTROYED' } });
      expect(await stored(caseId)).toHaveLength(length);
    } finally {
      await fresh.end({ timeout: 1 });
    }
  });
});

test('events without their key are not written in clear over a client that has keys', async () => {
  const row = { case_id: 'c', seq: 1, payload: '{}' } as never;
  expect(() => insertEvents(bench.sql as never, [row], () => undefined)).toThrow('without its key');
});

test('what writes a whole case asks for keys where keys were made', async () => {
  await expect(receiveCase({} as never, {} as never, { sql: strangers, write: true })).rejects.toThrow(
    'LINLI_KEY_FILE',
  );
});

test('a door without keys does not open where keys were made', async () => {
  const { programs } = bench;
  const log = { error() {}, info() {}, warn() {} } as never;
  await expect(createDoor({ sql: strangers, programs, log })).rejects.toThrow('LINLI_KEY_FILE');
});

test('a case that is opened has its key copied before it is committed, and what is refused has none', async () => {
  const written: string[] = [];
  const sql = connect(bench.url, { max: 2 });
  const keyring = await testKeyring(sql);
  giveKeys(sql, { ...keyring, keepCopy: ({ owner }) => void written.push(owner) });
  const door = await createDoor({ sql, programs: bench.programs, log: { error() {}, info() {}, warn() {} } as never });
  try {
    const refused = await door.open(fuleOpening({ program: 'no such program' }));
    expect(refused.status).toBe('refused');
    expect(written).toEqual([]);
    const { caseId } = recorded(await door.open(fuleOpening())).case;
    expect(written).toEqual([caseId]);
    const store = dataKeys({ sql, yearly: testYearlyKeys });
    expect((await store.ofCase(caseId))?.id).toBe((await keyOf(caseId))[0]);
    expect(keysOf(sql)).toBeDefined();
  } finally {
    await door.end();
    await sql.end({ timeout: 1 });
  }
});
