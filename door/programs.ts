import type { Sql } from '../db/client.ts';
import type { Program } from '../sdk/program.ts';
import { programBytes, programHash } from '../sdk/program-hash.ts';

/** A program with the hash of its content. */
export interface PinnedProgram {
  readonly program: Program;
  readonly hash: string;
}

/** The programs new cases can be opened with, and every program a running case was ever pinned to. */
export interface Programs {
  /** The installed program of that id. */
  latest(id: string): PinnedProgram | undefined;
  /** Every installed program. */
  readonly installed: readonly PinnedProgram[];
  /**
   * The version of a program that cases can go to: installed, or stored because cases ran on it; undefined where there is none,
   * or where several contents had that version and no hash says which.
   */
  version(sql: Sql, id: string, version: string, hash?: string): Promise<PinnedProgram | undefined>;
  /** The program of that content, from memory or from the table. Throws when it was never stored. */
  byHash(sql: Sql, hash: string): Promise<PinnedProgram>;
}

/** Stores the content of the installed programs (what is there already stays as it is) and serves them. */
export async function installPrograms(sql: Sql, installed: readonly Program[]): Promise<Programs> {
  const pinned = installed.map((program) => ({ program, hash: programHash(program) }));
  for (const { program, hash } of pinned) {
    await sql`INSERT INTO programs (hash, id, version, content)
      VALUES (${hash}, ${program.id}, ${program.version}, ${Buffer.from(programBytes(program))}) ON CONFLICT DO NOTHING`;
  }
  const known = new Map(pinned.map((each) => [each.hash, each]));
  return {
    installed: pinned,
    latest: (id) => pinned.findLast(({ program }) => program.id === id),
    async version(client, id, version, hash) {
      const here = pinned.find(
        ({ program, hash: own }) => program.id === id && program.version === version && (hash ?? own) === own,
      );
      if (here) return here;
      const rows = await client<{ hash: string; content: Uint8Array }[]>`
        SELECT hash, content FROM programs WHERE id = ${id} AND version = ${version} AND (${hash ?? null}::text IS NULL OR hash = ${hash ?? null})`;
      const [row] = rows;
      if (!row || rows.length > 1) return undefined;
      return { program: JSON.parse(Buffer.from(row.content).toString('utf8')) as Program, hash: row.hash };
    },
    async byHash(client, hash) {
      const found = known.get(hash);
      if (found) return found;
      const [row] = await client<{ content: Uint8Array }[]>`SELECT content FROM programs WHERE hash = ${hash}`;
      if (!row) throw new Error(`The program with hash ${hash} is not stored: cases pinned to it cannot go on.`);
      const program = JSON.parse(Buffer.from(row.content).toString('utf8')) as Program;
      const loaded = { program, hash };
      known.set(hash, loaded);
      return loaded;
    },
  };
}
