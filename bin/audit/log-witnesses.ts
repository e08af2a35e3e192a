import type { Sql } from '../../db/client.ts';
import { logOrigin } from '../../door/log/checkpoint.ts';
import type { VerifyLogOptions } from '../../door/log/verify.ts';
import { verifierText } from '../../engine/record/note.ts';
import type { Config } from '../config.ts';
import { logKeyFile, logKeyFiles } from '../log-key.ts';
import { readWitness } from '../witness/folder.ts';

/** What lies outside the database and tells what was signed: a witness's folder, and the memory beside the key where that is here. */
export async function logWitnesses(sql: Sql, config: Config, folder: string | undefined): Promise<VerifyLogOptions> {
  const origin = await logOrigin(sql);
  const files = logKeyFiles(logKeyFile(config));
  const key = files.here(origin);
  const kept = folder === undefined ? undefined : readWitness(folder);
  return {
    ...(kept && { witness: { keys: kept.keys.map((each) => each.key), notes: kept.notes.map((each) => each.note) } }),
    ...(key && { signed: { key: verifierText(key), tree: files.remembered(origin) } }),
  };
}
