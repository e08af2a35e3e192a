import type { Sql } from '../db/client.ts';
import type { UnitRow } from '../db/queries/organisation.ts';
import type { Tx } from '../db/transactions.ts';
import {
  closeUnit as close,
  type LockedUnit,
  liesIn,
  lockUnits,
  type Moving,
  mergeUnits,
  splitUnit as split,
} from '../door/unit-changes.ts';
import { heightOf } from '../engine/org.ts';
import type { Level } from '../engine/world.ts';
import type { Text } from '../sdk/program.ts';
import { problem } from './errors.ts';
import { administersUnit, changeUnits, type OrgAsking, stillOpen } from './unit-guards.ts';

/** A unit after a change. */
export type UnitAfter = Omit<UnitRow, 'hoursFrom' | 'hoursTo'>;

/** What goes along with a change, under the id its progress is read by. */
export interface MovingAfter {
  readonly move: string | null;
  readonly unit: string;
  readonly into: readonly (Moving & { readonly id: string })[];
}

/** Adds a unit under another one of the administrator's. Throws the problems 403, 409, 422. */
export async function addUnit(
  sql: Sql,
  asking: OrgAsking,
  wish: { id: string; level: Level; name: Text; above: string },
): Promise<UnitAfter> {
  await administersUnit(sql, asking.caller, wish.above, 'above');
  return changeUnits(sql, asking, async ({ tx, organisation }) => {
    const above = stillOpen(await lockUnits(tx, [wish.above]), wish.above);
    if (heightOf(wish.level) >= heightOf(above.level))
      throw problem(
        'INVALID_DATA',
        ['下级单位的层级应低于上级单位。', 'A unit is of a lower level than the one above it.'],
        [],
        [{ path: 'level', message: wish.level }],
      );
    await organisation.addUnit(wish);
    return unitAfter(tx, wish.id);
  });
}

/** Renames a unit, or says which of its posts is its head's. Throws the problems 403, 404, 409, 422. */
export async function changeUnit(
  sql: Sql,
  asking: OrgAsking,
  id: string,
  { name, headPost }: { name?: Text | undefined; headPost?: string | null | undefined },
): Promise<UnitAfter> {
  await administersUnit(sql, asking.caller, id);
  return changeUnits(sql, asking, async ({ tx, organisation }) => {
    stillOpen(await lockUnits(tx, [id]), id);
    if (name) await organisation.renameUnit(id, name);
    if (headPost !== undefined) {
      if (headPost !== null) await postsOfUnit(tx, id, [headPost], 'headPost');
      await organisation.setHead(id, headPost);
    }
    return unitAfter(tx, id);
  });
}

/**
 * Merges a unit into another one of the administrator's, of its level or a higher one: its posts and the units below lie
 * there at once, its cases go along one by one. Throws the problems 403, 404, 409, 422.
 */
export async function mergeUnit(sql: Sql, asking: OrgAsking, unit: string, into: string): Promise<MovingAfter> {
  await administersUnit(sql, asking.caller, unit);
  await administersUnit(sql, asking.caller, into, 'into');
  return changeUnits(sql, asking, async (change) => {
    const locked = await lockUnits(change.tx, [unit, into]);
    const [from, to] = [stillOpen(locked, unit), stillOpen(locked, into)];
    if (from.id === to.id || heightOf(to.level) < heightOf(from.level) || (await liesIn(change.tx, into, unit)))
      throw problem(
        'INVALID_DATA',
        [
          '只能并入另一个同级或上级单位，且不能是自己的下级。',
          'A unit goes into another one of its level or a higher one, never into one below itself.',
        ],
        [],
        [{ path: 'into', message: into }],
      );
    const id = asking.request?.id ?? 'dry-run';
    const moving = await mergeUnits(change, id, { from, to });
    return { move: asking.request?.id ?? null, unit, into: [{ id: into, ...moving }] };
  });
}

/** A part of a unit as a request names it. */
export interface PartWish {
  readonly id: string;
  readonly name: Text;
  readonly posts: readonly string[];
  readonly head?: string | undefined;
  readonly cases: readonly string[];
}

/**
 * Makes parts of a unit units of their own beside it, with the posts named and the cases these answer for. For
 * administrators of the unit above, under which the new ones come to lie; the highest unit has none and is not split. Throws the problems 403, 404, 409, 422.
 */
export async function splitUnit(
  sql: Sql,
  asking: OrgAsking,
  unit: string,
  into: readonly PartWish[],
): Promise<MovingAfter> {
  await administersUnit(sql, asking.caller, unit);
  const posts = into.flatMap((part) => part.posts);
  twice(posts, 'into');
  twice(
    into.map((part) => part.id),
    'into',
  );
  for (const [n, { posts: own, head }] of into.entries())
    if (head !== undefined && !own.includes(head))
      throw problem(
        'INVALID_DATA',
        ['负责人岗位应在划出的岗位之中。', 'The post of the head is one of those that go there.'],
        [],
        [{ path: `into.${n}.head`, message: head }],
      );
  return changeUnits(sql, asking, async (change) => {
    const locked = stillOpen(await lockUnits(change.tx, [unit]), unit);
    if (locked.above === null) throw atTheTop();
    await administersUnit(sql, asking.caller, locked.above);
    await postsOfUnit(change.tx, unit, posts, 'into');
    await casesOfUnit(
      change.tx,
      unit,
      into.flatMap((part) => part.cases),
    );
    const id = asking.request?.id ?? 'dry-run';
    const parts = await split(change, { id, unit, into }, locked);
    return { move: asking.request?.id ?? null, unit, into: parts };
  });
}

