import type { Sql } from '../db/client.ts';
import type { BuriedCase } from './keys/data-keys.ts';

/** What a destroyed case leaves beside the key's copies; undefined where its chain does not end with a certificate. */
export async function buriedOf(sql: Sql, caseId: string): Promise<BuriedCase | undefined> {
  const rows = await sql<{ header: string; type: string; payload: Uint8Array }[]>`
    SELECT convert_from(header, 'UTF8') AS header, type, CASE WHEN type = 'record.destroyed' THEN payload ELSE ''::bytea END AS payload
    FROM events WHERE case_id = ${caseId} ORDER BY seq`;
  const last = rows.at(-1);
  if (last?.type !== 'record.destroyed') return undefined;
  return {
    ...{ caseId, headers: rows.map(({ header }) => header) },
    certificate: Buffer.from(last.payload).toString('utf8'),
  };
}
