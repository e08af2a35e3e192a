import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

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

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts with AES-256-GCM under a new random nonce: nonce, ciphertext, tag. `context` is not kept, but has to be the same to decrypt. */
export function seal(secret: Uint8Array, context: string, clear: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, secret, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, sealing.update(clear), sealing.final(), sealing.getAuthTag()]);
}

/** Decrypts what {@link seal} made. Throws when it was altered, or made with another key or context. */
export function unseal(secret: Uint8Array, context: string, sealed: Uint8Array): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('there are too few bytes to be encrypted ones');
  const opening = createDecipheriv(cipher, secret, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([opening.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), opening.final()]);
}

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
