import type { DataConverter } from '@temporalio/common';
import { clientConverter } from '../activities/data-converter.ts';
import type { Sql } from '../db/client.ts';
import { giveKeys, SEALED_START } from '../db/sealed.ts';
import { KeyAway } from '../door/keys/errors.ts';
import { type Keyring, openKeyring } from '../door/keys/keyring.ts';
import { INSTALLATION } from '../door/keys/wrapping.ts';
import type { Config } from './config.ts';
import { copiesHere } from './key-copies.ts';
import { keysHere, readKeysHere } from './keys.ts';

/**
 * What decrypts for commands that only read: they make no keys. The client of the database opens with the same keys. Undefined where none were ever made, so that nothing is
 * encrypted; whoever sends anything needs `openKeys`. Throws what `keysHere` and `openKeyring` throw.
 */
export async function converterToRead(config: Config, sql: Sql): Promise<DataConverter | undefined> {
  const here = await keysHere(config, sql, { begins: false });
  if (!(await wereMade(config, sql))) return undefined;
  const keyring = await openKeyring(here);
  giveKeys(sql, keyring);
  return clientConverter(keyring);
}

/** How a proof reads what is encrypted. */
export interface HistoryKeys {
  /** Undefined where nothing is encrypted, or the keys are away. */
  readonly converter: DataConverter | undefined;
  /** Histories are encrypted, and the keys that open them are not on this machine. */
  readonly away: boolean;
}

/**
 * The same for a proof, which goes on without keys and says what it could not read. It makes no key. Where the installation's
 * key cannot be opened none counts as readable: the yearly key that wrapped it wrapped the others. Throws what `readKeysHere` throws.
 */
export async function keysToProve(config: Config, sql: Sql): Promise<HistoryKeys> {
  const keyring = await readKeysHere(config, sql);
  if (!(await wereMade(config, sql))) return { converter: undefined, away: false };
  if (!keyring || !opens(keyring)) return { converter: undefined, away: true };
  return { converter: clientConverter(keyring), away: false };
}

/** Whether anything was ever encrypted; a restored database may have its keys in their copies alone, or have lost them. */
async function wereMade(config: Config, sql: Sql): Promise<boolean> {
  const [row] = await sql`SELECT FROM data_keys LIMIT 1`;
  if (row !== undefined || copiesHere(config)?.read(INSTALLATION) !== undefined) return true;
  const [sealed] = await sql`SELECT FROM events WHERE substr(payload, 1, 1) = ${SEALED_START} LIMIT 1`;
  return sealed !== undefined;
}

function opens(keyring: Keyring): boolean {
  try {
    return keyring.installation !== undefined;
  } catch (error) {
    if (error instanceof KeyAway) return false;
    throw error;
  }
}
