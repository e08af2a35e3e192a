import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is kept of a key or token: its SHA-256. They are random, so nothing slower is needed. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A fresh token of 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares two texts in time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));
}
