import type { Tx } from '../../db/transactions.ts';
import { holdLog } from './append.ts';
import { remakeHeads } from './heads.ts';

/** What a cut of the log took away. */
export interface LogCut {
  /** Events that are in the log no more; those of other chains are appended again. */
  readonly leaves: number;
  /** The notes of checkpoints that covered any of them, oldest first. */
  readonly checkpoints: readonly string[];
}

/** Tables of the log whose triggers refuse every change; switching them off takes the owner of the tables. */
const KEPT = {
  log_leaves: 'log_leaves_never_change',
  log_nodes: 'log_nodes_never_change',
  log_checkpoints: 'log_checkpoints_never_change',
  log_chains: 'log_chains_never_vanish',
  log_head_nodes: 'log_head_nodes_never_vanish',
} as const;

/**
 * Takes the log back to before the first event of a case's branch that is given up, in a transaction with the owner's rights: what
 * follows enters it again, in another order. Nothing changes where no event of the branch is in the log. What was signed of it no
 * longer holds then, and nothing is signed until `linli audit accept-restore`. Throws when the log is being written all the time.
 */
export async function cutLog(tx: Tx, caseId: string, after: number): Promise<LogCut> {
  await holdLog(tx);
  const [row] = await tx<{ from: number | null; size: number }[]>`
    SELECT min(l.position) AS from, (SELECT coalesce(max(position) + 1, 0) FROM log_leaves) AS size
    FROM log_leaves l JOIN log_chains c ON c.number = l.chain WHERE c.id = ${caseId} AND l.seq > ${after}`;
  const { from, size } = row!;
  if (from === null) return { leaves: 0, checkpoints: [] };
  const gone = await tx<{ note: string }[]>`SELECT note FROM log_checkpoints WHERE size > ${from} ORDER BY number`;
  await tx.unsafe('SET CONSTRAINTS ALL IMMEDIATE');
  for (const [table, trigger] of Object.entries(KEPT))
    await tx.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER ${trigger}`);
  await tx.unsafe('ALTER TABLE log_chains DISABLE TRIGGER log_chains_move_forward');
  await tx`DELETE FROM log_checkpoints WHERE size > ${from}`;
  await tx`DELETE FROM log_nodes WHERE (index + 1) * (1::bigint << level) > ${from}`;
  await tx`DELETE FROM log_leaves WHERE position >= ${from}`;
  // chains have their numbers in the order in which they came: those that came later are the last
  await tx`DELETE FROM log_chains c WHERE NOT EXISTS (SELECT FROM log_leaves l WHERE l.chain = c.number)`;
  await tx`
    UPDATE log_chains c SET logged = l.logged, seq = coalesce(s.seq, 0), head = s.hash
    FROM (SELECT chain, max(seq) AS logged FROM log_leaves GROUP BY chain) l
      LEFT JOIN (SELECT DISTINCT ON (chain) chain, seq, hash FROM log_leaves
        WHERE position < (SELECT coalesce(max(size), 0) FROM log_checkpoints) ORDER BY chain, seq DESC) s ON s.chain = l.chain
    WHERE c.number = l.chain`;
  if (gone.length > 0) await remakeHeads(tx);
  await tx.unsafe('ALTER TABLE log_chains ENABLE TRIGGER log_chains_move_forward');
  for (const [table, trigger] of Object.entries(KEPT))
    await tx.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER ${trigger}`);
  return { leaves: size - from, checkpoints: gone.map(({ note }) => note) };
}
