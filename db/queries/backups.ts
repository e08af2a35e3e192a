import type { Sql } from '../client.ts';

/** Writes down that a backup begins, which is kept until a day (included). Answers the id of the row. */
export async function noteBackup(sql: Sql, keepUntil: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`INSERT INTO backups (keep_until) VALUES (${keepUntil}) RETURNING id`;
  return row!.id;
}

/** Takes back what was written down of a backup of which nothing is left. */
export async function forgetBackup(sql: Sql, id: string): Promise<void> {
  await sql`DELETE FROM backups WHERE id = ${id}`;
}
