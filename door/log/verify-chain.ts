import type { Sql } from '../../db/client.ts';
import { logKeysMade } from '../../db/queries/record-log.ts';
import { openCheckpoint } from '../../engine/record/checkpoint.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { leafHash, verifyInclusion } from '../../engine/record/merkle.ts';
import { parseVerifier } from '../../engine/record/note.ts';
import { proveEvent, proveHead } from './proofs.ts';
import type { LogFinding } from './verify.ts';

/**
 * Verifies what the log holds of one chain: each of its events once under its hash, and by proofs as an auditor is shown them
 * that its last one under the newest checkpoint lies in the log and is its head. Reads only.
 */
export async function verifyChainInLog(
  sql: Sql,
  chain: string,
): Promise<{ readonly logged: number; readonly findings: LogFinding[] }> {
  const findings: LogFinding[] = [];
  const find = (rule: LogFinding['rule'], what: string, seq?: number) =>
    void findings.push({ rule, chain, what, ...(seq === undefined ? {} : { seq }) });
  const leaves = await sql<{ seq: number; same: boolean | null }[]>`
    SELECT l.seq, e.hash = encode(l.hash, 'hex') AS same FROM log_chains c JOIN log_leaves l ON l.chain = c.number
      LEFT JOIN events e ON e.case_id = c.id AND e.seq = l.seq WHERE c.id = ${chain} ORDER BY l.position`;
  for (const [n, { seq, same }] of leaves.entries()) {
    if (seq !== n + 1) find('log', 'it is not the next of its chain in the log', seq);
    if (!same)
      find('log', same === null ? 'it is in the log and not in the record' : 'the log has another event here', seq);
  }
  try {
    for (const what of await wrongProofs(sql, chain)) find('checkpoints', what);
  } catch (error) {
    find('checkpoints', (error as Error).message);
  }
  return { logged: leaves.length, findings };
}

async function wrongProofs(sql: Sql, chain: string): Promise<string[]> {
  const head = await proveHead(sql, chain);
  if (!head) return [];
  const keys = (await logKeysMade(sql)).map(({ key }) => parseVerifier(key));
  const { checkpoint } = openCheckpoint(head.checkpoint, keys);
  const wrong: string[] = [];
  const event = await proveEvent(sql, chain, head.seq, checkpoint.size);
  const bytes = (hashes: readonly string[]) => hashes.map((each) => Buffer.from(each, 'hex'));
  const lies =
    event?.hash === head.hash &&
    verifyInclusion(leafHash(Buffer.from(event.hash, 'hex')), event.position, checkpoint, bytes(event.path));
  if (!lies) wrong.push(`event ${head.seq} cannot be shown to be under the newest checkpoint`);
  const { number, count, path } = head;
  const ends = verifyInclusion(
    headLeaf({ chain, seq: head.seq, head: head.hash }),
    number,
    { size: count, root: checkpoint.heads.root },
    bytes(path),
  );
  if (!ends || count !== checkpoint.heads.count)
    wrong.push('its head cannot be shown to be that of the newest checkpoint');
  return wrong;
}
