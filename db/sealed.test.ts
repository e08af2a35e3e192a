import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type ColumnKey,
  giveKeys,
  holdKey,
  keyOfValue,
  keysOf,
  openAll,
  openEach,
  openJsonEach,
  openRows,
  openStates,
  openValue,
  type Place,
  SEAL_OVERHEAD,
  sealJson,
  sealValue,
  statePlace,
  Unreadable,
} from './sealed.ts';

const keyOf = (owner: string): ColumnKey => ({ id: `${owner}.00000000`, secret: randomBytes(32) });
const key = keyOf('0d0a1b2c-0000-4000-8000-000000000000');
const place: Place = ['events.payload', 'c1', 1];
const clear = '{"data":{"name":"周某"}}';

/** A store of keys that counts how often it is asked. */
function storeOf(...known: (ColumnKey | Unreadable)[]) {
  const asked: (readonly string[])[] = [];
  const byIds = async (ids: readonly string[]) => {
    asked.push(ids);
    return new Map(known.map((each, n) => [each instanceof Unreadable ? ids[n]! : each.id, each]));
  };
  return { asked, byIds };
}

test('a sealed value opens with its key in its place, and names the key', () => {
  const sealed = sealValue(key, place, clear);
  expect(keyOfValue(sealed)).toBe(key.id);
  expect(Buffer.from(openValue(key, place, sealed)).toString()).toBe(clear);
  expect(sealed.includes('周某')).toBe(false);
  expect(sealed.length - Buffer.byteLength(clear)).toBeLessThanOrEqual(SEAL_OVERHEAD);
  expect(sealValue(key, place, clear)).not.toEqual(sealed);
});

test('it opens nowhere else, and no byte of it can be changed unnoticed', () => {
  const sealed = sealValue(key, place, clear);
  const whyOf = (open: () => unknown) => {
    try {
      open();
      return 'opened';
    } catch (error) {
      return error instanceof Unreadable ? error.why : error;
    }
  };
  for (const other of [
    ['events.payload', 'c1', 2],
    ['events.payload', 'c2', 1],
    ['cases.state', 'c1', 1],
    ['events.payload', 'c1'],
  ] satisfies Place[])
    expect([other, whyOf(() => openValue(key, other, sealed))]).toEqual([other, 'altered']);
  expect(whyOf(() => openValue(keyOf('c2'), place, sealed))).toBe('altered');
  for (let at = 1; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(whyOf(() => openValue(key, place, changed))).toBe('altered');
  }
  for (let length = 1; length < sealed.length; length++)
    expect(whyOf(() => openValue(key, place, sealed.subarray(0, length)))).toBe('altered');
});

test('what lies in clear is read as it is', async () => {
  const bytes = Buffer.from(clear);
  expect(keyOfValue(bytes)).toBeUndefined();
  expect(openValue(key, place, bytes)).toBe(bytes);
  expect(await openAll(undefined, [{ place, bytes }])).toEqual([bytes]);
});

test('many values are opened with one question for their keys; each says why it cannot be read', async () => {
  const other = keyOf('c2');
  const gone = new Unreadable('key destroyed', 'destroyed');
  const values = [key, other, key, keyOf('c3')].map((each, n) => ({
    place: ['events.payload', 'c', n] as Place,
    bytes: sealValue(each, ['events.payload', 'c', n], String(n)),
  }));
  const store = storeOf(key, other, gone);
  const opened = await openEach(store, [...values, { ...values[0]!, place }]);
  expect(store.asked).toEqual([[key.id, other.id, 'c3.00000000']]);
  expect(opened.slice(0, 3).map(String)).toEqual(['0', '1', '2']);
  expect(opened[3]).toBe(gone);
  expect(opened[4]).toMatchObject({ why: 'altered' });
  await expect(openAll(store, values)).rejects.toBe(gone);
  await expect(openAll(undefined, values)).rejects.toMatchObject({ why: 'key away' });
  await expect(openAll(undefined, values)).rejects.toThrow('LINLI_KEY_FILE');
});

test('a column of JSON holds a string where it is sealed; an object in clear is read as it is', async () => {
  const at = statePlace('c1', 7);
  const stored = JSON.parse(sealJson(key, at, clear)) as string;
  expect(typeof stored).toBe('string');
  const object = { data: 1 };
  const store = storeOf(key);
  const opened = await openJsonEach(store, [
    { place: at, stored },
    { place: at, stored: object },
    { place: at, stored: null },
    { place: statePlace('c1', 6), stored },
    { place: at, stored: Buffer.from(clear).toString('base64') },
    { place: at, stored: '' },
  ]);
  expect(store.asked).toEqual([[key.id]]);
  expect(opened.slice(0, 3)).toEqual([JSON.parse(clear), object, null]);
  expect(opened.slice(3)).toMatchObject([{ why: 'altered' }, { why: 'altered' }, { why: 'altered' }]);
  const rows = [{ caseId: 'c1', seq: 7, state: stored }];
  await expect(openStates({}, rows)).rejects.toMatchObject({ why: 'key away' });
  expect(await openStates(giveKeys({}, store as never), rows)).toEqual([{ ...rows[0], state: JSON.parse(clear) }]);
});

test('a client reads with the keys it was given', async () => {
  const keys = storeOf(key) as never;
  const client = {};
  const rows = [{ seq: 1, payload: sealValue(key, place, clear) as Uint8Array }];
  const read = () => openRows(client, rows, 'payload', ({ seq }) => ['events.payload', 'c1', seq]);
  await expect(read()).rejects.toMatchObject({ why: 'key away' });
  giveKeys(client, keys);
  expect(keysOf(client)).toBe(keys);
  const [row] = await read();
  expect([row!.seq, Buffer.from(row!.payload).toString()]).toEqual([1, clear]);
});

test('a transaction opens with the keys in its hand before it asks for others', async () => {
  const [own, other] = [keyOf('own'), keyOf('other')];
  const store = storeOf(other);
  const tx = giveKeys({}, store as never);
  holdKey(tx, own);
  const rows = (...keys: ColumnKey[]) =>
    keys.map((each) => ({ seq: 1, payload: sealValue(each, place, clear) as Uint8Array }));
  const read = (...keys: ColumnKey[]) => openRows(tx, rows(...keys), 'payload', () => place);
  expect(await read(own)).toHaveLength(1);
  expect(store.asked).toEqual([]);
  expect(await read(own, other)).toHaveLength(2);
  expect(store.asked).toEqual([[other.id]]);
});
