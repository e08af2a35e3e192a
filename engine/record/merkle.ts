import { createHash } from 'node:crypto';

/** The hash of a leaf or of a node: 32 bytes. */
export type Hash = Uint8Array;

/** A complete subtree: it covers the leaves from `index · 2^level` on, `2^level` of them. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Leaves from `from` to before `to`; `from` is where a subtree of at least that span begins. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Gives the hashes of complete subtrees, in the order asked for. */
export type NodeReader = (nodes: readonly TreeNode[]) => Promise<readonly Hash[]>;

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** RFC 6962, 2.1: the hash of a leaf is apart from that of a node, so that neither can be taken for the other. */
export const leafHash = (data: Uint8Array): Hash => createHash('sha256').update(LEAF).update(data).digest();

/** The hash of a node over its two halves. */
export const nodeHash = (left: Hash, right: Hash): Hash =>
  createHash('sha256').update(INNER).update(left).update(right).digest();

/** The root of a tree without leaves. */
export const emptyRoot = (): Hash => createHash('sha256').digest();

/** Whether two hashes are the same bytes. Nothing here is secret: the time it takes tells nothing. */
export const sameHash = (one: Hash, other: Hash): boolean => Buffer.compare(one, other) === 0;

/** The largest power of two below `n`; `n` is at least 2. Not by bit operations: positions may pass 2^31. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The complete subtrees that make up a span, from left to right. */
export function nodesOf({ from, to }: Span): TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = from;
  while (at < to) {
    let [level, size] = [0, 1];
    while (at % (size * 2) === 0 && at + size * 2 <= to) {
      level += 1;
      size *= 2;
    }
    nodes.push({ level, index: at / size });
    at += size;
  }
  return nodes;
}

/** The hash of a span from those of its complete subtrees, as `nodesOf` lists them. */
export function foldNodes(hashes: readonly Hash[]): Hash {
  const last = hashes.at(-1);
  if (last === undefined) return emptyRoot();
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** RFC 6962, 2.1.1: the spans whose hashes prove that the leaf at `index` lies in the tree of `size` leaves. */
export function inclusionSpans(index: number, size: number): Span[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`There is no leaf ${index} among ${size}.`);
  const spans: Span[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      spans.push({ from: middle, to });
      to = middle;
    } else {
      spans.push({ from, to: middle });
      from = middle;
    }
  }
  return spans.reverse();
}

/** RFC 6962, 2.1.2: the spans whose hashes prove that the tree of `older` leaves is the beginning of that of `newer`. */
export function consistencySpans(older: number, newer: number): Span[] {
  if (!(older >= 0 && older <= newer)) throw new RangeError(`A tree of ${newer} leaves does not begin with ${older}.`);
  if (older === 0 || older === newer) return [];
  const spans: Span[] = [];
  let [from, to] = [0, newer];
  while (to !== older) {
    const middle = from + splitOf(to - from);
    if (older <= middle) {
      spans.push({ from: middle, to });
      to = middle;
    } else {
      spans.push({ from, to: middle });
      from = middle;
    }
  }
  // the old tree itself is known to whoever asks, a part of it is not
  if (from > 0) spans.push({ from, to });
  return spans.reverse();
}

/** The hashes of spans, read at once. */
export async function readSpans(spans: readonly Span[], read: NodeReader): Promise<Hash[]> {
  const parts = spans.map(nodesOf);
  const hashes = await read(parts.flat());
  let at = 0;
  return parts.map((nodes) => {
    at += nodes.length;
    return foldNodes(hashes.slice(at - nodes.length, at));
  });
}

/** The root of the first `size` leaves. */
export async function readRoot(size: number, read: NodeReader): Promise<Hash> {
  return (await readSpans([{ from: 0, to: size }], read))[0]!;
}

/** The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), or undefined when it is not one of that form. */
export function rootFromInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[]): Hash | undefined {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size)) return undefined;
  let [at, last, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    if (last === 0 || hash.length !== 32) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      root = nodeHash(root, hash);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/** Whether the leaf lies at `index` in the tree of that size and root. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  tree: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  const root = rootFromInclusion(leaf, index, tree.size, proof);
  return root !== undefined && sameHash(root, tree.root);
}

/** Whether the older tree is the beginning of the newer one (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  older: { readonly size: number; readonly root: Hash },
  newer: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): boolean {
  const sizes = [older.size, newer.size];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0) || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && sameHash(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && sameHash(older.root, emptyRoot());
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined || [first, ...path].some((hash) => hash.length !== 32)) return false;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [oldRoot, newRoot] = [first, first];
  for (const hash of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldRoot = nodeHash(hash, oldRoot);
      newRoot = nodeHash(hash, newRoot);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      newRoot = nodeHash(newRoot, hash);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(oldRoot, older.root) && sameHash(newRoot, newer.root);
}

function isPowerOfTwo(n: number): boolean {
  let k = 1;
  while (k < n) k *= 2;
  return k === n;
}