/** A part of the highest unit would lie under none: nobody would administer it, and its ladders would end in it. */
function atTheTop() {
  return problem(
    'BLOCKED',
    [
      '最上级单位不能拆分：拆出的单位没有上级。',
      'The highest unit cannot be split: its parts would have no unit above.',
    ],
    [
      [
        '先在它下面新建单位（POST /units），再把岗位移过去（POST /posts/{id}/move）',
        'Add a unit below it (POST /units), then move the posts there (POST /posts/{id}/move)',
      ],
    ],
  );
}

/** Closes a unit in which nothing is left: no case that is not closed, no post, no unit below. Throws 403, 404, 409. */
export async function closeUnit(sql: Sql, asking: OrgAsking, id: string): Promise<UnitAfter> {
  await administersUnit(sql, asking.caller, id);
  return changeUnits(sql, asking, async (change) => {
    const unit = stillOpen(await lockUnits(change.tx, [id]), id);
    await nothingLeft(change.tx, unit);
    await close(change, asking.request?.id ?? 'dry-run', unit);
    return unitAfter(change.tx, id);
  });
}

async function nothingLeft(tx: Tx, { id }: LockedUnit): Promise<void> {
  const [left] = await tx<{ cases: number; posts: number; units: number }[]>`
    SELECT (SELECT count(*) FROM cases WHERE unit = ${id} AND status <> 'closed')::int AS cases,
      (SELECT count(*) FROM posts WHERE unit = ${id} AND closed_at IS NULL)::int AS posts,
      (SELECT count(*) FROM units WHERE above = ${id} AND closed_at IS NULL)::int AS units`;
  const { cases, posts, units } = left!;
  if (cases + posts + units === 0) return;
  throw problem(
    'UNIT_IN_USE',
    [
      `单位还有 ${cases} 件未结个案、${posts} 个岗位、${units} 个下级单位。`,
      `The unit still has ${cases} cases that are not closed, ${posts} posts and ${units} units below.`,
    ],
    [
      [
        '并入另一个单位（merge），个案、岗位和下级单位随之转移',
        'Merge it into another unit: cases, posts and units below go along',
      ],
    ],
  );
}

/** That these are open posts of a unit. Throws the problem 422. */
async function postsOfUnit(tx: Tx, unit: string, posts: readonly string[], path: string): Promise<void> {
  const found = await tx<{ id: string }[]>`
    SELECT id FROM posts WHERE unit = ${unit} AND closed_at IS NULL
      AND id IN (SELECT json_array_elements_text(${JSON.stringify(posts)}::text::json))`;
  const known = new Set(found.map(({ id }) => id));
  const unknown = posts.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw problem(
      'UNKNOWN_ASSIGNMENT',
      ['有的岗位不在这个单位。', 'Some posts are not posts of this unit.'],
      [['岗位列表见 GET /api/v1/posts', 'GET /api/v1/posts lists the posts']],
      unknown.map((message) => ({ path, message })),
    );
}

/** That these are cases of a unit that are not closed. Throws the problem 422. */
async function casesOfUnit(tx: Tx, unit: string, cases: readonly string[]): Promise<void> {
  const found = await tx<{ id: string }[]>`
    SELECT case_id AS id FROM cases WHERE unit = ${unit} AND status <> 'closed'
      AND case_id IN (SELECT json_array_elements_text(${JSON.stringify(cases)}::text::json))`;
  const known = new Set(found.map(({ id }) => id));
  const unknown = cases.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw problem(
    'INVALID_DATA',
    ['有的个案不在这个单位，或者已经结案。', 'Some cases are not in this unit, or are closed.'],
    [],
    unknown.slice(0, 50).map((message) => ({ path: 'into', message })),
  );
}

function twice(ids: readonly string[], path: string): void {
  const again = ids.filter((id, n) => ids.indexOf(id) !== n);
  if (again.length > 0)
    throw problem(
      'INVALID_DATA',
      ['同一个编号出现了两次。', 'An id is named twice.'],
      [],
      again.map((message) => ({ path, message })),
    );
}

async function unitAfter(tx: Tx, id: string): Promise<UnitAfter> {
  const [row] = await tx<UnitAfter[]>`
    SELECT id, level, name_zh AS "nameZh", name_en AS "nameEn", above, head_post AS "headPost", closed_at AS "closedAt"
    FROM units WHERE id = ${id}`;
  return { ...row! };
}
