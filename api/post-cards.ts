import { postInReach } from '../db/queries/organisation.ts';
import { type CardRow, cardOf, headCard, type OwnCardRow, ownCard } from '../db/queries/post-cards.ts';
import { holderOf } from '../db/queries/substitutions.ts';
import { changeOrganisation } from '../door/organisation.ts';
import type { PostCard } from '../door/post-card.ts';
import { OFFICE_HOURS } from '../engine/time/rungs.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import { type Caller, may } from './auth/caller.ts';
import type { AppDeps } from './deps.ts';
import { notFound, problem } from './errors.ts';
import { type Language, pick } from './language.ts';
import { nowOf } from './reading.ts';
import type { PublicCardView } from './schemas/cards.ts';

/** The path of a post's public page. */
export function cardPath(post: string): string {
  return `/public/posts/${encodeURIComponent(post)}/card`;
}

/**
 * The public card of a post: what was published of it, and for whom. Name and telephone are shown while he holds the post for
 * whom they were published. Where nobody can be reached by it, the published card of the head of the unit stands in. Throws
 * the problem 404 where nothing is published, whether there is such a post or not.
 */
export async function publicCard(
  deps: Pick<AppDeps, 'sql'>,
  post: string,
  { language, origin }: { readonly language: Language; readonly origin: string },
): Promise<PublicCardView> {
  const row = await cardOf(deps.sql, post);
  if (!row || (row.held && row.services === null)) throw notFound();
  const reachable = row.services !== null && row.held && !row.outdated;
  const head = reachable ? undefined : await headCard(deps.sql, row);
  if (row.services === null && !head) throw notFound();
  return {
    ...contactOf(row, language),
    vacant: !row.held,
    instead: head ? contactOf(head, language) : null,
    url: `${origin}${cardPath(row.post)}`,
  };
}

function contactOf(row: CardRow, language: Language): Omit<PublicCardView, 'vacant' | 'instead' | 'url'> {
  return {
    post: { id: row.post, name: pick([row.nameZh, row.nameEn], language) },
    unit: { id: row.unit, name: pick([row.unitZh, row.unitEn], language) },
    holder: row.holderName === null ? null : { name: row.holderName },
    telephone: row.telephone,
    hours: row.hoursFrom === null || row.hoursTo === null ? OFFICE_HOURS : { from: row.hoursFrom, to: row.hoursTo },
    services: [...(row.services ?? [])],
    languages: [...(row.languages ?? [])],
  };
}

/** What somebody wants published of a post. */
export interface CardWish {
  readonly showName: boolean;
  readonly telephone?: string | null | undefined;
  readonly services: readonly string[];
  readonly languages: readonly string[];
}

/** What is published of a post, for those who may change it, and who holds the post. Throws the problems 403 and 404. */
export async function cardToChange(
  deps: AppDeps,
  caller: Caller,
  post: string,
): Promise<{ readonly card: OwnCardRow | undefined; readonly holder: string | undefined }> {
  const within = await postInReach(deps.sql, post, caller.unit);
  if (within === undefined) throw notFound();
  const holder = await holderOf(deps.sql, post, nowOf(deps));
  if (holder !== caller.person && !(may(caller, 'organisation') && within))
    throw problem(
      'FORBIDDEN',
      [
        '联系卡只由岗位的现任人员或其单位的管理员公布。',
        'The card of a post is published by its holder or an administrator of its unit.',
      ],
      [['请本人或管理员办理', 'Ask one of them']],
    );
  return { card: await ownCard(deps.sql, post), holder };
}

/** Publishes the card of a post; the same again changes nothing. Throws the problems 403, 404, 409. */
export async function publishCard(deps: AppDeps, caller: Caller, post: string, wish: CardWish): Promise<void> {
  const { card, holder } = await cardToChange(deps, caller, post);
  const personal = wish.showName || (wish.telephone ?? null) !== null;
  if (personal && holder === undefined)
    throw problem(
      'BLOCKED',
      ['岗位空缺，没有可以公布的姓名和电话。', 'The post is vacant: there is no name and no telephone to publish.'],
      [
        ['只公布服务事项', 'Publish the services alone'],
        ['任命后再公布', 'Publish it once somebody is appointed'],
      ],
    );
  const wanted: PostCard = {
    ...{ post, showsName: wish.showName, services: wish.services, languages: wish.languages },
    ...(personal && holder !== undefined ? { holder } : {}),
    ...(wish.telephone ? { telephone: wish.telephone } : {}),
  };
  if (card && isSame(card, wanted)) return;
  await changeOrganisation(deps.sql, actorOfOrg(caller), (organisation) => organisation.publishCard(wanted));
}

/** Takes the card of a post back. Throws the problems 403 and 404. */
export async function withdrawCard(deps: AppDeps, caller: Caller, post: string): Promise<void> {
  await cardToChange(deps, caller, post);
  const there = await changeOrganisation(deps.sql, actorOfOrg(caller), (organisation) =>
    organisation.withdrawCard(post),
  );
  if (!there) throw notFound();
}

const actorOfOrg = ({ person }: Caller) => ({ kind: 'person' as const, id: person });

function isSame({ holder, showsName, telephone, services, languages }: OwnCardRow, wanted: PostCard): boolean {
  const asWanted = { holder: wanted.holder ?? null, telephone: wanted.telephone ?? null };
  const { showsName: shows, services: does, languages: speaks } = wanted;
  return (
    canonicalJson({ holder, showsName, telephone, services, languages }) ===
    canonicalJson({ ...asWanted, showsName: shows, services: does, languages: speaks })
  );
}
