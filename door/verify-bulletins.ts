import type { Sql } from '../db/client.ts';
import { sha256 } from './chain.ts';
import { objectIn } from './json-bytes.ts';

/** What is asked of every bulletin beside what its event says: that its bytes say the same, and what it may correct. */
export const PUBLISHED = { content: 'says the same', follows: 'what it may correct' };

interface Kept {
  readonly id: string;
  readonly unit: string;
  readonly sample: string | null;
  readonly month: string | null;
  readonly corrects: string | null;
  readonly language: string;
  readonly content: Uint8Array;
  readonly hash: string;
  readonly publishedAt: string;
}

/** Published bulletins as the table keeps them; hash and length are those of the bytes that readers get. */
export async function keptBulletins(sql: Sql): Promise<{ readonly id: string }[]> {
  const rows = await sql<Kept[]>`
    SELECT id, unit, sample, month, corrects, language, content, hash, published_at AS "publishedAt"
    FROM audit_bulletins ORDER BY published_at, id`;
  const before = new Map<string, Kept>();
  return rows.map((row) => {
    const { id, unit, sample, month, corrects, language, content, hash, publishedAt } = row;
    const earlier = corrects === null ? row : before.get(corrects);
    before.set(id, row);
    const follows = earlier && earlier.unit === unit && earlier.sample === sample && earlier.month === month;
    return {
      ...{ id, unit, sample, month, corrects, language, publishedAt, bytes: content.byteLength },
      hash: sha256(content) === hash ? hash : `${sha256(content)} instead of ${hash}`,
      content: saysTheSame(row) ? PUBLISHED.content : 'says something else',
      follows: follows ? PUBLISHED.follows : 'nothing that it may correct',
    };
  });
}

function saysTheSame({ id, unit, sample, month, corrects, language, content, publishedAt }: Kept): boolean {
  const said = objectIn<Record<string, unknown>>(content);
  const bulletin = said?.['bulletin'] as Record<string, unknown> | null | undefined;
  const columns = { id, corrects, language };
  const inside = { unit, sample, month, asOf: publishedAt };
  return (
    Object.entries(columns).every(([name, value]) => said?.[name] === value) &&
    Object.entries(inside).every(([name, value]) => bulletin?.[name] === value)
  );
}
