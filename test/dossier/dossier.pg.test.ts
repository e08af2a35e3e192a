import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dossierOf } from '../../api/dossier/build.ts';
import { HEAD_PROOF } from '../../api/dossier/manifest.ts';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import { readWitness, witnessFolder } from '../../bin/witness/folder.ts';
import type { HeadProof } from '../../door/log/proofs.ts';
import type { WitnessedRun } from '../../door/verify-histories.ts';
import { type Checkpoint, parseCheckpoint } from '../../engine/record/checkpoint.ts';
import { noteVerifier, parseNote, verifierText } from '../../engine/record/note.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { drawer, partsOf, rewrittenAndSigned } from './mutate.ts';
import { askPython } from './python.ts';
import { planted, signedByHouse, storyDossiers, writeDossier } from './story.ts';

let told: Awaited<ReturnType<typeof storyDossiers>>;
let folder: string;
beforeAll(async () => {
  folder = makeTestFolder('dossier');
  told = await storyDossiers(folder);
}, 240_000);
afterAll(async () => {
  await told?.scene.close();
  removeTestFolder(folder);
}, 300_000);

test('an untouched dossier holds for both verifiers', async () => {
  const verdict = await verifyDossier(told.plain);
  expect(verdict.findings).toEqual([]);
  expect(verdict.checked.witnessed).toBe(verdict.checked.events);
  expect(verdict.checked.documents).toBe(2);
  expect(verdict.unchecked.map(({ rule }) => rule)).toEqual(['documents', 'proofs', 'organisation', 'head']);
  expect(verdict.unchecked.find(({ rule }) => rule === 'organisation')?.why[1]).toContain('are in the log');
  const signed = await verifyDossier(told.plain, { key: told.key });
  expect(signed.findings).toEqual([]);
  expect(signed.unchecked.map(({ rule }) => rule)).toEqual(['documents', 'organisation']);
  const notes = readWitness(told.witness).notes.map(({ note }) => note);
  const seen = await verifyDossier(told.plain, { witness: notes, pages: false });
  expect(seen.findings).toEqual([]);
  expect(seen.unchecked.map(({ rule }) => rule)).toEqual(['documents', 'organisation', 'pages']);
  const early = await verifyDossier(told.plain, { witness: [], pages: false });
  expect(early.unchecked.map(({ rule }) => rule)).toEqual([
    'documents',
    'proofs',
    'proofs',
    'organisation',
    'head',
    'pages',
  ]);
  const another = noteVerifier(told.key.name, Buffer.alloc(32, 9));
  expect((await verifyDossier(told.plain, { key: another, pages: false })).findings.map(({ rule }) => rule)).toEqual([
    'proofs',
  ]);
  const second = (await askPython([told.plain], ['--key', verifierText(told.key)]))[0];
  expect(second?.findings).toEqual([]);
  expect(second?.unchecked.map(({ rule }) => rule)).toEqual(['documents', 'state', 'pages', 'organisation']);
  const witnessed = (await askPython([told.plain], ['--witness', told.witness]))[0];
  expect(witnessed?.findings).toEqual([]);
  expect(witnessed?.unchecked.map(({ rule }) => rule)).toEqual(['documents', 'state', 'pages', 'organisation']);
  expect(
    (await askPython([told.plain], ['--key', verifierText(another)]))[0]?.findings.map(({ rule }) => rule),
  ).toEqual(['proofs']);
  expect((await askPython([told.plain]))[0]?.findings).toEqual([]);
}, 300_000);

test('a witness proves what he has kept, contradicts another log, and says so of what he cannot know', async () => {
  const proof = JSON.parse(bytesIn(told.plain, HEAD_PROOF)) as HeadProof;
  const signed = parseCheckpoint(parseNote(proof.checkpoint).text);
  const later = (ms: number, more: Partial<Checkpoint> = {}) =>
    signedByHouse({ ...signed, at: new Date(Date.parse(signed.at) + ms).toISOString(), ...more });
  const grown = { size: signed.size + 1, root: Buffer.alloc(32, 7) };
  const says = async (notes: readonly string[]) => {
    const verdict = await verifyDossier(told.plain, { witness: notes, pages: false });
    const [second] = await askPython([told.plain], ['--witness', keptBy(notes)]);
    expect(second?.findings.map(({ rule }) => rule)).toEqual(verdict.findings.map(({ rule }) => rule));
    const why = verdict.unchecked.find(({ why: [, en] }) => en.includes('not proven by this witness'));
    expect(second?.unchecked.some((each) => each.why.includes('not proven by this witness'))).toBe(why !== undefined);
    return verdict.findings.map(({ what }) => what[1])[0] ?? why?.why[1] ?? 'proven';
  };
  expect(await says([proof.checkpoint, later(60_000, grown)])).toBe('proven');
  expect(await says([later(60_000), later(120_000, grown)])).toContain('earlier than the first');
  expect(await says([later(-60_000, { size: signed.size - 1 })])).toContain('later than all');
  const elsewhere = { origin: 'linli/00000000-0000-7000-8000-000000000000' };
  expect(await says([later(-1, elsewhere), later(1, elsewhere)])).toContain('none of this installation');
  expect(await says(['spoiled'])).toContain('none of this installation');
  for (const notes of [
    [later(-60_000), later(60_000)],
    [later(60_000, { root: Buffer.alloc(32, 7) })],
    [later(-60_000, { heads: { ...signed.heads, root: Buffer.alloc(32, 7) } })],
    [later(60_000, { size: signed.size - 1 })],
    [later(-60_000, grown)],
    [later(0, grown)],
  ])
    expect(await says(notes)).toContain('contradicts');
}, 300_000);

