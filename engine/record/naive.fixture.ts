import { emptyRoot, type Hash, leafHash, nodeHash, type TreeNode } from './merkle.ts';

/** RFC 6962, 2.1, word by word. */
export function naiveRoot(data: readonly Uint8Array[]): Hash {
  if (data.length === 0) return emptyRoot();
  if (data.length === 1) return leafHash(data[0]!);
  const k = below(data.length);
  return nodeHash(naiveRoot(data.slice(0, k)), naiveRoot(data.slice(k)));
}

/** RFC 6962, 2.1.1, word by word. */
export function naivePath(m: number, data: readonly Uint8Array[]): Hash[] {
  if (data.length === 1) return [];
  const k = below(data.length);
  return m < k
    ? [...naivePath(m, data.slice(0, k)), naiveRoot(data.slice(k))]
    : [...naivePath(m - k, data.slice(k)), naiveRoot(data.slice(0, k))];
}

/** RFC 6962, 2.1.2, word by word. */
export const naiveProof = (m: number, data: readonly Uint8Array[]): Hash[] => subproof(m, data, true);

function subproof(m: number, data: readonly Uint8Array[], whole: boolean): Hash[] {
  if (m === data.length) return whole ? [] : [naiveRoot(data)];
  const k = below(data.length);
  return m <= k
    ? [...subproof(m, data.slice(0, k), whole), naiveRoot(data.slice(k))]
    : [...subproof(m - k, data.slice(k), false), naiveRoot(data.slice(0, k))];
}

const below = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

/** Reads complete subtrees of leaves that are all there. */
export const readerOver = (data: readonly Uint8Array[]) => async (nodes: readonly TreeNode[]) =>
  nodes.map(({ level, index }) => {
    const [from, to] = [index * 2 ** level, (index + 1) * 2 ** level];
    if (to > data.length) throw new Error('That subtree is not complete.');
    return naiveRoot(data.slice(from, to));
  });

/** Leaves of some bytes each. */
export const someLeaves = (n: number, salt = ''): Buffer[] =>
  Array.from({ length: n }, (_, i) => Buffer.from(`${salt}leaf ${i}`));
