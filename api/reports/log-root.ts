import type { Sql } from '../../db/client.ts';
import { newestCheckpoint } from '../../db/queries/record-log.ts';
import { parseNote } from '../../engine/record/note.ts';

/** How many events the newest checkpoint covers and the root it signs, as its note writes them; undefined before the first. */
export async function newestRoot(sql: Sql): Promise<string | undefined> {
  const newest = await newestCheckpoint(sql);
  if (!newest) return undefined;
  const [, size, root] = parseNote(newest.note).text.split('\n');
  return `${size} · ${root}`;
}
