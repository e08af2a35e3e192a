import type { Client } from '@temporalio/client';
import type { Sql } from '../../db/client.ts';
import { verify } from '../../door/verify.ts';
import { archiveReader } from './archive.ts';
import { historyReader } from './histories.ts';

/** Verifies one case for the API: the record, and the workflow's histories as far as Temporal can be reached. */
export function caseVerifier(sql: Sql, client: Client) {
  const [histories, archive] = [
    historyReader(client),
    archiveReader(sql, { converter: client.options.loadedDataConverter }),
  ];
  return async (caseId: string) => {
    const { holds, checked, findings } = await verify(sql, { caseId, histories, archive });
    return {
      holds,
      events: checked.events,
      findings: findings.map(({ rule, seq, what }) => ({
        rule,
        detail: seq === undefined ? what : `event ${seq}: ${what}`,
      })),
    };
  };
}
