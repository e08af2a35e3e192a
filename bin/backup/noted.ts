import { connect } from '../../db/client.ts';
import { forgetBackup, noteBackup } from '../../db/queries/backups.ts';

/** What a database answers that takes no note: it only reads, gives no right to write, or is of a release before this table. */
const takesNone: ReadonlySet<unknown> = new Set(['25006', '42501', '42P01']);

/**
 * Writes down in the database that a backup begins and until when it is kept, so that whoever destroys a case is told what still
 * holds it. Answers how to take that back; undefined where the database takes no note.
 */
export async function noteInDatabase(url: string, keepUntil: string): Promise<(() => Promise<void>) | undefined> {
  const sql = connect(url, { max: 1, name: 'linli backup' });
  try {
    const id = await noteBackup(sql, keepUntil);
    return async () => {
      const again = connect(url, { max: 1, name: 'linli backup' });
      await forgetBackup(again, id).finally(() => again.end());
    };
  } catch (error) {
    if (takesNone.has((error as { code?: unknown }).code)) return undefined;
    throw error;
  } finally {
    await sql.end();
  }
}
