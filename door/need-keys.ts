import type { Sql } from '../db/client.ts';
import { keysOf } from '../db/sealed.ts';

/** Asked before anything writes events. Throws when keys were made and the client has none: what it wrote would lie in clear. */
export async function needKeys(sql: Sql): Promise<void> {
  if (keysOf(sql)) return;
  const [made] = await sql`SELECT FROM data_keys LIMIT 1`;
  if (made)
    throw new Error(
      'The record of this database is encrypted, and this process has no keys. Way out: give it the file of the yearly keys (LINLI_KEY_FILE).',
    );
}
