import type { Sql } from '../../db/client.ts';
import { type LogTree, logHeadsOf, logLeavesOf, logNodes } from '../../db/queries/record-log.ts';
import { headLeaf } from '../../engine/record/heads.ts';
import { type Hash, leafHash, type NodeReader, nodeHash, type TreeNode } from '../../engine/record/merkle.ts';

/** Subtrees of this level and above are stored; a smaller one is made of its leaves, at most 16 of them. */
export const STORED_LEVEL = 4;
/** Leaves of a stored subtree of the lowest level. */
export const BLOCK = 2 ** STORED_LEVEL;

/** What a subtree is called in messages, and found by in maps. */
export const nameOf = ({ level, index }: TreeNode): string => `${level}/${index}`;

/** Leaves of whole blocks by their place. */
type Leaves = ReadonlyMap<number, Hash>;

/** Reads subtrees of the log, or of the tree over the heads, in two statements at most. Throws where one is missing. */
export function treeReader(sql: Sql, tree: LogTree): NodeReader {
  return async (nodes) => {
    const small = nodes.filter(({ level }) => level < STORED_LEVEL);
    const large = nodes.filter(({ level }) => level >= STORED_LEVEL);
    const blocks = new Set(small.map(({ level, index }) => Math.floor((index * 2 ** level) / BLOCK)));
    const [leaves, stored] = await Promise.all([
      blocks.size > 0 ? leavesOf(sql, tree, [...blocks]) : new Map<number, Hash>(),
      large.length > 0 ? logNodes(sql, tree, large) : [],
    ]);
    const known = new Map(stored.map((node) => [nameOf(node), node.hash]));
    return nodes.map((node) => {
      const hash = node.level < STORED_LEVEL ? fromLeaves(node, leaves) : known.get(nameOf(node));
      if (!hash)
        throw new Error(`The log lacks subtree ${nameOf(node)} of its ${tree}: "linli audit verify" tells more.`);
      return hash;
    });
  };
}

/** The leaves of some blocks of 16. */
export async function leavesOf(sql: Sql, tree: LogTree, blocks: readonly number[]): Promise<Leaves> {
  if (tree === 'events') {
    const rows = await logLeavesOf(sql, blocks);
    return new Map(rows.map(({ position, hash }) => [position, leafHash(hash)]));
  }
  return new Map((await logHeadsOf(sql, blocks)).map((row) => [row.number, headLeaf(row)]));
}

/** A subtree out of its leaves; undefined where one is missing. */
export function fromLeaves({ level, index }: TreeNode, leaves: Leaves): Hash | undefined {
  const size = 2 ** level;
  let hashes = Array.from({ length: size }, (_, n) => leaves.get(index * size + n));
  if (hashes.includes(undefined)) return undefined;
  while (hashes.length > 1) hashes = hashes.flatMap((hash, n) => (n % 2 ? [] : [nodeHash(hash!, hashes[n + 1]!)]));
  return hashes[0];
}
