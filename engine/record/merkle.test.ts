import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growingTree } from './growing-tree.ts';
import { changingTree, headLeaf } from './heads.ts';
import {
  consistencySpans,
  emptyRoot,
  foldNodes,
  type Hash,
  inclusionSpans,
  leafHash,
  nodesOf,
  readRoot,
  readSpans,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
import { naivePath, naiveProof, naiveRoot, readerOver, someLeaves } from './naive.fixture.ts';

const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

/** The leaves and roots that implementations of Certificate Transparency are tested with. */
const published = {
  leaves: [...['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']],
  roots: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
};

test('the published roots of Certificate Transparency', async () => {
  const leaves = published.leaves.map((each) => Buffer.from(each, 'hex'));
  const tree = growingTree();
  for (const [n, root] of published.roots.entries()) {
    expect(hex(await readRoot(n, readerOver(leaves.slice(0, n))))).toBe(root);
    expect(hex(tree.root())).toBe(root);
    const next = leaves[n];
    if (next) tree.append(leafHash(next));
  }
});

test('every root, proof and verification up to 40 leaves is what RFC 6962 defines', async () => {
  const leaves = someLeaves(40);
  for (let size = 1; size <= leaves.length; size += 1) {
    const data = leaves.slice(0, size);
    const root = naiveRoot(data);
    expect(hex(await readRoot(size, readerOver(data)))).toBe(hex(root));
    for (let at = 0; at < size; at += 1) {
      const path = await readSpans(inclusionSpans(at, size), readerOver(data));
      expect(path.map(hex)).toEqual(naivePath(at, data).map(hex));
      expect(verifyInclusion(leafHash(data[at]!), at, { size, root }, path)).toBe(true);
    }
    for (let older = 1; older <= size; older += 1) {
      const proof = await readSpans(consistencySpans(older, size), readerOver(data));
      expect(proof.map(hex)).toEqual(naiveProof(older, data).map(hex));
      const before = { size: older, root: naiveRoot(data.slice(0, older)) };
      expect(verifyConsistency(before, { size, root }, proof)).toBe(true);
    }
  }
});

const trees = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })).map(([a, b]) => ({
  older: Math.min(a, b),
  newer: Math.max(a, b),
}));
const flip = (hash: Hash, bit: number) => {
  const copy = Buffer.from(hash);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

test('a proof of anything else is refused: another leaf, place, size, root, or a proof changed, cut or lengthened', async () => {
  const leaves = someLeaves(300);
  await fc.assert(
    fc.asyncProperty(trees, fc.nat(), fc.nat(255), fc.nat(20), async ({ newer: size }, n, bit, which) => {
      const at = n % size;
      const data = leaves.slice(0, size);
      const [root, leaf] = [naiveRoot(data), leafHash(leaves[at]!)];
      const path = await readSpans(inclusionSpans(at, size), readerOver(data));
      const holds = (...change: [Hash, number, number, Hash, readonly Hash[]]) =>
        verifyInclusion(change[0], change[1], { size: change[2], root: change[3] }, change[4]);
      expect(holds(leaf, at, size, root, path)).toBe(true);
      expect(holds(flip(leaf, bit), at, size, root, path)).toBe(false);
      expect(holds(leaf, at, size, flip(root, bit), path)).toBe(false);
      expect(holds(leaf, (at + 1) % (size + 1), size, root, path)).toBe(false);
      expect(holds(leaf, at, size, root, [...path, leaf])).toBe(false);
      if (path.length === 0) return;
      expect(holds(leaf, at, size, root, path.slice(1))).toBe(false);
      expect(holds(leaf, at, size, root, path.slice(0, -1))).toBe(false);
      const changed = path.with(which % path.length, flip(path[which % path.length]!, bit));
      expect(holds(leaf, at, size, root, changed)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('no tree that differs in its beginning is consistent, whatever proof is shown', async () => {
  const [leaves, others] = [someLeaves(300), someLeaves(300, 'another ')];
  await fc.assert(
    fc.asyncProperty(trees, fc.nat(), fc.nat(255), async ({ older, newer }, n, bit) => {
      const data = leaves.slice(0, newer);
      const before = { size: older, root: naiveRoot(data.slice(0, older)) };
      const after = { size: newer, root: naiveRoot(data) };
      const proof = await readSpans(consistencySpans(older, newer), readerOver(data));
      expect(verifyConsistency(before, after, proof)).toBe(true);
      const rewritten = data.with(n % older, others[n % older]!);
      const fork = { size: newer, root: naiveRoot(rewritten) };
      const itsProof = await readSpans(consistencySpans(older, newer), readerOver(rewritten));
      expect(verifyConsistency(before, fork, itsProof)).toBe(false);
      expect(verifyConsistency(before, fork, proof)).toBe(false);
      expect(verifyConsistency(after, before, proof)).toBe(older === newer);
      expect(verifyConsistency(before, after, [...proof, before.root])).toBe(false);
      if (proof.length === 0) return;
      expect(verifyConsistency(before, after, proof.slice(1))).toBe(false);
      const changed = proof.with(n % proof.length, flip(proof[n % proof.length]!, bit));
      expect(verifyConsistency(before, after, changed)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('a tree that grows makes each complete subtree once, and goes on from where it stood', () => {
  const leaves = someLeaves(130);
  const made = new Map<string, string>();
  let tree = growingTree();
  for (const [n, leaf] of leaves.entries()) {
    for (const { level, index, hash } of tree.append(leafHash(leaf))) {
      expect(made.has(`${level}/${index}`)).toBe(false);
      made.set(`${level}/${index}`, hex(hash));
      expect(hex(hash)).toBe(hex(naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))));
    }
    expect(hex(tree.root())).toBe(hex(naiveRoot(leaves.slice(0, n + 1))));
    const edge = nodesOf({ from: 0, to: n + 1 }).map(({ level, index }) =>
      Buffer.from(made.get(`${level}/${index}`)!, 'hex'),
    );
    tree = growingTree(n + 1, edge);
  }
});

test('a tree whose leaves change has the root of the leaves it has', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 80 }), (changes) => {
      const tree = changingTree();
      const data: Buffer[] = [];
      for (const [n, grows] of changes) {
        const at = grows ? data.length : n % (data.length + 1);
        data[at] = Buffer.from(`change ${n}`);
        tree.set(at, leafHash(data[at]));
        expect(hex(tree.root())).toBe(hex(naiveRoot(data)));
      }
    }),
    { numRuns: 60 },
  );
});

test('empty trees, and sizes beyond 2^32', () => {
  expect(hex(foldNodes([]))).toBe(hex(emptyRoot()));
  expect(verifyConsistency({ size: 0, root: emptyRoot() }, { size: 5, root: leafHash(Buffer.from('x')) }, [])).toBe(
    true,
  );
  expect(() => inclusionSpans(0, 0)).toThrow(RangeError);
  const far = 2 ** 40 + 5;
  expect(nodesOf({ from: 0, to: far })).toEqual([
    { level: 40, index: 0 },
    { level: 2, index: 2 ** 38 },
    { level: 0, index: 2 ** 40 + 4 },
  ]);
  expect(inclusionSpans(2 ** 40 + 4, far)).toEqual([
    { from: 2 ** 40, to: 2 ** 40 + 4 },
    { from: 0, to: 2 ** 40 },
  ]);
});

test('the leaf of a head is one line of text', () => {
  const head = { chain: 'organisation', seq: 3, head: 'ab'.repeat(32) };
  expect(hex(headLeaf(head))).toBe(hex(leafHash(Buffer.from(`organisation 3 ${'ab'.repeat(32)}\n`))));
});