test('whoever has all but what a witness keeps can forge a dossier, and the witness tells', async () => {
  for (const [n, base] of [told.plain, told.redacted].entries()) {
    const path = join(folder, 'forged.zip');
    writeFileSync(path, await rewrittenAndSigned(partsOf(base, readFileSync(base)), drawer(n)));
    const { key } = told;
    const blind = await verifyDossier(path, { key });
    expect(blind.findings).toEqual([]);
    expect(blind.checked.witnessed).toBe(blind.checked.events);
    expect((await askPython([path], ['--key', verifierText(key)]))[0]?.findings).toEqual([]);
    const witness = readWitness(told.witness).notes.map(({ note }) => note);
    expect((await verifyDossier(path, { key, witness })).findings.map(({ rule }) => rule)).toEqual(['proofs']);
    const [second] = await askPython([path], ['--key', verifierText(key), '--witness', told.witness]);
    expect(second?.findings.map(({ rule }) => rule)).toEqual(['proofs']);
  }
}, 300_000);

/** A file of an archive, as text. */
const bytesIn = (path: string, name: string): string =>
  Buffer.from(partsOf(path, readFileSync(path)).files.find((file) => file.path === name)!.bytes).toString('utf8');

/** The folder of a witness who has kept these. */
function keptBy(notes: readonly string[]): string {
  const path = join(folder, randomUUID());
  const kept = witnessFolder(path, () => new Date());
  kept.trust(told.key, 'given');
  for (const [number, note] of notes.entries()) kept.keep({ seenAt: '', number, note, path: [] });
  return path;
}

test('a redacted dossier holds for both, and says none of what tells of persons', async () => {
  const verdict = await verifyDossier(told.redacted);
  expect(verdict.findings).toEqual([]);
  expect((await askPython([told.redacted]))[0]?.findings).toEqual([]);
  const text = readFileSync(told.redacted).toString('utf8');
  const words = Object.values(planted).flatMap((each) => [each, each.slice(0, 3)]);
  expect(words.filter((word) => text.includes(word))).toEqual([]);
  expect(['13900001111', '410102199901010015', '1999-01-01'].filter((word) => text.includes(word))).toEqual([]);
  expect(readFileSync(told.plain).toString('utf8')).toContain(planted.party);
}, 300_000);

test('the same record makes the same bytes', async () => {
  const again = await writeDossier(await dossierOf(told.source, told.caseId), folder, 'again.zip');
  expect(readFileSync(again).equals(readFileSync(told.plain))).toBe(true);
  const redacted = await writeDossier(
    await dossierOf(told.source, told.caseId, { redacted: true }),
    folder,
    'again.zip',
  );
  expect(readFileSync(redacted).equals(readFileSync(told.redacted))).toBe(true);
}, 300_000);

test('a frozen history is found, unless another run went on from it', async () => {
  const [run] = await told.source.histories();
  const frozen = { ...run!, running: false, frozen: true };
  const stranger = { ...run!, runId: `${run!.runId}-let-go` };
  const next = { ...stranger, previousRun: run!.runId };
  const withRuns = async (runs: readonly WitnessedRun[], name: string) =>
    writeDossier(await dossierOf({ ...told.source, histories: async () => runs }, told.caseId), folder, name);
  const followed = await withRuns([frozen, next], 'followed.zip');
  expect((await verifyDossier(followed, { pages: false })).findings).toEqual([]);
  expect((await askPython([followed]))[0]?.findings).toEqual([]);
  for (const runs of [[frozen], [frozen, stranger], [{ ...frozen, nextRun: next.runId }]]) {
    const alone = await withRuns(runs, 'alone.zip');
    expect((await verifyDossier(alone, { pages: false })).findings.map(({ rule }) => rule)).toEqual(['histories']);
    expect((await askPython([alone]))[0]?.findings.map(({ rule }) => rule)).toEqual(['histories']);
  }
}, 300_000);

test('an event known from elsewhere is looked for', async () => {
  const { seq, head } = await verifyDossier(told.plain);
  const known = { seq: seq!, hash: head! };
  expect((await verifyDossier(told.plain, { known })).unchecked.map(({ rule }) => rule)).not.toContain('head');
  expect((await verifyDossier(told.plain, { known: { ...known, hash: '1'.repeat(64) } })).findings[0]?.rule).toBe(
    'head',
  );
  expect((await askPython([told.plain], ['--head', `${seq}:${head}`]))[0]?.holds).toBe(true);
  expect((await askPython([told.plain], ['--head', `${seq! + 1}:${head}`]))[0]?.findings[0]?.rule).toBe('head');
}, 300_000);

test('a refusal that cannot be read stops no dossier, and both verifiers find it', async () => {
  const { scene, caseId, source } = told;
  const nudge = { type: 'deadline.nudge', target: 'nothing', reason: '催一下' };
  expect((await scene.ask('secretary', 'POST', `/cases/${caseId}/acts`, nudge)).status).toBeGreaterThanOrEqual(400);
  const [act] = await scene.sql<{ id: string; refusal: string }[]>`
    SELECT act_id AS id, refusal FROM acts WHERE case_id = ${caseId} AND refusal IS NOT NULL LIMIT 1`;
  const bytes = Buffer.from(act!.refusal, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  await scene.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`UPDATE acts SET refusal = ${JSON.stringify(bytes.toString('base64'))}::text::json WHERE act_id = ${act!.id}`;
  });
  const file = await writeDossier(await dossierOf(source, caseId), folder, 'unread.zip');
  const { findings } = await verifyDossier(file, { pages: false });
  expect(findings).toMatchObject([{ rule: 'acts', where: act!.id }]);
  expect((await askPython([file]))[0]?.findings).toMatchObject([{ rule: 'acts', where: act!.id }]);
}, 300_000);
