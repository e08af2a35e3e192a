import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import type { NoteVerifier } from '../../engine/record/note.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { endOf, linesOf, manifestOf, type Parts, packed, partsOf, rechained, withLines } from './mutate.ts';
import { askPython } from './python.ts';
import { storyDossiers } from './story.ts';
import { tryMutants } from './trial.ts';

let folder: string;
let bases: Parts[];
let key: NoteVerifier;
let witness: string;
let close = async () => {};
beforeAll(async () => {
  folder = makeTestFolder('mutants');
  const { scene, plain, redacted, ...told } = await storyDossiers(folder);
  key = told.key;
  witness = told.witness;
  close = () => scene.close();
  bases = [plain, redacted].map((path) => partsOf(path, readFileSync(path)));
}, 240_000);
afterAll(async () => {
  await close();
  removeTestFolder(folder);
});

test('300 changes of dossiers are found by both verifiers', async () => {
  const seed = 2_611;
  const tried = await tryMutants(bases, { seed, n: 300, folder: join(folder, 'tried'), key, witness });
  expect(tried.missed).toEqual([]);
  expect(tried.alarms).toEqual([]);
  expect(tried.kinds.size).toBeGreaterThan(30);
  expect(tried.foundBy.both).toBeGreaterThan(280);
}, 500_000);

test('a whole chain written anew with all that follows is found by a history or from outside, by nothing else', async () => {
  const [base] = bases as [Parts];
  const was = linesOf(base).at(-1)!;
  // a salt is not compared with anything outside the chain: the least that a forger can change
  const forgedLines = rechained(
    linesOf(base).map((line) => ({ ...line, payload: line.payload!.replace(/"salt":"./, '"salt":"f') })),
  );
  const manifest = manifestOf(base.files);
  const files = withLines(base.files, forgedLines);
  mkdirSync(folder, { recursive: true });
  const [kept, without] = [join(folder, 'rewritten.zip'), join(folder, 'rewritten-without.zip')];
  writeFileSync(kept, await packed(files, { ...manifest, ...endOf(forgedLines) }));
  const bare = files.filter(({ path }) => !/^(histories|proofs)\//.test(path));
  writeFileSync(without, await packed(bare, { ...manifest, ...endOf(forgedLines), histories: null }));

  // the histories still know the old events
  expect((await verifyDossier(kept, { pages: false })).findings.map(({ rule }) => rule)).toContain('histories');
  expect((await askPython([kept]))[0]?.findings.map(({ rule }) => rule)).toContain('histories');
  // so does the checkpoint, also where the histories are gone
  const signed = join(folder, 'rewritten-signed.zip');
  const proved = files.filter(({ path }) => !path.startsWith('histories/'));
  writeFileSync(signed, await packed(proved, { ...manifest, ...endOf(forgedLines), histories: null }));
  expect((await verifyDossier(signed, { pages: false })).findings.map(({ rule }) => rule)).toEqual(['proofs']);
  expect((await askPython([signed]))[0]?.findings.map(({ rule }) => rule)).toEqual(['proofs']);
  // without both and with new pages nothing inside tells: what was known before does
  const known = { seq: was.seq, hash: was.hash };
  expect((await verifyDossier(without, { known, pages: false })).findings.map(({ rule }) => rule)).toEqual(['head']);
  expect(
    (await askPython([without], ['--head', `${was.seq}:${was.hash}`]))[0]?.findings.map(({ rule }) => rule),
  ).toEqual(['head']);
  const blind = await verifyDossier(without, { pages: false });
  expect(blind.findings).toEqual([]);
  expect(blind.unchecked.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['head', 'histories', 'proofs']));
  expect((await askPython([without]))[0]?.unchecked.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['head', 'histories', 'proofs']),
  );
});
