import { AES_OVERHEAD, seal, unseal } from './aes.ts';

/** A key that columns are sealed with, in clear: never log it, never keep it. */
export interface ColumnKey {
  /** Stands in clear beside what is sealed with it. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** Which value it is, bound into what is sealed: one put in another's place does not open. Table and column, then the row's key. */
export type Place = readonly [column: string, ...row: (string | number)[]];

/** Where the payload of an event lies. */
export const payloadPlace = (caseId: string, seq: number): Place => ['events.payload', caseId, seq];

/**
 * Why a sealed value cannot be read: its key is out of reach for now, was destroyed, is known to nobody, or the bytes are not
 * what was sealed with the key in this place.
 */
export type Unread = 'key away' | 'key destroyed' | 'key unknown' | 'altered';

/** A sealed value cannot be read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly why: Unread;

  constructor(why: Unread, message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}

/** A key as its row holds it. */
export interface WrappedKey {
  readonly id: string;
  readonly owner: string;
  readonly yearlyKey: string;
  readonly wrapped: Uint8Array;
  readonly madeAt: string;
}

/** What opens and seals columns. */
export interface ColumnKeys {
  /** Keys by their names; what cannot be had is said for each. */
  byIds(ids: readonly string[]): Promise<ReadonlyMap<string, ColumnKey | Unreadable>>;
  /** The key a row holds, in memory. Throws `KeyAway` when the yearly key is not here. */
  unwrapped(row: WrappedKey): ColumnKey;
  /** The key of a case whose row came without one: put back from its copy, or made now. Throws `KeyAway`, `KeyGone`. */
  ofCase(caseId: string): Promise<ColumnKey>;
  /** A new key for a case about to be opened; its row is the caller's to insert. */
  drawn(caseId: string, madeAt: string): { readonly key: ColumnKey; readonly row: WrappedKey };
  /**
   * Keeps the copy of a key outside the database. Before its row is committed: a copy too many harms nobody, a key without one is
   * lost with the database.
   */
  keepCopy(row: WrappedKey): void;
}

// JSON begins with a brace or a bracket, never with this
const version = 1;

/** Bytes that sealing adds at most: version, length of the key's name, the name (a random id with its suffix), nonce and tag. */
export const SEAL_OVERHEAD = 2 + 64 + AES_OVERHEAD;

/** Encrypts a value for its place: a version byte, the length of the key's name, the name, nonce, ciphertext, tag. */
export function sealValue({ id, secret }: ColumnKey, place: Place, clear: string | Uint8Array): Buffer {
  const name = Buffer.from(id);
  if (name.length > 255) throw new Error(`The name of a key is too long: ${id}.`);
  const bytes = typeof clear === 'string' ? Buffer.from(clear) : clear;
  return Buffer.concat([Buffer.from([version, name.length]), name, seal(secret, contextOf(id, place), bytes)]);
}

/** The name of the key a value is sealed with; undefined when it lies in clear, as earlier releases wrote it. */
export function keyOfValue(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== version) return undefined;
  return Buffer.from(bytes.subarray(2, 2 + (bytes[1] ?? 0))).toString('utf8');
}

/** Decrypts what {@link sealValue} made; a value in clear is given back as it is. Throws {@link Unreadable} when it was altered. */
export function openValue({ id, secret }: ColumnKey, place: Place, bytes: Uint8Array): Uint8Array {
  const named = keyOfValue(bytes);
  if (named === undefined) return bytes;
  try {
    if (named !== id) throw new Error(`it names the key ${named}`);
    return unseal(secret, contextOf(id, place), bytes.subarray(2 + (bytes[1] ?? 0)));
  } catch (cause) {
    throw new Unreadable('altered', `${wordsOf(place)} is not what was sealed with the key ${id} in this place.`, {
      cause,
    });
  }
}

/** A value that may be sealed. */
export interface Sealed {
  readonly place: Place;
  readonly bytes: Uint8Array;
}

