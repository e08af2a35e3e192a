import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { addDays, toDate } from '../../engine/time/civil.ts';
import type { Config } from '../config.ts';
import { type YearlyKeysFile, yearlyKeysFile, yearlyKeysIn } from '../yearly-keys.ts';
import { writeDatabase } from './database.ts';
import { type FolderInMaking, makeFolder } from './files.ts';
import { writeHistories } from './histories.ts';
import { checkApart, writeKeys } from './keys.ts';
import { type BackupManifest, keysLabel, MANIFEST } from './manifest.ts';
import { noteInDatabase } from './noted.ts';
import { drawnSeal } from './sealing.ts';
import { sumsSigner } from './signature.ts';

/** What is backed up, and to where. */
export interface BackupOptions {
  readonly databaseUrl: string;
  /** Undefined: no histories of open runs are taken. */
  readonly client: Client | undefined;
  readonly config: Config;
  readonly to: string;
  /** Where the keys go; undefined: they are not backed up. */
  readonly keysTo?: string | undefined;
  /** The files are not sealed: for a machine that has no yearly keys. */
  readonly inClear?: boolean;
  /** For how many days it is kept; default: what the configuration says. */
  readonly keepDays?: number | undefined;
  readonly say: (text: string) => void;
}

/** What was written. */
export interface BackupTaken {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Names of the keys that were written apart; undefined: none were asked for. */
  readonly keys: readonly string[] | undefined;
  /** Whether the key of the log has signed the sums. */
  readonly signed: boolean;
  /** Whether the database knows of it, for whoever destroys a case later. */
  readonly noted: boolean;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Takes a backup while people work on: the histories of Temporal's open runs first, the database after, so that no history
 * knows of an event the database has not. What the files hold is sealed with a key of this backup, which the newest yearly key
 * wraps; their sums are signed with the key of the log, where that is here. The folder has its name only when it is whole. Throws
 * where something lies there, and where there are no yearly keys to seal with.
 */
export async function takeBackup(options: BackupOptions): Promise<BackupTaken> {
  const { databaseUrl, client, config, to, keysTo, inClear = false, say } = options;
  const keepUntil = addDays(toDate(new Date().toISOString()), options.keepDays ?? config.backupKeepDays);
  if (keysTo !== undefined) {
    checkApart(to, keysTo);
    // before anything is made: it would be for nothing
    if (existsSync(keysTo) && (await readdir(keysTo)).length > 0) throw new Error(`${resolve(keysTo)} is not empty.`);
  }
  const sealing = inClear ? undefined : drawnSeal(yearlyKeysToSeal(config));
  const folder = await makeFolder(to, sealing?.key);
  let keyFolder: FolderInMaking | undefined;
  let forget: (() => Promise<void>) | undefined;
  try {
    keyFolder = keysTo === undefined ? undefined : await makeFolder(keysTo);
    // before the rows are read: a case that is destroyed from here on may be in it
    forget = await noteInDatabase(databaseUrl, keepUntil);
    const histories = client ? await writeHistories(client, folder, say) : [];
    const database = await writeDatabase(databaseUrl, folder, { keys: keyFolder, say });
    const manifest: BackupManifest = {
      format: 'linli-backup',
      ...(sealing ? { v: 2 as const, seal: sealing.seal } : { v: 1 as const }),
      ...{ release: version, ...database, keepUntil, histories },
    };
    await folder.writeText(MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`);
    const keys = keyFolder && (await writeKeys(config, keyFolder));
    await keyFolder?.writeText(MANIFEST, keysLabel(manifest));
    await keyFolder?.finish();
    const sign = sumsSigner(config, manifest.installation);
    await folder.finish(sign);
    return { folder: resolve(to), manifest, keys, signed: sign !== undefined, noted: forget !== undefined };
  } catch (error) {
    await folder.discard();
    await keyFolder?.discard();
    await forget?.().catch(() => {}); // then it is told of as one that is kept, until its day
    throw error;
  }
}

/** The yearly keys of this machine. Throws when there are none: a backup makes no keys. */
function yearlyKeysToSeal(config: Config): YearlyKeysFile {
  const yearly = yearlyKeysIn(yearlyKeysFile(config));
  if (yearly.exists()) return yearly;
  throw new Error(
    `A backup is sealed with a yearly key, and the file of the yearly keys ${yearly.file} is not there. ` +
      'Ways out: name the place where it lies with LINLI_KEY_FILE; start Linli once, which makes it; --in-clear, and keep the backup on an encrypted disk.',
  );
}
