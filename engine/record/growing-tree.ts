import { foldNodes, type Hash, nodeHash, nodesOf, type TreeNode } from './merkle.ts';

/** A subtree that has become complete, with its hash. */
export interface MadeNode extends TreeNode {
  readonly hash: Hash;
}

/** A tree that only grows, known by the hashes of its complete subtrees alone: as many as its size has binary ones. */
export interface GrowingTree {
  readonly size: () => number;
  readonly root: () => Hash;
  /** Adds a leaf by its hash. Answers every subtree that has become complete, the leaf itself first. */
  append(leaf: Hash): MadeNode[];
}

/** A tree of `size` leaves, from the hashes of `nodesOf({from: 0, to: size})`. Without them an empty one. */
export function growingTree(size = 0, hashes: readonly Hash[] = []): GrowingTree {
  const nodes = nodesOf({ from: 0, to: size });
  if (nodes.length !== hashes.length) throw new RangeError(`A tree of ${size} leaves has ${nodes.length} parts.`);
  const edge: MadeNode[] = nodes.map((node, n) => ({ ...node, hash: hashes[n]! }));
  let grown = size;
  return {
    size: () => grown,
    root: () => foldNodes(edge.map(({ hash }) => hash)),
    append(leaf) {
      const made: MadeNode[] = [{ level: 0, index: grown, hash: leaf }];
      grown += 1;
      for (;;) {
        const right = made.at(-1)!;
        const left = edge.at(-1);
        if (left?.level !== right.level) break;
        edge.pop();
        made.push({ level: right.level + 1, index: left.index / 2, hash: nodeHash(left.hash, right.hash) });
      }
      edge.push(made.at(-1)!);
      return made;
    },
  };
}