/** Opens many values, in the same order; one that cannot be read is said by itself. Keys that are missing are asked for once. */
export async function openEach(
  keys: Pick<ColumnKeys, 'byIds'> | undefined,
  values: readonly Sealed[],
): Promise<(Uint8Array | Unreadable)[]> {
  const named = values.map(({ bytes }) => keyOfValue(bytes));
  const ids = new Set(named.flatMap((id) => id ?? []));
  const found = ids.size === 0 ? undefined : await keys?.byIds([...ids]);
  return values.map(({ place, bytes }, n) => {
    const id = named[n];
    if (id === undefined) return bytes;
    const key = found?.get(id) ?? noKeys(place, id);
    if (key instanceof Unreadable) return key;
    try {
      return openValue(key, place, bytes);
    } catch (error) {
      if (error instanceof Unreadable) return error;
      throw error;
    }
  });
}

/** Opens many values; throws {@link Unreadable} for the first that cannot be read. */
export async function openAll(
  keys: Pick<ColumnKeys, 'byIds'> | undefined,
  values: readonly Sealed[],
): Promise<Uint8Array[]> {
  return (await openEach(keys, values)).map((each) => {
    if (each instanceof Unreadable) throw each;
    return each;
  });
}

const noKeys = (place: Place, id: string): Unreadable =>
  new Unreadable(
    'key away',
    `${wordsOf(place)} is sealed with the key ${id}, and this process has no keys. Way out: give it the file of the yearly keys (LINLI_KEY_FILE).`,
  );

const wordsOf = ([column, ...row]: Place): string => `${column} of ${row.join(' ')}`;

const contextOf = (keyId: string, place: Place): string => JSON.stringify(['linli column 1', keyId, ...place]);

const carried = new WeakMap<object, ColumnKeys>();

/** Gives a client its keys: from now on whoever reads and writes over it opens and seals with them. */
export function giveKeys<T extends object>(client: T, keys: ColumnKeys | undefined): T {
  if (keys) carried.set(client, keys);
  return client;
}

const inHand = new WeakMap<object, Map<string, ColumnKey>>();

/**
 * Lets a transaction open with a key it has in hand, without asking for it: the one that came with a case's lock, or one it has
 * made and that nobody else sees before the commit.
 */
export function holdKey(tx: object, key: ColumnKey): void {
  const held = inHand.get(tx) ?? new Map<string, ColumnKey>();
  inHand.set(tx, held.set(key.id, key));
}

/** The keys a client, or a transaction over it, was given; those in its hand come first. */
export function keysOf(client: object): ColumnKeys | undefined {
  const keys = carried.get(client);
  const held = inHand.get(client);
  if (!keys || !held) return keys;
  const byIds: ColumnKeys['byIds'] = async (ids) => {
    const others = ids.filter((id) => !held.has(id));
    return new Map([...held, ...(others.length > 0 ? await keys.byIds(others) : [])]);
  };
  const { unwrapped, ofCase, drawn, keepCopy } = keys;
  return { byIds, unwrapped, ofCase, drawn, keepCopy };
}

/** Rows as a client reads them, with one column opened by the client's keys. Throws {@link Unreadable}. */
export async function openRows<T extends { readonly [key in F]: Uint8Array }, F extends keyof T>(
  client: object,
  rows: readonly T[],
  column: F,
  placeOf: (row: T) => Place,
): Promise<T[]> {
  const opened = await openAll(
    keysOf(client),
    rows.map((row) => ({ place: placeOf(row), bytes: row[column] })),
  );
  return rows.map((row, n) => ({ ...row, [column]: opened[n]! }));
}

/** Events' rows with their payloads opened, of one case or of whichever each says. Throws {@link Unreadable}. */
export const openPayloads = <T extends { readonly seq: number; readonly payload: Uint8Array }>(
  client: object,
  rows: readonly T[],
  caseOf: string | ((row: T) => string),
): Promise<T[]> =>
  openRows(client, rows, 'payload', (row) => payloadPlace(typeof caseOf === 'string' ? caseOf : caseOf(row), row.seq));
