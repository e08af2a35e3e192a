import type { Sql } from '../db/client.ts';
import { databaseNow } from '../db/queries/now.ts';
import { unitsWithin } from '../db/queries/reader.ts';
import type { Level } from '../engine/world.ts';
import type { Text } from '../sdk/program.ts';
import type { Instant } from '../sdk/time.ts';
import type { NewPost, NewUnit, Organisation } from './organisation.ts';

/** What a row of a list says of the organisation: any of a unit, a post in it, a person, and from when the person holds the post. */
export interface OrgRow {
  readonly sheet: string;
  readonly row: number;
  readonly unit?: {
    readonly id: string;
    readonly name?: string;
    readonly nameEn?: string;
    readonly level?: Level;
    readonly above?: string;
  };
  readonly post?: {
    readonly id: string;
    readonly kind?: string;
    readonly name?: string;
    /** What it is called where it is new and the row does not say. */
    readonly newName?: Text;
    readonly unit?: string;
    readonly heads?: true;
  };
  readonly person?: { readonly id: string; readonly name?: string };
  readonly from?: Instant;
}

/** Something in a row that cannot be; `part` says where: `unit.id`, `post.kind`, `from` … */
export interface OrgFinding {
  readonly sheet: string;
  readonly row: number;
  readonly part: string;
  readonly code: 'INVALID_DATA' | 'UNKNOWN_UNIT' | 'UNKNOWN_ASSIGNMENT' | 'POST_HELD' | 'FORBIDDEN' | 'DIFFERENT';
  readonly text: Text;
}

/** One thing to be added, and the row that says so. */
export type Step = { readonly row: OrgRow } & (
  | { readonly adds: 'unit'; readonly unit: NewUnit }
  | { readonly adds: 'post'; readonly post: NewPost }
  | { readonly adds: 'person'; readonly person: { readonly id: string; readonly name: string } }
  | { readonly adds: 'appointment'; readonly post: string; readonly person: string; readonly from: Instant }
);

/** What a list comes to: what is to be added, in order, and what cannot be. What is there already as the list says is left alone. */
export interface OrgPlan {
  readonly steps: readonly Step[];
  readonly findings: readonly OrgFinding[];
}

/** What of the organisation a list speaks of, as it is now. */
export interface OrgThere {
  readonly now: Instant;
  /** Who brings it: he appoints others, never himself. */
  readonly by: string;
  /** Units the administrator may change something in. */
  readonly reach: ReadonlySet<string>;
  readonly units: ReadonlyMap<
    string,
    {
      readonly name: string;
      readonly level: Level;
      readonly above: string | null;
      readonly head: string | null;
      readonly closed: boolean;
    }
  >;
  readonly posts: ReadonlyMap<
    string,
    { readonly kind: string; readonly unit: string; readonly name: string; readonly closed: boolean }
  >;
  readonly people: ReadonlyMap<string, string>;
  /** Who holds the posts from now on. */
  readonly holders: ReadonlyMap<string, readonly { readonly person: string; readonly until: Instant | null }[]>;
}

/** Reads what a list speaks of. `unit`: whose administrator, `by`, brings it. */
export async function readThere(
  tx: Sql,
  rows: readonly OrgRow[],
  { unit, by }: { readonly unit: string; readonly by: string },
): Promise<OrgThere> {
  const ids = (of: (row: OrgRow) => (string | undefined)[]) =>
    tx`SELECT json_array_elements_text(${JSON.stringify([...new Set(rows.flatMap(of))].filter((id) => id !== undefined))}::text::json)`;
  const posts = ids(({ post }) => [post?.id]);
  const [now, reach, unitRows, postRows, people, holders] = await Promise.all([
    databaseNow(tx),
    tx<{ id: string }[]>`SELECT id FROM units WHERE id IN ${unitsWithin(tx, unit)}`,
    tx<{ id: string; name: string; level: Level; above: string | null; head: string | null; closed: boolean }[]>`
      SELECT id, name_zh AS name, level, above, head_post AS head, closed_at IS NOT NULL AS closed FROM units
      WHERE id IN (${ids(({ unit: own, post }) => [own?.id, own?.above, post?.unit])})
        OR id IN (SELECT unit FROM posts WHERE id IN (${posts}))`,
    tx<{ id: string; kind: string; unit: string; name: string; closed: boolean }[]>`
      SELECT id, kind, unit, name_zh AS name, closed_at IS NOT NULL AS closed FROM posts WHERE id IN (${posts})`,
    tx<
      { id: string; name: string }[]
    >`SELECT id, name FROM person.people WHERE id IN (${ids(({ person }) => [person?.id])})`,
    tx<{ post: string; person: string; until: Instant | null }[]>`
      SELECT post, person, until_at AS until FROM appointments
      WHERE post IN (${posts}) AND (until_at IS NULL OR until_at > clock_timestamp()) ORDER BY from_at`,
  ]);
  const held = new Map<string, { person: string; until: Instant | null }[]>();
  for (const { post, ...one } of holders) held.set(post, [...(held.get(post) ?? []), one]);
  return {
    now,
    by,
    reach: new Set(reach.map(({ id }) => id)),
    units: new Map(unitRows.map(({ id, ...one }) => [id, one])),
    posts: new Map(postRows.map(({ id, ...one }) => [id, one])),
    people: new Map(people.map(({ id, name }) => [id, name])),
    holders: held,
  };
}

/** Carries out a plan without findings, each thing with its event in the organisation's chain. */
export async function applyPlan(organisation: Organisation, { steps }: OrgPlan): Promise<void> {
  for (const step of steps) {
    if (step.adds === 'unit') await organisation.addUnit(step.unit);
    else if (step.adds === 'post') await organisation.addPost(step.post);
    else if (step.adds === 'person') await organisation.addPerson(step.person);
    else await organisation.appoint(step.post, step.person, step.from);
  }
}
