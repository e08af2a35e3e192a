import { emptyRoot, type Hash, leafHash, nodeHash } from '../../engine/record/merkle.ts';

/** Size and root (lower-case hex) that a checkpoint signs; its second and third line. */
export function openedTree(note: string): { readonly size: number; readonly root: string } {
  const [, size, root] = note.split('\n');
  if (!/^\d+$/.test(size ?? '') || !root) throw new Error('A checkpoint of the log cannot be read.');
  return { size: Number(size), root: Buffer.from(root, 'base64').toString('hex') };
}

/** The root of a tree whose leaves come one after the other; in memory are its complete subtrees alone (RFC 6962). */
export class GrowingTree {
  readonly #complete: { hash: Hash; leaves: number }[] = [];
  size = 0;

  add(data: Uint8Array): void {
    let next = { hash: leafHash(data), leaves: 1 };
    for (let last = this.#complete.at(-1); last?.leaves === next.leaves; last = this.#complete.at(-1)) {
      this.#complete.pop();
      next = { hash: nodeHash(last.hash, next.hash), leaves: 2 * next.leaves };
    }
    this.#complete.push(next);
    this.size += 1;
  }

  /** Lower-case hex. */
  root(): string {
    const hashes = this.#complete.map(({ hash }) => hash);
    const last = hashes.pop() ?? emptyRoot();
    return Buffer.from(hashes.reduceRight((right, left) => nodeHash(left, right), last)).toString('hex');
  }
}
