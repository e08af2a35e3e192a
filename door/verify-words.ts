import type { Sql } from '../db/client.ts';
import { wordsHash } from './handover.ts';

/**
 * Pledges and what was said with handovers whose words are not those their hash was made from: the chain of the organisation
 * has the hashes, the words lie beside it.
 */
export async function changedWords(sql: Sql): Promise<string[]> {
  const [pledges, said] = await Promise.all([
    sql<{ id: string }[]>`
      SELECT a.id FROM appointments a LEFT JOIN documents d ON d.id = a.pledge_document
      WHERE a.pledge_hash IS NOT NULL
        AND coalesce(encode(sha256(convert_to(a.pledge_text, 'UTF8')), 'hex'), d.sha256) IS DISTINCT FROM a.pledge_hash`,
    sql<{ id: string; reason: string | null; note: string | null; hash: string | null }[]>`
      SELECT id, reason, note, words_hash AS hash FROM handovers`,
  ]);
  const changed = said.filter(({ reason, note, hash }) => {
    const words = { ...(reason === null ? {} : { reason }), ...(note === null ? {} : { note }) };
    return (wordsHash(words) ?? null) !== hash;
  });
  return [
    ...pledges.map(({ id }) => `the pledge of appointment ${id} is not what was signed`),
    ...changed.map(({ id }) => `what was said with handover ${id} has changed`),
  ];
}
