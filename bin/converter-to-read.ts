import type { DataConverter } from '@temporalio/common';
import { clientConverter } from '../activities/data-converter.ts';
import type { Sql } from '../db/client.ts';
import { giveKeys } from '../db/sealed.ts';
import { openKeyring } from '../door/keys/keyring.ts';
import { INSTALLATION } from '../door/keys/wrapping.ts';
import type { Config } from './config.ts';
import { keysHere } from './keys.ts';

/**
 * What decrypts for commands that only read: they make no keys. The client of the database opens with the same keys. Undefined where none were ever made, so that nothing is
 * encrypted; whoever sends anything needs `openKeys`. Throws what `keysHere` and `openKeyring` throw.
 */
export async function converterToRead(config: Config, sql: Sql): Promise<DataConverter | undefined> {
  const here = await keysHere(config, sql, { begins: false });
  const [row] = await sql`SELECT FROM data_keys LIMIT 1`;
  // a restored database may have its keys in their copies alone
  const made = row !== undefined || here.copies?.read(INSTALLATION) !== undefined;
  if (!made) return undefined;
  const keyring = await openKeyring(here);
  giveKeys(sql, keyring);
  return clientConverter(keyring);
}
