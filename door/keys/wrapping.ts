import { seal, unseal } from '../../db/aes.ts';

/** A key-encryption key: it encrypts data keys and nothing else, and lies outside the database. */
export interface YearlyKey {
  /** The year it was made in and eight random digits: two installations never have one of the same name. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** The yearly keys at hand. */
export interface YearlyKeys {
  /** The newest: new data keys are wrapped with it. Throws when there is none. */
  newest(): YearlyKey;
  /** One of them by name; undefined when it is not here. */
  byId(id: string): YearlyKey | undefined;
}

/** What a data key is for: its own name and whose it is are bound to its wrapping. */
export interface KeyName {
  readonly id: string;
  /** A case's id, or {@link INSTALLATION}. */
  readonly owner: string;
}

/** Owner of the key for what belongs to no case. */
export const INSTALLATION = 'installation';

/** Bytes of every key. */
export const KEY_BYTES = 32;

/** A data key as it is kept: encrypted with a yearly key. */
export const wrap = (yearly: YearlyKey, name: KeyName, key: Uint8Array): Buffer =>
  seal(yearly.secret, contextOf(yearly, name), key);

/** The data key that {@link wrap} wrapped. Throws when it is not this one. */
export function unwrap(yearly: YearlyKey, name: KeyName, wrapped: Uint8Array): Buffer {
  const key = unseal(yearly.secret, contextOf(yearly, name), wrapped);
  if (key.length !== KEY_BYTES) throw new Error('it is no key');
  return key;
}

const contextOf = (yearly: YearlyKey, { id, owner }: KeyName): string =>
  JSON.stringify(['linli data key 1', yearly.id, id, owner]);
