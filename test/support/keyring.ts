import { createHash } from 'node:crypto';
import type { Sql } from '../../db/client.ts';
import { giveKeys } from '../../db/sealed.ts';
import { type Keyring, type KeyringDeps, openKeyring } from '../../door/keys/keyring.ts';
import type { YearlyKeys } from '../../door/keys/wrapping.ts';

const yearly = { id: '2026-00000000', secret: createHash('sha256').update('a yearly key for tests').digest() };

/** The yearly key of all tests: processes of one test, and databases copied from one another, need the same. */
export const testYearlyKeys: YearlyKeys = {
  newest: () => yearly,
  byId: (id) => (id === yearly.id ? yearly : undefined),
};

/** A keyring over a test's database; the client opens and seals with it. */
export async function testKeyring(sql: Sql, more: Partial<KeyringDeps> = {}): Promise<Keyring> {
  const keyring = await openKeyring({ sql, yearly: testYearlyKeys, ...more });
  giveKeys(sql, keyring);
  return keyring;
}
