import type { Sql } from '../client.ts';

/** The id of this installation, which is in the header of every event; undefined where the database has none. */
export async function installationOf(sql: Sql): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`SELECT id FROM installation`;
  return row?.id;
}

/** The same for whoever cannot work without it. Throws where the database has none. */
export async function ownInstallation(sql: Sql): Promise<string> {
  const id = await installationOf(sql);
  if (id === undefined) throw new Error('This database has no installation: run "linli migrate".');
  return id;
}
