import { namesOf } from '../../db/queries/names.ts';
import { type AppointmentRow, listAppointments, postInReach } from '../../db/queries/organisation.ts';
import { listUnitMoves } from '../../db/queries/unit-moves.ts';
import { postsAtWork } from '../../db/queries/unit-posts.ts';
import { type UnitTree, unitTree } from '../../db/queries/unit-tree.ts';
import { overseenUnits, workloads } from '../../db/queries/workload.ts';
import { addMs } from '../../engine/time/civil.ts';
import { may } from '../auth/caller.ts';
import { notFound } from '../errors.ts';
import { bookViews } from '../handover-preview.ts';
import { pick } from '../language.ts';
import { historyOf } from '../org-history.ts';
import { nowOf, overseerOf } from '../reading.ts';
import { takesDeputy } from '../substitutions.ts';
import type { Offer, ShownUnit } from './organisation.tsx';
import { unitsInReach } from './organisation-choices.ts';
import type { FormContext } from './organisation-form.ts';
import { mergeChoices } from './organisation-move-forms.tsx';
import type { ShownPost, ShownTenure } from './organisation-post.tsx';
import { levelsBelow } from './organisation-words.ts';

/** More posts are not shown on one page; the API tells of all. */
const MOST_POSTS = 200;
const MOST_TENURES = 200;
const HISTORY_SIZE = 10;
/** A merge or split that is through is shown for so long; afterwards the history has it. */
const SHOWN_AFTER_MS = 7 * 86_400_000;

/** Where a link to earlier changes goes on. */
export interface Earlier {
  readonly before?: number | undefined;
}

/** A unit with what the visitor may see of it and do to it. Throws the problem 404. */
export async function unitToShow(
  context: FormContext,
  id: string,
  { before }: Earlier,
): Promise<Omit<ShownUnit, 'done'>> {
  const { deps, caller, language } = context;
  const { sql } = deps;
  const tree = await unitTree(sql, id);
  if (!tree) throw notFound();
  const [posts, overseen, moves] = await Promise.all([
    postsAtWork(sql, { unit: id }, MOST_POSTS),
    overseenUnits(sql, overseerOf(caller), id),
    listUnitMoves(sql, { limit: 20, after: undefined }, { around: id }),
  ]);
  // of a closed unit the one it went into knows what has been
  const sees = overseen.length > 0 || (tree.unit.closedAt !== null && may(caller, 'organisation'));
  const since = addMs(nowOf(deps), -SHOWN_AFTER_MS);
  const ids = [id, ...posts.map((post) => post.id)];
  const [load, open, history, offers] = await Promise.all([
    sees ? workloads(sql, caller.person, { unit: id, below: false }, MOST_POSTS) : [],
    sees ? sql<{ n: number }[]>`SELECT count(*)::int AS n FROM cases WHERE unit = ${id} AND status <> 'closed'` : [],
    sees ? historyOf(deps, ids, language, { limit: HISTORY_SIZE, before }) : undefined,
    unitOffers(context, tree),
  ]);
  return {
    ...{ tree, posts, history, offers },
    load: new Map(load.map((row) => [row.post, row])),
    openCases: open[0]?.n,
    moves: moves.filter(({ doneAt, cases }) => doneAt === null || (cases > 0 && doneAt > since)),
  };
}

/** The forms a caller may use on a unit, those that make sense for it. */
async function unitOffers(context: FormContext, { unit, up }: UnitTree): Promise<Offer[]> {
  const { caller } = context;
  // the way up tells whether it lies in the administrator's reach
  const reach = [...up, unit].findIndex(({ id }) => id === caller.unit);
  if (!may(caller, 'organisation') || reach < 0 || unit.closedAt !== null) return [];
  const at = `/organisation/units/${encodeURIComponent(unit.id)}`;
  const into = await mergeChoices(context, unit);
  return [
    [`${at}/post`, 'addPost'],
    [`${at}/person`, 'addPerson'],
    ...(levelsBelow(unit.level).length > 0 ? [[`${at}/add`, 'addUnit'] as const] : []),
    [`${at}/rename`, 'rename'],
    [`${at}/head`, 'setHead'],
    [`${at}/hours`, 'hours'],
    ...((into?.length ?? 1) > 0 ? [[`${at}/merge`, 'merge'] as const] : []),
    // its parts come to lie under the unit above, which the administrator has to reach
    ...(reach < up.length && unit.posts > 0 ? [[`${at}/split`, 'split'] as const] : []),
    [`${at}/close`, 'closeUnit'],
  ];
}

