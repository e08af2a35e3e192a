import { appendFile, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** The file beside backups that says which were pruned: a line of JSON each. */
const PRUNED = 'pruned.jsonl';

/** One that was pruned: `removedAt` is a moment, `keepUntil` the last day on which it was kept. */
interface Pruned {
  readonly name: string;
  readonly keepUntil: string;
  readonly removedAt: string;
}

/** Writes down that one is pruned, before it is. */
export const notePruned = (folder: string, pruned: Pruned): Promise<void> =>
  appendFile(join(folder, PRUNED), `${JSON.stringify(pruned)}\n`, { mode: 0o600, flush: true });

/** Why a backup, or a folder of keys, is not there, as a sentence with a blank before it; empty where it was not pruned. */
export async function whyGone(folder: string): Promise<string> {
  const at = resolve(folder);
  const list = await readFile(join(dirname(at), PRUNED), 'utf8').catch(() => '');
  const found = list
    .split('\n')
    .flatMap(read)
    .findLast(({ name }) => name === basename(at));
  return found
    ? ` It was kept until ${found.keepUntil} and pruned at ${found.removedAt}. Way out: take a later one.`
    : '';
}

/** What a line says; nothing where it was cut off. */
function read(line: string): Pruned[] {
  try {
    return [JSON.parse(line) as Pruned];
  } catch {
    return [];
  }
}
