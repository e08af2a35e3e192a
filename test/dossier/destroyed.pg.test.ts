import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dossierOf } from '../../api/dossier/build.ts';
import { type Scene, setScene } from '../../api/scene.fixture.ts';
import { verifyDossier } from '../../bin/dossier/verify.ts';
import { sha256 } from '../../door/chain.ts';
import { EMPTIED } from '../../door/destroyed.ts';
import { digestText } from '../../engine/destruction.ts';
import type { Destroyed } from '../../engine/event.ts';
import { canonicalJson } from '../../sdk/canonical.ts';
import { endedCase } from '../record/ended-cases.ts';
import { makeTestFolder, removeTestFolder } from '../support/folders.ts';
import { endOf, linesOf, manifestOf, type Parts, packed, partsOf, withLines } from './mutate.ts';
import { askPython } from './python.ts';
import { writeDossier } from './story.ts';

// What an auditor takes of a destroyed case: headers, hashes, the certificate, proofs. Both verifiers tell whether it was destroyed rightly.
let scene: Scene;
let folder: string;
let caseId: string;
let path: string;
let base: Parts;
beforeAll(async () => {
  folder = makeTestFolder('dossier-destroyed');
  scene = await setScene();
  caseId = await endedCase(scene.sql, 'destroyed');
  path = await writeDossier(await dossierOf({ sql: scene.sql }, caseId), folder);
  base = partsOf(path, readFileSync(path));
}, 240_000);
afterAll(async () => {
  await scene?.close();
  removeTestFolder(folder);
});

type Line = ReturnType<typeof linesOf>[number];
const certificate = () => (JSON.parse(linesOf(base).at(-1)!.payload!) as { data: Destroyed }).data;

/** Which rules each verifier finds broken in a dossier with another chain, its manifest made good. */
async function found(lines: readonly Line[], files = base.files): Promise<readonly (readonly string[])[]> {
  const file = join(folder, 'forged.zip');
  writeFileSync(file, await packed(withLines(files, lines), { ...manifestOf(base.files), ...endOf(lines) }));
  const first = (await verifyDossier(file, { pages: false })).findings.map(({ rule }) => rule);
  const second = (await askPython([file]))[0]!.findings.map(({ rule }) => rule);
  return [first, second];
}

/** The chain made anew with other headers; the certificate follows, and covers all of it. */
function anew(
  header: (said: { seq: number; type: string }) => Record<string, unknown>,
  change: Partial<Destroyed> = {},
): Line[] {
  const documents = JSON.parse(
    Buffer.from(base.files.find((file) => file.path === 'documents.json')!.bytes).toString('utf8'),
  ) as { rows: [id: string, path: null, sha256: string][] };
  const made: Line[] = [];
  const all = linesOf(base);
  for (const line of all) {
    const said = JSON.parse(line.header) as { seq: number; type: string; commitment: string };
    const isLast = line.seq === all.length;
    const digest = sha256(
      digestText(
        made,
        documents.rows.map(([id, , hash]) => ({ id, sha256: hash })),
      ),
    );
    const { salt } = JSON.parse(line.payload!) as { salt?: string };
    const payload = isLast ? canonicalJson({ data: { ...certificate(), ...change, digest }, salt: salt! }) : EMPTIED;
    const commitment = isLast ? sha256(payload) : said.commitment;
    const text = canonicalJson({ ...said, ...header(said), commitment, prev: made.at(-1)?.hash ?? '0'.repeat(64) });
    made.push({ ...line, header: text, hash: sha256(text), payload });
  }
  return made;
}

test('what remains holds for both verifiers, and says what it is', async () => {
  const { findings, unchecked, checked } = await verifyDossier(path);
  expect(findings).toEqual([]);
  expect(checked.events).toBe(certificate().counts.events + 1);
  expect(unchecked.map(({ rule }) => rule)).toContain('destruction');
  const second = (await askPython([path]))[0];
  expect(second?.findings).toEqual([]);
  expect(second?.unchecked.map(({ rule }) => rule)).toContain('destruction');
  expect(base.files.filter((file) => /^(documents|histories)\//.test(file.path))).toEqual([]);
  expect(readFileSync(path).toString('utf8')).toContain('内容已依法销毁');
  expect(readFileSync(path).toString('utf8')).not.toContain('次走访');
}, 120_000);

test('an auditor takes it over HTTP, although somebody had complained; there is nothing to redact', async () => {
  const take = (query: string) => scene.ask('auditor', 'GET', `/audit/cases/${caseId}/dossier${query}`);
  const answer = await take('');
  expect(answer.status).toBe(200);
  const file = join(folder, 'taken.zip');
  writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
  expect((await verifyDossier(file, { pages: false })).findings).toEqual([]);
  const redacted = await take('?redacted=true');
  expect([redacted.status, ((await redacted.json()) as { code: string }).code]).toEqual([409, 'CASE_DESTROYED']);
});

describe('both find', () => {
  test('a chain made anew that changes nothing in none of its headers: no false alarm', async () => {
    expect(await found(anew(() => ({})))).toEqual([[], []]);
  });

  test('what one person alone has decided', async () => {
    const { requested, approved } = certificate();
    const actor = { kind: 'person', id: requested.by, post: null };
    const lines = anew(({ seq }) => (seq === approved.seq ? { actor } : {}), {
      approved: { ...approved, by: requested.by },
    });
    for (const rules of await found(lines)) expect(rules).toContain('destruction');
  });

  test.each([
    ['a destruction without its wait', (at: string) => ({ recordedAt: at, occurredAt: at })],
    ['one that had been stopped', () => ({ type: 'destruction.revoked' })],
  ] as const)('%s', async (_, header) => {
    const { approved } = certificate();
    const at = (JSON.parse(linesOf(base).at(-1)!.header) as { recordedAt: string }).recordedAt;
    const changed = header(at) as Record<string, unknown>;
    const change = 'recordedAt' in changed ? { approved: { ...approved, at } } : {};
    for (const rules of await found(anew(({ seq }) => (seq === approved.seq ? changed : {}), change)))
      expect(rules).toContain('destruction');
  });

  test('a certificate of other events, documents, or another case', async () => {
    const last = linesOf(base).at(-1)!;
    for (const change of [{ digest: '0'.repeat(64) }, { counts: { ...certificate().counts, events: 1 } }]) {
      const said = JSON.parse(last.payload!) as { data: object };
      const payload = canonicalJson({ ...said, data: { ...said.data, ...change } });
      const header = canonicalJson({ ...(JSON.parse(last.header) as object), commitment: sha256(payload) });
      const lines = [...linesOf(base).slice(0, -1), { ...last, payload, header, hash: sha256(header) }];
      for (const rules of await found(lines)) expect(rules).toContain('destruction');
    }
  });

  test('a payload that is there, and one emptied where nothing is destroyed', async () => {
    const lines = linesOf(base);
    const there = lines.map((line) => (line.seq === 2 ? { ...line, payload: '{"data":{},"salt":""}' } : line));
    for (const rules of await found(there)) expect(rules).toContain('chain');
    for (const rules of await found(lines.slice(0, -1)))
      expect(rules.filter((rule) => rule === 'chain').length).toBeGreaterThan(3);
  });
});
