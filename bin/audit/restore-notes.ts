import type { Sql } from '../../db/client.ts';
import { lastRestore } from '../../db/queries/restores.ts';
import { logOrigin } from '../../door/log/checkpoint.ts';
import { SIGNED_HERE } from '../../door/log/verify.ts';
import type { AuditProof } from '../../door/verify.ts';
import type { Config } from '../config.ts';
import { givenUpOf } from '../given-up.ts';
import { logKeyFile } from '../log-key.ts';

/** Whether a finding is only that this log does not go as far as what was signed on this machine, as after every restore in place. */
export const isSignedFurther = ({ kind }: AuditProof['findings'][number]): boolean => kind === 'signed further';

/** Whether the log does not hold what was signed here: it ends before that, or it is another, as also after a repair. */
const isNotSignedHere = ({ rule, what }: AuditProof['findings'][number]): boolean =>
  rule === 'checkpoints' && what.startsWith(SIGNED_HERE);

/** What a proof leaves out of restores: what to do where the log was signed further, and what was given up before. Lines for people. */
export async function restoreNotes(sql: Sql, config: Config, { findings }: AuditProof): Promise<string[]> {
  const notes = givenUpOf(logKeyFile(config), await logOrigin(sql)).map(
    ({ size, root, signedAt, restoreFoundAt }) =>
      `? log: ${size} events with root ${Buffer.from(root, 'hex').toString('base64')} were signed here up to ${signedAt}, and given up after the restore that was noticed ${restoreFoundAt}`,
  );
  for (const { caseId, after, n, at, sha256, left } of await branchesGivenUp(sql))
    notes.push(
      `? record: case ${caseId}: branch ${n} behind event ${after} was given up at ${at}, SHA-256 ${sha256}${left > 0 ? `; ${left} acts of it were left for people` : ''}`,
    );
  const restore = findings.some(isNotSignedHere) ? await lastRestore(sql) : undefined;
  if (!restore) return notes;
  return [
    ...notes,
    `→ the database was restored (${restore.why}, noticed ${restore.foundAt}${restore.asOf === null ? '' : `, its last mark is of ${restore.asOf}`}): what was signed after the backup is not in this log`,
    '→ when the cases are repaired: linli audit accept-restore, and tell whoever keeps a witness',
  ];
}

/** Branches that `linli repair-record --give-up-since` has put aside, oldest first; `left`: acts of it that were not decided again. */
const branchesGivenUp = (sql: Sql) => sql<
  { caseId: string; after: number; n: number; at: string; sha256: string; left: number }[]
>`
  SELECT case_id AS "caseId", after, n, given_up_at AS at, sha256,
    (SELECT count(*) FROM json_array_elements(settled) AS a WHERE a ->> 'came' = 'left')::int AS left
  FROM given_up_branches ORDER BY given_up_at, case_id`;
