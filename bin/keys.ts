import type { Sql } from '../db/client.ts';
import { giveKeys } from '../db/sealed.ts';
import type { DataKeyDeps } from '../door/keys/data-keys.ts';
import { type Keyring, openKeyring } from '../door/keys/keyring.ts';
import { INSTALLATION } from '../door/keys/wrapping.ts';
import type { Config } from './config.ts';
import { copiesHere } from './key-copies.ts';
import { type YearlyKeysFile, yearlyKeysFile, yearlyKeysIn } from './yearly-keys.ts';

/** What the data keys are kept with on this machine; see `openKeys`. */
export interface KeysHere extends DataKeyDeps {
  readonly yearly: YearlyKeysFile;
}

/**
 * The yearly keys of this machine, made when nothing was encrypted yet, and where copies of the data keys lie. Throws when the
 * yearly keys are missing although data keys were made. `begins` false: none are made, for who only looks; then their file may be missing.
 */
export async function keysHere(config: Config, sql: Sql, { begins = true } = {}): Promise<KeysHere> {
  const yearly = yearlyKeysIn(yearlyKeysFile(config));
  if (!yearly.exists()) {
    const [row] = await sql<{ id: string }[]>`SELECT yearly_key AS id FROM data_keys ORDER BY made_at DESC LIMIT 1`;
    // a restored database may have its keys in their copies alone
    const made = row?.id ?? copiesHere(config)?.read(INSTALLATION)?.yearlyKey;
    if (made !== undefined)
      throw new Error(
        `The file of the yearly keys ${yearly.file} is not there, and the data keys of this database are wrapped with the yearly key ${made}: without it nothing that was encrypted can be read. ` +
          'Ways out: put the file back from where its copy is kept, or name the place where it lies with LINLI_KEY_FILE.',
      );
    if (begins) yearly.begin();
  }
  return { sql, yearly, copies: copiesHere(config), begins };
}

/**
 * The keyring over the keys of this machine; the client opens and seals with it from now on. Throws what `keysHere` and
 * `openKeyring` throw.
 */
export async function openKeys(config: Config, sql: Sql): Promise<Keyring> {
  const keyring = await openKeyring(await keysHere(config, sql));
  giveKeys(sql, keyring);
  return keyring;
}

/** Gives a client the keys of this machine where there are any: without them what is sealed is not read, and all else is. */
export async function giveKeysHere(config: Config, sql: Sql): Promise<void> {
  if (yearlyKeysIn(yearlyKeysFile(config)).exists()) await openKeys(config, sql);
}

/**
 * The same for who only reads: no key is made or put back, and what cannot be opened is unread one by one. Answers the keyring;
 * undefined without the file of the yearly keys. Throws when that file is damaged or the database cannot be reached.
 */
export async function readKeysHere(config: Config, sql: Sql): Promise<Keyring | undefined> {
  if (!yearlyKeysIn(yearlyKeysFile(config)).exists()) return undefined;
  const keyring = await openKeyring(await keysHere(config, sql, { begins: false }));
  giveKeys(sql, keyring);
  return keyring;
}
