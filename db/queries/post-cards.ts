import type { Sql } from '../client.ts';

/** A post with what is published of it, as its public card needs it. */
export interface CardRow {
  readonly post: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly unit: string;
  readonly unitZh: string;
  readonly unitEn: string;
  readonly hoursFrom: string | null;
  readonly hoursTo: string | null;
  /** Whether somebody holds the post now. */
  readonly held: boolean;
  /** Who holds it and is the one the card was published for; his name where the card shows it. */
  readonly holderName: string | null;
  readonly telephone: string | null;
  /** Null: no card is published. */
  readonly services: readonly string[] | null;
  readonly languages: readonly string[] | null;
  readonly revision: number | null;
  readonly publishedAt: string | null;
  /** The card was published for somebody who no longer holds the post. */
  readonly outdated: boolean;
}

const columns = (sql: Sql) => sql`
  o.id AS post, o.name_zh AS "nameZh", o.name_en AS "nameEn", u.id AS unit, u.name_zh AS "unitZh", u.name_en AS "unitEn",
  u.hours_from AS "hoursFrom", u.hours_to AS "hoursTo", a.person IS NOT NULL AS held,
  CASE WHEN k.shows_name AND k.holder = a.person THEN p.name END AS "holderName",
  CASE WHEN k.holder = a.person THEN k.telephone END AS telephone, k.services, k.languages, k.revision,
  k.published_at AS "publishedAt", k.post IS NOT NULL AND k.holder IS DISTINCT FROM a.person AND k.holder IS NOT NULL AS outdated`;

const joins = (sql: Sql) => sql`
  JOIN units u ON u.id = o.unit
  LEFT JOIN appointments a ON a.post = o.id AND a.from_at <= now() AND (a.until_at IS NULL OR a.until_at > now())
  LEFT JOIN person.people p ON p.id = a.person
  LEFT JOIN person.post_cards k ON k.post = o.id`;

/** A post that is not closed, with what is published of it. */
export async function cardOf(sql: Sql, post: string): Promise<CardRow | undefined> {
  const [row] = await sql<CardRow[]>`
    SELECT ${columns(sql)} FROM posts o ${joins(sql)} WHERE o.id = ${post} AND o.closed_at IS NULL AND u.closed_at IS NULL`;
  return row;
}

/** The published card of the nearest head at or above a unit who holds office and published his own, the post itself left out. */
export async function headCard(sql: Sql, { unit, post }: Pick<CardRow, 'unit' | 'post'>): Promise<CardRow | undefined> {
  const [row] = await sql<CardRow[]>`
    WITH RECURSIVE up AS (
      SELECT id, above, head_post, 0 AS far FROM units WHERE id = ${unit}
      UNION ALL SELECT n.id, n.above, n.head_post, up.far + 1 FROM units n JOIN up ON n.id = up.above WHERE up.far < 10)
    SELECT ${columns(sql)} FROM up JOIN posts o ON o.id = up.head_post ${joins(sql)}
    WHERE o.id <> ${post} AND o.closed_at IS NULL AND k.holder = a.person ORDER BY up.far LIMIT 1`;
  return row;
}

/** What is published of a post, for who may change it. */
export interface OwnCardRow {
  readonly post: string;
  readonly holder: string | null;
  readonly showsName: boolean;
  readonly telephone: string | null;
  readonly services: readonly string[];
  readonly languages: readonly string[];
  readonly revision: number;
  readonly publishedAt: string;
}

/** The card of a post as it was published last. */
export async function ownCard(sql: Sql, post: string): Promise<OwnCardRow | undefined> {
  const [row] = await sql<OwnCardRow[]>`
    SELECT post, holder, shows_name AS "showsName", telephone, services, languages, revision, published_at AS "publishedAt"
    FROM person.post_cards WHERE post = ${post}`;
  return row;
}
