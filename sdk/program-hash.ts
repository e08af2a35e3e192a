import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { Program } from './program.ts';

/**
 * The canonical bytes of a program (RFC 8785, UTF-8): what is hashed, stored and put into the dossier. The order in which
 * members were written makes no difference.
 */
export function programBytes(program: Program): Uint8Array {
  return new TextEncoder().encode(canonicalJson(program));
}

/** The content hash by which a case pins its program: SHA-256 over {@link programBytes}, 64 hexadecimal digits. */
export function programHash(program: Program): string {
  return createHash('sha256').update(programBytes(program)).digest('hex');
}
