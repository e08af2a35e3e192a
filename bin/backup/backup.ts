import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Config } from '../config.ts';
import { writeDatabase } from './database.ts';
import { makeFolder } from './files.ts';
import { writeHistories } from './histories.ts';
import { checkApart, writeKeys } from './keys.ts';
import { type BackupManifest, MANIFEST } from './manifest.ts';

/** What is backed up, and to where. */
export interface BackupOptions {
  readonly databaseUrl: string;
  /** Undefined: no histories of open runs are taken. */
  readonly client: Client | undefined;
  readonly config: Config;
  readonly to: string;
  /** Where the keys go; undefined: they are not backed up. */
  readonly keysTo?: string | undefined;
  readonly say: (text: string) => void;
}

/** What was written. */
export interface BackupTaken {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Names of the keys that were written apart; undefined: none were asked for. */
  readonly keys: readonly string[] | undefined;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Takes a backup while people work on: the histories of Temporal's open runs first, the database after, so that no history
 * knows of an event the database has not. The folder has its name only when it is whole. Throws where something lies there.
 */
export async function takeBackup(options: BackupOptions): Promise<BackupTaken> {
  const { databaseUrl, client, config, to, keysTo, say } = options;
  if (keysTo !== undefined) {
    checkApart(to, keysTo);
    // before anything is made: it would be for nothing
    if (existsSync(keysTo) && (await readdir(keysTo)).length > 0) throw new Error(`${resolve(keysTo)} is not empty.`);
  }
  const folder = await makeFolder(to);
  const keyFolder = keysTo === undefined ? undefined : await makeFolder(keysTo);
  try {
    const histories = client ? await writeHistories(client, folder, say) : [];
    const database = await writeDatabase(databaseUrl, folder, { keys: keyFolder, say });
    const manifest: BackupManifest = { format: 'linli-backup', v: 1, release: version, ...database, histories };
    await folder.writeText(MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`);
    const keys = keyFolder && (await writeKeys(config, keyFolder));
    await keyFolder?.finish();
    await folder.finish();
    return { folder: resolve(to), manifest, keys };
  } catch (error) {
    await folder.discard();
    await keyFolder?.discard();
    throw error;
  }
}
