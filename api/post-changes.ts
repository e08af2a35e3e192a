import type { Sql } from '../db/client.ts';
import { databaseNow } from '../db/queries/now.ts';
import { peopleShown } from '../db/queries/people.ts';
import { unitsWithin } from '../db/queries/reader.ts';
import { type PostDutiesRow, postDuties } from '../db/queries/unit-moves.ts';
import type { Tx } from '../db/transactions.ts';
import type { NewPost } from '../door/organisation.ts';
import { lockUnits, loginsFollow } from '../door/unit-changes.ts';
import type { Text } from '../sdk/program.ts';
import { may } from './auth/caller.ts';
import { notFound, problem } from './errors.ts';
import { peopleReaderOf } from './reading.ts';
import { administersPost, administersUnit, changeUnits, type OrgAsking, stillOpen } from './unit-guards.ts';

/** Adds a post in a unit of the administrator's. Throws the problems 403, 409, 422. */
export async function addPost(sql: Sql, asking: OrgAsking, post: NewPost): Promise<PostDutiesRow> {
  await administersUnit(sql, asking.caller, post.unit, 'unit');
  return changeUnits(sql, asking, async ({ tx, organisation }) => {
    stillOpen(await lockUnits(tx, [post.unit]), post.unit);
    await organisation.addPost(post);
    return (await postDuties(tx, post.id))!;
  });
}

/** Renames a post. Throws the problems 403, 404, 409. */
export async function renamePost(sql: Sql, asking: OrgAsking, id: string, name: Text): Promise<PostDutiesRow> {
  await administersPost(sql, asking.caller, id);
  return changeUnits(sql, asking, async ({ tx, organisation }) => {
    await openPost(tx, id);
    await organisation.renamePost(id, name);
    return (await postDuties(tx, id))!;
  });
}

/**
 * Moves a post to another unit of the administrator's, with its holder, deputies and logins. What it answers for it goes
 * on answering for; the cases stay where they are. Throws the problems 403, 404, 409, 422.
 */
export async function movePost(
  sql: Sql,
  asking: OrgAsking,
  id: string,
  { unit, heads }: { unit: string; heads?: true | undefined },
): Promise<PostDutiesRow> {
  await administersPost(sql, asking.caller, id);
  await administersUnit(sql, asking.caller, unit, 'unit');
  return changeUnits(sql, asking, async ({ tx, organisation }) => {
    const { unit: from } = await openPost(tx, id);
    const locked = await lockUnits(tx, [from, unit]);
    const to = stillOpen(locked, unit);
    await organisation.movePost({ id, from, unit, ...(heads ? { heads } : {}) });
    await loginsFollow(tx, id, locked.get(from)!, to);
    return (await postDuties(tx, id))!;
  });
}

/** Closes a post that answers for nothing any more. Throws the problems 403, 404, 409. */
export async function closePost(sql: Sql, asking: OrgAsking, id: string): Promise<PostDutiesRow> {
  await administersPost(sql, asking.caller, id);
  return changeUnits(sql, asking, async ({ tx, organisation }) => {
    const post = await openPost(tx, id);
    if (post.cases + post.deadlines > 0 || post.awaited)
      throw problem(
        'POST_IN_USE',
        post.awaited
          ? ['这个岗位已安排了以后的任职。', 'Somebody is appointed to this post from a later day on.']
          : [
              `这个岗位还负责 ${post.cases} 件未结个案、${post.deadlines} 个未完期限。`,
              `The post still answers in ${post.cases} cases that are not closed, for ${post.deadlines} open deadlines.`,
            ],
        [['先交给别的岗位（party.change、task.assign）', 'Give it to another post first (party.change, task.assign)']],
      );
    await organisation.closePost(id, await databaseNow(tx));
    return (await postDuties(tx, id))!;
  });
}

/** Adds a person, for administrators. The answer, which is kept for repeats, has no name. Throws the problems 403, 409. */
export async function addPerson(
  sql: Sql,
  asking: OrgAsking,
  person: { id: string; name: string },
): Promise<{ id: string }> {
  administersPeople(asking);
  return changeUnits(sql, asking, async ({ organisation }) => {
    await organisation.addPerson(person);
    return { id: person.id };
  });
}

/** Corrects the name of a person who holds a post in the administrator's reach, or none. Throws the problems 403, 404. */
export async function renamePerson(
  sql: Sql,
  asking: OrgAsking,
  { id, name }: { id: string; name: string },
): Promise<{ id: string }> {
  administersPeople(asking);
  const [found] = await sql<{ theirs: boolean }[]>`
    WITH held AS (
      SELECT o.unit FROM appointments a JOIN posts o ON o.id = a.post
      WHERE a.person = ${id} AND (a.until_at IS NULL OR a.until_at > now()))
    SELECT NOT EXISTS (SELECT FROM held) OR EXISTS (SELECT FROM held WHERE unit IN ${unitsWithin(sql, asking.caller.unit)}) AS theirs
    FROM person.people p WHERE id = ${id} AND ${peopleShown(sql, peopleReaderOf(asking.caller))}`;
  if (!found) throw notFound();
  if (!found.theirs) throw notTheirs();
  return changeUnits(sql, asking, async ({ organisation }) => {
    await organisation.renamePerson(id, name);
    return { id };
  });
}

function administersPeople({ caller }: OrgAsking): void {
  if (!may(caller, 'organisation')) throw notTheirs();
}

function notTheirs() {
  return problem(
    'FORBIDDEN',
    ['只有管理员可以登记人员。', 'Only administrators add people and correct their names.'],
    [['请管理员办理', 'Ask an administrator']],
  );
}

async function openPost(tx: Tx, id: string): Promise<PostDutiesRow> {
  await tx`SELECT FROM posts WHERE id = ${id} FOR UPDATE`;
  const post = await postDuties(tx, id);
  if (post && post.closedAt === null) return post;
  throw problem('POST_CLOSED', ['这个岗位已撤销。', 'The post is closed.'], [['另设一个岗位', 'Add another post']]);
}
