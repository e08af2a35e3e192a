import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Bytes that encrypting adds: nonce and tag. */
export const AES_OVERHEAD = nonceBytes + tagBytes;

/** Encrypts with AES-256-GCM under a new random nonce: nonce, ciphertext, tag. `context` is not kept, but has to be the same to decrypt. */
export function seal(secret: Uint8Array, context: string, clear: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, secret, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, sealing.update(clear), sealing.final(), sealing.getAuthTag()]);
}

/** Decrypts what {@link seal} made. Throws when it was altered, or made with another key or context. */
export function unseal(secret: Uint8Array, context: string, sealed: Uint8Array): Buffer {
  if (sealed.length < AES_OVERHEAD) throw new Error('there are too few bytes to be encrypted ones');
  const opening = createDecipheriv(cipher, secret, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([opening.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), opening.final()]);
}
