import type { Sql } from '../client.ts';

/** Something given to a person by name, and when; null: before all handovers. */
interface Given {
  readonly person: string;
  readonly since: string | null;
}

/** Whose it is now what these persons were given by name; for what is still theirs, undefined. */
export async function ownersNow(
  sql: Sql,
  given: readonly Given[],
): Promise<(person: string, since: string | null) => { post: string } | { person: string } | undefined> {
  const key = (person: string, since: string | null) => JSON.stringify([person, since]);
  const rows = await sql<(Given & { owner: string | null; post: string | null })[]>`
    SELECT r.person, r.since, o.person AS owner, o.post
    FROM json_to_recordset(${JSON.stringify(given)}::text::json) AS r (person text, since timestamptz),
      owner_of(r.person, r.since, now()) o WHERE o.person IS DISTINCT FROM r.person`;
  const moved = new Map(rows.map((row) => [key(row.person, row.since), row]));
  return (person, since) => {
    const row = moved.get(key(person, since));
    if (row?.post) return { post: row.post };
    return row?.owner ? { person: row.owner } : undefined;
  };
}
