import type { Sql } from '../client.ts';

/** Somebody at a post from when (included) until when (excluded), with the day the pledge was signed. */
export interface Tenure {
  readonly id: string;
  readonly post: string;
  readonly person: string;
  readonly name: string;
  readonly fromAt: string;
  readonly untilAt: string | null;
  readonly pledgeOn: string | null;
}

/** Somebody who stands in at a post, from when (included) until when (excluded). */
export type StandIn = Omit<Tenure, 'pledgeOn'>;

/** An open post with who holds it, who follows, and who stands in now or later. */
export interface PostAtWork {
  readonly id: string;
  readonly kind: string;
  readonly unit: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly closedAt: string | null;
  /** A convenience card is published for it. */
  readonly hasCard: boolean;
  readonly holder: Tenure | undefined;
  readonly next: Tenure | undefined;
  readonly deputies: readonly StandIn[];
}

/** The open posts of a unit, or one post whether it is open or not, each as it stands now and will stand. */
export async function postsAtWork(
  sql: Sql,
  of: { readonly unit: string } | { readonly post: string },
  limit: number,
): Promise<PostAtWork[]> {
  const which = 'unit' in of ? sql`o.unit = ${of.unit} AND o.closed_at IS NULL` : sql`o.id = ${of.post}`;
  const running = sql`o.id = t.post AND ${which} AND (t.until_at IS NULL OR t.until_at > now())`;
  const columns = sql`t.id, t.post, t.person, p.name, t.from_at AS "fromAt", t.until_at AS "untilAt"`;
  const [posts, tenures, standIns, [clock]] = await Promise.all([
    sql<Omit<PostAtWork, 'holder' | 'next' | 'deputies'>[]>`
      SELECT o.id, o.kind, o.unit, o.name_zh AS "nameZh", o.name_en AS "nameEn", o.closed_at AS "closedAt",
        EXISTS (SELECT FROM person.post_cards c WHERE c.post = o.id) AS "hasCard"
      FROM posts o LEFT JOIN units u ON u.head_post = o.id WHERE ${which} ORDER BY u.id IS NULL, o.id LIMIT ${limit}`,
    sql<Tenure[]>`
      SELECT ${columns}, t.pledge_on AS "pledgeOn" FROM appointments t JOIN posts o ON ${running}
      JOIN person.people p ON p.id = t.person ORDER BY t.from_at`,
    sql<StandIn[]>`
      SELECT ${columns} FROM substitutions t JOIN posts o ON ${running}
      JOIN person.people p ON p.id = t.person ORDER BY t.from_at`,
    sql<{ now: string }[]>`SELECT now()::timestamptz(3) AS now`,
  ]);
  const now = clock!.now;
  return posts.map((post) => {
    const own = tenures.filter((each) => each.post === post.id);
    return {
      ...post,
      holder: own.find(({ fromAt }) => fromAt <= now),
      next: own.find(({ fromAt }) => fromAt > now),
      deputies: standIns.filter((each) => each.post === post.id),
    };
  });
}
