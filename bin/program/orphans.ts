import type { Sql } from '../../db/client.ts';
import type { ProgramCatalogue } from '../../plugins/index.ts';
import type { Program } from '../../sdk/program.ts';
import { programHash } from '../../sdk/program-hash.ts';

/**
 * Why a release may not run on this record: one line for each version of a program whose running cases could not go on, because
 * the program, one of its calls or one of its child programs is gone. With `kept` (the hashes installed or kept in versions/)
 * also where the version itself is nowhere but in the database.
 */
export async function orphans(
  sql: Sql,
  catalogue: Pick<ProgramCatalogue, 'byId' | 'calls'>,
  kept?: ReadonlySet<string>,
): Promise<string[]> {
  const rows = await sql<{ id: string; version: string; hash: string; content: Uint8Array; cases: number }[]>`
    SELECT p.id, p.version, p.hash, p.content, count(*)::int AS cases FROM cases c JOIN programs p ON p.hash = c.program_hash
    WHERE c.status <> 'closed' GROUP BY p.hash ORDER BY p.id, p.version`;
  return rows.flatMap(({ id, version, hash, content, cases }) => {
    const about = `${id} ${version} (${hash.slice(0, 12)}…): ${cases} running case(s)`;
    if (!catalogue.byId(id)) return [`${about}, and the program is not installed: install it again, or close them`];
    const pinned = JSON.parse(Buffer.from(content).toString('utf8')) as Program;
    const calls = catalogue.calls(id);
    const items = pinned.stages.flatMap((stage) => stage.items);
    const lost = items.flatMap((item) => ('call' in item && !Object.hasOwn(calls, item.call) ? [item.call] : []));
    const children = items.flatMap((item) => ('child' in item && !catalogue.byId(item.program) ? [item.program] : []));
    const gone = kept !== undefined && !kept.has(hash);
    return [
      ...lost.map((call) => `${about}, which call "${call}": calls.ts must keep it, or migrate them`),
      ...children.map((child) => `${about}, which open cases of "${child}": it is not installed`),
      ...(gone
        ? [`${about}, and that version is neither installed nor kept in versions/: keep it, or migrate them`]
        : []),
    ];
  });
}

/** Throws where this release would orphan running cases, with what to do about each. */
export async function refuseOrphans(sql: Sql, catalogue: Pick<ProgramCatalogue, 'byId' | 'calls'>): Promise<void> {
  const found = await orphans(sql, catalogue);
  if (found.length > 0)
    throw new Error(
      `Running cases would be orphaned, so that this release does not start:\n${found.map((each) => `  - ${each}`).join('\n')}`,
    );
}

/** The hashes of the versions of an installation: as installed, and as kept. */
export function hashesOf(programs: readonly Program[]): ReadonlySet<string> {
  return new Set(programs.map(programHash));
}
