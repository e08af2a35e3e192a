import { createHmac, hkdfSync } from 'node:crypto';
import type { HashPurpose } from '../../db/sealed.ts';
import type { DataKey } from './data-keys.ts';

/**
 * The keyed hash of a text (HMAC-SHA-256 in lower-case hex, its key drawn from the installation's by HKDF, RFC 5869): equal for
 * equal texts, and nobody who only has the database finds a text by trying all there could be.
 */
export function keyedHash({ secret }: Pick<DataKey, 'secret'>, purpose: HashPurpose, text: string): string {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `linli hash of ${purpose}`, 32));
  return createHmac('sha256', key).update(text).digest('hex');
}
