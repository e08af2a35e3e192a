import type { Sql } from '../db/client.ts';
import { canonicalJson } from '../sdk/canonical.ts';
import type { CalendarDate, Instant } from '../sdk/time.ts';
import { sha256 } from './chain.ts';

/**
 * A responsibility pledge (责任书) as signed on taking a post: its text, or the document it is. Either may name people, so
 * the chain keeps only the hash (SHA-256 of the text as UTF-8, or of the document's bytes) and the day.
 */
export interface Pledge {
  readonly text?: string | undefined;
  readonly documentId?: string | undefined;
  readonly hash: string;
  readonly signedOn: CalendarDate;
}

/** What is said with a handover; kept beside the chain, which has only its hash. */
export interface Words {
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
}

/** How a post was handed over. */
export interface HandedOver {
  /** Who left. */
  readonly person: string;
  /** Who follows him; without one, the post of the head above, to which falls what he was given by name. */
  readonly to?: string;
  readonly toPost?: string;
  /** Whether what he was given by name went along; not where he stays in office in the same unit. */
  readonly byName: boolean;
  /** Units in which he stays in office: what he was given by name in cases under them stays with him. */
  readonly keeps: readonly string[];
  /** Substitutions that ended with it: those of who left, and that of the successor for this very post. */
  readonly substitutions: readonly { readonly id: string; readonly post: string; readonly person: string }[];
}

/** The hash of what is said with a handover; undefined when nothing is. */
export function wordsHash({ reason, note }: Words): string | undefined {
  if (reason === undefined && note === undefined) return undefined;
  return sha256(canonicalJson({ note: note ?? null, reason: reason ?? null }));
}

/** What becomes of what somebody had who leaves a post: see {@link afterLeaving}. */
export interface Leaving {
  readonly toPost: string;
  readonly unit: string;
  readonly keeps: readonly string[];
  readonly stays: boolean;
}

/**
 * To whom falls what the holder of a post had when he leaves it with nobody following: the head of its unit or of the next
 * above, lowest first, whether anybody holds that post or not; where there is none, the post itself. And whether he stays in
 * office: holds another post in the same unit then, or in the unit that this one went into (`stays`); and in which units he
 * holds another (`keeps`).
 */
export async function afterLeaving(sql: Sql, post: string, person: string, at: Instant): Promise<Leaving> {
  const [row] = await sql<Leaving[]>`
    WITH RECURSIVE up AS (
      SELECT u.id, u.above, u.head_post, u.closed_at IS NOT NULL AS closed, true AS home, 0 AS n
      FROM units u JOIN posts o ON o.unit = u.id WHERE o.id = ${post}
      UNION ALL SELECT u.id, u.above, u.head_post, u.closed_at IS NOT NULL, up.home AND up.closed, up.n + 1
      FROM units u JOIN up ON u.id = up.above WHERE up.n < 20
    ), others AS (
      SELECT o.unit FROM appointments a JOIN posts o ON o.id = a.post WHERE a.person = ${person} AND a.post <> ${post}
        AND a.from_at <= ${at} AND (a.until_at IS NULL OR a.until_at > ${at})
    )
    SELECT coalesce((SELECT up.head_post FROM up JOIN posts h ON h.id = up.head_post
        WHERE up.head_post <> ${post} AND h.closed_at IS NULL ORDER BY up.n LIMIT 1), ${post}) AS "toPost",
      (SELECT id FROM up WHERE n = 0) AS unit,
      (SELECT coalesce(json_agg(DISTINCT unit ORDER BY unit), '[]') FROM others) AS keeps,
      EXISTS (SELECT FROM others WHERE unit IN (SELECT id FROM up WHERE home)) AS stays`;
  return row!;
}

/** A handover that was decided on what is no longer so. */
interface Outdated {
  readonly post: string;
  readonly to: string | null;
  readonly toPost: string | null;
  readonly at: Instant;
  readonly now: Leaving;
}

/**
 * Handovers of a person to come after a moment that counted on his staying in office, and at which he does so less than
 * they did: a change recorded later ends his other post before. What stayed with him goes over then as well.
 */
export async function outdated(sql: Sql, person: string, after: Instant): Promise<Outdated[]> {
  const rows = await sql<{ post: string; to: string | null; toPost: string | null; at: Instant; keeps: string[] }[]>`
    SELECT DISTINCT ON (from_at, post) post, to_person AS "to", to_post AS "toPost", from_at AS at, to_json(keeps) AS keeps
    FROM handovers WHERE person = ${person} AND from_at > ${after} ORDER BY from_at, post, recorded_at DESC`;
  const found: Outdated[] = [];
  for (const { keeps, ...row } of rows) {
    const now = await afterLeaving(sql, row.post, person, row.at);
    if (!now.stays && keeps.some((unit) => !now.keeps.includes(unit))) found.push({ ...row, now });
  }
  return found;
}

/** The substitutions that end when a post is handed over at a moment. */
export function endingSubstitutions(
  sql: Sql,
  {
    post,
    person,
    to,
    stays,
    at,
  }: { post: string; person: string; to: string | undefined; stays: boolean; at: Instant },
): PromiseLike<{ id: string; post: string; person: string }[]> {
  return sql<{ id: string; post: string; person: string }[]>`
    SELECT id, post, person FROM substitutions WHERE (until_at IS NULL OR until_at > ${at})
      AND ((person = ${person} AND NOT ${stays}::boolean) OR (person = ${to ?? null} AND post = ${post})) ORDER BY id`;
}
