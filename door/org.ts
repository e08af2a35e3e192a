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
    closed: boolean;
  }[];
  readonly posts: { id: string; kind: string; unit: string; closed: boolean }[];
  readonly appointments: HoldingRow[];
  readonly deputies: HoldingRow[];
  readonly successions: { person: string; to: string | null; toPost: string | null; from: Instant }[] | null;
}

/** What of the organisation a case has to do with besides its unit and those above it; the order, and what is there twice, makes no difference. */
export interface Near {
  /** Posts, each with its unit and those above it. */
  readonly posts: readonly string[];
  /** Persons who were given something by name: what they handed over to whom. */
  readonly persons?: readonly string[];
  /** Further units with those above them: those that are asked to take a case or a matter of it. */
  readonly units?: readonly string[];
}

/** The organisation around cases, kept in memory as long as no organisation event was added. */
export interface OrgCache {
  /** The unit's own, all units above it, and what is near. `seq` = last organisation event, read under the lock. */
  load(tx: Tx, seq: number, unit: string, near: Near): Promise<Org>;
}

const mostKept = 2_000;

/** Every change of the organisation adds an event to its chain, so its seq says whether what is in memory still holds. */
export function createOrgCache(): OrgCache {
  const kept = new Map<string, { seq: number; org: Org }>();
  return {
    async load(tx, seq, unit, { posts, persons = [], units = [] }) {
      const near = [posts, persons, units].map((ids) => [...new Set(ids)].toSorted());
      const key = JSON.stringify([unit, ...near]);
      const found = kept.get(key);
      if (found?.seq === seq) return found.org;
      const org = await loadOrg(tx, unit, { posts, persons, units });
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, { seq, org });
      return org;
    },
  };
}

async function loadOrg(tx: Tx, unit: string, { posts, persons, units }: Required<Near>): Promise<Org> {
  const own = [unit, ...units];
  const holdings = (table: string) => tx`
    SELECT json_agg(json_build_object('post', post, 'person', person, 'from', ${instantText(tx, 'from_at')},
      'until', ${instantText(tx, 'until_at')}) ORDER BY from_at, post) FROM ${tx.unsafe(table)}
    WHERE post IN (SELECT id FROM near)`;
  const [row] = await tx<OrgParts[]>`
    WITH RECURSIVE heirs AS (
      SELECT person, to_person, to_post, from_at, recorded_at FROM handovers
      WHERE by_name AND goes_over(${unit}, unit, keeps) AND person IN (SELECT json_array_elements_text(${JSON.stringify(persons)}::text::json))
      UNION SELECT h.person, h.to_person, h.to_post, h.from_at, h.recorded_at
      FROM handovers h JOIN heirs ON h.person = heirs.to_person
      WHERE h.by_name AND goes_over(${unit}, h.unit, h.keeps)
    ), up AS (
      SELECT id, above FROM units
      WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(own)}::text::json)) OR id IN (SELECT unit FROM posts WHERE id IN (SELECT json_array_elements_text(${JSON.stringify(posts)}::text::json)
        UNION SELECT to_post FROM heirs))
      UNION SELECT u.id, u.above FROM units u JOIN up ON u.id = up.above
    ), near AS (SELECT id, kind, unit, closed_at IS NOT NULL AS closed FROM posts WHERE unit IN (SELECT id FROM up))
    SELECT
      (SELECT json_agg(json_build_object('id', id, 'level', level, 'above', above, 'head', head_post,
         'from', hours_from, 'to', hours_to, 'closed', closed_at IS NOT NULL) ORDER BY id)
       FROM units WHERE id IN (SELECT id FROM up)) AS units,
      (SELECT json_agg(near ORDER BY id) FROM near) AS posts,
      (${holdings('appointments')}) AS appointments, (${holdings('substitutions')}) AS deputies,
      (SELECT json_agg(json_build_object('person', person, 'to', to_person, 'toPost', to_post,
         'from', ${instantText(tx, 'from_at')}) ORDER BY from_at, recorded_at) FROM heirs) AS successions`;
  return {
    units: Object.fromEntries(
      (row?.units ?? []).map(({ id, level, above, head, from, to, closed }) => [
        id,
        {
          ...{ level, ...given({ above, head }) },
          ...(from === null || to === null ? {} : { hours: { from, to } }),
          ...(closed ? { closed } : {}),
        },
      ]),
    ),
    posts: Object.fromEntries(
      (row?.posts ?? []).map(({ id, kind, unit: home, closed }) => [
        id,
        { kind, unit: home, ...(closed ? { closed } : {}) },
      ]),
    ),
    appointments: (row?.appointments ?? []).map(holdingOf),
    deputies: (row?.deputies ?? []).map(holdingOf),
    ...(row?.successions
      ? { successions: row.successions.map(({ person, from, ...to }) => ({ person, from, ...given(to) })) }
      : {}),
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
