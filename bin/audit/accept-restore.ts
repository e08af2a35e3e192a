import type { Sql } from '../../db/client.ts';
import { newestCheckpoint } from '../../db/queries/record-log.ts';
import { lastRestore, type RestoreFound } from '../../db/queries/restores.ts';
import { createTransactions } from '../../db/transactions.ts';
import { holdLog } from '../../door/log/append.ts';
import { beginsWith, standing } from '../../door/log/checkpoint.ts';
import { type GivenUp, giveUp, signedLastAt } from '../given-up.ts';
import { logKeyFiles } from '../log-key.ts';

/** What came of it. */
export interface RestoreAccepted {
  readonly givenUp: GivenUp;
  readonly restore: RestoreFound;
  /** The newest checkpoint of before that this log still bears out; null where there is none. */
  readonly shared: { readonly number: number; readonly size: number; readonly at: string } | null;
  /** Cases that still wait for repair, or for histories that can be read. */
  readonly frozen: number;
}

/**
 * Gives up what was signed on this machine of a log that a restore took away, so that the log is signed again. Undefined when the log begins with it,
 * or nothing was signed here. Throws when no restore explains it: then somebody has taken something away. Throws while histories of held cases
 * are unread; `unread`: somebody has looked why (`linli repair-record` says it) and goes on without them, since one that nobody can read must not keep
 * the log unsigned for ever.
 */
export async function acceptRestore(
  sql: Sql,
  keyFile: string,
  { unread = false }: { readonly unread?: boolean } = {},
): Promise<RestoreAccepted | undefined> {
  const files = logKeyFiles(keyFile);
  const transactions = createTransactions(sql, { lanes: 1, role: 'linli_log', deadlineMs: 60_000 });
  try {
    const restore = await explanationOf(sql);
    const [row] = await sql<{ n: number; unread: number }[]>`
      SELECT count(*) AS n, count(*) FILTER (WHERE frozen_seq IS NULL) AS unread FROM cases WHERE frozen_at IS NOT NULL`;
    return await transactions.run(async (tx) => {
      // whoever signs holds this too: he reads the memory before this or after it
      await holdLog(tx);
      const { origin, size, at } = await standing(tx);
      const said = files.remembered(origin);
      if (!said || (await beginsWith(tx, said, size))) return undefined;
      const signedAt = signedLastAt(keyFile);
      refuseUnexplained(restore, signedAt);
      if (!unread) refuseUnread(row?.unread ?? 0);
      const given = { origin, size: said.size, root: Buffer.from(said.root).toString('hex'), signedAt };
      const givenUp = { ...given, restoreFoundAt: restore.foundAt, givenUpAt: at };
      const newest = await newestCheckpoint(tx);
      giveUp(keyFile, givenUp);
      const shared = newest ? { number: newest.number, size: newest.size, at: newest.at } : null;
      return { givenUp, restore, shared, frozen: row?.n ?? 0 };
    });
  } finally {
    await transactions.end();
  }
}

/**
 * What explains that the log lacks what was signed: the last restore that was noticed, or, where that is later, that a case's branch
 * was given up and the log cut for it.
 */
async function explanationOf(sql: Sql): Promise<RestoreFound | undefined> {
  const restore = await lastRestore(sql);
  const [given] = await sql<{ caseId: string; after: number; at: string }[]>`
    SELECT case_id AS "caseId", after, given_up_at AS at FROM given_up_branches
    WHERE json_array_length(kept -> 'checkpoints') > 0 ORDER BY given_up_at DESC LIMIT 1`;
  if (!given || (restore && restore.foundAt >= given.at)) return restore;
  const { caseId, after, at } = given;
  const comparedAt = restore ? restore.comparedAt : at;
  const why = `what was recorded in case ${caseId} behind event ${after} was given up`;
  return { foundAt: at, why, asOf: null, comparedAt, lost: 0, unsent: 0, answered: [] };
}

function refuseUnexplained(restore: RestoreFound | undefined, signedAt: string): asserts restore is RestoreFound {
  const look = 'Way out: find out who has taken it away; "linli audit verify --witness" says what is missing.';
  if (!restore)
    throw new Error(`What was signed here is not in the log, and this database was never found restored. ${look}`);
  if (signedAt > restore.foundAt)
    throw new Error(
      `What was signed here at ${signedAt} is not in the log, and the last restore was noticed before that, at ${restore.foundAt}. ${look}`,
    );
  if (restore.comparedAt === null)
    throw new Error('The cases are still being compared with their histories. Way out: wait, look at /readyz.');
}

function refuseUnread(cases: number): void {
  if (cases > 0)
    throw new Error(
      `The histories of ${cases} held cases are not read yet: what they hold may be missing here. Way out: "linli repair-record" says why; mend that and wait a minute, or, where nobody can read them any more, "linli audit accept-restore --unread".`,
    );
}