/** A post with what the visitor may see of it and do to it. Throws the problem 404. */
export async function postToShow(
  context: FormContext,
  id: string,
  { before }: Earlier,
): Promise<Omit<ShownPost, 'done'>> {
  const { deps, caller, language } = context;
  const { sql } = deps;
  const [post] = await postsAtWork(sql, { post: id }, 1);
  const tree = post && (await unitTree(sql, post.unit));
  if (!post || !tree) throw notFound();
  const now = nowOf(deps);
  const [overseen, within, rows] = await Promise.all([
    overseenUnits(sql, overseerOf(caller), post.unit),
    postInReach(sql, id, caller.unit),
    listAppointments(sql, overseerOf(caller), { limit: MOST_TENURES, after: undefined }, { post: id }),
  ]);
  const [sees, own] = [overseen.length > 0, post.holder?.person === caller.person];
  const mayChange = may(caller, 'organisation') && within === true && post.closedAt === null;
  const kept = sees || own ? rows.find(({ id: tenure }) => tenure === post.holder?.id) : undefined;
  const [load, history, books, offers, tenures] = await Promise.all([
    sees || own ? workloads(sql, caller.person, { post: id }, 1) : [],
    sees ? historyOf(deps, [id], language, { limit: HISTORY_SIZE, before }) : undefined,
    kept ? bookViews(deps, caller, kept, language) : { total: 0, items: [] },
    mayChange ? postOffers(context, post) : [],
    namedTenures(context, rows, 'person'),
  ]);
  return {
    ...{ tree, post, tenures, history, books, mayChange, offers, now },
    load: load[0],
    mayPreview: sees || own,
    mayCard: post.closedAt === null && (own || mayChange),
  };
}

/** The forms a caller may use on an open post of his reach, those that make sense for it. */
async function postOffers(context: FormContext, post: ShownPost['post']): Promise<Offer[]> {
  const { deps } = context;
  const [deputies, units] = await Promise.all([
    takesDeputy({ sql: deps.sql, programs: deps.programs.all() }, post.id),
    unitsInReach(context),
  ]);
  const at = `/organisation/posts/${encodeURIComponent(post.id)}`;
  const free = !post.holder || post.holder.untilAt !== null;
  return [
    ...(free && !post.next ? [[`${at}/appoint`, 'appoint'] as const] : []),
    ...(deputies ? [[`${at}/deputy`, 'deputy'] as const] : []),
    [`${at}/rename`, 'renamePost'],
    ...((units?.some(({ id }) => id !== post.unit) ?? true) ? [[`${at}/move`, 'movePost'] as const] : []),
    [`${at}/close`, 'closePost'],
  ];
}

/** Whether a caller may correct the name of who has these appointments: as `renamePerson` of api/post-changes.ts has it. */
export async function mayRename({ deps, caller }: FormContext, rows: readonly AppointmentRow[]): Promise<boolean> {
  if (!may(caller, 'organisation')) return false;
  const now = nowOf(deps);
  const running = rows.filter(({ untilAt }) => untilAt === null || untilAt > now);
  const reach = await Promise.all(running.map(({ post }) => postInReach(deps.sql, post, caller.unit)));
  return reach.length === 0 || reach.includes(true);
}

/** Appointments under the name of the person, or of the post, the latest first. */
export async function namedTenures(
  { deps, language }: FormContext,
  rows: readonly AppointmentRow[],
  by: 'person' | 'post',
): Promise<ShownTenure[]> {
  const names = await namesOf(deps.sql, new Set(rows.map((row) => row[by])));
  return rows
    .toSorted((a, b) => (a.fromAt < b.fromAt ? 1 : -1))
    .map((row) => ({
      ...row,
      text:
        by === 'person'
          ? (names.people.get(row.person) ?? row.person)
          : pick(names.posts.get(row.post) ?? [row.post, row.post], language),
      href: `/organisation/${by === 'person' ? 'people' : 'posts'}/${encodeURIComponent(row[by])}`,
    }));
}
