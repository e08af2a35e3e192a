import { foldNodes, type Hash, leafHash, nodeHash, nodesOf, type TreeNode } from './merkle.ts';

/** Where a chain stood: its id (a case's, or the name of one that is of no case), the number and the hash of its last event. */
export interface ChainHead {
  readonly chain: string;
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly head: string;
}

/** The hash of a head's leaf. Its bytes are one line: chain, number and hash with a space between, and a line feed. */
export const headLeaf = ({ chain, seq, head }: ChainHead): Hash => leafHash(Buffer.from(`${chain} ${seq} ${head}\n`));

/** A tree whose leaves may change, held in memory: for recomputing the root over the heads at many sizes. */
export interface ChangingTree {
  readonly size: () => number;
  readonly root: () => Hash;
  readonly node: (node: TreeNode) => Hash | undefined;
  /** Puts a leaf: one that is there, or the next. */
  set(index: number, leaf: Hash): void;
}

/** An empty tree. A change costs one hash a level. */
export function changingTree(): ChangingTree {
  const levels: Hash[][] = [[]];
  const size = () => levels[0]!.length;
  const node = ({ level, index }: TreeNode) => levels[level]?.[index];
  return {
    size,
    node,
    root: () => foldNodes(nodesOf({ from: 0, to: size() }).map((each) => node(each)!)),
    set(index, leaf) {
      if (!(index >= 0 && index <= size())) throw new RangeError(`Leaf ${index} is not the next of ${size()}.`);
      levels[0]![index] = leaf;
      for (let [level, at] = [1, Math.floor(index / 2)]; ; level += 1, at = Math.floor(at / 2)) {
        const [left, right] = [levels[level - 1]![at * 2], levels[level - 1]![at * 2 + 1]];
        if (left === undefined || right === undefined) break;
        levels[level] ??= [];
        levels[level]![at] = nodeHash(left, right);
      }
    },
  };
}
