import { createHash } from 'node:crypto';

/** Namespace of Linli's act ids and message ids; drawn once, never changed. */
const namespace = Buffer.from('6f1d3a0e5a5b4c1f9a0c0d1b8f2e7c43', 'hex');

/** UUID v5 (RFC 9562) of texts. Each is preceded by its length, so that no two lists of texts read the same. */
export function uuidV5(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(namespace);
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The id of the act a request asks for: the same caller, method, path and Idempotency-Key mean the same act. */
export function actIdOf(request: { caller: string; method: string; path: string; idempotencyKey: string }): string {
  return uuidV5('act', request.caller, request.method.toUpperCase(), request.path, request.idempotencyKey);
}
