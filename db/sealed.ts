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

/** Where the state of a case lies, as the event `seq` left it: an older one put back does not open. */
export const statePlace = (caseId: string, seq: number): Place => ['cases.state', caseId, seq];

/** Where the words lie that an effect carries, and what it was answered. */
export const effectPlace = (column: 'payload' | 'answer', effectId: string): Place => [`effects.${column}`, effectId];

/** Where the refusal of an act lies. */
export const refusalPlace = (actId: string): Place => ['acts.refusal', actId];

/**
 * Why a sealed value cannot be read: its key is out of reach for now, was destroyed, is known to nobody, or the bytes are not
 * what was sealed with the key in this place.
 */
export type Unread = 'key away' | 'key destroyed' | 'key unknown' | 'altered';

/** A sealed value cannot be read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly why: Unread;
  /** No key can be had at present, or this process has none: so it is with every value alike. */
  readonly everywhere: boolean;

  constructor(why: Unread, message: string, options: ErrorOptions & { readonly everywhere?: boolean } = {}) {
    super(message, options);
    this.why = why;
    this.everywhere = options.everywhere ?? false;
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

/** What is hashed: hashes of one purpose say nothing about those of another. */
export type HashPurpose = 'act body' | 'identity';

/** What opens and seals columns. */
export interface ColumnKeys {
  /** The keyed hash of a text, with the installation's key (door/keys/keyed-hash.ts). Throws `KeyAway`. */
  hashed(purpose: HashPurpose, text: string): string;
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

/** What every sealed value begins with, for SQL that looks for one. */
export const SEALED_START: Uint8Array = Buffer.from([version]);

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
  return (await openEach(keys, values)).map(orThrow);
}

/** What was opened; throws what kept it from being read. */
function orThrow<T>(opened: T | Unreadable): T {
  if (opened instanceof Unreadable) throw opened;
  return opened;
}

/** What a column of JSON holds for a value that is sealed: a JSON string, base64. In clear these columns hold objects only. */
export const sealJson = (key: ColumnKey, place: Place, json: string): string => `"${sealText(key, place, json)}"`;

/** The same as the text that the JSON string holds. */
export const sealText = (key: ColumnKey, place: Place, json: string): string =>
  sealValue(key, place, json).toString('base64');

/** What such a column was read as, opened: an object in clear is given back, and one that cannot be read says so by itself. */
export async function openJsonEach(
  keys: Pick<ColumnKeys, 'byIds'> | undefined,
  values: readonly { readonly place: Place; readonly stored: unknown }[],
): Promise<unknown[]> {
  const given = values.map(({ stored }) => (typeof stored === 'string' ? Buffer.from(stored, 'base64') : undefined));
  const sealed = values.flatMap(({ place }, n) => (given[n] ? [{ place, bytes: given[n] }] : []));
  if (sealed.length === 0) return values.map(({ stored }) => stored);
  const opened = (await openEach(keys, sealed)).values();
  return values.map(({ place, stored }, n) => {
    if (!given[n]) return stored;
    const each = opened.next().value!;
    if (each instanceof Unreadable) return each;
    // whoever can write here cannot pass off as sealed what he has written in clear
    if (keyOfValue(given[n]) === undefined)
      return new Unreadable('altered', `${wordsOf(place)} is neither sealed nor in clear.`);
    return JSON.parse(Buffer.from(each).toString('utf8')) as unknown;
  });
}

/** The same by the keys of a client; throws {@link Unreadable} for the first that cannot be read. */
export async function openJsonAll(
  client: object,
  values: readonly { readonly place: Place; readonly stored: unknown }[],
): Promise<unknown[]> {
  return (await openJsonEach(keysOf(client), values)).map(orThrow);
}

/**
 * The same for what goes on without those that cannot be read: of each such one `{unread: why}` is given. Throws {@link Unreadable}
 * while no key at all can be had.
 */
export async function openJsonReadable(
  client: object,
  values: readonly { readonly place: Place; readonly stored: unknown }[],
): Promise<unknown[]> {
  return (await openJsonEach(keysOf(client), values)).map((each) => {
    if (!(each instanceof Unreadable)) return each;
    if (each.everywhere) throw each;
    return { unread: each.why };
  });
}

/** What an effect carries, as far as it is told apart here: all of it are ids and keys of programs but `child`. */
export interface EffectPayload {
  /** Of a referral: what the other unit is told. Words, and who is named. A string: sealed. */
  readonly child?: unknown;
}

/** What an effect carries as it is stored: `child` sealed, since a process that begins effects looks into the rest without keys. */
export function sealEffect<T extends EffectPayload>(key: ColumnKey, effectId: string, payload: T): T {
  if (payload.child === undefined) return payload;
  const child = sealText(key, effectPlace('payload', effectId), JSON.stringify(payload.child));
  return { ...payload, child };
}

/** An effect's row as far as it carries words. */
export interface EffectWithPayload {
  readonly id: string;
  readonly payload: EffectPayload;
}

/** Effects with what they carry opened by `open`, which is given each `child` as stored; one that it leaves undefined stays as it is. */
export async function withChildren<T extends EffectWithPayload>(
  rows: readonly T[],
  open: (values: readonly { readonly place: Place; readonly stored: unknown }[]) => Promise<readonly unknown[]>,
): Promise<T[]> {
  const values = rows.map(({ id, payload }) => ({ place: effectPlace('payload', id), stored: payload.child }));
  const children = await open(values);
  return rows.map((row, n) =>
    children[n] === undefined ? row : { ...row, payload: { ...row.payload, child: children[n] } },
  );
}

/** What effects carry, opened. Throws {@link Unreadable}. */
export const openEffects = <T extends EffectWithPayload>(client: object, rows: readonly T[]): Promise<T[]> =>
  withChildren(rows, (values) => openJsonAll(client, values));

/** What an effect was answered as it is stored: sealed, or in clear over a client without keys. */
export function storedAnswer(key: ColumnKey | undefined, effectId: string, answer: object): string {
  const json = JSON.stringify(answer);
  return key ? sealJson(key, effectPlace('answer', effectId), json) : json;
}

/** Acts with their refusals opened. Throws {@link Unreadable}. */
export async function openRefusals<T extends { readonly actId: string; readonly refusal: unknown }>(
  client: object,
  rows: readonly T[],
): Promise<T[]> {
  const values = rows.map(({ actId, refusal }) => ({ place: refusalPlace(actId), stored: refusal }));
  const refusals = await openJsonAll(client, values);
  return rows.map((row, n) => ({ ...row, refusal: refusals[n] }));
}

/** A case's row that holds its state as stored. */
export interface StateRow {
  readonly caseId: string;
  readonly seq: number;
  readonly state: unknown;
}

const stateValue = ({ caseId, seq, state }: StateRow) => ({ place: statePlace(caseId, seq), stored: state });

/** Rows of cases with their states opened. Throws {@link Unreadable}. */
export async function openStates<T extends StateRow>(client: object, rows: readonly T[]): Promise<T[]> {
  const states = await openJsonAll(client, rows.map(stateValue));
  return rows.map((row, n) => ({ ...row, state: states[n] }));
}

/** The same without those that cannot be read: the caller says of which cases that is. */
export async function openReadableStates<T extends StateRow>(client: object, rows: readonly T[]): Promise<T[]> {
  const states = await openJsonEach(keysOf(client), rows.map(stateValue));
  return rows.flatMap((row, n) => (states[n] instanceof Unreadable ? [] : [{ ...row, state: states[n] }]));
}

const noKeys = (place: Place, id: string): Unreadable =>
  new Unreadable(
    'key away',
    `${wordsOf(place)} is sealed with the key ${id}, and this process has no keys. Way out: give it the file of the yearly keys (LINLI_KEY_FILE).`,
    { everywhere: true },
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
    const here = ids.flatMap((id) => held.get(id) ?? []);
    const others = ids.filter((id) => !held.has(id));
    return new Map([
      ...here.map((key) => [key.id, key] as const),
      ...(others.length > 0 ? await keys.byIds(others) : []),
    ]);
  };
  const { hashed, unwrapped, ofCase, drawn, keepCopy } = keys;
  return { hashed, byIds, unwrapped, ofCase, drawn, keepCopy };
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

/** What stands for a payload that cannot be read: an event that says nothing. */
const SAYS_NOTHING = new TextEncoder().encode('{"data":{}}');

/**
 * Events' rows of many cases with their payloads opened: one that cannot be read (its bytes were altered, its key is lost or cannot
 * be unwrapped) says why and nothing else, so that the others are answered. Throws {@link Unreadable} while no key at all can be had.
 */
export async function openReadable<
  T extends { readonly caseId: string; readonly seq: number; readonly payload: Uint8Array },
>(client: object, rows: readonly T[]): Promise<(T & { readonly unread: Unread | null })[]> {
  const opened = await openEach(
    keysOf(client),
    rows.map(({ caseId, seq, payload }) => ({ place: payloadPlace(caseId, seq), bytes: payload })),
  );
  return rows.map((row, n) => {
    const payload = opened[n]!;
    if (!(payload instanceof Unreadable)) return { ...row, payload, unread: null };
    if (payload.everywhere) throw payload;
    return { ...row, payload: SAYS_NOTHING, unread: payload.why };
  });
}
