import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signCheckpoint } from '../../../engine/record/checkpoint.ts';
import {
  consistencySpans,
  type Hash,
  inclusionSpans,
  leafHash,
  readRoot,
  readSpans,
} from '../../../engine/record/merkle.ts';
import { readerOver, someLeaves } from '../../../engine/record/naive.fixture.ts';
import { noteSigner, openNote, parseVerifier, privateKeyOf, verifierText } from '../../../engine/record/note.ts';
import { removeTestFolder } from '../../support/folders.ts';

// Notes and trees beside Go's own implementation (golang.org/x/mod/sumdb), which Go's checksum database runs on.

const go = spawnSync('go', ['version']).status === 0;

interface Answer {
  readonly opened: string[] | null;
  readonly key: string;
  readonly signed: string;
  readonly roots: string[];
  readonly paths: string[][];
  readonly proofs: string[][];
  readonly records: boolean[] | null;
  readonly trees: boolean[] | null;
}

const base64 = (hash: Hash) => Buffer.from(hash).toString('base64');

describe.skipIf(!go)('beside Go', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'linli-go-'));
    const { status, stderr } = spawnSync('go', ['build', '-o', join(folder, 'oracle'), '.'], {
      ...{ cwd: import.meta.dirname, encoding: 'utf8' as const },
    });
    if (status !== 0) throw new Error(`Go could not build the oracle: ${stderr}`);
  }, 400_000);
  afterAll(() => removeTestFolder(folder));

  function ask(question: object): Answer {
    const input = JSON.stringify(question);
    const { status, stdout, stderr } = spawnSync(join(folder, 'oracle'), { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Answer;
  }

  test('Go opens what we sign and refuses what was changed; we open what Go signs', () => {
    const signer = noteSigner('linli/oracle', privateKeyOf(Buffer.alloc(32, 5)));
    const root = leafHash(Buffer.from('x'));
    const heads = { count: 3, root };
    const at = '2026-11-22T03:16:55.000Z';
    const note = signCheckpoint({ origin: 'linli/oracle', size: 7, root, heads, at }, [signer]);
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const changed = note.replace('\n7\n', '\n8\n');
    const { opened, key, signed } = ask({ key: verifierText(signer), notes: [note, changed], text: '邻里\n' });
    expect(opened).toEqual([text, 'refused']);
    expect(openNote(signed, [parseVerifier(key)]).text).toBe('邻里\n');
  });

  test('roots and proofs are the same, and each checks the other’s', async () => {
    const leaves = someLeaves(77);
    const read = readerOver(leaves);
    const all = leaves.map((_, n) => n);
    const roots = await Promise.all(all.map((n) => readRoot(n + 1, read)));
    const paths = await Promise.all(all.map((n) => readSpans(inclusionSpans(n, leaves.length), read)));
    const proofs = await Promise.all(all.map((n) => readSpans(consistencySpans(n + 1, leaves.length), read)));
    const root = base64(roots.at(-1)!);
    const records = all.map((index) => ({
      ...{ index, size: leaves.length, leaf: base64(leafHash(leaves[index]!)), root },
      proof: paths[index]!.map(base64),
    }));
    const trees = all.map((n) => ({
      ...{ older: n + 1, newer: leaves.length, olderRoot: base64(roots[n]!), root },
      proof: proofs[n]!.map(base64),
    }));
    const wrong = { ...records[3]!, index: 4 };
    const forked = { ...trees[3]!, olderRoot: base64(roots[4]!) };
    const answer = ask({
      leaves: leaves.map(String),
      records: [...records, wrong],
      trees: [...trees, forked],
    });
    expect(answer.roots).toEqual(roots.map(base64));
    expect(answer.paths).toEqual(paths.map((path) => path.map(base64)));
    expect(answer.proofs.map((proof) => proof ?? [])).toEqual(proofs.map((proof) => proof.map(base64)));
    expect(answer.records).toEqual([...all.map(() => true), false]);
    expect(answer.trees).toEqual([...all.map(() => true), false]);
  });
});
