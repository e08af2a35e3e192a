import type { Tx } from '../db/transactions.ts';
import type { Holding, Level, Org } from '../engine/world.ts';
import type { Instant } from '../sdk/time.ts';

interface HoldingRow {
  readonly post: string;
  readonly person: string;
  readonly from: Instant;
  readonly until: Instant | null;
}

interface OrgParts {
  readonly units: {
    id: string;
    level: Level;
    above: string | null;
    head: string | null;
    from: string | null;
    to: string | null;
  }[];
  readonly posts: { id: string; kind: string; unit: string }[];
  readonly appointments: HoldingRow[];
  readonly deputies: HoldingRow[];
}

/** The organisation around cases, kept in memory as long as no organisation event was added. */
export interface OrgCache {
  /** The unit's own, all units above it, and these further posts with theirs. `seq` = last organisation event, read under the lock. */
  load(tx: Tx, seq: number, unit: string, posts: readonly string[]): Promise<Org>;
}

const mostKept = 2_000;

/** Every change of the organisation adds an event to its chain, so its seq says whether what is in memory still holds. */
export function createOrgCache(): OrgCache {
  const kept = new Map<string, { seq: number; org: Org }>();
  return {
    async load(tx, seq, unit, posts) {
      const key = JSON.stringify([unit, ...posts.toSorted()]);
      const found = kept.get(key);
      if (found?.seq === seq) return found.org;
      const org = await loadOrg(tx, unit, posts);
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, { seq, org });
      return org;
    },
  };
}

async function loadOrg(tx: Tx, unit: string, posts: readonly string[]): Promise<Org> {
  const holdings = (table: string) => tx`
    SELECT json_agg(json_build_object('post', post, 'person', person, 'from', ${instantText(tx, 'from_at')},
      'until', ${instantText(tx, 'until_at')}) ORDER BY from_at, post) FROM ${tx.unsafe(table)}
    WHERE post IN (SELECT id FROM near)`;
  const [row] = await tx<OrgParts[]>`
    WITH RECURSIVE up AS (
      SELECT id, above FROM units
      WHERE id = ${unit} OR id IN (SELECT unit FROM posts WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(posts)}::text::json)))
      UNION SELECT u.id, u.above FROM units u JOIN up ON u.id = up.above
    ), near AS (SELECT id, kind, unit FROM posts WHERE unit IN (SELECT id FROM up))
    SELECT
      (SELECT json_agg(json_build_object('id', id, 'level', level, 'above', above, 'head', head_post,
         'from', hours_from, 'to', hours_to) ORDER BY id)
       FROM units WHERE id IN (SELECT id FROM up)) AS units,
      (SELECT json_agg(near ORDER BY id) FROM near) AS posts,
      (${holdings('appointments')}) AS appointments, (${holdings('substitutions')}) AS deputies`;
  return {
    units: Object.fromEntries(
      (row?.units ?? []).map(({ id, level, above, head, from, to }) => [
        id,
        { level, ...given({ above, head }), ...(from === null || to === null ? {} : { hours: { from, to } }) },
      ]),
    ),
    posts: Object.fromEntries((row?.posts ?? []).map(({ id, kind, unit: home }) => [id, { kind, unit: home }])),
    appointments: (row?.appointments ?? []).map(holdingOf),
    deputies: (row?.deputies ?? []).map(holdingOf),
  };
}

function holdingOf({ until, ...rest }: HoldingRow): Holding {
  return { ...rest, ...given({ until }) };
}

/** A time as text in the form of `Instant`. */
function instantText(tx: Tx, column: string) {
  return tx.unsafe(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}

/** What is not null. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never;
}
