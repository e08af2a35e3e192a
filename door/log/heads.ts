import { logNodes } from '../../db/queries/record-log.ts';
import type { Tx } from '../../db/transactions.ts';
import type { MadeNode } from '../../engine/record/growing-tree.ts';
import { type Hash, nodeHash, readRoot, type TreeNode } from '../../engine/record/merkle.ts';
import { nodesJson } from './append.ts';
import { BLOCK, fromLeaves, leavesOf, nameOf, STORED_LEVEL, treeReader } from './tree.ts';

/**
 * Brings the heads up to the leaves from `from` on, which no checkpoint covers yet, and answers how many there are and the
 * root over them. What it costs depends on how many chains have moved, not on how many there are.
 */
export async function moveHeads(tx: Tx, from: number): Promise<{ readonly count: number; readonly root: Hash }> {
  const moved = await tx<{ number: number }[]>`
    UPDATE log_chains c SET seq = r.seq, head = r.hash
    FROM (SELECT DISTINCT ON (chain) chain, seq, hash FROM log_leaves WHERE position >= ${from} ORDER BY chain, seq DESC) r
    WHERE c.number = r.chain RETURNING c.number`;
  const [row] = await tx<{ count: number }[]>`SELECT coalesce(max(number) + 1, 0)::int AS count FROM log_chains`;
  const { count } = row!;
  await store(tx, await rebuilt(tx, count, new Set(moved.map(({ number }) => Math.floor(number / BLOCK)))));
  return { count, root: await readRoot(count, treeReader(tx, 'heads')) };
}

/** Makes all subtrees over the heads anew, from the heads as they stand in `log_chains`. With the owner's rights, after the log was cut. */
export async function remakeHeads(tx: Tx): Promise<void> {
  const [row] = await tx<{ count: number }[]>`SELECT count(*)::int AS count FROM log_chains WHERE seq > 0`;
  const { count } = row!;
  await tx`DELETE FROM log_head_nodes`;
  await store(tx, await rebuilt(tx, count, new Set(Array.from({ length: Math.ceil(count / BLOCK) }, (_, n) => n))));
}

/** The complete subtrees above the blocks that have changed, each made of its two halves. */
async function rebuilt(tx: Tx, count: number, blocks: ReadonlySet<number>): Promise<MadeNode[]> {
  const complete = [...blocks].filter((block) => (block + 1) * BLOCK <= count);
  if (complete.length === 0) return [];
  const leaves = await leavesOf(tx, 'heads', complete);
  const made = new Map<string, MadeNode>();
  const put = (level: number, index: number, hash: Hash | undefined) => {
    if (!hash) throw new Error(`The heads lack subtree ${nameOf({ level, index })}: "linli audit verify" tells more.`);
    made.set(nameOf({ level, index }), { level, index, hash });
  };
  for (const index of complete) put(STORED_LEVEL, index, fromLeaves({ level: STORED_LEVEL, index }, leaves));
  const levels = parentsOf(complete, count);
  const halves = levels.flatMap(({ level, indexes }) =>
    indexes.flatMap((index) => [index * 2, index * 2 + 1].map((half) => ({ level: level - 1, index: half }))),
  );
  const kept = new Map((await logNodes(tx, 'heads', halves)).map((node) => [nameOf(node), node.hash]));
  const hashAt = (node: TreeNode) => made.get(nameOf(node))?.hash ?? kept.get(nameOf(node));
  for (const { level, indexes } of levels) {
    for (const index of indexes) {
      const left = hashAt({ level: level - 1, index: index * 2 });
      const right = hashAt({ level: level - 1, index: index * 2 + 1 });
      put(level, index, left && right && nodeHash(left, right));
    }
  }
  return [...made.values()];
}

/** The complete subtrees over these blocks, level by level from below. */
function parentsOf(blocks: readonly number[], count: number): { level: number; indexes: number[] }[] {
  const levels: { level: number; indexes: number[] }[] = [];
  let indexes = [...blocks];
  for (let level = STORED_LEVEL + 1; indexes.length > 0; level += 1) {
    indexes = [...new Set(indexes.map((index) => Math.floor(index / 2)))].filter(
      (index) => (index + 1) * 2 ** level <= count,
    );
    if (indexes.length > 0) levels.push({ level, indexes });
  }
  return levels;
}

async function store(tx: Tx, nodes: readonly MadeNode[]): Promise<void> {
  if (nodes.length === 0) return;
  await tx`
    INSERT INTO log_head_nodes (level, index, hash) SELECT level, index, decode(hash, 'hex')
    FROM json_to_recordset(${nodesJson(nodes)}::text::json) AS r (level smallint, index bigint, hash text)
    ON CONFLICT (level, index) DO UPDATE SET hash = excluded.hash`;
}
